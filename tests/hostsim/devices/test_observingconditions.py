"""The weather station."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.observingconditions import ObservingConditions, ObservingConditionsConfig, steady, varying
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError
from hostsim.devices.parts.weather import lux_of, mean_direction_deg
from hostsim.sky.conditions import Conditions
from hostsim.sky.scenario import CLEAR, Scenario
from hostsim.sky.scene import SkySite

MIDNIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)

SENSORS = tuple(ObservingConditions.fields)
Pass = Callable[[float], None]


@pytest.fixture
def station(observatory: Observatory) -> ObservingConditions:
    return observatory.device(ObservingConditions)


@pytest.fixture
def wait(observatory: Observatory, clock: SimulatedClock) -> Pass:
    def pass_time(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return pass_time


def made(scenario: Scenario = CLEAR, **settings: Any) -> ObservingConditions:
    clock = SimulatedClock(MIDNIGHT)
    night = Conditions(5, SkySite(), scenario=scenario)
    return ObservingConditions(ObservingConditionsConfig(**settings), clock, night=night)


def test_every_sensor_shows_the_night(station: ObservingConditions, observatory: Observatory) -> None:
    """All thirteen show what the conditions of the night say, and DeviceState lists them."""
    night, moment = observatory.conditions, station.clock.now()
    weather = night.weather(moment)
    expected = {
        "CloudCover": weather.cloud_percent,
        "DewPoint": weather.dew_point_c,
        "Humidity": weather.humidity_percent,
        "Pressure": weather.pressure_hpa,
        "RainRate": weather.rain_mm_per_h,
        "SkyBrightness": lux_of(night.sqm(moment)),
        "SkyQuality": night.sqm(moment),
        "SkyTemperature": night.sky_temperature_c(moment),
        "StarFWHM": night.star_fwhm_arcsec(moment),
        "Temperature": weather.temperature_c,
        "WindDirection": weather.wind_direction_deg,
        "WindGust": weather.gust_m_per_s,
        "WindSpeed": weather.wind_m_per_s,
    }
    shown = {name: station.perform(station.members.gets[name.lower()]) for name in SENSORS}
    assert shown == pytest.approx(expected)
    assert [entry["Name"] for entry in station.device_state()][:-1] == list(SENSORS)


def test_a_sensor_of_its_own_reads_in_its_range() -> None:
    """A steady sensor shows its value, a varying one something between its ends, whatever the night is like."""
    station = made(pressure=steady(950.0), sky_quality=varying(18.0, 19.0))
    assert station.pressure() == 950.0
    assert 18.0 <= station.sky_quality() <= 19.0


def test_clouds_show_in_every_sensor_they_touch() -> None:
    """Under a thick bank the sky is covered, the infrared sensor sees it warm, and rain falls."""
    bank = {"start_hours": 0, "end_hours": 12, "thickness_mag": 8, "rain_mm_per_h": 2}
    clouded = made(Scenario.model_validate({"clouds": {"banks": [bank]}}))
    assert clouded.cloud_cover() > 95
    assert clouded.rain_rate() > 0
    assert clouded.sky_temperature() > made().sky_temperature() + 10


def test_readings_hold_until_the_sensors_are_read_again(station: ObservingConditions, wait: Pass) -> None:
    """Between two readings nothing changes but their age; Refresh reads now."""
    before = station.pressure()
    wait(9)
    assert station.pressure() == pytest.approx(before, abs=1e-12)
    assert station.time_since_last_update("") == pytest.approx(9)
    station.refresh()
    assert station.time_since_last_update("CloudCover") == 0
    assert station.pressure() != pytest.approx(before, abs=1e-6)
    wait(605)
    assert station.time_since_last_update("windspeed") == pytest.approx(5)


def test_a_swing_is_averaged() -> None:
    """Over a whole swing the mean is the middle; without averaging it is the moment's value."""
    station = made(cloud_cover=varying(0.0, 10.0))
    station.set_average_period(1.0)
    assert station.average_period() == 1.0
    assert station.cloud_cover() == pytest.approx(5.0)
    with pytest.raises(InvalidValueError):
        station.set_average_period(-2)


def test_the_night_is_averaged() -> None:
    """Temperature is that of the night, or its mean over the hours before: warmer, as nights cool."""
    station = made()
    now_c = station.temperature()
    station.set_average_period(6.0)
    assert station.temperature() > now_c + 0.5


def test_a_mean_direction_goes_through_north() -> None:
    """Winds from either side of north come from the north, not from the south."""
    assert mean_direction_deg([350.0, 10.0]) == pytest.approx(0.0, abs=1e-9)
    assert mean_direction_deg([80.0, 100.0]) == pytest.approx(90.0)


def test_an_absent_sensor_is_absent_everywhere() -> None:
    """Its value, description and age are not supported, and DeviceState leaves it out."""
    station = made(humidity=None, wind_direction=None, temperature=None)
    for name in ("Humidity", "DewPoint", "WindDirection", "Temperature"):
        for refused in (
            getattr(station, station.members.gets[name.lower()].attribute),
            lambda name=name: station.get_sensor_description(name),
            lambda name=name: station.time_since_last_update(name),
        ):
            with pytest.raises(NotSupportedError):
                refused()
    station.set_connected(True)
    assert len(station.device_state()) == len(SENSORS) - 4 + 1


def test_an_unknown_sensor_is_refused(station: ObservingConditions) -> None:
    """Names are those of the sensors, in any case."""
    assert station.get_sensor_description("WINDSPEED") == "Simulated WindSpeed sensor"
    for refused in (station.get_sensor_description, station.time_since_last_update):
        with pytest.raises(InvalidValueError, match="CloudCover, DewPoint"):
            refused("Ghosts")
    with pytest.raises(InvalidValueError):
        station.get_sensor_description("")


def test_calm_has_no_direction() -> None:
    """Without wind its direction is 0; without a sensor for speed it is what it is."""
    assert made(wind_speed=steady(0.0), wind_direction=steady(90.0)).wind_direction() == 0
    assert made(wind_speed=steady(1.0), wind_direction=steady(90.0)).wind_direction() == 90
    assert made(wind_speed=None, wind_direction=steady(90.0)).wind_direction() == 90


def test_the_dew_point_goes_with_humidity() -> None:
    """At 100 percent it is the temperature of the air; 20 degrees and 50 percent make 9.3."""
    assert made(humidity=steady(100.0), temperature=steady(10.0)).dew_point() == pytest.approx(10.0)
    assert made(humidity=steady(50.0), temperature=steady(20.0)).dew_point() == pytest.approx(9.27, abs=0.02)
    dry = made(humidity=steady(50.0), temperature=None)
    assert dry.dew_point() < made().temperature()


@pytest.mark.parametrize(("mag", "lux"), [(21.5, 8.5e-4), (18.0, 0.0214), (-5.0, 3.39e7)])
def test_the_light_of_a_sky(mag: float, lux: float) -> None:
    """A dark sky sheds less than a thousandth of a lux, one under the full Moon some hundredths, daylight 130 000."""
    assert lux_of(mag) == pytest.approx(min(lux, 130_000.0), rel=0.02)


def test_a_range_the_wrong_way_round_is_refused() -> None:
    """Low comes first."""
    with pytest.raises(ValueError, match="up to high, 1, not 2"):
        varying(2.0, 1.0)


@given(low=st.floats(-50, 10), width=st.floats(0, 50), age_s=st.floats(0, 1e6), hours=st.floats(0, 24))
def test_readings_stay_in_range(low: float, width: float, age_s: float, hours: float) -> None:
    """At any time and averaged over any period a sensor shows what is between its ends."""
    station = made(sky_temperature=varying(low, low + width, period_s=777.0))
    station.advance(age_s)
    station.set_average_period(hours)
    assert low - 1e-6 <= station.sky_temperature() <= low + width + 1e-6
