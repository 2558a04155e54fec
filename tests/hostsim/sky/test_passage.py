"""What light passes on its way down is averaged over the exposure, along the star's way over the sky."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from hostsim.sky.conditions import Conditions
from hostsim.sky.passage import gradient_on_sky, passage
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite

SITE = SkySite()


class Passing(Conditions):
    """Clouds of one magnitude come after half a minute."""

    def cloud_mag(self, moment: datetime) -> float:
        """Return nothing before the half of the minute, then one magnitude."""
        return 1.0 if moment.second >= 30 else 0.0


def test_a_cloud_dims_for_as_long_as_it_stays(path: LightPath, exposure: ExposureSettings) -> None:
    """Half a minute of clouds takes half of what they take, not half of their magnitudes."""
    way = passage(Passing(7, SITE), SITE, path=path, exposure=exposure)
    left = (1.0 + 10.0**-0.4) / 2.0
    assert float(way.clear.mean()) == pytest.approx(left, rel=1e-6)
    assert way.dimming_mag(way.cloud_mag) == pytest.approx(-2.5 * np.log10(left))


@pytest.mark.parametrize(("azimuth_deg", "rises"), [(90.0, True), (270.0, False)])
def test_a_star_rises_in_the_east_and_sets_in_the_west(
    path: LightPath, exposure: ExposureSettings, azimuth_deg: float, rises: bool
) -> None:
    """The telescope follows the star: over ten minutes its airmass falls in the east and grows in the west."""
    place = replace(path, altitude_deg=30.0, azimuth_deg=azimuth_deg)
    way = passage(Conditions(7, SITE), SITE, path=place, exposure=replace(exposure, duration_s=600.0))
    assert (way.airmass[-1] < way.airmass[0]) == rises
    # A star in the east climbs by 15 arcseconds per second times the cosine of the latitude.
    climbed = 15.041 / 3600.0 * 300.0 * np.cos(np.radians(47.2)) * (1.0 if rises else -1.0)
    assert way.altitude_deg - 30.0 == pytest.approx(climbed, abs=0.02)


def test_a_standing_mount_looks_at_one_place(path: LightPath, exposure: ExposureSettings) -> None:
    """Without tracking altitude and azimuth stay."""
    way = passage(Conditions(7, SITE), SITE, path=replace(path, tracking=False), exposure=exposure)
    assert (way.altitude_deg, way.azimuth_deg) == (65.0, 180.0)
    assert np.ptp(way.airmass) == 0.0


def test_extinction_follows_the_airmass(path: LightPath, exposure: ExposureSettings) -> None:
    """On a clear night a star loses its extinction times the airmass."""
    way = passage(Conditions(7, SITE), SITE, path=path, exposure=exposure)
    assert -2.5 * np.log10(way.transmission(0.2)) == pytest.approx(0.2 * float(way.airmass.mean()), abs=1e-3)


@pytest.mark.parametrize(("azimuth_deg", "expected"), [(180.0, (0.0, 1.0)), (0.0, (0.0, -1.0))])
def test_up_is_north_in_the_south_and_south_below_the_pole(
    path: LightPath, exposure: ExposureSettings, azimuth_deg: float, expected: tuple[float, float]
) -> None:
    """On the meridian the way up is the way north, or away from the pole beneath it."""
    low = replace(path, altitude_deg=25.0, azimuth_deg=azimuth_deg, tracking=False)
    way = replace(passage(Conditions(7, SITE), SITE, path=low, exposure=exposure), gradient=(1.0, 0.0))
    upwards = expected if azimuth_deg == 180.0 else (0.0, 1.0)
    assert gradient_on_sky(SITE, way) == pytest.approx(upwards, abs=1e-9)


def test_azimuth_grows_westwards_in_the_south(path: LightPath, exposure: ExposureSettings) -> None:
    """Looking south, what brightens with azimuth brightens towards the west."""
    way = replace(
        passage(Conditions(7, SITE), SITE, path=path, exposure=exposure), azimuth_deg=180.0, gradient=(0.0, 1.0)
    )
    assert gradient_on_sky(SITE, way) == pytest.approx((-1.0, 0.0), abs=1e-9)
