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


def made(**settings: Any) -> ObservingConditions:
    clock = SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))
    return ObservingConditions(
        ObservingConditionsConfig(**settings), clock, air_c=lambda moment: 10.0 + moment.hour + moment.minute / 60
    )


def test_every_sensor_reads_in_its_range(station: ObservingConditions) -> None:
    """All thirteen are there, and DeviceState lists them."""
    for name in SENSORS:
        low, high = {"DewPoint": (1.0, 5.0), "Temperature": (10.0, 10.0)}.get(name, (0.0, 0.0))
        if not high:
            configured = getattr(station.config, station.fields[name])
            low, high = configured.low, configured.high
        assert low <= station.perform(station.members.gets[name.lower()]) <= high, name
    assert [entry["Name"] for entry in station.device_state()][:-1] == list(SENSORS)


def test_readings_hold_until_the_sensors_are_read_again(station: ObservingConditions, wait: Pass) -> None:
    """Between two readings nothing changes but their age; Refresh reads now."""
    before = station.cloud_cover()
    wait(9)
    assert station.cloud_cover() == pytest.approx(before, abs=1e-12)
    assert station.time_since_last_update("") == pytest.approx(9)
    station.refresh()
    assert station.time_since_last_update("CloudCover") == 0
    assert station.cloud_cover() != pytest.approx(before, abs=1e-6)
    wait(605)
    assert station.time_since_last_update("windspeed") == pytest.approx(5)


def test_a_swing_is_averaged(station: ObservingConditions) -> None:
    """Over a whole swing the mean is the middle; without averaging it is the moment's value."""
    station.set_average_period(1.0)
    assert station.average_period() == 1.0
    assert station.cloud_cover() == pytest.approx(5.0)
    with pytest.raises(InvalidValueError):
        station.set_average_period(-2)


def test_the_air_is_that_of_the_sky() -> None:
    """Temperature follows the simulated night, or its mean over the hours before."""
    station = made()
    assert station.temperature() == 10.0
    station.set_average_period(2.0)
    assert station.temperature() > 20.0


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
    assert made(humidity=steady(100.0)).dew_point() == pytest.approx(10.0)
    assert made(humidity=steady(50.0), temperature=steady(20.0)).dew_point() == pytest.approx(9.27, abs=0.02)
    assert made(humidity=steady(50.0), temperature=None).dew_point() < 10.0


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
