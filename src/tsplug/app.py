"""The composition root: the only module that names concrete adapters."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tsplug.ports import Clock, FrameFiles, Store


class SystemClock:
    """The real time of this machine."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``; nothing happens for zero or less."""
        if seconds > 0:
            time.sleep(seconds)


def system_clock() -> Clock:
    """Return the clock of this machine, for commands and real equipment."""
    return SystemClock()


def default_store_url() -> str:
    """Return the store that settings name: ``TSPLUG_DB``, else a file in the user's data folder; nothing is made."""
    from tsplug.settings import Settings

    settings = Settings()
    return settings.db or str(settings.data_dir / "tsplug.sqlite")


def open_store(url: str, clock: Clock, *, existing: bool = False) -> Store:
    """Open the store at a database URL (a plain path is an SQLite file), migrating an older one after a backup.

    A copy of the store as it was found is kept, the newest three. ``existing`` is for what looks at a store: none is
    made, no copy is kept, and one that cannot be written is opened all the same, for reading.

    Raises:
        StoreTooNewError: a newer tsplug wrote it; it is left untouched.
        StoreUnavailableError: it cannot be opened or written, or does not exist yet but must.
    """
    from tsplug.store.opening import open_sql_store

    return open_sql_store(url, clock, existing=existing)


def frame_files() -> FrameFiles:
    """Return what reads FITS frames from this machine's disks."""
    from tsplug.files.fits import FitsFiles

    return FitsFiles()
