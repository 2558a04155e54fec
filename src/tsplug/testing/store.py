"""A store for tests: the real one, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tsplug.app import open_store
from tsplug.ports import Clock, Store
from tsplug.testing.clock import ManualClock


def memory_store(clock: Clock | None = None) -> Store:
    """Return an empty store that lives in memory and vanishes with its last reference.

    It is the store of every day on SQLite without a file: what passes here passes there. Safe to share between threads.
    Within `stores_made_by` it is what that makes.
    """
    return _MAKERS[-1](clock or ManualClock())


@contextmanager
def stores_made_by(make: Callable[[Clock], Store]) -> Iterator[None]:
    """Let `memory_store` and `stocked_store` return stores of another make, so that tests run on another database too.

    Args:
        make: returns an empty store with a clock; whoever gives it closes what it makes.
    """
    _MAKERS.append(make)
    try:
        yield
    finally:
        _MAKERS.pop()


def _in_memory(clock: Clock) -> Store:
    return open_store("sqlite://", clock)


_MAKERS: list[Callable[[Clock], Store]] = [_in_memory]
