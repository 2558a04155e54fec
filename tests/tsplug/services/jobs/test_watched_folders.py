"""Frames that come into a folder go into the queue once they are whole, and once only."""

from __future__ import annotations

import os
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tsplug.app_jobs import list_folder
from tsplug.errors import StoreError
from tsplug.model import Job, JobState, JobStep, ModuleState
from tsplug.ports import FrameStatus, JobQuery, Store
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.services.jobs.watched_folders import (
    BROKEN_AFTER,
    LOOK_EVERY,
    SETTLED_AFTER,
    Lookout,
    Watched,
    WatchedFolders,
)
from tsplug.testing import ManualClock, RecordingProgress, memory_store

PROGRESS = RecordingProgress()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(clock: ManualClock) -> Store:
    return memory_store(clock)


def watch(store: Store, clock: ManualClock, *folders: Path) -> WatchedFolders:
    """Return a watcher of folders on disk."""
    whole = Watched(folders, list_folder, lambda file: FrameStatus(True, "cut" if "cut" in file.read_text() else ""))
    return WatchedFolders(store, clock, watched=whole, progress=PROGRESS)


def look(watched: WatchedFolders, clock: ManualClock, *, times: int = 4) -> int:
    """Look again and again, and return how many frames came into the queue."""
    found = 0
    for _ in range(times):
        found += watched.look()
        clock.advance(LOOK_EVERY.total_seconds())
    return found


def files(store: Store) -> list[str]:
    """Return the names of the files in the queue, oldest first."""
    return [Path(row["file"]).name for row in list_jobs(store, JobQuery())[::-1]]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_keeps_no_frame_waiting(
    tmp_path: Path, store: Store, clock: ManualClock, hours: int
) -> None:
    """A frame comes when it was the same for a while, no sooner and no later where the time of day is set meanwhile."""
    watched = watch(store, clock, tmp_path)
    (tmp_path / "a.fits").write_bytes(b"x")
    assert look(watched, clock, times=1) == 0
    clock.set(clock.now() + timedelta(hours=hours))
    assert [look(watched, clock, times=1) for _ in range(2)] == [0, 1]


def test_a_file_comes_when_it_grows_no_more(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """A frame that is still written waits until it was the same for a while; what is no frame or hidden never comes."""
    watched = watch(store, clock, tmp_path)
    deep = tmp_path / "M 42"
    deep.mkdir()
    for name in ("notes.txt", ".a.fits.1.part", ".hidden.fits"):
        (deep / name).write_bytes(b"x")
    for size in range(1, 5):
        (deep / "a.fits").write_bytes(bytes(size))
        assert look(watched, clock, times=1) == 0
    assert look(watched, clock) == 1
    assert files(store) == ["a.fits"]


def test_a_processed_file_does_not_come_again(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """That processing writes its header brings no frame back, nor does a watcher that starts anew."""
    watched = watch(store, clock, tmp_path)
    (tmp_path / "a.fits").write_bytes(b"x")
    assert look(watched, clock) == 1
    (tmp_path / "a.fits").write_bytes(b"longer")
    assert look(watched, clock) == 0
    assert look(watch(store, clock, tmp_path), clock) == 0
    (tmp_path / "b.fits").write_bytes(b"x")
    assert look(watched, clock) == 1
    assert files(store) == ["a.fits", "b.fits"]


def end_all(store: Store, clock: ManualClock) -> None:
    """Let all jobs have ended now, with something done."""
    with store.write() as unit:
        for job in unit.list(Job, state=JobState.PENDING):
            unit.add(JobStep(job_id=job.id or 0, module="preview", state=ModuleState.COMPLETED))
        unit.set_all(Job, {"state": JobState.COMPLETED, "finished_at": clock.now()}, state=JobState.PENDING)


def test_another_frame_of_a_known_name_comes(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """What changes after its job has ended is another frame and comes again once it is whole, even if it was gone."""
    watched = watch(store, clock, tmp_path)
    file = tmp_path / "a.fits"
    file.write_bytes(b"x")
    assert look(watched, clock) == 1
    file.write_bytes(b"header")
    assert look(watched, clock, times=1) == 0
    end_all(store, clock)
    assert look(watched, clock) == 0
    file.write_bytes(b"another")
    assert look(watched, clock, times=2) == 0
    assert look(watched, clock) == 1
    assert [row["priority"] for row in list_jobs(store, JobQuery())] == [0, 0]
    end_all(store, clock)
    assert look(watched, clock) == 0
    again = watch(store, clock, tmp_path)
    assert look(again, clock) == 0
    file.unlink()
    assert look(again, clock) == 0
    file.write_bytes(b"the next night")
    assert look(again, clock) == 1


def test_a_copy_that_stalls_is_waited_for(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """What does not look whole waits for minutes; what goes on right after its job did nothing comes again."""
    watched = watch(store, clock, tmp_path)
    (tmp_path / "a.fits").write_bytes(b"cut")
    assert look(watched, clock, times=20) == 0
    clock.advance(BROKEN_AFTER.total_seconds())
    assert look(watched, clock) == 1
    with store.write() as unit:
        unit.set_all(Job, {"state": JobState.FAILED, "finished_at": clock.now()}, state=JobState.PENDING)
    (tmp_path / "a.fits").write_bytes(b"whole now")
    assert look(watched, clock) == 1


def test_a_link_and_what_it_leads_to_are_one_frame(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """It comes once, whichever of its names was known before."""
    (tmp_path / "a.fits").write_bytes(b"x")
    watched = watch(store, clock, tmp_path)
    assert look(watched, clock) == 1
    (tmp_path / "link.fits").symlink_to(tmp_path / "a.fits")
    assert look(watched, clock) == 0
    (tmp_path / "aa.fits").symlink_to(tmp_path / "b.fits")
    (tmp_path / "b.fits").write_bytes(b"x")
    assert look(watched, clock) == 1
    assert files(store) == ["a.fits", "b.fits"]


def test_a_name_that_is_no_text_is_told_once(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """The others come."""
    for name in (b"latin\xe9.fits", b"a.fits"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    assert look(watch(store, clock, tmp_path), clock) == 1
    (told,) = [message for message, _, _ in PROGRESS.reports if "latin" in message]
    assert told.endswith("rename it")


def test_a_folder_that_is_away_comes_back(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """A network folder that cannot be reached is no error; its frames come when it is there."""
    folder = tmp_path / "network"
    watched = watch(store, clock, folder)
    assert look(watched, clock) == 0
    folder.mkdir()
    (folder / "a.fits").write_bytes(b"x")
    assert look(watched, clock) == 1
    end_all(store, clock)
    assert look(watched, clock) == 0
    folder.rename(tmp_path / "away")
    assert look(watched, clock) == 0
    (tmp_path / "away").rename(folder)
    assert look(watched, clock) == 0


def test_it_does_not_look_all_the_time(tmp_path: Path, store: Store, clock: ManualClock) -> None:
    """However often it is asked, a watcher looks at most every two seconds."""
    looks: list[Path] = []

    def listing(folder: Path) -> dict[str, tuple[int, int]]:
        looks.append(folder)
        return {}

    looked_at = Watched([tmp_path], listing, lambda file: FrameStatus(True))
    watched = WatchedFolders(store, clock, watched=looked_at, progress=PROGRESS)
    for _ in range(20):
        watched.look()
        clock.advance(0.5)
    assert len(looks) == 5
    assert timedelta(0) < LOOK_EVERY < SETTLED_AFTER


def test_what_the_queue_knows_is_not_opened(store: Store, clock: ManualClock) -> None:
    """A folder with the frames of years costs a start a question to the queue, not one to the disk for each of them."""
    files = {f"/nas/{number}.fits": (1, number) for number in range(50)}
    with store.write() as unit:
        submit(unit, list(files), request=JobRequest(), at=clock.now())
    files["/nas/new.fits"] = (1, 1)
    opened: list[str] = []

    def status(file: Path) -> FrameStatus:
        opened.append(file.name)
        return FrameStatus(True)

    looked_at = Watched([Path("/nas")], lambda folder: files, status)
    watched = WatchedFolders(store, clock, watched=looked_at, progress=PROGRESS)
    assert (look(watched, clock, times=1), watched.settling, opened) == (0, 51, [])
    assert (look(watched, clock), watched.settling, opened) == (1, 0, ["new.fits"])
    end_all(store, clock)
    assert look(watched, clock, times=2) == 0
    files["/nas/7.fits"] = (2, 2)
    assert (look(watched, clock), opened) == (1, ["new.fits", "7.fits"])


def test_frames_of_a_folder_go_as_its_worker_was_told(store: Store, clock: ManualClock, tmp_path: Path) -> None:
    """As those of a rig, with their pictures in a folder of its own."""
    (tmp_path / "a.fits").write_text("whole")
    told = Watched([tmp_path], list_folder, lambda file: FrameStatus(True), profile_id=7, previews="/pictures")
    look(WatchedFolders(store, clock, watched=told, progress=PROGRESS), clock)
    with store.read() as unit:
        assert [(job.profile_id, job.previews) for job in unit.list(Job)] == [(7, "/pictures")]


def look_until_it_ends(lookout: Lookout) -> None:
    while not lookout.look():
        time.sleep(0.001)


def test_a_disk_that_does_not_answer_is_not_waited_for_at_the_end(store: Store, clock: ManualClock) -> None:
    """Who stops a worker is not kept by a look that hangs."""
    goes_on = threading.Event()

    def listing(folder: Path) -> dict[str, tuple[int, int]]:
        goes_on.wait()
        return {}

    looked_at = Watched([Path("/nas")], listing, lambda file: FrameStatus(True))
    lookout = Lookout(WatchedFolders(store, clock, watched=looked_at, progress=PROGRESS), patience_s=0.01)
    lookout.look()
    lookout.close()
    assert not lookout.look()
    goes_on.set()
    look_until_it_ends(lookout)


def test_a_slow_disk_keeps_nobody_waiting(store: Store, clock: ManualClock) -> None:
    """Whoever asks for a look goes on meanwhile, hears of its end, and of a store that failed."""
    listed, goes_on = threading.Event(), threading.Event()

    def listing(folder: Path) -> dict[str, tuple[int, int]]:
        listed.set()
        goes_on.wait()
        raise StoreError("away")

    looked_at = Watched([Path("/nas")], listing, lambda file: FrameStatus(True))
    lookout = Lookout(WatchedFolders(store, clock, watched=looked_at, progress=PROGRESS))
    with closing(lookout):
        assert not lookout.look()
        listed.wait()
        assert not lookout.look()
        goes_on.set()
        with pytest.raises(StoreError, match="away"):
            look_until_it_ends(lookout)
        look_until_it_ends(lookout)
