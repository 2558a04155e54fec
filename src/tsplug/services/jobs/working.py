"""A worker: takes jobs from the queue, lets a runner do them, and writes down what becomes of them.

The queue is the truth. A worker holds its jobs by leases that it renews; one that dies lets go of them, and one that
lost a job to another stops what it does for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tsplug.errors import StoreError, StoreUnavailableError
from tsplug.model import JobStep
from tsplug.model.job_flow import Away, Finished, JobEvent, Lost, Released, Stopped
from tsplug.model.wording import storable
from tsplug.ports import BufferSweep, MoreTime, Progress, Runner, SteadyClock, Store, TaskNews, Unit
from tsplug.services.jobs.lease_time import LeaseTime
from tsplug.services.jobs.queue import (
    Claim,
    Lessee,
    change,
    claim,
    failures,
    is_work_waiting,
    own_jobs,
    renew,
    take_back,
    write_steps,
)
from tsplug.services.jobs.running_job import RunningJob, step_at_end
from tsplug.services.jobs.troubles import Troubles

_TROUBLE_WAIT_S = 2.0
_START_S = 60.0


@dataclass(frozen=True)
class WorkerSettings:
    """How a worker works.

    ``time_limit_s`` is how long one module may take beside programs that end by themselves; ``away_limit_s`` how long
    a job waits for a disk or a storage that does not answer; ``poll_s`` how often the queue is looked at for what
    others put into it or want cancelled, and how often the store learns how far modules are.
    """

    store_url: str
    lessee: Lessee
    time_limit_s: float = 300.0
    away_limit_s: float = 259_200.0
    poll_s: float = 1.0


class Worker:
    """Works off the queue with a runner."""

    def __init__(
        self, store: Store, clock: SteadyClock, *, runner: Runner, settings: WorkerSettings, sweep: BufferSweep
    ) -> None:
        """Take the queue, the time, what runs jobs, and what removes half written files of the dead."""
        self._store = store
        self._clock = clock
        self._runner = runner
        self._settings = settings
        self._lessee = settings.lessee
        self._sweep = sweep
        self._running: dict[int, RunningJob] = {}
        self._ended: list[tuple[RunningJob, JobEvent]] = []
        self._strays: list[int] = []
        self._troubles = Troubles()
        self._looked_s: float | None = None
        self._asked_s: float | None = None
        self._leases = LeaseTime(clock, settings.lessee.lease)

    def run(self, *, until: Callable[[], bool], progress: Progress | None = None) -> None:
        """Work until told to stop; what runs then is stopped and goes back to the queue.

        A store that fails is waited for: what ended meanwhile is written when it is back.

        Args:
            until: asked whether to stop, as often as the queue is looked at and whenever nothing is at work.
            progress: is told of trouble with the store, with disks and with processes.

        Raises:
            NetworkError: what runs jobs cannot be reached any more; they are back in the queue.
        """
        self._troubles = Troubles(progress)
        try:
            while True:
                try:
                    if self._stops(until):
                        break
                    self.step()
                    self._troubles.stuck(self._runner.stuck())
                except StoreError as error:
                    self._troubles.store(error)
                    self._clock.sleep(_TROUBLE_WAIT_S)
        finally:
            self._let_go()

    def step(self) -> None:
        """Take in what is new, stop what takes too long, write down what ended, and take more jobs.

        Raises:
            StoreError: the store failed; nothing is forgotten, the next step tries again.
        """
        for news in self._runner.wait(0.0 if self._looked_s is None else self._settings.poll_s):
            self._take_in(news)
        self._stop_hung()
        now, at_s = self._clock.now(), self._clock.monotonic()
        looks = self._is_time(self._looked_s)
        waiting = looks and self._look(now)
        if looks:
            self._looked_s = at_s
        if self._ended or waiting or self._must_tell():
            try:
                self._write(now)
            except StoreUnavailableError:
                raise
            except StoreError:
                self._leave_refused(now)
                self._write(now)

    def _stops(self, until: Callable[[], bool]) -> bool:
        if self._looked_s is None or self._ended:
            return False
        # To ask is to look into the store, which costs as much as a job does there.
        if self._running and not self._is_time(self._asked_s):
            return False
        self._asked_s = self._clock.monotonic()
        return until()

    def _is_time(self, last_s: float | None) -> bool:
        return last_s is None or self._clock.monotonic() - last_s >= self._settings.poll_s

    def _take_in(self, news: TaskNews) -> None:
        running = self._running.get(news.key)
        if running is None:
            return
        if news.begun is not None:
            running.begin(news.begun, at_s=self._clock.monotonic())
        if isinstance(news.told, JobStep):
            running.take(_storable(news.told), at_s=self._clock.monotonic())
        if isinstance(news.told, MoreTime):
            running.more_s += news.told.more_s
        if news.passing:
            self._sweep(Path(running.job.file))
        if news.ended:
            self._end(running, self._end_of(running, replace(news, problem=storable(news.problem))))

    def _end_of(self, running: RunningJob, news: TaskNews) -> JobEvent:
        now = self._clock.now()
        if news.away:
            return self._away(running, news.problem)
        self._troubles.reached(running.job.file)
        if news.passing:
            where = f" in {running.module}" if running.module else ""
            return Lost(self._lessee.owner, now, f"{news.problem}{where}")
        told = failures(running.all_steps())
        return Finished(self._lessee.owner, now, (*told, news.problem) if news.problem else told)

    def _away(self, running: RunningJob, why: str) -> Away:
        self._troubles.away(running.job.file, why)
        return Away(self._lessee.owner, self._clock.now(), why, self._settings.away_limit_s)

    def _stop_hung(self) -> None:
        now, at_s = self._clock.now(), self._clock.monotonic()
        for running in list(self._running.values()):
            limit_s = self._settings.time_limit_s + running.more_s
            if running.starting:
                # No module is at work yet: a process is started, and a slow machine takes its time for that.
                limit_s = max(limit_s, _START_S)
            if running.waits or at_s - running.since_s < limit_s:
                continue
            if not self._stop(running):
                # Nothing else keeps a process that was killed.
                why = f"its disk does not answer: {running.module or 'its process'} was stopped and does not end"
                self._end(running, self._away(running, why))
            elif running.stop_module(limit_s, at_s=at_s):
                self._start(running, now)
            else:
                self._end(running, Finished(self._lessee.owner, now, failures(running.all_steps())))

    def _look(self, now: datetime) -> bool:
        """Stop what is to be cancelled and what others have; return whether the queue has work for free hands."""
        with self._store.read() as unit:
            own = own_jobs(unit, self._lessee)
            others = self._leases.others_count()
            waiting = self._runner.free() > 0 and is_work_waiting(unit, self._lessee, at=now, others=others)
        for running in list(self._running.values()):
            stored = own.get(running.key)
            if stored is None:
                self._forget(running)
            elif stored.cancel_wanted:
                self._stop(running)
                self._end(running, Stopped(self._lessee.owner, now))
        # A claim whose commit was done, but never answered: nobody works on those.
        self._strays = sorted(own.keys() - self._running.keys() - {running.key for running, _ in self._ended})
        return waiting or bool(self._strays)

    def _must_tell(self) -> bool:
        """Return whether leases must be renewed, or the store is to learn how far modules are that take their time."""
        return bool(self._running) and (bool(self._late()) or self._leases.is_renewal_due())

    def _late(self) -> list[RunningJob]:
        """Return the jobs with a module that takes its time and that the store does not know of yet."""
        return [each for each in self._running.values() if not each.written and self._is_time(each.since_s)]

    def _write(self, now: datetime) -> None:
        """Bring the store up to date and take jobs for free hands, in one transaction; then begin them."""
        with self._store.write() as unit:
            self._write_ends(unit, self._ended)
            for key in self._strays:
                change(unit, key, event=Released(self._lessee.owner, now))
            renews = self._leases.is_renewal_due()
            lost = self._renew(unit, now) if renews else []
            told = self._write_progress(unit)
            given_back = take_back(unit, now) if self._leases.others_count() else []
            claimed = claim(unit, self._lessee, at=now, limit=self._runner.free() + len(lost))
        self._ended.clear()
        self._strays.clear()
        if renews:
            self._leases.renewed()
        for running in told:
            running.written = running.known = True
        for running in lost:
            self._forget(running)
        for job in (*given_back, *(each.job for each in claimed if each.job.attempts > 1)):
            self._sweep(Path(job.file))
        for each in claimed:
            self._begin(each, now)

    def _leave_refused(self, now: datetime) -> None:
        """Leave out what the store refuses of single jobs, or nothing would ever be written of any."""
        for number, (running, event) in enumerate(self._ended):
            try:
                # Those that it takes have ended then, and to end them again changes nothing.
                with self._store.write() as unit:
                    self._write_ends(unit, [(running, event)])
            except StoreUnavailableError:
                raise
            except StoreError as error:
                running.forget_steps()
                told = storable(f"what its modules told was refused: {error}")
                self._ended[number] = running, Finished(self._lessee.owner, now, (told,))
        for running in self._late():
            running.written = True

    def _write_ends(self, unit: Unit, ended: Sequence[tuple[RunningJob, JobEvent]]) -> None:
        for running, event in ended:
            job = change(unit, running.key, event=event)
            if job is not None:
                steps = [step_at_end(step, job) for step in running.all_steps()]
                write_steps(unit, running.key, steps=steps, again=running.known)

    def _renew(self, unit: Unit, now: datetime) -> list[RunningJob]:
        kept = renew(unit, self._lessee, ids=list(self._running), at=now)
        return [each for each in self._running.values() if each.key not in kept]

    def _write_progress(self, unit: Unit) -> list[RunningJob]:
        late = self._late()
        for running in late:
            write_steps(unit, running.key, steps=running.all_steps(), again=running.known)
        return late

    def _begin(self, claimed: Claim, now: datetime) -> None:
        hung = {step.module: step for step in claimed.stopped}
        running = RunningJob(claimed.job, self._settings.store_url, self._clock.monotonic(), hung=hung)
        if running.key in self._running:
            # Another worker had taken the job from this one meanwhile, and is gone.
            self._forget(self._running[running.key])
        self._running[running.key] = running
        self._start(running, now)

    def _start(self, running: RunningJob, now: datetime) -> None:
        try:
            self._runner.start(running.key, running.task())
        except OSError as error:
            # No memory or no number for one more process right now: the worker must live through that.
            why = f"no process could be started: {error.strerror or error}"
            self._end(running, Lost(self._lessee.owner, now, why))

    def _end(self, running: RunningJob, event: JobEvent) -> None:
        self._running.pop(running.key, None)
        self._ended.append((running, event))

    def _stop(self, running: RunningJob) -> bool:
        gone = self._runner.stop(running.key)
        self._sweep(Path(running.job.file))
        return gone

    def _forget(self, running: RunningJob) -> None:
        # No event: the job is another's by now, or gone.
        self._stop(running)
        self._running.pop(running.key, None)

    def _let_go(self) -> None:
        now = self._clock.now()
        for running in list(self._running.values()):
            self._stop(running)
            self._end(running, Released(self._lessee.owner, now))
        self._runner.close()
        self._sweep()
        # Where the store is away, the leases end by themselves.
        with suppress(StoreError), self._store.write() as unit:
            self._write_ends(unit, self._ended)


def _storable(step: JobStep) -> JobStep:
    """Return what a module told in words that the store takes: no single frame may keep a worker from writing."""
    return step.model_copy(update={"module": storable(step.module), "message": storable(step.message)})
