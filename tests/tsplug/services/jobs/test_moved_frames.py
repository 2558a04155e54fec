"""A frame that is moved while its job waits or is at work is processed where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.app import frame_files
from tsplug.errors import FileError
from tsplug.model import AcquiredImage, FileMove, GraderPreferences, GradingStatus, Job, KeptHeader, Profile
from tsplug.ports import FrameTask, Store
from tsplug.services.jobs.moved_frames import work_where_it_is
from tsplug.services.jobs.submitting import submit_image
from tsplug.services.rejected_files import RejectedFiles
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START


@pytest.fixture
def store() -> Store:
    """Give a store with a rig whose rejected frames are moved away."""
    store = stocked_store(ManualClock())
    with store.write() as unit:
        rig = unit.list(Profile)[0]
        unit.update(rig.model_copy(update={"grader": GraderPreferences(move_rejected=True)}))
    return store


def queued(store: Store, folder: Path) -> FrameTask:
    """Return the task of a frame that is rejected, not yet moved, and in the queue, with its picture beside it."""
    file = star_frame(folder / "a.fits")
    (folder / "previews").mkdir()
    (folder / "previews" / "a.fits.jpg").write_bytes(b"picture")
    image = store_light(
        store, "M 42", filter_name="L", started=START, file=str(file), guid="g", status=GradingStatus.REJECTED
    )
    with store.write() as unit:
        job = submit_image(unit, image, at=START)
        unit.add(KeptHeader(file=str(file), image_id=image.id, header=b"", kept_at=START))
    return FrameTask(job.id or 0, job.file, "", image.id, {})


def move_away(store: Store) -> None:
    """Let the file of the frame follow its status."""
    assert [each.problem for each in RejectedFiles(store, frame_files(), clock=ManualClock()).follow(["g"])] == [""]


def places(store: Store) -> set[str]:
    """Return all places of the frame that are stored."""
    with store.read() as unit:
        return {each.file for kind in (Job, KeptHeader, AcquiredImage) for each in unit.list(kind)}


def test_everything_follows_a_frame_that_is_moved_away_and_back(tmp_path: Path, store: Store) -> None:
    """Its job in the queue, its header as it was and its picture go with the record, and come back with it."""
    task = queued(store, tmp_path)
    move_away(store)
    away = tmp_path / "rejected"
    assert places(store) == {str(away / "a.fits")}
    assert (away / "previews" / "a.fits.jpg").read_bytes() == b"picture"
    (tmp_path / "previews" / "a.fits.jpg").write_bytes(b"of another frame that had the name meanwhile")
    done: list[str] = []
    work_where_it_is(task, lambda at: done.append(at.file), store=store, files=frame_files())
    assert done == [str(away / "a.fits")]
    RejectedFiles(store, frame_files(), clock=ManualClock()).undo()
    assert places(store) == {task.file}
    assert (tmp_path / "previews" / "a.fits.jpg").read_bytes() == b"picture"


def test_a_frame_that_is_moved_while_it_is_worked_on_is_taken_up_again(tmp_path: Path, store: Store) -> None:
    """What could not be done for want of the file is done where it went; the picture made meanwhile goes there too."""
    task = queued(store, tmp_path)
    done: list[str] = []

    def work(at: FrameTask) -> None:
        done.append(at.file)
        if len(done) == 1:
            move_away(store)
            (tmp_path / "previews" / "a.fits.jpg").write_bytes(b"newer")
            raise FileError("a.fits: missing")

    work_where_it_is(task, work, store=store, files=frame_files())
    assert done == [task.file, str(tmp_path / "rejected" / "a.fits")]
    assert (tmp_path / "rejected" / "previews" / "a.fits.jpg").read_bytes() == b"newer"
    assert not list((tmp_path / "previews").iterdir())


def test_a_frame_on_its_way_and_one_that_was_moved_long_ago_are_found(tmp_path: Path, store: Store) -> None:
    """The journal tells of the one, the record of the other; where neither does, the job fails as it would."""
    task = queued(store, tmp_path)
    moved = tmp_path / "b.fits"
    Path(task.file).rename(moved)
    with store.write() as unit:
        move = unit.add(FileMove(image_id=1, image_guid="g", from_file=task.file, to_file=str(moved), moved_at=START))
    done: list[str] = []
    work_where_it_is(task, lambda at: done.append(at.file), store=store, files=frame_files())
    with store.write() as unit:
        unit.delete(move)
        unit.set_all(AcquiredImage, {"file": str(moved)}, id=1)
    work_where_it_is(task, lambda at: done.append(at.file), store=store, files=frame_files())
    assert (done, places(store) - {task.file}) == ([str(moved)] * 2, {str(moved)})
    moved.unlink()

    def fail(at: FrameTask) -> None:
        raise FileError(f"{at.file}: missing")

    with pytest.raises(FileError, match=r"b\.fits: missing"):
        work_where_it_is(task, fail, store=store, files=frame_files())
    work_where_it_is(task, lambda at: done.append(at.file), store=None, files=frame_files())
    assert done[-1] == task.file
