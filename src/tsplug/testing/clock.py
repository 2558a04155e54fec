"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
"""An evening in January: where clocks of tests start unless told otherwise."""


class ManualClock:
    """A clock for tests: ``sleep`` and ``advance`` jump, nothing else moves it."""

    def __init__(self, start: datetime = START) -> None:
        """Start at a moment (aware; kept in UTC).

        Raises:
            ValueError: the moment has no time zone.
        """
        if start.tzinfo is None:
            raise ValueError("the start of a clock needs a time zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass at once; nothing happens for zero or less."""
        self._now += timedelta(seconds=max(0.0, seconds))

    def advance(self, seconds: float) -> datetime:
        """Let ``seconds`` pass and return the moment reached."""
        self.sleep(seconds)
        return self._now

    def set(self, moment: datetime) -> None:
        """Move to a moment, forwards or backwards."""
        self._now = moment.astimezone(UTC)
