"""The weather station and the truth of frames, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from alpaca.camera import Camera as AlpacaCamera
from alpaca.exceptions import NotImplementedException
from alpaca.observingconditions import ObservingConditions as AlpacaWeather

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory, make_observatory
from hostsim.devices.observingconditions import ObservingConditionsConfig, steady
from hostsim.equipment.camera import Camera, Exposure
from hostsim.equipment.weatherstation import WeatherReading, WeatherStation
from hostsim.sky.scene import Sensor
from tsplug import DeviceError


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 15, 20, tzinfo=UTC))


@pytest.fixture
def observatory(clock: SimulatedClock) -> Observatory:
    devices = standard_devices(
        CameraConfig(sensor=Sensor(width=320, height=240)),
        ObservingConditionsConfig(wind_speed=steady(5.0), pressure=None, humidity=None),
    )
    return make_observatory(ObservatoryConfig(devices=devices), clock, seed=2)


@pytest.fixture
def address(observatory: Observatory) -> Iterator[str]:
    with AlpacaServer(observatory) as server:
        yield server.address


def test_all_sensors_are_read_at_once(address: str, observatory: Observatory, clock: SimulatedClock) -> None:
    """What there is comes with its value, what there is not is None, and metrics hold what is known."""
    station = WeatherStation(AlpacaWeather(address, 0), clock, name="Station")
    station.connect()
    reading = station.reading()
    weather = observatory.conditions.weather(clock.now())
    assert reading.wind_m_per_s == 5.0
    assert reading.temperature_c == pytest.approx(weather.temperature_c, abs=0.1)
    assert reading.pressure_hpa is reading.humidity_percent is reading.dew_point_c is None
    assert set(reading.metrics()) == {"cloud_cover", "sky_quality", "temperature", "wind_speed"}


class Plain:
    """A driver from before Platform 7, with one sensor."""

    InterfaceVersion = 1
    Temperature = 3.5

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedException(f"{name} is not implemented")


def test_an_older_driver_is_asked_sensor_by_sensor(clock: SimulatedClock) -> None:
    """Without DeviceState every sensor is read by itself, and those that are not there are left out."""
    station = WeatherStation(cast("Any", Plain()), clock, name="Plain")
    assert station.reading() == WeatherReading(temperature_c=3.5)


def test_the_camera_tells_the_truth_about_its_last_frame(
    address: str, observatory: Observatory, clock: SimulatedClock
) -> None:
    """Before an exposure there is none; afterwards it is what the sky says it has drawn."""
    camera = Camera(AlpacaCamera(address, 0), clock, name="Camera")
    camera.connect()
    with pytest.raises(DeviceError, match="does not tell the truth about its frames"):
        camera.truth()
    observatory.covercalibrator.set_connected(True)
    camera.expose(Exposure(10.0))
    assert json.loads(camera.truth()) == observatory.camera.image_array().truth().as_dict()
