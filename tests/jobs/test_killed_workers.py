"""Whatever is killed, and whenever: all jobs end, no frame is damaged, and nothing half done is left."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from astropy.io import fits
from killing import children, kill, pixel_bytes, start_worker, write_catalogue_of_lights, write_frames, write_lights

from tsplug.app import open_store, system_clock
from tsplug.model import JobState
from tsplug.model.job_flow import ENDED
from tsplug.ports import JobQuery, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.services.jobs.listing import Row, list_jobs
from tsplug.services.jobs.orders import cancel_jobs
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.testing import first_catalogue

FRAMES, LIGHTS = 5, 8
KILLS = 4


def ended(store: Store) -> int:
    """Return how many jobs have ended."""
    return sum(row["state"] in ENDED for row in list_jobs(store, JobQuery()))


def running(store: Store) -> list[int]:
    """Return the jobs that are at work."""
    return [row["id"] for row in list_jobs(store, JobQuery(states=(JobState.RUNNING,)))]


def kill_at_work(store: Store, file: Path, number: int, *, chance: random.Random) -> list[int]:
    """Start a worker, kill it and perhaps a process of it between any two steps of what they do; return what to cancel.

    That is asked of it just before the last kill.
    """
    worker = start_worker(file, "--lease", "2", "--processes", "2")
    before = ended(store)
    # At work, not while it starts.
    while not running(store) or (number % 2 and ended(store) == before and ended(store) < FRAMES + LIGHTS):
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.5))
    asked = running(store) if number == KILLS - 1 else []
    cancel_jobs(store, asked, user="", administrators=(), at=system_clock().now())
    for process in children(worker.pid)[: 1 - number % 2]:
        kill(process)
        time.sleep(chance.uniform(0, 0.3))
    kill(worker.pid)
    worker.communicate()
    return asked


def is_solved(row: Row) -> bool:
    """Return whether a job tells of a solution that is in the header of its frame, with the record's data."""
    told = {step["module"]: step["message"] for step in row["modules"]}
    header = fits.getheader(row["file"])
    return told["plate_solve"].startswith("solved by ") and header["PLTSOLVD"] is True and bool(header["TSUID"])


def test_killed_workers_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers and their processes are killed at any moment, also with jobs that are cancelled; all others are done.

    Frames without room in their headers are copied; lights on record are written in place, and solved.
    """
    chance = random.Random(3)
    monkeypatch.setenv("TSPLUG_CATALOGUE", str(write_catalogue_of_lights(tmp_path / "stars")))
    file = tmp_path / "store.sqlite"
    store = open_store(str(file), system_clock())
    load_catalogue(first_catalogue(), store, clock=system_clock())
    pixels = write_frames(tmp_path / "lights", FRAMES)
    lights = write_lights(tmp_path / "lights", LIGHTS, store)
    pixels |= lights
    places = {frame: frame.stat().st_ino for frame in pixels}
    with store.write() as unit:
        submit(unit, [str(frame) for frame in reversed(pixels)], request=JobRequest(), at=system_clock().now())
    asked = [job for number in range(KILLS) for job in kill_at_work(store, file, number, chance=chance)]
    last = start_worker(file, "--lease", "2", "--processes", "2", "--until-idle")
    last.communicate()
    rows = {Path(row["file"]): row for row in list_jobs(store, JobQuery())}
    done = {frame for frame, row in rows.items() if row["state"] == JobState.COMPLETED}
    cancelled = [row["id"] for frame, row in rows.items() if row["state"] == JobState.CANCELLED]
    assert len(done) + len(cancelled) == len(pixels)
    assert set(cancelled) <= set(asked)
    assert {frame: pixel_bytes(frame) for frame in pixels} == pixels
    assert {frame for frame in done if frame.stat().st_ino == places[frame]} == done & lights.keys()
    assert all(is_solved(rows[frame]) for frame in done & lights.keys())
    left = {entry.name for entry in (tmp_path / "lights").iterdir()}
    assert left == {*(frame.name for frame in pixels), "previews"}
    pictures = {entry.name for entry in (tmp_path / "lights" / "previews").iterdir()}
    assert {f"{frame.name}.jpg" for frame in done} <= pictures <= {f"{frame.name}.jpg" for frame in pixels}
    assert list((tmp_path / "data" / "buffers").iterdir()) == []
    store.close()
