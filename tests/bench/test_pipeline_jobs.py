"""Frames through the queue: what it costs beside the modules themselves, by local processes and by Dask."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest
from dask_cluster import Cluster
from killing import start_worker, write_frames

from tsplug.app import open_store, system_clock
from tsplug.ports import JobQuery
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit

FRAMES = 500


def spent_s() -> float:
    """Return the processor time of all processes that were started here and have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("runner", ["local", "dask"])
def test_throughput(tmp_path: Path, runner: str) -> None:
    """500 frames: processor time of the whole, against the sum of what the modules say they took."""
    pixels = write_frames(tmp_path / "lights", FRAMES)
    store = open_store(str(tmp_path / "store.sqlite"), system_clock())
    with store.write() as unit:
        submit(unit, [str(frame) for frame in pixels], request=JobRequest(), at=system_clock().now())
    before = spent_s()
    cluster = Cluster(tmp_path) if runner == "dask" else None
    options = ["--runner", "dask", "--scheduler", cluster.address] if cluster else ["--processes", "2"]
    worker = start_worker(tmp_path / "store.sqlite", "--until-idle", *options)
    worker.communicate()
    if cluster:
        cluster.close(signal.SIGTERM)
    whole_s = spent_s() - before
    rows = list_jobs(store, JobQuery())
    store.close()
    assert {row["state"] for row in rows} == {"completed"}
    own_s = sum(step["duration_s"] for row in rows for step in row["modules"])
    print(
        f"\n{runner}: {FRAMES} frames of 0.2 MP, {whole_s:.1f} s of processors, {FRAMES / whole_s:.1f} frames a second"
        f" and core; modules by themselves {own_s:.1f} s on two busy cores: {own_s / whole_s:.2f} of the whole"
    )
