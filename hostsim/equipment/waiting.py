"""Waiting for a device: polls that let the host's clock pass, and a limit to patience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tsplug import DeviceError
from tsplug.ports import Clock


@dataclass(frozen=True)
class Patience:
    """How long to wait at most, and how long between looks, in seconds of the host's clock."""

    timeout_s: float
    poll_s: float = 1.0


def wait_until(done: Callable[[], bool], clock: Clock, *, device: str, doing: str, patience: Patience) -> None:
    """Let time pass until ``done`` says so.

    Args:
        done: looks at the device.
        clock: passes the time; a simulated one jumps.
        device: kind and name of the device, for the error.
        doing: what it is doing, for example ``slewing``.
        patience: limit and interval.

    Raises:
        DeviceError: it did not finish in time.
    """
    began = clock.now()
    while not done():
        if (clock.now() - began).total_seconds() >= patience.timeout_s:
            raise DeviceError(
                device, f"still {doing} after {patience.timeout_s:g} s: look at the device, then run the sequence again"
            )
        clock.sleep(patience.poll_s)
