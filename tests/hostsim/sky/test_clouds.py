"""Clouds cover as much as the scenario says, and take as much light."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.clouds import Clouds
from hostsim.sky.nights import night_of
from hostsim.sky.scenario import CloudBank, CloudPlan
from hostsim.sky.scene import SkySite

NIGHT = night_of(SkySite(), 229_650.0)
HOURS = NIGHT.dusk_hours + np.arange(0.0, 12.0, 0.01)


def bank(**settings: float) -> CloudPlan:
    return CloudPlan(banks=(CloudBank(start_hours=2.0, end_hours=4.0, edge_minutes=15.0, **settings),))


def test_a_clear_sky_is_quite_clear() -> None:
    """Without clouds nothing is taken, not even a little."""
    clouds = Clouds(1, CloudPlan())
    assert np.all(clouds.magnitudes(NIGHT, HOURS) == 0.0)
    assert np.all(clouds.cover(NIGHT, HOURS) == 0.0)


@pytest.mark.parametrize("cover_percent", [20.0, 50.0, 80.0])
def test_scattered_clouds_stand_before_the_telescope_as_often_as_they_cover_the_sky(cover_percent: float) -> None:
    """Over many nights the part of the time that is clouded is the part of the sky that is."""
    plan = CloudPlan(cover_percent=cover_percent, thickness_mag=1.0)
    mags = np.array([Clouds(seed, plan).magnitudes(NIGHT, HOURS) for seed in range(30)])
    assert np.mean(mags > 0.5) == pytest.approx(cover_percent / 100.0, abs=0.08)
    assert mags.min() == 0.0
    assert mags.max() <= 1.25
    assert np.all(Clouds(1, plan).cover(NIGHT, HOURS) == pytest.approx(cover_percent / 100.0))


def test_an_overcast_sky_is_never_free() -> None:
    """Clouds over all of the sky are always before the telescope, as thick as they are said to be."""
    mags = Clouds(1, CloudPlan(cover_percent=100.0, thickness_mag=2.0)).magnitudes(NIGHT, HOURS)
    assert mags.min() > 1.4
    assert mags.mean() == pytest.approx(2.0, rel=0.1)


def test_a_bank_comes_and_goes_in_time() -> None:
    """It takes nothing before and after, its thickness in the middle, and covers the whole sky."""
    clouds = Clouds(1, bank(thickness_mag=8.0))
    after_dusk = HOURS - NIGHT.dusk_hours
    mags, cover = clouds.magnitudes(NIGHT, HOURS), clouds.cover(NIGHT, HOURS)
    outside, inside = (after_dusk < 2.0) | (after_dusk > 4.0), (after_dusk > 2.26) & (after_dusk < 3.74)
    assert np.all(mags[outside] == 0.0)
    assert np.all(cover[outside] == 0.0)
    assert np.all(mags[inside] >= 6.0)
    assert np.allclose(cover[inside], 1.0)
    assert np.abs(np.diff(mags)).max() < 0.8


def test_rain_falls_only_under_thick_cloud() -> None:
    """It rains where the bank is thick, not under its edge, and not at all from one that holds no rain."""
    clouds = Clouds(1, bank(thickness_mag=8.0, rain_mm_per_h=3.0))
    rain, mags = clouds.rain_mm_per_h(NIGHT, HOURS), clouds.magnitudes(NIGHT, HOURS)
    assert rain.max() == pytest.approx(3.0)
    assert np.all(mags[rain > 0.0] > 2.0)
    assert np.all(Clouds(1, bank(thickness_mag=8.0)).rain_mm_per_h(NIGHT, HOURS) == 0.0)
