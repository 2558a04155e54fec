"""The weather's numbers fit each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.nights import night_of
from hostsim.sky.scenario import CLEAR, AirPlan, CloudBank, CloudPlan, Scenario, WindPlan
from hostsim.sky.scene import SkySite
from hostsim.sky.temperature import Temperature
from hostsim.sky.weather import (
    NightWeather,
    clear_sky_emissivity,
    relative_humidity_percent,
    standard_pressure_hpa,
)

NIGHT = night_of(SkySite(), 229_650.0)
HOURS = NIGHT.noon_hours + np.arange(0.0, 24.0, 0.25)
STORM = Scenario(
    clouds=CloudPlan(
        cover_percent=40.0,
        banks=(CloudBank(start_hours=1.0, end_hours=5.0, thickness_mag=9.0, rain_mm_per_h=5.0),),
    ),
    wind=WindPlan(mean_m_per_s=6.0, gust_factor=2.5),
    air=AirPlan(dew_spread_c=2.0),
)


@pytest.mark.parametrize(
    ("air_c", "dew_point_c", "percent"),
    [(20.0, 9.27, 50.0), (25.0, 13.86, 50.0), (0.0, -10.0, 46.9), (5.0, 9.0, 100.0)],
)
def test_humidity_goes_with_the_dew_point(air_c: float, dew_point_c: float, percent: float) -> None:
    """Humidity follows from temperature and dew point as in the tables, and never exceeds 100 percent."""
    seen = relative_humidity_percent(np.asarray(air_c), np.asarray(dew_point_c))
    assert float(seen) == pytest.approx(percent, abs=0.3)


@pytest.mark.parametrize(("elevation_m", "hpa"), [(0.0, 1013.25), (1000.0, 898.7), (2500.0, 746.9)])
def test_pressure_is_that_of_the_standard_atmosphere(elevation_m: float, hpa: float) -> None:
    """The International Standard Atmosphere's tables are met within a part in a thousand."""
    assert standard_pressure_hpa(elevation_m) == pytest.approx(hpa, rel=1e-3)


def test_a_clear_sky_radiates_as_measured() -> None:
    """Berdahl & Martin give 0.711 at a dew point of 0 and 0.774 at 10 degrees C."""
    assert clear_sky_emissivity(0.0) == pytest.approx(0.711)
    assert clear_sky_emissivity(10.0) == pytest.approx(0.774, abs=0.001)


def test_a_clear_night_has_the_usual_temperature() -> None:
    """Without clouds the air is that of the site's curve, and cools below the dew point nowhere."""
    weather = NightWeather(1, SkySite(), scenario=CLEAR)
    air_c = weather.air_c(NIGHT, HOURS)
    assert np.array_equal(air_c, Temperature(1, SkySite()).at(HOURS))
    assert np.all(weather.dew_point_c(HOURS, air_c=air_c) < air_c)


def test_clouds_keep_the_night_warm() -> None:
    """Under clouds no moment of the night is colder than under a clear sky, and some are by two degrees warmer."""
    clear = NightWeather(1, SkySite(), scenario=CLEAR).air_c(NIGHT, HOURS)
    clouded = NightWeather(1, SkySite(), scenario=STORM).air_c(NIGHT, HOURS)
    assert np.all(clouded >= clear)
    assert (clouded - clear).max() > 2.0


def test_an_infrared_sensor_sees_clouds() -> None:
    """The clear zenith is much colder than the air, a thick cloud nearly as warm."""
    weather = NightWeather(1, SkySite(), scenario=STORM)
    under, after = NIGHT.dusk_hours + 3.0, NIGHT.noon_hours + 22.0
    assert weather.sky_c(NIGHT, under) == pytest.approx(float(weather.air_c(NIGHT, np.asarray(under))), abs=0.2)
    clear = NightWeather(1, SkySite(), scenario=CLEAR)
    assert clear.sky_c(NIGHT, after) < float(clear.air_c(NIGHT, np.asarray(after))) - 15.0


@given(
    seed=st.integers(0, 50),
    hours=st.floats(-100_000.0, 400_000.0),
    latitude_deg=st.floats(-90.0, 90.0),
    elevation_m=st.floats(0.0, 5000.0),
)
def test_the_numbers_fit_each_other(seed: int, hours: float, latitude_deg: float, elevation_m: float) -> None:
    """At any moment and site gusts exceed the wind, the dew point is not above the air, and rain needs thick clouds."""
    site = SkySite(latitude_deg=latitude_deg, elevation_m=elevation_m)
    weather, night = NightWeather(seed, site, scenario=STORM), night_of(site, hours)
    seen = weather.at(night, hours)
    assert 0.0 <= seen.wind_m_per_s <= seen.gust_m_per_s
    assert seen.dew_point_c <= seen.temperature_c
    assert 0.0 < seen.humidity_percent <= 100.0
    assert 0.0 <= seen.wind_direction_deg < 360.0
    assert 0.0 <= seen.cloud_percent <= 100.0
    assert seen.pressure_hpa == pytest.approx(standard_pressure_hpa(elevation_m), rel=0.01)
    assert seen.rain_mm_per_h == 0.0 or weather.clouds.magnitudes(night, np.asarray(hours)) > 2.0
