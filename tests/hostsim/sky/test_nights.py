"""Nights are told apart at noon and begin at nautical dusk, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.nights import night_of
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at

EVENING = hours_since_epoch(datetime(2026, 3, 12, 20, tzinfo=UTC))


def test_dusk_is_nautical_dusk() -> None:
    """The Sun then stands 12 degrees below the horizon and sinks."""
    dusk = night_of(SkySite(), EVENING).dusk_hours
    before, at, after = sun_at(SkySite(), np.array([dusk - 0.1, dusk, dusk + 0.1])).altitude_deg
    assert at == pytest.approx(-12.0, abs=1e-3)
    assert before > at > after


def test_a_night_lasts_from_noon_to_noon() -> None:
    """Evening and morning belong to one night; a minute before noon is another than a minute after."""
    noon = night_of(SkySite(), EVENING).noon_hours
    assert night_of(SkySite(), noon + 23.98) == night_of(SkySite(), EVENING)
    assert night_of(SkySite(), noon - 0.02).number == night_of(SkySite(), EVENING).number - 1


def test_time_zones_play_no_part() -> None:
    """The same moment in another zone, daylight saving or not, is of the same night."""
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    summer = moment.astimezone(timezone(timedelta(hours=2)))
    assert night_of(SkySite(), hours_since_epoch(moment)) == night_of(SkySite(), hours_since_epoch(summer))


def test_a_white_night_begins_when_the_sun_is_lowest() -> None:
    """At 60 degrees north in June the Sun stays above -12 degrees; zero is the darkest moment."""
    site = SkySite(latitude_deg=60.0)
    night = night_of(site, hours_since_epoch(datetime(2026, 6, 21, 20, tzinfo=UTC)))
    around = sun_at(site, night.dusk_hours + np.array([-1.0, 0.0, 1.0])).altitude_deg
    assert around[1] > -12.0
    assert around[1] < min(around[0], around[2])


def test_a_polar_night_begins_at_noon() -> None:
    """At 85 degrees north in December it is dark all day."""
    night = night_of(SkySite(latitude_deg=85.0), hours_since_epoch(datetime(2026, 12, 21, 20, tzinfo=UTC)))
    assert night.dusk_hours == night.noon_hours


@given(
    latitude_deg=st.floats(-90.0, 90.0), longitude_deg=st.floats(-180.0, 180.0), hours=st.floats(-200_000.0, 500_000.0)
)
def test_every_moment_has_a_night(latitude_deg: float, longitude_deg: float, hours: float) -> None:
    """At any place, the poles included, a night holds its moment and its dusk, within a day."""
    night = night_of(SkySite(latitude_deg=latitude_deg, longitude_deg=longitude_deg), hours)
    assert night.noon_hours - 1e-6 <= hours <= night.noon_hours + 24.0 + 1e-6
    assert night.noon_hours <= night.dusk_hours <= night.noon_hours + 24.0
