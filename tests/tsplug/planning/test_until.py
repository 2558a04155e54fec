"""Moments of the night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.model import Site, Until
from tsplug.planning.until import moment_of

ZURICH = Site(name="Hill", latitude_deg=47.37, longitude_deg=8.54, time_zone="Europe/Zurich")
NOW = datetime(2026, 1, 15, 15, 0, tzinfo=UTC)

# The first full minutes by astropy 8 (`get_sun`, `AltAz` without refraction), UTC.
TWILIGHTS = [
    ("horizon", "dusk", datetime(2026, 1, 15, 16, 3, tzinfo=UTC)),
    ("civil", "dusk", datetime(2026, 1, 15, 16, 37, tzinfo=UTC)),
    ("astronomical", "dusk", datetime(2026, 1, 15, 17, 52, tzinfo=UTC)),
    ("astronomical", "dawn", datetime(2026, 1, 16, 5, 19, tzinfo=UTC)),
    ("horizon", "dawn", datetime(2026, 1, 16, 7, 8, tzinfo=UTC)),
]


@pytest.mark.parametrize(("twilight", "when", "expected"), TWILIGHTS)
def test_twilight_comes_when_the_sun_is_so_low(twilight: str, when: str, expected: datetime) -> None:
    """Dusk and dawn fall into the right minute."""
    moment = moment_of(Until.model_validate({"twilight": twilight, "when": when}), NOW, site=ZURICH)
    assert moment == expected


def test_a_local_time_is_the_next_one() -> None:
    """A time without date is the site's, today or tomorrow; a full time that has passed is now."""
    assert moment_of(Until.model_validate({"time": "22:30"}), NOW, site=ZURICH) == datetime(
        2026, 1, 15, 21, 30, tzinfo=UTC
    )
    assert moment_of(Until.model_validate({"time": "06:00"}), NOW, site=ZURICH) == datetime(
        2026, 1, 16, 5, 0, tzinfo=UTC
    )
    assert moment_of(Until.model_validate({"time": "2026-01-15T12:00:00+00:00"}), NOW, site=ZURICH) == NOW
    assert moment_of(Until(time=time(6)), NOW, site=ZURICH) == datetime(2026, 1, 16, 5, 0, tzinfo=UTC)


def place(latitude_deg: float, zone: str, *, longitude_deg: float = 15.0) -> Site:
    return Site(name="S", latitude_deg=latitude_deg, longitude_deg=longitude_deg, time_zone=zone)


# Clocks go back at 01:00 UTC on 25 October and forward on 29 March 2026: 02:30 comes twice, or not at all.
CHANGES = [
    ("2026-10-24T22:10", "2026-10-25T00:30"),
    ("2026-10-25T00:30", "2026-10-25T00:30"),
    ("2026-10-25T00:31", "2026-10-25T01:30"),
    ("2026-10-25T01:10", "2026-10-25T01:30"),
    ("2026-10-25T01:31", "2026-10-26T01:30"),
    ("2026-03-28T22:00", "2026-03-29T01:30"),
    ("2026-03-29T02:00", "2026-03-30T00:30"),
]


@pytest.mark.parametrize(("now", "expected"), CHANGES)
def test_a_local_time_is_the_next_one_where_clocks_change(now: str, expected: str) -> None:
    """Never one that has passed, and the first of two."""
    found = moment_of(Until.model_validate({"time": "02:30"}), datetime.fromisoformat(f"{now}+00:00"), site=ZURICH)
    assert found == datetime.fromisoformat(f"{expected}+00:00")


# The Sun's centre at these altitudes by the planner's tables (erfa); at 78 degrees it comes up no higher than -11.6.
DAWNS = [
    (78.2, "Arctic/Longyearbyen", "2026-12-21T16:00", "civil", "2026-12-22T11:00"),
    (78.2, "Arctic/Longyearbyen", "2026-12-21T16:00", "nautical", "2026-12-22T10:00"),
    (78.2, "Arctic/Longyearbyen", "2026-06-21T16:00", "civil", "2026-06-22T10:00"),
    (55.0, "Europe/Copenhagen", "2026-06-21T20:00", "astronomical", "2026-06-22T10:00"),
    (55.0, "Europe/Copenhagen", "2026-06-21T20:00", "nautical", "2026-06-22T10:00"),
    (55.0, "Europe/Copenhagen", "2026-06-21T20:00", "civil", "2026-06-22T01:23"),
]


@pytest.mark.parametrize(("latitude_deg", "zone", "now", "twilight", "expected"), DAWNS)
def test_a_night_without_a_dawn_lasts_until_noon(
    latitude_deg: float, zone: str, now: str, twilight: str, expected: str
) -> None:
    """Neither the polar night nor one in which it does not get that dark fails, or ends where the Sun is lowest."""
    until = Until.model_validate({"twilight": twilight, "when": "dawn"})
    moment = moment_of(until, datetime.fromisoformat(f"{now}+00:00"), site=place(latitude_deg, zone))
    assert abs(moment - datetime.fromisoformat(f"{expected}+00:00")) <= timedelta(minutes=1)


@pytest.mark.parametrize(("hours", "coming"), [(-20, False), (-1, False), (0, False), (1.9, False), (2.1, True)])
def test_a_dawn_of_long_ago_is_not_the_next_one(hours: float, coming: bool) -> None:
    """Just after dawn it is so already; later in the morning the coming night's is meant."""
    until = Until.model_validate({"twilight": "nautical", "when": "dawn"})
    dawn = moment_of(until, NOW, site=ZURICH)
    now = dawn + timedelta(hours=hours)
    expected = timedelta(days=1) if coming else timedelta(hours=max(0.0, hours))
    assert abs(moment_of(until, now, site=ZURICH) - dawn - expected) <= timedelta(minutes=2)


def test_the_moment_is_the_same_whenever_it_is_asked_for() -> None:
    """A full minute, before which it is not so, and from which on it is."""
    dusk = Until.model_validate({"twilight": "nautical"})
    moments = {moment_of(dusk, NOW + timedelta(seconds=each), site=ZURICH) for each in (0, 7.3, 61, 1800.5)}
    [moment] = moments
    assert (moment.second, moment.microsecond) == (0, 0)
    later, earlier = (moment + timedelta(seconds=each) for each in (12.5, -60.5))
    assert moment_of(dusk, later, site=ZURICH) == later
    assert moment_of(dusk, earlier, site=ZURICH) == moment


def test_an_altitude_is_waited_for() -> None:
    """The Rosette rises above 30 degrees in the evening."""
    until = Until.model_validate({"altitude": {"ra_hours": 6.53, "dec_deg": 4.95, "above_deg": 30}})
    assert moment_of(until, NOW, site=ZURICH) == pytest.approx(
        datetime(2026, 1, 15, 18, 58, tzinfo=UTC), abs=timedelta(minutes=5)
    )


def test_what_never_comes_is_an_error() -> None:
    """An altitude that is never reached is an error, not an endless wait."""
    until = Until.model_validate({"altitude": {"ra_hours": 6.53, "dec_deg": -60, "above_deg": 30}})
    with pytest.raises(InputError, match="does not come to pass"):
        moment_of(until, NOW, site=ZURICH)


@pytest.mark.parametrize(
    "given", [{}, {"time": "22:00", "twilight": "civil"}, {"altitude": {"ra_hours": 1, "dec_deg": 1}}]
)
def test_a_condition_is_exactly_one(given: dict[str, object]) -> None:
    """None, two, or half a condition is refused."""
    with pytest.raises(ValidationError):
        Until.model_validate(given)
