"""Folders into which frames come: each goes into the queue when it is whole, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tsplug.ports import Clock, Store
from tsplug.services.jobs.submitting import JobRequest, submit

Stamp = tuple[int, int]
"""What tells that a file grows: its size in bytes, and when it was last written to in nanoseconds."""

FolderListing = Callable[[Path], Mapping[str, Stamp]]
"""Lists the frames in and below a folder by their absolute paths; nothing of one that is not there right now."""

SETTLED_AFTER = timedelta(seconds=4)
"""How long a file must have been as it is before it counts as whole: longer than a slow network pauses."""

LOOK_EVERY = timedelta(seconds=2)
"""How often folders are looked at."""


@dataclass
class _Seen:
    stamp: Stamp
    since: datetime
    put: bool = False


class WatchedFolders:
    """Looks at folders again and again, because no disk of a network tells of what others write to it."""

    def __init__(self, store: Store, clock: Clock, *, folders: Sequence[Path], listing: FolderListing) -> None:
        """Take the queue, the time, the folders and what lists them."""
        self._store = store
        self._clock = clock
        self._folders = folders
        self._listing = listing
        self._seen: dict[str, _Seen] = {}
        self._looked: datetime | None = None

    def look(self) -> int:
        """Put into the queue what is new and whole, if it is time to look; return how many frames that were.

        A frame that any job was ever about is known, also to a watcher that was started anew.

        Raises:
            StoreError: the store failed; the next look tries again.
        """
        now = self._clock.now()
        if self._looked is not None and now - self._looked < LOOK_EVERY:
            return 0
        self._looked = now
        found = {file: stamp for folder in self._folders for file, stamp in self._listing(folder).items()}
        whole = self._settled(found, now)
        if not whole:
            return 0
        with self._store.write() as unit:
            jobs = submit(unit, whole, request=JobRequest(only_unknown=True), at=now)
        for file in whole:
            self._seen[file].put = True
        return len(jobs)

    def _settled(self, found: Mapping[str, Stamp], now: datetime) -> list[str]:
        """Return the files that were as they are for long enough; what is gone is forgotten."""
        for file in self._seen.keys() - found.keys():
            del self._seen[file]
        return [file for file, stamp in sorted(found.items()) if self._is_settled(file, stamp, now=now)]

    def _is_settled(self, file: str, stamp: Stamp, *, now: datetime) -> bool:
        seen = self._seen.get(file)
        if seen is None or seen.stamp != stamp:
            put = seen is not None and seen.put
            # What was put into the queue changes because it is processed.
            self._seen[file] = _Seen(stamp, now, put)
            return False
        return not seen.put and now - seen.since >= SETTLED_AFTER
