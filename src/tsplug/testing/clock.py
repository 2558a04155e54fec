"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
"""An evening in January: where clocks of tests start unless told otherwise."""


class ManualClock:
    """A clock for tests: ``sleep`` and ``advance`` jump, and ``set`` moves the time of day alone."""

    def __init__(self, start: datetime = START) -> None:
        """Start at a moment (aware; kept in UTC).

        Raises:
            ValueError: the moment has no time zone.
        """
        if start.tzinfo is None:
            raise ValueError("the start of a clock needs a time zone")
        self._now = start.astimezone(UTC)
        self._passed_s = 0.0

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass at once; nothing happens for zero or less."""
        passed_s = max(0.0, seconds)
        self._now += timedelta(seconds=passed_s)
        self._passed_s += passed_s

    def advance(self, seconds: float) -> datetime:
        """Let ``seconds`` pass and return the moment reached."""
        self.sleep(seconds)
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that were let pass."""
        return self._passed_s

    def set(self, moment: datetime) -> None:
        """Move to a moment, forwards or backwards, as somebody who sets the machine's clock; no time passes by that."""
        self._now = moment.astimezone(UTC)
