"""The sky is as bright as the papers say: at night, in twilight, and under Moon and clouds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.horizontal import Horizontal, direction
from hostsim.sky.moon import Moon
from hostsim.sky.scene import SkySite
from hostsim.sky.skyglow import (
    Lights,
    airglow_factor,
    magnitude_of,
    moonlight_nl,
    nanolamberts,
    scattering_airmass,
    sky_nl,
    twilight_mag,
)

SITE = SkySite()


def moon(altitude_deg: float, phase_angle_deg: float) -> Moon:
    return Moon(np.asarray(altitude_deg), np.asarray(90.0), np.asarray(phase_angle_deg))


def lights(
    *, sun_deg: float = -40.0, moon_deg: float = -30.0, phase_deg: float = 0.0, cloud_mag: float = 0.0,
    extinction_mag: float = 0.16,
) -> Lights:  # fmt: skip
    sun = Horizontal(np.asarray(sun_deg), np.asarray(270.0))
    return Lights(sun, moon(moon_deg, phase_deg), cloud_mag, extinction_mag)


def mag(light: Lights, *, altitude_deg: float = 90.0, azimuth_deg: float = 0.0, site: SkySite = SITE) -> float:
    return float(
        magnitude_of(sky_nl(site, light, towards=direction(np.asarray(altitude_deg), np.asarray(azimuth_deg))))
    )


def test_nanolamberts_are_those_of_the_paper() -> None:
    """Krisciunas & Schaefer have 79.0 nL for their dark zenith of 21.587 magnitudes; the way back returns it."""
    assert float(nanolamberts(np.asarray(21.587))) == pytest.approx(79.0, abs=0.05)
    assert float(magnitude_of(nanolamberts(np.asarray(18.3)))) == pytest.approx(18.3)


def test_the_airmass_of_scattered_light_is_five_at_the_horizon() -> None:
    """Their third equation is 1 in the zenith and 1 / sqrt(0.04) at the horizon."""
    assert np.allclose(scattering_airmass(np.array([0.0, 60.0, 90.0])), [1.0, 1.0 / math.sqrt(0.28), 5.0])
    assert float(airglow_factor(np.asarray(0.0), 0.172)) == 1.0


def test_moonlight_is_that_of_the_paper() -> None:
    """20 degrees from the zenith, 50 from a half Moon that stands 20 degrees high, it is of magnitude 19.855.

    The value, for an extinction of 0.15, is the worked example of specsim, an independent implementation.
    """
    light = Lights(Horizontal(np.asarray(-40.0), np.asarray(0.0)), moon(20.0, 45.0), 0.0, 0.15)
    seen = moonlight_nl(light, np.asarray(20.0), separation_deg=np.asarray(50.0))
    assert float(magnitude_of(seen)) == pytest.approx(19.855, abs=0.002)


def test_the_full_moon_costs_three_magnitudes() -> None:
    """A full Moon 60 degrees high brightens the dark zenith to about 18; a crescent hardly does."""
    assert mag(lights(moon_deg=60.0)) == pytest.approx(18.0, abs=0.4)
    assert mag(lights(moon_deg=60.0, phase_deg=150.0)) > 20.7


def test_a_set_moon_gives_no_light_and_a_rising_one_no_jump() -> None:
    """Below the horizon it is as if there was none; through its rise the sky brightens step by step."""
    dark = mag(lights())
    assert mag(lights(moon_deg=-1.0)) == dark
    rising = np.array([mag(lights(moon_deg=float(altitude))) for altitude in np.arange(-2.0, 10.0, 0.1)])
    assert np.all(np.diff(rising) <= 1e-9)
    assert np.abs(np.diff(rising)).max() < 0.1


def test_the_sky_is_brighter_near_the_moon() -> None:
    """Towards the Moon it brightens at every step, without one at 10 degrees, where the paper changes formula."""
    towards = np.arange(30.0, 60.0, 0.25)
    seen = np.array([mag(lights(moon_deg=60.0), altitude_deg=float(each), azimuth_deg=90.0) for each in towards])
    assert np.all(np.diff(seen[towards < 59.0]) < 0.0)
    assert np.abs(np.diff(seen[(towards > 45.0) & (towards < 55.0)])).max() < 0.1


def test_the_zenith_at_midnight_is_as_dark_as_the_site() -> None:
    """Without Sun and Moon the zenith has the brightness of the site; 30 degrees up it is a little brighter."""
    assert mag(lights()) == pytest.approx(SITE.sky_brightness_mag, abs=0.001)
    assert 0.3 < SITE.sky_brightness_mag - mag(lights(), altitude_deg=30.0) < 0.9


@pytest.mark.parametrize(("depression_deg", "expected"), [(5.0, 11.84), (8.0, 15.88), (10.0, 18.01)])
def test_twilight_is_that_of_paranal(depression_deg: float, expected: float) -> None:
    """The fit of Patat, Ugolnikov & Postylyakov (2006) in V is met where it holds."""
    assert float(twilight_mag(np.asarray(-depression_deg))) == pytest.approx(expected, abs=0.01)


def test_dusk_darkens_without_a_break() -> None:
    """From daylight to night the zenith darkens steadily, by more than a dozen magnitudes."""
    mags = np.array([mag(lights(sun_deg=float(altitude))) for altitude in np.arange(5.0, -25.0, -0.25)])
    assert np.all(np.diff(mags) >= -1e-9)
    assert np.diff(mags).max() < 0.45
    assert mags[-1] - mags[0] > 12.0


def test_twilight_is_brighter_towards_the_sun() -> None:
    """At equal height the Sun's side is brightest, the other the darkest; the flattest spot is beyond the zenith."""
    dusk = lights(sun_deg=-6.0)
    seen = [mag(dusk, altitude_deg=40.0, azimuth_deg=azimuth) for azimuth in (270.0, 330.0, 30.0, 90.0)]
    assert seen == sorted(seen)
    assert 0.5 < seen[-1] - seen[0] < 3.0
    beyond = np.array([mag(dusk, altitude_deg=float(altitude), azimuth_deg=90.0) for altitude in range(50, 91)])
    assert 70 <= 50 + int(np.argmax(beyond)) <= 77


def test_clouds_return_the_lamps_of_the_place_and_hide_the_sky() -> None:
    """Where there are lamps an overcast sky is brighter than a clear one, as measured; without any it is darker."""
    assert 0.5 < mag(lights()) - mag(lights(cloud_mag=10.0)) < 1.5
    wild = SkySite(sky_brightness_mag=22.0)
    assert mag(lights(cloud_mag=10.0), site=wild) > mag(lights(), site=wild) + 0.3


@given(st.floats(0.0, 15.0), st.floats(0.0, 15.0), st.floats(-40.0, 80.0))
def test_thicker_clouds_are_never_darker_over_lamps_and_moon(one: float, other: float, moon_deg: float) -> None:
    """The background rises with the clouds, moonlit or not."""
    thin, thick = sorted((one, other))
    assert mag(lights(cloud_mag=thick, moon_deg=moon_deg)) <= mag(lights(cloud_mag=thin, moon_deg=moon_deg)) + 1e-9


@given(
    sun_deg=st.floats(-90.0, 90.0), moon_deg=st.floats(-90.0, 90.0), phase_deg=st.floats(0.0, 180.0),
    altitude_deg=st.floats(-90.0, 180.0), azimuth_deg=st.floats(-360.0, 720.0),
)  # fmt: skip
def test_the_sky_is_never_darker_than_dark_nor_brighter_than_day(
    sun_deg: float, moon_deg: float, phase_deg: float, altitude_deg: float, azimuth_deg: float
) -> None:
    """Whatever stands where, the brightness is a sensible number."""
    light = lights(sun_deg=sun_deg, moon_deg=moon_deg, phase_deg=phase_deg)
    assert 0.0 < mag(light, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg) <= SITE.sky_brightness_mag + 1e-9
