"""Frames through the queue: what it costs beside the modules themselves, by local processes and by Dask."""

from __future__ import annotations

import resource
import shutil
import signal
import time
from pathlib import Path

import pytest
from dask_cluster import Cluster
from killing import start_worker
from sky_frames import DEC_DEG, RA_HOURS, SimulatedCatalogue, sky_frame

from tsplug.app import open_store, pipeline_modules, pipeline_tools, system_clock
from tsplug.files.solving.catalogue import write_catalogue
from tsplug.model import JobStep, ModuleState
from tsplug.ports import FrameTask, JobQuery, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.testing import first_catalogue, store_light
from tsplug.testing.clock import START

WARM = 5
TINY, LARGE = (400, 500), (2640, 3520)
CASES = {
    "tiny, local": (TINY, 500, 50, "local"),
    "tiny, dask": (TINY, 500, 50, "dask"),
    "large, local": (LARGE, 120, 30, "local"),
    "large, dask": (LARGE, 120, 30, "dask"),
}
# By what is run: rows and columns, frames through the queue, frames without one, and the runner.


def spent_s() -> float:
    """Return the processor time of all processes that were started here and have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_lights(folder: Path, count: int, shape: tuple[int, int], *, store: Store) -> list[FrameTask]:
    """Write so many lights of the simulated sky, all of the same pixels and of a mount that is 3' off, with records."""
    folder.mkdir()
    files = [folder / f"{number:03}.fits" for number in range(count)]
    sky_frame(files[0], off_deg=0.05, shape=shape, OBJECT="M 81", EXPTIME=60.0)
    for file in files[1:]:
        shutil.copyfile(files[0], file)
    images = [store_light(store, "M 81", filter_name="L", started=START, file=str(file)) for file in files]
    return [FrameTask(number, image.file, "", image.id) for number, image in enumerate(images)]


def stocked(file: Path) -> Store:
    """Return a new store with a rig and a target."""
    file.parent.mkdir(exist_ok=True)
    store = open_store(str(file), system_clock())
    load_catalogue(first_catalogue(), store, clock=system_clock())
    return store


def of_modules_s(tasks: list[FrameTask], store: Store) -> float:
    """Return what the modules take of a processor for a frame, in this process and without a queue, in seconds."""
    tools, modules, clock = pipeline_tools(store), pipeline_modules(), system_clock()
    told: list[JobStep] = []
    for number, task in enumerate(tasks):
        if number == WARM:
            began = time.process_time()
        work_on_frame(task, told.append, tools=tools, modules=modules, clock=clock)
    spent = time.process_time() - began
    ended = {step.module: step for step in told}
    assert {step.state for step in ended.values()} == {ModuleState.COMPLETED}, ended
    assert ended["plate_solve"].message.startswith("solved by ")
    return spent / (len(tasks) - WARM)


def through_queue_s(folder: Path, count: int, *, shape: tuple[int, int], runner: str) -> float:
    """Return what all programs take of processors that put frames through a queue, from their start on, in seconds."""
    store = stocked(folder / "store.sqlite")
    tasks = write_lights(folder / "lights", count, shape, store=store)
    with store.write() as unit:
        submit(unit, [task.file for task in tasks], request=JobRequest(), at=system_clock().now())
    before = spent_s()
    cluster = Cluster(folder) if runner == "dask" else None
    options = ["--runner", "dask", "--scheduler", cluster.address] if cluster else ["--processes", "2"]
    start_worker(folder / "store.sqlite", "--until-idle", *options).communicate()
    if cluster:
        cluster.close(signal.SIGTERM)
    rows = list_jobs(store, JobQuery())
    store.close()
    assert {row["state"] for row in rows} == {"completed"}
    shutil.rmtree(folder)
    return spent_s() - before


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", CASES)
def test_throughput(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time of many frames through the queue against that of the modules alone, with and without the start."""
    shape, count, alone, runner = CASES[case]
    stars = SimulatedCatalogue().near(RA_HOURS * 15.0, DEC_DEG, radius_deg=4.0)
    write_catalogue(tmp_path / "stars", stars, source="the simulated sky", epoch=2026.0)
    monkeypatch.setenv("TSPLUG_CATALOGUE", str(tmp_path / "stars"))
    store = stocked(tmp_path / "alone.sqlite")
    each_s = of_modules_s(write_lights(tmp_path / "alone", WARM + alone, shape, store=store), store)
    store.close()
    start_s = through_queue_s(tmp_path / "start", 2, shape=shape, runner=runner) - each_s * 2
    whole_s = through_queue_s(tmp_path / "run", count, shape=shape, runner=runner)
    own_s = each_s * count
    print(
        f"\n{runner}: {count} frames of {shape[0] * shape[1] / 1e6:.1f} MP, {whole_s:.1f} s of processors,"
        f" {count / whole_s:.1f} frames a second and core; modules by themselves in one warm process {own_s:.1f} s:"
        f" {own_s / whole_s:.2f} of the whole, {own_s / (whole_s - start_s):.2f} without the {start_s:.1f} s that"
        " programs take to start"
    )
