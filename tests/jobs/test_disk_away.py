"""A disk that goes while frames wait, and comes back: nobody has to ask for anything again."""

from __future__ import annotations

import time
from pathlib import Path

from killing import start_worker
from pipeline_frames import star_frame

from tsplug.app import open_store, system_clock
from tsplug.ports import JobQuery
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit


def test_frames_are_processed_when_their_disk_is_back(tmp_path: Path) -> None:
    """Until then their jobs wait and say why, and so does the worker; the one attempt that counts is the last."""
    mounted, away = tmp_path / "nas", tmp_path / "unplugged"
    mounted.mkdir()
    file = star_frame(mounted / "a.fits")
    store = open_store(str(tmp_path / "store.sqlite"), system_clock())
    with store.write() as unit:
        submit(unit, [str(file)], request=JobRequest(), at=system_clock().now())
    mounted.rename(away)
    worker = start_worker(tmp_path / "store.sqlite", "--until-idle", "--processes", "1")
    told = f"{file}: the folder {mounted} is not there, as where a disk is not mounted"
    while (job := list_jobs(store, JobQuery())[0])["message"] != told:
        time.sleep(0.1)
    assert (job["state"], job["attempts"], job["not_before"] is None) == ("pending", 0, False)
    away.rename(mounted)
    _, said = worker.communicate()
    (job,) = list_jobs(store, JobQuery())
    assert (job["state"], job["attempts"], worker.returncode) == ("completed", 1, 0), said
    assert f"waiting for frames in {mounted} until they can be reached: {told}" in said.decode().replace("\n", " ")
    store.close()
