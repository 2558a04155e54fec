"""A real cluster of Dask, one of whose workers is killed: all jobs end, no frame is damaged, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import Cluster
from killing import pixel_bytes, start_worker, write_frames

from tsplug.app import open_store, system_clock
from tsplug.errors import InputError, NetworkError
from tsplug.jobs.dask_runner import DaskRunner
from tsplug.ports import FrameTask, JobQuery, TaskNews
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit

FRAMES = 8
LIMIT_S = 120


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster whose workers have come."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


def connected(cluster: Cluster, *, workers: int) -> DaskRunner:
    """Return a runner on the cluster once so many workers are there."""
    while True:
        try:
            runner = DaskRunner("works:by_name", scheduler=cluster.address)
            break
        except InputError:
            time.sleep(0.1)
    while runner.free() < workers:
        time.sleep(0.1)
    return runner


def ends(runner: DaskRunner, *keys: int) -> dict[int, TaskNews]:
    """Return how tasks ended, by key."""
    found: dict[int, TaskNews] = {}
    while found.keys() != set(keys):
        news = runner.wait(LIMIT_S)
        assert news, "nothing came of it"
        found |= {each.key: each for each in news if each.ended}
    return found


def test_tasks_are_run_and_stopped_on_workers(cluster: Cluster, tmp_path: Path) -> None:
    """What a task tells arrives, what it raises too, and one that hangs is stopped so that its thread is free again."""
    runner = connected(cluster, workers=2)
    for key, name in enumerate(("fine", "raise"), start=1):
        runner.start(key, FrameTask(key, f"{name}.fits", "sqlite://"))
    assert {key: news.problem for key, news in ends(runner, 1, 2).items()} == {1: "", 2: "ValueError: no such thing"}
    runner.start(3, FrameTask(3, str(tmp_path / "hang.fits"), "sqlite://"))
    while not (tmp_path / "hang.pid").exists():
        time.sleep(0.05)
    runner.stop(3)
    for key in (4, 5):
        runner.start(key, FrameTask(key, "crash.fits", "sqlite://"))
    assert {news.passing for news in ends(runner, 4, 5).values()} == {True}
    runner.close()


def test_a_killed_worker_of_the_cluster_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """With half of the cluster killed at work, every frame is processed and sound."""
    connected(cluster, workers=2).close()
    pixels = write_frames(tmp_path / "lights", FRAMES)
    store = open_store(str(tmp_path / "store.sqlite"), system_clock())
    with store.write() as unit:
        submit(unit, [str(frame) for frame in pixels], request=JobRequest(), at=system_clock().now())
    options = ["--runner", "dask", "--scheduler", cluster.address, "--until-idle"]
    worker = start_worker(tmp_path / "store.sqlite", *options)
    while not [row for row in list_jobs(store, JobQuery()) if row["state"] == "completed"]:
        assert worker.poll() is None
        time.sleep(0.02)
    cluster.kill_a_worker()
    worker.communicate()
    assert worker.returncode == 0
    assert [row["state"] for row in list_jobs(store, JobQuery())] == ["completed"] * FRAMES
    assert {frame: pixel_bytes(frame) for frame in pixels} == pixels
    assert not list((tmp_path / "lights").rglob("*.part"))
    store.close()


def test_a_scheduler_that_is_lost_is_told(tmp_path: Path) -> None:
    """A task waits while there is no worker; without a scheduler that is an error, and not for ever silence."""
    cluster = Cluster(tmp_path, workers=0)
    runner = connected(cluster, workers=0)
    runner.start(1, FrameTask(1, "fine.fits", "sqlite://"))
    assert [news.begun for news in runner.wait(LIMIT_S)] == [False]
    cluster.close()
    with pytest.raises(NetworkError, match="is gone; its jobs are back in the queue"):
        wait_for_ever(runner)
    runner.close()


def wait_for_ever(runner: DaskRunner) -> None:
    """Wait until that raises something."""
    while True:
        runner.wait(0.2)


def test_a_scheduler_that_is_not_there_is_told() -> None:
    """Where nobody answers, or the address is none, that is one line of error."""
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "nonsense"):
        with pytest.raises(InputError, match="no Dask scheduler answers at"):
            DaskRunner("works:by_name", scheduler=address, connect_s=0.5)
