"""Stopping when asked, at a point where everything can be left safe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from hostsim.clock import SimulatedClock
from tsplug import Cancelled
from tsplug.ports import Clock

_SLICE_S = 0.5


class StopRequest:
    """Whether a stop was asked for; implements `tsplug.ports.Cancellation`."""

    def __init__(self) -> None:
        """Start without a request."""
        self._asked = self._is_put_off = False

    def ask(self) -> None:
        """Ask for a stop."""
        self._asked = True

    def withdraw(self) -> None:
        """Forget that a stop was asked for: what it ended goes on."""
        self._asked = False

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Hear no stop meanwhile: leaving the equipment safe is what a stop is to end with."""
        before, self._is_put_off = self._is_put_off, True
        try:
            yield
        finally:
            self._is_put_off = before

    def check(self) -> None:
        """Return when work may go on.

        Raises:
            Cancelled: a stop was asked for.
        """
        if self._asked and not self._is_put_off:
            raise Cancelled("stopped on request")


class WatchfulClock:
    """A clock whose sleep ends when a stop is asked for; implements `tsplug.ports.Clock`."""

    def __init__(self, clock: Clock, stop: StopRequest) -> None:
        """Sleep with ``clock``, watching ``stop``."""
        self._clock = clock
        self._stop = stop
        jumps = isinstance(clock, SimulatedClock) and clock.speed is None
        speed = clock.speed or 1.0 if isinstance(clock, SimulatedClock) else 1.0
        self._slice_s = float("inf") if jumps else _SLICE_S * speed

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass.

        Raises:
            Cancelled: a stop was asked for.
        """
        left_s = seconds
        while left_s > 0:
            self._stop.check()
            self._clock.sleep(min(left_s, self._slice_s))
            left_s -= self._slice_s
