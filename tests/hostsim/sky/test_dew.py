"""Dew falls when the optics are colder than the dew point."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.dew import Dew
from hostsim.sky.nights import night_of
from hostsim.sky.scenario import AirPlan, CloudPlan, Scenario
from hostsim.sky.scene import SkySite
from hostsim.sky.weather import NightWeather

NIGHT = night_of(SkySite(), 229_650.0)
HOURS = NIGHT.noon_hours + np.arange(0.0, 24.0, 0.25)


def settled(*, spread_c: float, cover_percent: float = 0.0) -> np.ndarray:
    scenario = Scenario(air=AirPlan(dew_spread_c=spread_c), clouds=CloudPlan(cover_percent=cover_percent))
    dew = Dew(NightWeather(1, SkySite(), scenario=scenario))
    return np.array([dew.magnitudes(NIGHT, hours) for hours in HOURS])


def test_dry_air_leaves_no_dew() -> None:
    """With a usual dew point the optics stay dry all night."""
    assert np.all(settled(spread_c=9.0) == 0.0)


def test_moist_air_leaves_dew_that_grows_and_dries() -> None:
    """It grows without a jump through the night and is gone by noon."""
    mags = settled(spread_c=3.5)
    assert mags[0] == 0.0
    assert mags.max() > 2.0
    assert np.abs(np.diff(mags)).max() < 1.5
    assert mags[-1] < 0.5 * mags.max()


def test_the_moister_the_more() -> None:
    """Every degree by which the dew point is higher leaves at least as much dew at every moment."""
    nights = np.array([settled(spread_c=spread) for spread in (6.0, 5.0, 4.0, 3.0)])
    assert np.all(np.diff(nights, axis=0) >= 0.0)
    assert nights.max() <= 6.0


def test_clouds_keep_the_optics_dry() -> None:
    """Under clouds optics do not radiate to the cold sky, and there is less dew."""
    assert settled(spread_c=4.5, cover_percent=100.0).max() < 0.5 * settled(spread_c=4.5).max()


@pytest.mark.parametrize("latitude_deg", [-90.0, 90.0])
def test_the_poles_have_dew_too(latitude_deg: float) -> None:
    """Nothing goes astray where the Sun does not rise or set."""
    site = SkySite(latitude_deg=latitude_deg)
    dew = Dew(NightWeather(1, site, scenario=Scenario(air=AirPlan(dew_spread_c=0.0))))
    assert 0.0 <= dew.magnitudes(night_of(site, 229_650.0), 229_650.0) <= 6.0
