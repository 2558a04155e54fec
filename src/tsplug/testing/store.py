"""A store for tests: the real one, in memory."""

from __future__ import annotations

from tsplug.app import open_store
from tsplug.ports import Clock, Store
from tsplug.testing.clock import ManualClock


def memory_store(clock: Clock | None = None) -> Store:
    """Return an empty store that lives in memory and vanishes with its last reference.

    It is the store of every day on SQLite without a file: what passes here passes there. Safe to share between threads.
    """
    return open_store("sqlite://", clock or ManualClock())
