"""The one clock that host and simulators share, so that a simulated night can run as fast as the processor."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """A clock that starts at any moment and runs at any speed.

    With ``speed=None`` time stands still except in `sleep`, which jumps: a night takes as long as its computing.
    With a number, simulated seconds pass that many times faster than real ones. Thread-safe.
    """

    def __init__(self, start: datetime, *, speed: float | None = None) -> None:
        """Start at ``start`` (aware; kept in UTC).

        Raises:
            ValueError: ``start`` is naive, or ``speed`` is not positive.
        """
        if start.tzinfo is None:
            raise ValueError("the start of a simulated clock needs a time zone")
        if speed is not None and speed <= 0:
            raise ValueError(f"the speed of a clock must be positive, not {speed}")
        self._base = start.astimezone(UTC)
        self._speed = speed
        self._real = time.monotonic()
        self._lock = threading.Lock()

    @property
    def speed(self) -> float | None:
        """Return simulated seconds per real second, or None where sleeping jumps."""
        return self._speed

    def now(self) -> datetime:
        """Return the simulated moment, aware and in UTC."""
        with self._lock:
            if self._speed is None:
                return self._base
            return self._base + timedelta(seconds=(time.monotonic() - self._real) * self._speed)

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass; nothing happens for zero or less."""
        if seconds <= 0:
            return
        if self._speed is not None:
            time.sleep(seconds / self._speed)
            return
        with self._lock:
            self._base += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Move the clock to ``moment``, as resuming an interrupted night does."""
        with self._lock:
            self._base = moment.astimezone(UTC)
            self._real = time.monotonic()


class SystemClock:
    """The real time of this machine, for real equipment."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``; nothing happens for zero or less."""
        if seconds > 0:
            time.sleep(seconds)
