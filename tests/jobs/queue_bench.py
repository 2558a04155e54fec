"""A queue, and workers at it whose runner is a fake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from fake_runner import FakeRunner

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.model import Job, JobStep
from tsplug.ports import JobQuery, Store, Unit
from tsplug.services.jobs.listing import Row, list_jobs
from tsplug.services.jobs.queue import Lessee
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.services.jobs.working import Worker, WorkerSettings
from tsplug.testing import ManualClock, memory_store

LEASE = timedelta(seconds=60)


class Bench:
    """A queue, and workers at it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.store = memory_store(self.clock)
        self.swept: list[Path | None] = []

    def add(self, *files: str, **fields: object) -> list[Job]:
        """Put frames into the queue."""
        with self.store.write() as unit:
            return submit(unit, files, request=JobRequest(**fields), at=self.clock.now())  # type: ignore[arg-type]

    def worker(
        self, owner: str = "ann", *, store: Store | None = None, slots: int = 2, time_limit_s: float = 100.0
    ) -> tuple[Worker, FakeRunner]:
        """Return a worker and its runner."""
        runner = FakeRunner(self.clock, slots)
        settings = WorkerSettings("sqlite://", Lessee(owner, LEASE), time_limit_s=time_limit_s)
        worker = Worker(store or self.store, self.clock, runner=runner, settings=settings, sweep=self._sweep)
        return worker, runner

    def rows(self) -> list[Row]:
        """Return all jobs, oldest first."""
        return list_jobs(self.store, JobQuery())[::-1]

    def states(self) -> list[str]:
        """Return the states of all jobs."""
        return [row["state"] for row in self.rows()]

    def _sweep(self, file: Path | None = None) -> int:
        self.swept.append(file)
        return 0


class AwayStore:
    """A store whose writes fail as often as it is told; those of ``unanswered`` are done all the same."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failures = self.unanswered = 0

    def read(self) -> object:
        return self._store.read()

    @contextmanager
    def write(self) -> Iterator[Unit]:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("the disk is full")
        with self._store.write() as unit:
            yield unit
        if self.unanswered:
            self.unanswered -= 1
            raise StoreUnavailableError("the connection was cut")


class RefusingStore:
    """A store that refuses, at the end of a unit, what was told of a module of a name."""

    def __init__(self, store: Store, module: str) -> None:
        self._store, self._module = store, module

    def read(self) -> object:
        return self._store.read()

    @contextmanager
    def write(self) -> Iterator[Unit]:
        with self._store.write() as unit:
            yield unit
            if unit.find(JobStep, module=self._module):
                raise StoreError(f"{self._module} is odd")
