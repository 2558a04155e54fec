"""The masks of whole nights against astropy and astroplan, for sites, dates and targets drawn at random."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import astropy.units as u
import numpy as np
import pytest
from astroplan import AltitudeConstraint, AtNightConstraint, MoonSeparationConstraint, Observer
from astropy.coordinates import AltAz, EarthLocation, GeocentricTrueEcliptic, SkyCoord, get_body, get_sun
from astropy.time import Time

from tsplug.model import Twilight
from tsplug.model.night import night_starting
from tsplug.planning import NightOutlook, NightTables, Place, SkyTarget, night_tables
from tsplug.planning.horizon import AltitudeLimits
from tsplug.planning.meridian import MeridianLimits
from tsplug.planning.moon import MoonRule
from tsplug.planning.outlook import TargetLimits
from tsplug.planning.twilight import SUN_LIMIT_DEG, dark_enough

CASES, TARGETS, EVERY = 12, 24, 8
LOWEST_DEG, APART_DEG = 30.0, 45.0
WALL = [(10.0, 20.0), (120.0, 45.0), (200.0, 0.0), (300.0, 28.0)]
MOON = {
    "moon_avoidance": True, "moon_separation_deg": 120.0, "moon_width_days": 7, "moon_relax_scale": 2.0,
    "moon_relax_maximum_altitude_deg": 5.0, "moon_relax_minimum_altitude_deg": -15.0,
}  # fmt: skip

pytestmark = [
    pytest.mark.usefixtures("offline_astropy"),
    # astroplan asks for angles between frames with different origins, and is told so.
    pytest.mark.filterwarnings("ignore::astropy.coordinates.errors.NonRotationTransformationWarning"),
]


def drawn(number: int, make: Any) -> tuple[NightTables, list[SkyTarget]]:
    """Return the tables of a random night at a random place: leap days and both hemispheres are among them."""
    random = np.random.default_rng(1000 + number)
    latitude_deg, longitude_deg = float(np.degrees(np.arcsin(random.uniform(-1, 1)))), float(random.uniform(-180, 180))
    day = date(2024, 2, 29) if number == 0 else date(2023, 1, 1) + timedelta(days=int(random.integers(0, 1300)))
    targets = [
        SkyTarget(str(each), float(random.uniform(0, 24)), float(np.degrees(np.arcsin(random.uniform(-1, 1)))))
        for each in range(TARGETS)
    ]
    place = Place(latitude_deg, longitude_deg, float(random.uniform(0, 3000)), tuple(WALL))
    night = night_starting(day, make.site(latitude_deg, longitude_deg))
    return night_tables(place, night, targets=targets), targets


def observer_of(place: Place) -> Observer:
    return Observer(EarthLocation(place.longitude_deg * u.deg, place.latitude_deg * u.deg, place.elevation_m * u.m))


def stars_of(targets: list[SkyTarget]) -> SkyCoord:
    return SkyCoord([each.ra_hours for each in targets] * u.hourangle, [each.dec_deg for each in targets] * u.deg)


class Seen(NamedTuple):
    """What astropy sees of the targets of a night, a row for each, and of Sun and Moon: angles in degrees."""

    altitude: Any
    azimuth: Any
    dark: Any
    apart: Any
    moon_altitude: Any
    moon_age_days: Any


def seen_by_astropy(tables: NightTables, targets: list[SkyTarget], samples: Any) -> Seen:
    times = Time(tables.night.start) + samples * u.min
    location = observer_of(tables.place).location
    frame = AltAz(obstime=times, location=location)
    stars = stars_of(targets)[:, None].transform_to(AltAz(obstime=times[None, :], location=location))
    moon, sun = get_body("moon", times, location).transform_to(frame), get_sun(times)
    apart = SkyCoord(moon.az, moon.alt)[None, :].separation(SkyCoord(stars.az, stars.alt)).deg
    ecliptic = GeocentricTrueEcliptic(equinox=times, obstime=times)
    longitudes = [body.transform_to(ecliptic).lon.deg for body in (get_body("moon", times), sun)]
    age_days = (longitudes[0] - longitudes[1]) % 360.0 / 360.0 * 29.53059
    dark = sun.transform_to(frame).alt.deg < SUN_LIMIT_DEG[Twilight.NIGHTTIME]
    return Seen(stars.alt.deg, stars.az.deg, dark, apart, moon.alt.deg, age_days)


def horizon_deg(azimuth_deg: Any) -> Any:
    """Return the wall's height, linear between its points all around."""
    azimuths, altitudes = zip(*WALL, strict=True)
    return np.interp(azimuth_deg, azimuths, altitudes, period=360.0)


def hour_angle_min(seen: Seen, latitude_deg: float) -> Any:
    """Return minutes from transit by spherical trigonometry, at 15.041067 degrees an hour."""
    altitude, azimuth, latitude = np.radians(seen.altitude), np.radians(seen.azimuth), np.radians(latitude_deg)
    east = -np.sin(azimuth) * np.cos(altitude)
    north = np.sin(altitude) * np.cos(latitude) - np.cos(altitude) * np.cos(azimuth) * np.sin(latitude)
    return np.degrees(np.arctan2(east, north)) / 15.041067 * 60


def asked_deg(seen: Seen) -> Any:
    """Return the separation that the Lorentzian asks for: 120 deg and 7 days, relaxed from 5 down to -15 deg."""
    low = seen.moon_altitude <= 5.0
    separation = np.where(low, 120.0 + 2.0 * (seen.moon_altitude - 5.0), 120.0)
    width = np.where(low, 7.0 * np.clip((seen.moon_altitude + 15.0) / 20.0, 1e-9, 1.0), 7.0)
    asked = separation / (1.0 + ((0.5 - seen.moon_age_days / 29.53059) / (width / 29.53059)) ** 2)
    return np.where(seen.moon_altitude <= -15.0, 0.0, asked)


def test_masks_agree_with_astropy_minute_by_minute(make: Any) -> None:
    """Limits worked out from astropy's sky, by formulas written here, agree for 99.99 % of target-minutes.

    Altitude, darkness and distance from the Moon; horizon with offset, meridian window and flip; the Lorentzian.
    """
    limits = TargetLimits(AltitudeLimits(10.0, 80.0, True, 2.0), MeridianLimits(90.0, 15.0, 5.0))
    rule = MoonRule.of(make.plan(template=MOON).template)
    assert rule is not None
    wrong, total = np.zeros(3, dtype=int), 0
    for number in range(CASES):
        tables, targets = drawn(number, make)
        samples, rows = np.arange(0, tables.samples, EVERY), np.arange(TARGETS)
        seen, outlook = seen_by_astropy(tables, targets, samples), NightOutlook(tables)
        dark = dark_enough(tables.sun_altitude_deg, Twilight.NIGHTTIME, offset_min=0)[samples]
        ours = (tables.altitude_deg[:, samples] > LOWEST_DEG) & (tables.moon_separation_deg[:, samples] >= APART_DEG)
        plain = (seen.altitude > LOWEST_DEG) & (seen.apart >= APART_DEG) & seen.dark
        wall = np.maximum(horizon_deg(seen.azimuth) + 2.0, 10.0)
        passed = hour_angle_min(seen, tables.place.latitude_deg)
        place = (seen.altitude > wall) & (seen.altitude <= 80.0) & (np.abs(passed) <= 90.0)
        place &= (passed < -15.5) | (passed > 5.5)
        pairs = (
            (ours & dark, plain),
            (outlook.target_masks(rows, [limits] * TARGETS)[:, samples], place),
            (outlook.moon(rows, rule)[:, samples], seen.apart >= asked_deg(seen)),
        )
        wrong += [int((mine != theirs).sum()) for mine, theirs in pairs]
        total += ours.size
    assert total > 50_000
    assert (wrong <= total * 1e-4).all(), f"{wrong} of {total}"


def test_masks_agree_with_astroplans_constraints(make: Any) -> None:
    """The same three constraints asked of astroplan agree for all but a few in ten thousand target-minutes.

    astroplan separates the Moon and targets in other frames than those of date, up to a third of a degree off: answers
    may differ where the distance is that close to the limit.
    """
    wrong = total = 0
    for number in range(3):
        tables, targets = drawn(number, make)
        samples = np.arange(0, tables.samples, EVERY)
        times = Time(tables.night.start) + samples * u.min
        rules = (
            AltitudeConstraint(LOWEST_DEG * u.deg, boolean_constraint=True),
            AtNightConstraint.twilight_astronomical(),
            MoonSeparationConstraint(min=APART_DEG * u.deg),
        )
        observer, stars = observer_of(tables.place), stars_of(targets)
        theirs = np.logical_and.reduce([rule(observer, stars, times=times, grid_times_targets=True) for rule in rules])
        distance = tables.moon_separation_deg[:, samples]
        dark = dark_enough(tables.sun_altitude_deg, Twilight.NIGHTTIME, offset_min=0)[samples]
        ours = (tables.altitude_deg[:, samples] > LOWEST_DEG) & dark & (distance >= APART_DEG)
        differ = (ours != theirs) & (np.abs(distance - APART_DEG) > 0.5)
        wrong += int(differ.sum())
        total += ours.size
    assert wrong <= total * 3e-4, f"{wrong} of {total}"


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
def test_a_night_in_which_clocks_change_has_all_its_hours(day: date, make: Any) -> None:
    """In Zurich the night has 23 hours in spring and 25 in autumn, and its samples stand at their UTC moments."""
    night = night_starting(day, make.site(47.4, 8.5, time_zone="Europe/Zurich"))
    tables = night_tables(Place(47.4, 8.5, 400.0), night, targets=[SkyTarget("a", 5.0, 20.0)])
    assert tables.samples == (23 if day.month == 3 else 25) * 60 + 1
    assert tables.moment(tables.samples - 1) == night.end
