"""Folders into which frames come: each goes into the queue when it is whole, once, and another of its name too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from tsplug.model import UNNAMEABLE, Job, JobStep, ModuleState, is_nameable
from tsplug.model.job_flow import ENDED
from tsplug.model.jobs import NEW_PRIORITY
from tsplug.ports import FrameStatus, Progress, SteadyClock, Store
from tsplug.services.jobs.submitting import JobRequest, newest_jobs, submit

Stamp = tuple[int, int]
"""What tells that a file grows: its size in bytes, and when it was last written to in nanoseconds."""

FolderListing = Callable[[Path], Mapping[str, Stamp]]
"""Lists the frames in and below a folder by their absolute paths; nothing of one that is not there right now."""

SETTLED_AFTER = timedelta(seconds=4)
"""How long a file must have been as it is before it counts as whole: longer than a slow network pauses."""

BROKEN_AFTER = timedelta(minutes=5)
"""How long a file must have been as it is before it counts as broken, where it does not look whole: copies stall."""

LOOK_EVERY = timedelta(seconds=2)
"""How often folders are looked at."""


@dataclass(frozen=True)
class Watched:
    """Which folders are watched, what lists them, and what says of a file, quickly, whether it looks whole.

    ``profile_id`` is the rig as whose frames without a record are processed, ``previews`` the folder for their pictures
    where these are not to lie where rigs want them.
    """

    folders: Sequence[Path]
    listing: FolderListing
    status: Callable[[Path], FrameStatus]
    profile_id: int | None = None
    previews: str = ""


@dataclass
class _Seen:
    """A file as it was looked at: since when it is as it is (of a steady clock), and what of it was dealt with."""

    stamp: Stamp
    since_s: float
    known: Stamp | None = None
    known_until: datetime | None = None
    """When it was last seen as what was dealt with."""
    whole: bool | None = None
    """Whether it looked whole when it had been as it is for a while; None while nobody looked."""


class WatchedFolders:
    """Looks at folders again and again, because no disk of a network tells of what others write to it."""

    def __init__(self, store: Store, clock: SteadyClock, *, watched: Watched, progress: Progress) -> None:
        """Take the queue, the time, what is watched, and what is told of files that cannot come."""
        self._store = store
        self._clock = clock
        self._watched = watched
        self._progress = progress
        self._told: set[str] = set()
        self._seen: dict[str, _Seen] = {}
        self._looked_s: float | None = None
        self.settling = 0
        """How many files were there at the last look that were not yet as they are for long enough."""

    def look(self) -> int:
        """Put into the queue what is new and whole, if it is time to look; return how many frames that were.

        A frame that any job was ever about is known, also to a watcher that was started anew. Where it changes after
        its last job has ended another one has taken its name, and is new; until then its job has changed it.

        Raises:
            StoreError: the store failed; the next look tries again.
        """
        now, at_s = self._clock.now(), self._clock.monotonic()
        if self._looked_s is not None and at_s - self._looked_s < LOOK_EVERY.total_seconds():
            return 0
        self._looked_s = at_s
        found = {file: stamp for folder in self._watched.folders for file, stamp in self._named(folder)}
        settled = [file for file, stamp in sorted(found.items()) if self._is_settled(file, stamp, now=now, at_s=at_s)]
        self.settling = sum(at_s - self._seen[file].since_s < SETTLED_AFTER.total_seconds() for file in found)
        # The queue is asked before any file is opened: a folder may hold the frames of years.
        known = self._known(settled)
        whole = [file for file in settled if file in known or self._looks_whole(file, at_s=at_s)]
        jobs = self._submit([file for file in whole if file not in known], now)
        for file in whole:
            seen = self._seen[file]
            seen.known, seen.known_until = seen.stamp, now
        return jobs

    def _named(self, folder: Path) -> Iterator[tuple[str, Stamp]]:
        """Yield what is in a folder, and tell once of what no job can name."""
        for file, stamp in self._watched.listing(folder).items():
            if is_nameable(file):
                yield file, stamp
            elif file not in self._told:
                self._told.add(file)
                self._progress.report(f"{file.encode('utf-8', 'replace').decode('utf-8')}: {UNNAMEABLE}")

    def _known(self, settled: Sequence[str]) -> Collection[str]:
        """Return the files that are seen for the first time and that a job was about."""
        fresh = [file for file in settled if self._seen[file].known is None and self._seen[file].whole is None]
        if not fresh:
            return ()
        with self._store.read() as unit:
            return newest_jobs(unit, fresh).keys()

    def _submit(self, whole: Sequence[str], now: datetime) -> int:
        fresh = [file for file in whole if self._seen[file].known is None]
        others = self._replaced([file for file in whole if self._seen[file].known is not None])
        if not fresh and not others:
            return 0
        with self._store.write() as unit:
            wanted = JobRequest(profile_id=self._watched.profile_id, previews=self._watched.previews)
            jobs = submit(unit, fresh, request=replace(wanted, only_unknown=True), at=now)
            jobs += submit(unit, others, request=replace(wanted, priority=NEW_PRIORITY), at=now)
        return len(jobs)

    def _replaced(self, changed: Sequence[str]) -> list[str]:
        """Return the files that no job changed: their last one did nothing, or had ended when they were as before."""
        if not changed:
            return []
        with self._store.read() as unit:
            newest = newest_jobs(unit, changed)
            ids = [job.id for job in newest.values()]
            steps = unit.list(JobStep, job_id=ids, state=ModuleState.COMPLETED)
        did = {step.job_id for step in steps}
        return [file for file in changed if self._is_replaced(self._seen[file], newest.get(file), did_something=did)]

    @staticmethod
    def _is_replaced(seen: _Seen, job: Job | None, *, did_something: Collection[int]) -> bool:
        if job is None or (job.state in ENDED and job.id not in did_something):
            return True
        ended, until = job.finished_at, seen.known_until
        return job.state in ENDED and ended is not None and until is not None and ended < until

    def _is_settled(self, file: str, stamp: Stamp, *, now: datetime, at_s: float) -> bool:
        """Return whether a file is new or changed, and was as it is for a while.

        One that is gone is remembered: a network folder that was away must not bring all its frames again.
        """
        seen = self._seen.setdefault(file, _Seen(stamp, at_s))
        if seen.stamp != stamp:
            seen.stamp, seen.since_s, seen.whole = stamp, at_s, None
        if stamp == seen.known:
            seen.known_until = now
            return False
        return at_s - seen.since_s >= SETTLED_AFTER.total_seconds()

    def _looks_whole(self, file: str, *, at_s: float) -> bool:
        """Return whether a file looks whole, or was as it is for so long that it counts as broken."""
        seen = self._seen[file]
        if seen.whole is None:
            seen.whole = not self._watched.status(Path(file)).problem
        return seen.whole or at_s - seen.since_s >= BROKEN_AFTER.total_seconds()


class Lookout:
    """Looks at folders in a thread of its own, so that a slow disk keeps nobody from leases that must be renewed."""

    def __init__(self, watched: WatchedFolders, *, patience_s: float = 5.0) -> None:
        """Take what looks, and how long to wait at the end for a look that goes on, in seconds."""
        self._watched = watched
        self._patience_s = patience_s
        self._looking: Thread | None = None
        self._ended: SimpleQueue[Exception | None] = SimpleQueue()

    def look(self) -> bool:
        """Begin to look unless that goes on.

        Returns:
            Whether a look has come to its end since it was asked last, after which nothing is waited for.

        Raises:
            StoreError: the store failed; the next look tries again.
        """
        if self._looking is None:
            # Nobody waits for a disk that does not answer when the program ends.
            self._looking = Thread(target=self._look, daemon=True, name="watched folders")
            self._looking.start()
            return False
        if self._ended.empty():
            return False
        self._looking = None
        problem = self._ended.get()
        if problem is not None:
            raise problem
        return not self._watched.settling

    def close(self) -> None:
        """Look no more; a look that goes on is waited for a while, and left where it hangs."""
        if self._looking is not None:
            self._looking.join(self._patience_s)

    def _look(self) -> None:
        problem: Exception | None = None
        try:
            self._watched.look()
        except Exception as error:  # noqa: BLE001 - raised again in the thread of who asked
            problem = error
        self._ended.put(problem)
