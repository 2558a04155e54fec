"""The night tables against astropy and astroplan."""

from __future__ import annotations

from datetime import date
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astroplan import moon_illumination
from astropy.coordinates import TETE, AltAz, EarthLocation, SkyCoord, get_body, get_sun
from astropy.time import Time

from tsplug.model.night import night_starting
from tsplug.planning import NightTables, Place, SkyTarget, night_tables

TARGETS = (
    SkyTarget("crab", 5.5755, 22.0145),
    SkyTarget("andromeda", 0.7123, 41.2689),
    SkyTarget("lagoon", 18.0603, -24.3867),
    SkyTarget("polaris", 2.5303, 89.2641),
    SkyTarget("octans", 21.146, -88.9565),
)
PLACES = {
    "mid north": Place(47.4, 8.5, 500.0),
    "south": Place(-33.4, -70.7, 2400.0),
    "arctic": Place(78.2, 15.6, 10.0),
    "north pole": Place(90.0, 0.0, 0.0),
    "south pole": Place(-90.0, 0.0, 2835.0),
}
NIGHTS = {"winter": date(2025, 12, 21), "leap day": date(2024, 2, 29), "summer": date(2025, 6, 21)}

pytestmark = pytest.mark.usefixtures("offline_astropy")


def tables_of(place: Place, noon: date, make: Any) -> tuple[NightTables, np.ndarray, AltAz]:
    site = make.site(place.latitude_deg, place.longitude_deg)
    tables = night_tables(place, night_starting(noon, site), targets=TARGETS)
    samples = np.arange(0, tables.samples, 90)
    location = EarthLocation(lat=place.latitude_deg * u.deg, lon=place.longitude_deg * u.deg, height=place[2] * u.m)
    times = Time([tables.moment(int(sample)) for sample in samples])
    return tables, samples, AltAz(obstime=times, location=location)


@pytest.mark.parametrize("noon", NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_stars_stand_where_astropy_has_them(place: Place, noon: date, make: Any) -> None:
    """Altitudes and azimuths of stars agree with astropy within 0.006 degrees, from pole to pole."""
    tables, samples, frame = tables_of(place, noon, make)
    for row, target in enumerate(TARGETS):
        star = SkyCoord(target.ra_hours * u.hourangle, target.dec_deg * u.deg).transform_to(frame)
        assert np.abs(tables.altitude_deg[row, samples] - star.alt.deg).max() < 0.006
        turned = (tables.azimuth_deg[row, samples] - star.az.deg + 180) % 360 - 180
        assert np.abs(turned * np.cos(star.alt.rad)).max() < 0.006


@pytest.mark.parametrize("noon", NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_sun_and_moon_stand_where_astropy_has_them(place: Place, noon: date, make: Any) -> None:
    """Sun, Moon, the Moon's distance from targets and its lit fraction agree with astropy and astroplan."""
    tables, samples, frame = tables_of(place, noon, make)
    sun, moon = get_sun(frame.obstime), get_body("moon", frame.obstime, frame.location)
    assert np.abs(tables.sun_altitude_deg[samples] - sun.transform_to(frame).alt.deg).max() < 0.006
    assert np.abs(tables.moon_altitude_deg[samples] - moon.transform_to(frame).alt.deg).max() < 0.006
    of_date = TETE(obstime=frame.obstime, location=frame.location)
    seen = moon.transform_to(of_date)
    for row, target in enumerate(TARGETS):
        star = SkyCoord(target.ra_hours * u.hourangle, target.dec_deg * u.deg).transform_to(of_date)
        apart = SkyCoord(seen.ra, seen.dec).separation(SkyCoord(star.ra, star.dec)).deg
        assert np.abs(tables.moon_separation_deg[row, samples] - apart).max() < 0.006
    assert np.abs(tables.moon_illumination[samples] - moon_illumination(frame.obstime)).max() < 0.002


def test_a_table_without_targets_still_has_the_sun(make: Any) -> None:
    """No target is a fine set of targets."""
    tables = night_tables(Place(47.0, 8.0, 0.0), night_starting(date(2026, 11, 15), make.site()), targets=())
    assert tables.altitude_deg.shape == (0, tables.samples)
    assert tables.sun_altitude_deg.min() < -18


def test_samples_around_a_moment_enclose_it(make: Any) -> None:
    """A moment between two samples has one before and one after; a sample's own moment has itself."""
    night = night_starting(date(2026, 11, 15), make.site(time_zone="UTC"))
    tables = night_tables(Place(47.0, 8.0, 0.0), night, targets=())
    assert (tables.sample_before(make.utc(12, 1)), tables.sample_after(make.utc(12, 1))) == (1, 1)
    between = make.utc(12, 1).replace(second=1)
    assert (tables.sample_before(between), tables.sample_after(between)) == (1, 2)


def test_hour_angle_passes_zero_on_the_meridian(make: Any) -> None:
    """A target culminates in the minute in which its hour angle changes sign."""
    tables = night_tables(Place(47.0, 8.0, 0.0), night_starting(date(2026, 11, 15), make.site()), targets=TARGETS[:1])
    assert abs(int(np.abs(tables.hour_angle_of(0)).argmin()) - int(tables.altitude_deg[0].argmax())) <= 1
