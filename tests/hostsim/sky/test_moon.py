"""The Moon stands where astropy has it, and has the right phase."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time

from hostsim.sky.moon import moon_at
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite


@pytest.mark.usefixtures("offline_astropy")
@pytest.mark.parametrize("year", [2003, 2015, 2026])
@pytest.mark.parametrize("latitude_deg", [47.2, -33.0])
def test_the_moon_stands_where_it_stands(year: int, latitude_deg: float) -> None:
    """Over a year, parallax included, it is within 0.2 degrees of astropy's ephemeris."""
    moments = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=53.7 * step) for step in range(160)]
    site = SkySite(latitude_deg=latitude_deg)
    where = EarthLocation(lat=latitude_deg * u.deg, lon=site.longitude_deg * u.deg, height=site.elevation_m * u.m)
    time = Time(moments)
    expected = get_body("moon", time, where, ephemeris="builtin").transform_to(AltAz(obstime=time, location=where))
    seen = moon_at(site, np.array([hours_since_epoch(moment) for moment in moments]))
    assert np.abs(seen.altitude_deg - expected.alt.deg).max() < 0.2
    apart = (seen.azimuth_deg - expected.az.deg + 180.0) % 360.0 - 180.0
    assert np.abs(apart * np.cos(expected.alt.rad)).max() < 0.2


@pytest.mark.parametrize(
    ("moment", "illuminated"),
    [
        (datetime(2026, 1, 3, 10, 3, tzinfo=UTC), 1.0),
        (datetime(2026, 1, 10, 15, 48, tzinfo=UTC), 0.5),
        (datetime(2026, 1, 18, 19, 52, tzinfo=UTC), 0.0),
        (datetime(2026, 1, 26, 4, 47, tzinfo=UTC), 0.5),
    ],
    ids=["full", "last quarter", "new", "first quarter"],
)
def test_phases_are_those_of_the_almanac(moment: datetime, illuminated: float) -> None:
    """At the almanac's moments the disc is full, half, dark and half."""
    moon = moon_at(SkySite(), np.asarray(hours_since_epoch(moment)))
    assert float(moon.illuminated) == pytest.approx(illuminated, abs=0.01)


def test_the_example_of_the_book() -> None:
    """Meeus, example 48.a: on 1992 April 12, 0h TD, the phase angle is 69.08 degrees and 0.6786 of the disc is lit."""
    moon = moon_at(SkySite(), np.asarray(hours_since_epoch(datetime(1992, 4, 12, tzinfo=UTC))))
    assert float(moon.phase_angle_deg) == pytest.approx(69.08, abs=0.1)
    assert float(moon.illuminated) == pytest.approx(0.6786, abs=0.001)
