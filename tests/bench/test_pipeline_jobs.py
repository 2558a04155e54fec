"""Frames through the queue: what it costs beside the modules themselves, by local processes and by Dask."""

from __future__ import annotations

import resource
import signal
import time
from pathlib import Path

import pytest
from dask_cluster import Cluster
from killing import start_worker, write_frames

from tsplug.app import open_store, pipeline_modules, pipeline_tools, system_clock
from tsplug.ports import FrameTask, JobQuery, Store
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit

FRAMES = 500
WARM, ALONE = 5, 50


def spent_s() -> float:
    """Return the processor time of all processes that were started here and have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of_modules_s(folder: Path, store: Store) -> float:
    """Return what the modules take of a processor for as many frames, in this process and without a queue."""
    tools, modules, clock = pipeline_tools(store), pipeline_modules(), system_clock()
    frames = list(write_frames(folder / "alone", WARM + ALONE))
    for number, frame in enumerate(frames):
        if number == WARM:
            began = time.process_time()
        task = FrameTask(number, str(frame), "")
        work_on_frame(task, lambda told: None, tools=tools, modules=modules, clock=clock)
    return (time.process_time() - began) * FRAMES / ALONE


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("runner", ["local", "dask"])
def test_throughput(tmp_path: Path, runner: str) -> None:
    """500 frames: processor time of the whole, against that of the modules alone."""
    pixels = write_frames(tmp_path / "lights", FRAMES)
    store = open_store(str(tmp_path / "store.sqlite"), system_clock())
    with store.write() as unit:
        submit(unit, [str(frame) for frame in pixels], request=JobRequest(), at=system_clock().now())
    own_s = of_modules_s(tmp_path, store)
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
    print(
        f"\n{runner}: {FRAMES} frames of 0.2 MP, {whole_s:.1f} s of processors, {FRAMES / whole_s:.1f} frames a second"
        f" and core; modules by themselves in one warm process {own_s:.1f} s: {own_s / whole_s:.2f} of the whole"
    )
