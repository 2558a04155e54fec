"""Calendar days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tsplug.model.days import midnight


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Zurich", date(2026, 1, 15), datetime(2026, 1, 14, 23, tzinfo=UTC)),
        ("Europe/Zurich", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Zurich", date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("America/Santiago", date(2025, 9, 7), datetime(2025, 9, 7, 4, tzinfo=UTC)),
        ("America/Havana", date(2025, 11, 2), datetime(2025, 11, 2, 4, tzinfo=UTC)),
        ("Asia/Kolkata", date(2026, 1, 1), datetime(2025, 12, 31, 18, 30, tzinfo=UTC)),
    ],
    ids=["winter", "clocks go forward", "a day later", "no midnight", "midnight twice", "half hours"],
)
def test_a_day_begins_at_its_midnight(zone: str, day: date, begins: datetime) -> None:
    """Also where clocks change at midnight (IANA time zone data)."""
    assert midnight(day, zone) == begins


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_have_the_hours_that_clocks_give_them(day: date, hours: int) -> None:
    """A day of 23, 25 or 24 hours."""
    long = midnight(day + timedelta(days=1), "Europe/Zurich") - midnight(day, "Europe/Zurich")
    assert long == timedelta(hours=hours)
