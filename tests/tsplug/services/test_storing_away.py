"""Frames move into a storage by hand: nothing is lost whenever it stops, and all that is stored follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pipeline_frames import star_frame

from tsplug.app import frame_files, frame_headers
from tsplug.app_jobs import frame_storage
from tsplug.model import AcquiredImage, Address, FileMove, Job, JobState, JobStep, KeptHeader, ModuleState
from tsplug.ports import Store
from tsplug.services.disk_frames import list_frames
from tsplug.services.storing_away import Destination, StoredAway, StoringAway
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START

PATTERN = "$$TARGETNAME$$/$$FILENAME$$"
ADDRESS = "memory://bucket/lights/M 42/a.fits"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a store with a light that was processed, its picture beside it, and an empty storage."""
    MemoryFileSystem.store.clear()
    store = stocked_store(ManualClock())
    file = star_frame(tmp_path / "a.fits", OBJECT="M 42", EXPTIME=60.0)
    (tmp_path / "previews").mkdir()
    (tmp_path / "previews" / "a.fits.jpg").write_bytes(b"picture")
    store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    with store.write() as unit:
        job = unit.add(Job(file=str(file), state=JobState.COMPLETED, created_at=START))
        unit.add(JobStep(job_id=job.id or 0, module="preview", state=ModuleState.COMPLETED))
        unit.add(KeptHeader(file=str(tmp_path / "b.fits"), header=b"", kept_at=START))
    return store


def moved(store: Store | None, folder: Path, *, files: Any = None, dry_run: bool = False) -> list[StoredAway]:
    """Move all frames of a folder."""
    to = Destination(frame_storage("memory://bucket/lights"), PATTERN, dry_run=dry_run)
    return list(StoringAway(store, files or frame_files(), headers=frame_headers(), to=to).move([folder]))


def test_all_that_is_stored_follows(store: Store, tmp_path: Path) -> None:
    """Record, job, picture and the header as it was, also of a frame without a record; a dry run only tells."""
    star_frame(tmp_path / "b.fits", OBJECT="M 42")
    before = (tmp_path / "a.fits").read_bytes()
    assert [each.address for each in moved(store, tmp_path, dry_run=True)] == ["M 42/a.fits", "M 42/b.fits"]
    assert MemoryFileSystem.store == {}
    assert [(each.address, each.image, each.problem) for each in moved(store, tmp_path)] == [
        (ADDRESS, 1, ""),
        (ADDRESS.replace("a.fits", "b.fits"), None, ""),
    ]
    assert MemoryFileSystem().cat(ADDRESS) == before
    assert [file.name for file in tmp_path.rglob("*") if file.is_file() and "sqlite" not in file.name] == []
    known, _ = list_frames([Address("memory://bucket/lights")], frame_headers(), store=store).kept
    assert (known["image"], known["job"]["id"], known["preview"]) == (
        1,
        1,
        "memory://bucket/lights/M 42/previews/a.fits.jpg",
    )
    with store.read() as unit:
        assert unit.list(KeptHeader)[0].file == ADDRESS.replace("a.fits", "b.fits")


def test_a_frame_whose_move_was_cut_off_stays(store: Store, tmp_path: Path) -> None:
    """Its record could not follow; it is stored when the move has come to its end."""
    frame = str(tmp_path / "a.fits")
    with store.write() as unit:
        image = unit.list(AcquiredImage)[0]
        line = {"from_file": frame, "to_file": str(tmp_path / "rejected" / "a.fits"), "moved_at": START}
        move = unit.add(FileMove(image_id=image.id or 0, image_guid=image.guid, **line))
    (told,) = moved(store, tmp_path)
    assert "its move to or from the rejected frames goes on or was cut off" in told.problem
    with store.write() as unit:
        assert unit.list(AcquiredImage)[0].file == frame
        unit.delete_all(FileMove, id=move.id)
    assert (tmp_path / "a.fits").exists()
    (told,) = moved(store, tmp_path)
    assert (told.address, told.image, told.problem) == (ADDRESS, 1, "")


def test_a_stack_takes_no_record_along(store: Store, tmp_path: Path) -> None:
    """It has the identifier of its first light, whose own file is still there; it moves alone, which is told."""
    with store.read() as unit:
        image = unit.get(AcquiredImage, 1)
    (tmp_path / "stacks").mkdir()
    told_of_it = {"TSUID": image.guid, "DATE_OBS": "2026-01-15T20:00:00"}
    star_frame(tmp_path / "stacks" / "stack.fits", OBJECT="M 42", EXPTIME=60.0, **told_of_it)
    (told,) = moved(store, tmp_path / "stacks")
    assert (told.image, told.problem) == (None, "")
    assert told.note.startswith(f"it says the identifier of image 1, whose own frame is {tmp_path / 'a.fits'};")
    with store.read() as unit:
        assert unit.get(AcquiredImage, 1) == image
    assert not (tmp_path / "stacks" / "stack.fits").exists()


def test_a_second_copy_takes_no_record_from_the_first(store: Store, tmp_path: Path) -> None:
    """It moves too, and is told to be the same frame; the record stays with the one that went before it."""
    with store.read() as unit:
        image = unit.get(AcquiredImage, 1)
    (tmp_path / "a.fits").unlink()
    for name in ("a", "b"):
        star_frame(tmp_path / f"{name}.fits", OBJECT="M 42", EXPTIME=60.0, TSUID=image.guid)
    first, second = moved(store, tmp_path)
    assert (first.image, first.note) == (1, "")
    assert (second.image, second.problem) == (None, "")
    assert (
        second.note == f"it is the same frame as {ADDRESS}, which is on record as image 1; the record stays with that"
    )
    with store.read() as unit:
        assert [each.file for kind in (AcquiredImage, Job) for each in unit.list(kind)] == [ADDRESS] * 2


class Deadly:
    """Files of this machine; the process is killed before one would be removed, or when a copy is looked at."""

    def __init__(self, when: str) -> None:
        self._when, self._files = when, frame_files()

    def __getattr__(self, name: str) -> Any:
        if name == self._when:
            raise Killed
        return getattr(self._files, name)


@pytest.mark.parametrize("when", ["status", "remove_name"])
def test_a_move_that_was_killed_goes_on(store: Store, tmp_path: Path, when: str) -> None:
    """The frame is whole in both places then; the same command again finishes it."""
    before = (tmp_path / "a.fits").read_bytes()
    with pytest.raises(Killed):
        moved(store, tmp_path, files=Deadly(when))
    assert (tmp_path / "a.fits").read_bytes() == MemoryFileSystem().cat(ADDRESS) == before
    assert [each.problem for each in moved(store, tmp_path)] == [""]
    assert not (tmp_path / "a.fits").exists()
    with store.read() as unit:
        assert unit.get(AcquiredImage, 1).file == ADDRESS


def test_a_frame_that_cannot_follow_stays(store: Store, tmp_path: Path) -> None:
    """One in the queue, one whose name is taken there, a link, and what is no frame are told and untouched."""
    MemoryFileSystem().pipe("memory://bucket/lights/M 42/taken.fits", b"another")
    star_frame(tmp_path / "taken.fits", OBJECT="M 42")
    (tmp_path / "text.fits").write_bytes(b"no frame")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "link.fits").symlink_to(star_frame(tmp_path / "target.dat", OBJECT="M 42"))
    with store.write() as unit:
        unit.add(Job(file=str(tmp_path / "a.fits"), created_at=START))
    told = {Path(each.file).name: each.problem for each in moved(store, tmp_path)}
    words = {"a.fits": "in the queue", "taken.fits": "is there already", "text.fits": "FITS", "link.fits": "is a link"}
    assert told.keys() == words.keys()
    for name, problem in told.items():
        assert words[name] in problem
    assert all((tmp_path / name).exists() for name in ("a.fits", "taken.fits", "text.fits", "target.dat"))


def test_a_storage_that_holds_the_frame_itself_keeps_it(tmp_path: Path) -> None:
    """A folder whose frames have their names already is left as it is."""
    (tmp_path / "M 42").mkdir()
    file = star_frame(tmp_path / "M 42" / "a.fits", OBJECT="M 42")
    to = Destination(frame_storage(str(tmp_path)), PATTERN)
    (same,) = StoringAway(None, frame_files(), headers=frame_headers(), to=to).move([tmp_path])
    assert (same.address, same.problem, file.exists()) == (str(file), "", True)
