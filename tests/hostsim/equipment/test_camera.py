"""The host's camera over real HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.equipment.camera import Camera, Exposure
from hostsim.equipment.rig import Rig, connect
from hostsim.equipment.waiting import Patience
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, Sensor, SkySite
from tsplug import DeviceError


class PlainSky:
    """A sky that is black everywhere."""

    conditions = Conditions(0, SkySite())

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        return np.zeros((exposure.num_x, exposure.num_y), dtype=np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 5.0


@pytest.fixture
def camera(rig: Rig) -> Camera:
    assert rig.camera is not None
    return rig.camera


def test_a_frame_comes_as_rows(camera: Camera) -> None:
    """Rows are y and columns x, contiguous, whatever the wire does."""
    shot = camera.expose(Exposure(exposure_s=10.0, gain=120, offset=30, roi_percent=10.0))
    assert shot.pixels.shape == (120, 160)
    assert shot.pixels.dtype == np.uint16
    assert shot.pixels.flags["C_CONTIGUOUS"]
    assert shot.pixels[3, 20] == 203
    assert (shot.reading.gain, shot.reading.offset) == (120, 30)


def test_an_exposure_takes_its_time(camera: Camera, clock: SimulatedClock) -> None:
    """Beginning and end are an exposure apart, and the clock has jumped that far."""
    before = clock.now()
    shot = camera.expose(Exposure(exposure_s=300.0, binning=2, roi_percent=10.0))
    assert shot.started == before
    assert shot.ended - shot.started == timedelta(seconds=300)
    assert shot.exposure_s == pytest.approx(300.0)
    assert clock.now() < before + timedelta(seconds=310)


def test_the_sensor_cools_and_warms(camera: Camera) -> None:
    """Cooling waits for the temperature; warming ends with the cooler off."""
    camera.cool(-10.0, tolerance_c=0.5, patience=Patience(timeout_s=600, poll_s=5))
    assert camera.reading().temperature_c == pytest.approx(-10.0, abs=0.5)
    camera.warm(at_least_c=10.0, patience=Patience(timeout_s=600, poll_s=5))
    assert (camera.reading().temperature_c or 0.0) >= 3.5


def test_impatience_is_an_error(camera: Camera) -> None:
    """What does not come in time is an error that says what was waited for."""
    with pytest.raises(DeviceError, match="still cooling to -10 C after 20 s"):
        camera.cool(-10.0, tolerance_c=0.5, patience=Patience(timeout_s=20, poll_s=5))


def test_a_refusal_is_a_device_error(camera: Camera) -> None:
    """What the camera refuses names the camera, what was tried, and why, in one line."""
    with pytest.raises(DeviceError, match=r'camera "Simulated camera": could not set up .*9000') as caught:
        camera.expose(Exposure(exposure_s=1.0, gain=9_000))
    assert "\n" not in str(caught.value)


def test_a_mosaic_begins_where_the_frame_does(clock: SimulatedClock) -> None:
    """The first red pixel is told for the frame, whose part of the sensor shifts it, and not when bins mix colours."""
    sensor = Sensor(width=1004, height=800, bayer=True, bayer_offset=(1, 0))
    config = ObservatoryConfig(devices=standard_devices(CameraConfig(sensor=sensor)))
    with AlpacaServer(Observatory(PlainSky(), clock, config=config)) as server:
        colour = connect(server.address, clock).camera
        assert colour is not None
        assert colour.expose(Exposure(exposure_s=1.0)).reading.bayer_offset == (1, 0)
        assert colour.expose(Exposure(exposure_s=1.0, roi_percent=50.0)).reading.bayer_offset == (0, 0)
        assert colour.expose(Exposure(exposure_s=1.0, binning=2)).reading.bayer_offset is None


def test_a_mono_camera_has_no_mosaic(camera: Camera) -> None:
    """A camera without colours tells no pattern."""
    assert camera.reading().bayer_offset is None
