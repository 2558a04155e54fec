"""What is done where the store cannot be reached: the night waits for it, as safely as it waits for anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from hostsim.sequence.host import Host
from hostsim.sequence.outdoors import wait_safely
from tsplug import StoreUnavailableError

T = TypeVar("T")

_PAUSE = timedelta(seconds=30)
_LONGEST = timedelta(minutes=30)
# What worked for so long has found its store again.
_WORKED = timedelta(minutes=2)


def patiently(work: Callable[[], T], host: Host) -> T:
    """Do what can be begun again, and begin it again where the store cannot be reached, for half an hour in a row.

    Raises:
        StoreUnavailableError: it could not be reached for longer.
        TsplugError: it failed in another way.
        Cancelled: a stop was asked for.
    """
    first: datetime | None = None
    while True:
        began = host.clock.now()
        try:
            return work()
        except StoreUnavailableError as error:
            now = host.clock.now()
            if first is None or now - began >= _WORKED:
                first = now
                host.warn(f"{error}; waiting for the store")
            if now - first >= _LONGEST:
                raise
            wait_safely(now + _PAUSE, host)
