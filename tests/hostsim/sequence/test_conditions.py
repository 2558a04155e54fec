"""Moments of the night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from hostsim.sequence.conditions import Until
from tsplug import InputError, Site

ZURICH = Site(name="Hill", latitude_deg=47.37, longitude_deg=8.54, time_zone="Europe/Zurich")
NOW = datetime(2026, 1, 15, 15, 0, tzinfo=UTC)

# Almanac for Zurich, 15 January 2026, UTC.
TWILIGHTS = [
    ("horizon", "dusk", datetime(2026, 1, 15, 16, 3, tzinfo=UTC)),
    ("civil", "dusk", datetime(2026, 1, 15, 16, 36, tzinfo=UTC)),
    ("astronomical", "dusk", datetime(2026, 1, 15, 17, 48, tzinfo=UTC)),
    ("astronomical", "dawn", datetime(2026, 1, 16, 5, 21, tzinfo=UTC)),
    ("horizon", "dawn", datetime(2026, 1, 16, 7, 6, tzinfo=UTC)),
]


@pytest.mark.parametrize(("twilight", "when", "expected"), TWILIGHTS)
def test_twilight_comes_when_the_almanac_says(twilight: str, when: str, expected: datetime) -> None:
    """Dusk and dawn fall within four minutes of the almanac."""
    moment = Until.model_validate({"twilight": twilight, "when": when}).moment(NOW, ZURICH)
    assert abs(moment - expected) <= timedelta(minutes=4)


def test_a_local_time_is_the_next_one() -> None:
    """A time without date is the site's, today or tomorrow; a full time that has passed is now."""
    assert Until.model_validate({"time": "22:30"}).moment(NOW, ZURICH) == datetime(2026, 1, 15, 21, 30, tzinfo=UTC)
    assert Until.model_validate({"time": "06:00"}).moment(NOW, ZURICH) == datetime(2026, 1, 16, 5, 0, tzinfo=UTC)
    assert Until.model_validate({"time": "2026-01-15T12:00:00+00:00"}).moment(NOW, ZURICH) == NOW


def test_an_altitude_is_waited_for() -> None:
    """The Rosette rises above 30 degrees in the evening."""
    until = Until.model_validate({"altitude": {"ra_hours": 6.53, "dec_deg": 4.95, "above_deg": 30}})
    assert until.moment(NOW, ZURICH) == pytest.approx(
        datetime(2026, 1, 15, 18, 58, tzinfo=UTC), abs=timedelta(minutes=5)
    )


def test_what_never_comes_is_an_error() -> None:
    """An altitude that is never reached is an error, not an endless wait."""
    until = Until.model_validate({"altitude": {"ra_hours": 6.53, "dec_deg": -60, "above_deg": 30}})
    with pytest.raises(InputError, match="does not come to pass"):
        until.moment(NOW, ZURICH)


@pytest.mark.parametrize(
    "given", [{}, {"time": "22:00", "twilight": "civil"}, {"altitude": {"ra_hours": 1, "dec_deg": 1}}]
)
def test_a_condition_is_exactly_one(given: dict[str, object]) -> None:
    """None, two, or half a condition is refused."""
    with pytest.raises(ValidationError):
        Until.model_validate(given)
