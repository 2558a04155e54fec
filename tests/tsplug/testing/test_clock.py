from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tsplug.testing import ManualClock

ZONED = datetime.fromisoformat("2026-01-15T22:00:00+02:00")


def test_clock_moves_only_when_told() -> None:
    """Sleeping and advancing jump; a negative sleep does nothing."""
    clock = ManualClock(ZONED)
    clock.sleep(30)
    clock.sleep(-10)
    assert clock.now() == clock.now() == ZONED + timedelta(seconds=30)
    assert clock.advance(60) == ZONED + timedelta(seconds=90)


def test_clock_tells_utc() -> None:
    """Whatever zone a clock is set in, it tells UTC; a start without a zone is refused."""
    clock = ManualClock(ZONED)
    assert clock.now().tzinfo is UTC
    clock.set(ZONED - timedelta(days=1))
    assert clock.now().isoformat() == "2026-01-14T20:00:00+00:00"
    with pytest.raises(ValueError, match="needs a time zone"):
        ManualClock(datetime(2026, 1, 15))  # noqa: DTZ001 - the very mistake
