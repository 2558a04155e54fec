"""Runs tasks on the workers of a Dask cluster, on as many machines as it has."""

from __future__ import annotations

import pickle
import queue
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from tsplug.errors import InputError, NetworkError
from tsplug.jobs.dask_task import run_task
from tsplug.ports import FrameTask, TaskNews

_CLOSE_S = "10s"


class DaskRunner:
    """Hands tasks to a cluster, one for each of its threads; each is run in a process of its own there.

    Dask gives a task to another worker when one dies. What it does not bring to an end is told as an attempt that came
    to nothing, so that the queue decides.
    """

    def __init__(self, work: str, *, scheduler: str, connect_s: float = 10.0) -> None:
        """Connect to a cluster.

        Args:
            work: the function that runs, as ``module:function``; its package must be installed on all workers.
            scheduler: the address, such as ``tcp://192.168.1.5:8786``.
            connect_s: for how long it is tried to reach it, in seconds.

        Raises:
            InputError: nobody answers there, or Dask is not installed.
        """
        try:
            import distributed

            # Part of it is annotated, part of it is not.
            library: Any = distributed
            # A client of what is no address cannot be closed, and complains when the program ends.
            library.comm.get_address_host_port(scheduler)
            self._client: Any = library.Client(scheduler, timeout=connect_s, set_as_default=False)
        except ImportError as error:
            raise InputError(f"a Dask cluster needs a package: pip install 'tsplug[dask]' ({error})") from error
        except (OSError, ValueError) as error:
            raise InputError(f"no Dask scheduler answers at {scheduler!r}: {error}") from error
        self._work, self._scheduler = work, scheduler
        self._topic = f"tsplug-{uuid4().hex}"
        self._news: queue.SimpleQueue[tuple[Any, TaskNews]] = queue.SimpleQueue()
        self._futures: dict[int, Any] = {}
        self._client.subscribe_topic(self._topic, self._hear)

    def free(self) -> int:
        """Return how many more tasks the cluster has threads for; none while it is out of reach."""
        with suppress(OSError, TypeError):
            return max(0, int(sum(self._client.nthreads().values())) - len(self._futures))
        return 0

    def stuck(self) -> int:
        """Return 0: its workers tell nobody."""
        return 0

    def start(self, key: int, task: FrameTask) -> None:
        """Begin a task."""
        name = f"{self._topic}/{key}/{uuid4().hex}"
        self._news.put((None, TaskNews(key, begun=False)))
        future = self._client.submit(run_task, self._work, key, task=task, name=name, key=name, pure=False)
        self._futures[key] = future
        future.add_done_callback(lambda done: self._end(key, done))

    def stop(self, key: int) -> bool:
        """End a task at once, wherever it runs; whether that succeeds its worker tells nobody."""
        future = self._futures.pop(key, None)
        if future is not None and not self._is_lost():
            # What runs already looks for that; see `run_task`. A worker that is out of reach stops with its cluster.
            future.cancel()
        return True

    def wait(self, timeout_s: float) -> Sequence[TaskNews]:
        """Return what is new; wait for it for a while where nothing is.

        Raises:
            NetworkError: the scheduler is gone; a cluster that comes in its place knows nothing of what was started.
        """
        found: list[TaskNews] = []
        with suppress(queue.Empty):
            while True:
                source, news = self._news.get(block=not found and timeout_s > 0, timeout=timeout_s or None)
                found += self._valid(source, news)
        if self._is_lost():
            raise NetworkError(
                f"the Dask scheduler at {self._scheduler} is gone; its jobs are back in the queue: start the worker"
                " again when there is a scheduler"
            )
        return found

    def close(self) -> None:
        """Stop what runs, and leave the cluster."""
        for key in list(self._futures):
            self.stop(key)
        with suppress(OSError):
            self._client.close(timeout=_CLOSE_S)

    def _is_lost(self) -> bool:
        return bool(self._client.status != "running")

    def _valid(self, source: Any, news: TaskNews) -> list[TaskNews]:
        """Return news of tasks that were not stopped; those that were have nothing more to say."""
        current = self._futures.get(news.key)
        if current is None or (source is not None and source is not current):
            return []
        if news.ended:
            del self._futures[news.key]
        return [news]

    def _hear(self, event: tuple[float, bytes]) -> None:
        self._news.put((None, pickle.loads(event[1])))

    def _end(self, key: int, future: Any) -> None:
        """Pass on all that a task told: what it sent meanwhile may still be on its way."""
        if future.status == "finished":
            for news in future.result():
                self._news.put((future, news))
            return
        problem = future.exception() if future.status == "error" else None
        told = f"the cluster lost it: {type(problem).__name__}" if problem else "the cluster dropped it"
        self._news.put((future, TaskNews(key, ended=True, problem=told, passing=True)))
