"""Whatever is killed, and whenever: all jobs end, no frame is damaged, and nothing half done is left."""

from __future__ import annotations

import random
import time
from pathlib import Path

from killing import children, kill, pixel_bytes, start_worker, write_frames

from tsplug.app import open_store, system_clock
from tsplug.model import JobState
from tsplug.ports import JobQuery, Store
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit

FRAMES = 16
KILLS = 4


def ended(store: Store) -> int:
    """Return how many jobs have ended."""
    return sum(row["state"] in (JobState.COMPLETED, JobState.FAILED) for row in list_jobs(store, JobQuery()))


def begun(store: Store) -> bool:
    """Return whether a job is at work."""
    return bool(list_jobs(store, JobQuery(states=(JobState.RUNNING,), limit=1)))


def test_killed_workers_lose_nothing(tmp_path: Path) -> None:
    """Workers and their processes are killed at any moment; in the end every frame is processed and sound."""
    chance = random.Random(3)
    pixels = write_frames(tmp_path / "lights", FRAMES)
    file = tmp_path / "store.sqlite"
    store = open_store(str(file), system_clock())
    with store.write() as unit:
        submit(unit, [str(frame) for frame in pixels], request=JobRequest(), at=system_clock().now())
    for number in range(KILLS):
        worker = start_worker(file, "--lease", "2", "--processes", "2")
        before = ended(store)
        # At work, not while it starts: then between any two steps of what it does.
        while not begun(store) or (number % 2 and ended(store) == before and ended(store) < FRAMES):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        for process in children(worker.pid)[: 1 - number % 2]:
            kill(process)
            time.sleep(chance.uniform(0, 0.3))
        kill(worker.pid)
        worker.communicate()
    last = start_worker(file, "--lease", "2", "--processes", "2", "--until-idle")
    last.communicate()
    assert [row["state"] for row in list_jobs(store, JobQuery())] == ["completed"] * FRAMES
    assert {frame: pixel_bytes(frame) for frame in pixels} == pixels
    names = {frame.name for frame in pixels}
    assert {entry.name for entry in (tmp_path / "lights").iterdir()} == {*names, "previews"}
    assert {entry.name for entry in (tmp_path / "lights" / "previews").iterdir()} == {f"{name}.jpg" for name in names}
    assert list((tmp_path / "data" / "buffers").iterdir()) == []
    store.close()
