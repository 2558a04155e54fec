"""A frame in a storage that is moved, or gives its name to another, while it is worked on is left as it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tsplug.app import frame_files
from tsplug.app_jobs import frame_storage
from tsplug.errors import FileError
from tsplug.model import Address, GraderPreferences, GradingStatus, Profile
from tsplug.ports import FrameTask
from tsplug.services.jobs.moved_frames import work_where_it_is
from tsplug.services.jobs.stored_work import is_stored, work_on_stored
from tsplug.services.jobs.submitting import submit_image
from tsplug.services.rejected_files import RejectedFiles
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START

PLACE = "memory://bucket/lights"
FRAME, AWAY = f"{PLACE}/a.fits", f"{PLACE}/rejected/a.fits"
A, B = b"A" * 2880, b"B" * 2880

Meanwhile = Callable[[], object]


@pytest.fixture(autouse=True)
def _bucket() -> None:
    """Give a bucket with one frame."""
    MemoryFileSystem.store.clear()
    put(A)


def put(content: bytes, address: str = FRAME) -> None:
    """Let a frame lie at an address."""
    MemoryFileSystem().pipe(address, content)


def move() -> None:
    """Move the frame away."""
    frame_files().move(Address(FRAME), Address(AWAY))


def lying() -> dict[str, bytes]:
    """Return what lies in the bucket, by name below its frames."""
    return {name.removeprefix("/bucket/lights/"): file.getvalue() for name, file in MemoryFileSystem.store.items()}


def work_on(folder: Path, meanwhile: Meanwhile, *, changes: bool = True) -> Callable[[FrameTask], None]:
    """Return what works on the frame where it is and makes a picture, while something else happens."""

    def work(local: FrameTask) -> None:
        file = Path(local.file)
        if changes:
            file.write_bytes(file.read_bytes() + b"worked on")
        (file.parent / "a.jpg").write_bytes(b"picture of " + file.read_bytes()[:1])
        meanwhile()

    def there(task: FrameTask) -> None:
        assert is_stored(task.file)
        copy = folder / f"{len(list(folder.iterdir()))}"
        copy.mkdir()
        work_on_stored(task, frame_storage(task.file.rpartition("/")[0]), folder=copy, work=work)

    return there


@pytest.mark.parametrize("changes", [True, False])
def test_what_was_worked_on_is_put_back(tmp_path: Path, changes: bool) -> None:
    """The frame, where that changed it, and its picture lie at the address afterwards."""
    work_on(tmp_path, lambda: None, changes=changes)(FrameTask(1, FRAME, "", None))
    assert lying() == {"a.fits": A + b"worked on" * changes, "a.jpg": b"picture of A"}


@pytest.mark.parametrize("changes", [True, False])
def test_a_frame_that_left_does_not_come_back(tmp_path: Path, changes: bool) -> None:
    """One that was moved has no second copy under its old name, nor a picture there; the error names the address."""
    with pytest.raises(FileError, match=rf"{FRAME}: missing: it was moved"):
        work_on(tmp_path, move, changes=changes)(FrameTask(1, FRAME, "", None))
    assert lying() == {"rejected/a.fits": A}


@pytest.mark.parametrize("changes", [True, False])
def test_a_frame_that_took_the_name_is_kept(tmp_path: Path, changes: bool) -> None:
    """Nothing of the one that was worked on is written over the other one, nor a picture beside it."""
    with pytest.raises(FileError, match="another file has its name"):
        work_on(tmp_path, lambda: (move(), put(B)), changes=changes)(FrameTask(1, FRAME, "", None))
    assert lying() == {"a.fits": B, "rejected/a.fits": A}


def test_a_rejected_frame_is_worked_on_where_it_went(tmp_path: Path) -> None:
    """One that grading moved meanwhile is taken up there, and the frame that has its old name by then is left alone."""
    store = stocked_store(ManualClock())
    image = store_light(
        store, "M 42", filter_name="L", started=START, file=FRAME, guid="g", status=GradingStatus.REJECTED
    )
    with store.write() as unit:
        rig = unit.list(Profile)[0]
        unit.update(rig.model_copy(update={"grader": GraderPreferences(move_rejected=True)}))
        job = submit_image(unit, image, at=START)
    turns: list[str] = []

    def reject() -> None:
        turns.append("")
        if len(turns) == 1:
            moved = RejectedFiles(store, frame_files(), clock=ManualClock()).follow(["g"])
            assert [each.problem for each in moved] == [""]
            put(B)

    work = work_on(tmp_path, reject)
    work_where_it_is(FrameTask(job.id or 0, FRAME, "", image.id), work, store=store, files=frame_files())
    expected = {"rejected/a.fits": A + b"worked on", "rejected/a.jpg": b"picture of A", "a.fits": B}
    assert (len(turns), lying()) == (2, expected)
