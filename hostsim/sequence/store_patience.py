"""What is done where the store cannot be reached: the night waits for it, as safely as it waits for anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from hostsim.sequence.host import Host
from hostsim.sequence.outdoors import wait_safely
from hostsim.sequence.shelter import is_exposed, take_shelter
from hostsim.sequence.sun import has_risen
from tsplug import StoreUnavailableError

T = TypeVar("T")

_PAUSE = timedelta(seconds=30)
_LONGEST = timedelta(minutes=30)


def patiently(work: Callable[[], T], host: Host) -> T:
    """Do what can be begun again, and begin it again where the store cannot be reached, for half an hour in a row.

    A new half hour begins where the night is further than ever before, however long attempts take that come to nothing.
    Once the Sun has risen since the work began, nothing waits outside the shelter.

    Raises:
        StoreUnavailableError: it could not be reached for longer.
        DeviceError: the equipment does not obey.
        TsplugError: it failed in another way.
        Cancelled: a stop was asked for.
    """
    began, first, reached = host.clock.now(), host.clock.now(), set[tuple[object, ...]]()
    while True:
        try:
            return work()
        except StoreUnavailableError as error:
            now, there = host.clock.now(), _reached(host)
            if there not in reached:
                first = now
                reached.add(there)
                host.warn(f"{error}; waiting for the store")
            if now - first >= _LONGEST:
                raise
            if is_exposed(host) and has_risen(host.site, since=began, now=now):
                take_shelter(host, why="the Sun has risen", since=began)
            wait_safely(now + _PAUSE, host)


def _reached(host: Host) -> tuple[object, ...]:
    """Return how far the night is, by what only a store that can be reached carries on, and by its lists.

    Attempts that come to nothing may well take frames that no store knows of, or report that they took no flats.
    """
    state = host.journal.state
    flats = sum(len(run.taken) for run in state.flat_runs)
    return state.recorded, flats, state.stage.waiting, tuple((each.index, each.iteration) for each in state.cursor)
