"""Frames through the queue: what it costs beside the modules themselves, by local processes and by Dask."""

from __future__ import annotations

import resource
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from dask_cluster import Cluster
from killing import start_worker

from tsplug.app import open_store, pipeline_modules, pipeline_tools, system_clock
from tsplug.ports import FrameTask, JobQuery, Store
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit

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


def write_lights(folder: Path, count: int, shape: tuple[int, int]) -> list[Path]:
    """Write so many lights of a field with a star for every 20 000 pixels, all of the same pixels."""
    chance = np.random.default_rng(5)
    rows, columns = shape
    pixels = chance.normal(900, 12, shape)
    spot = np.exp(-(np.add.outer(np.arange(-8, 9) ** 2, np.arange(-8, 9) ** 2)) / (2 * 1.6**2))
    for y, x in zip(
        chance.integers(8, rows - 8, rows * columns // 20_000),
        chance.integers(8, columns - 8, rows * columns // 20_000),
        strict=True,
    ):
        pixels[y - 8 : y + 9, x - 8 : x + 9] += chance.exponential(4000) * spot
    hdu = fits.PrimaryHDU(np.clip(pixels, 0, 65535).astype(np.uint16))
    hdu.header["IMAGETYP"], hdu.header["OBJECT"], hdu.header["EXPTIME"] = "LIGHT", "M 42", 60.0
    for _ in range(72):
        hdu.header.append(end=True, bottom=True)
    folder.mkdir()
    files = [folder / f"{number:03}.fits" for number in range(count)]
    hdu.writeto(files[0], checksum=True)
    for file in files[1:]:
        shutil.copyfile(files[0], file)
    return files


def of_modules_s(frames: list[Path], store: Store) -> float:
    """Return what the modules take of a processor for a frame, in this process and without a queue, in seconds."""
    tools, modules, clock = pipeline_tools(store), pipeline_modules(), system_clock()
    for number, frame in enumerate(frames):
        if number == WARM:
            began = time.process_time()
        task = FrameTask(number, str(frame), "")
        work_on_frame(task, lambda told: None, tools=tools, modules=modules, clock=clock)
    return (time.process_time() - began) / (len(frames) - WARM)


def through_queue_s(folder: Path, frames: list[Path], runner: str) -> float:
    """Return what all programs take of processors that put frames through a queue, from their start on, in seconds."""
    folder.mkdir()
    store = open_store(str(folder / "store.sqlite"), system_clock())
    with store.write() as unit:
        submit(unit, [str(frame) for frame in frames], request=JobRequest(), at=system_clock().now())
    before = spent_s()
    cluster = Cluster(folder) if runner == "dask" else None
    options = ["--runner", "dask", "--scheduler", cluster.address] if cluster else ["--processes", "2"]
    start_worker(folder / "store.sqlite", "--until-idle", *options).communicate()
    if cluster:
        cluster.close(signal.SIGTERM)
    rows = list_jobs(store, JobQuery())
    store.close()
    assert {row["state"] for row in rows} == {"completed"}
    return spent_s() - before


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", CASES)
def test_throughput(tmp_path: Path, case: str) -> None:
    """Processor time of many frames through the queue against that of the modules alone, with and without the start."""
    shape, count, alone, runner = CASES[case]
    store = open_store(str(tmp_path / "alone.sqlite"), system_clock())
    each_s = of_modules_s(write_lights(tmp_path / "alone", WARM + alone, shape), store)
    store.close()
    first = write_lights(tmp_path / "first", 2, shape)
    start_s = through_queue_s(tmp_path / "start", first, runner) - each_s * len(first)
    whole_s = through_queue_s(tmp_path / "run", write_lights(tmp_path / "lights", count, shape), runner)
    shutil.rmtree(tmp_path)
    own_s = each_s * count
    print(
        f"\n{runner}: {count} frames of {shape[0] * shape[1] / 1e6:.1f} MP, {whole_s:.1f} s of processors,"
        f" {count / whole_s:.1f} frames a second and core; modules by themselves in one warm process {own_s:.1f} s:"
        f" {own_s / whole_s:.2f} of the whole, {own_s / (whole_s - start_s):.2f} without the {start_s:.1f} s that"
        " programs take to start"
    )
