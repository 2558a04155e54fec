"""Waiting for a device: polls that let the host's clock pass, and a limit to patience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tsplug import DeviceError
from tsplug.ports import Clock

_LONGER_BY = 0.05
_RAREST_S = 10.0


@dataclass(frozen=True)
class Patience:
    """How long to wait at most, and how long between looks, in seconds of the host's clock.

    What takes long is looked at less often, so that its end is seen at most 5 % late: a device that is stuck is asked
    some hundred times before that is said, not by the second.
    """

    timeout_s: float
    poll_s: float = 1.0

    def pause_s(self, waited_s: float) -> float:
        """Return how long to leave the device alone after so many seconds."""
        return max(self.poll_s, min(_LONGER_BY * waited_s, _RAREST_S, self.timeout_s - waited_s))


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
        waited_s = (clock.now() - began).total_seconds()
        if waited_s >= patience.timeout_s:
            raise DeviceError(
                device, f"still {doing} after {patience.timeout_s:g} s: look at the device, then run the sequence again"
            )
        clock.sleep(patience.pause_s(waited_s))
