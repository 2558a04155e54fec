"""The recording devices keep their promises to those who test with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.io import fits

from tsplug.errors import DeviceError
from tsplug.ports import Devices, FrameRequest
from tsplug.testing import FakeDevices, Killed, ManualClock, recording_devices

REQUEST = FrameRequest(
    guid="g1",
    filter_name="Ha",
    exposure_s=2.0,
    gain=None,
    offset=None,
    binning=1,
    readout_mode=None,
    roi_percent=100.0,
    target_name="T",
    project_name="P",
    session_id=1,
    number=1,
)


@pytest.fixture
def devices(tmp_path: Path) -> FakeDevices:
    """Return a rig."""
    return recording_devices(ManualClock(), tmp_path)


def test_commands_are_recorded_and_readings_are_not(devices: FakeDevices) -> None:
    """Every command is written down with its value, reading a state is not."""
    rig: Devices = devices
    assert rig.rotator is not None
    rig.rotator.move_mechanical(370.0)
    assert rig.rotator.mechanical_deg() == 10.0
    assert devices.commands == ["rotator.move_mechanical 370.0"]


def test_a_fault_comes_at_its_call(devices: FakeDevices) -> None:
    """A planned fault is raised at the call it was planned for, before or after the device obeyed."""
    assert devices.panel is not None
    devices.log.fail("panel.light_on", on_call=2)
    devices.log.fail("panel.light_on", on_call=3, after=True)
    devices.panel.light_on(10)
    for brightness, level in ((20, 10), (30, 30)):
        with pytest.raises(DeviceError, match="panel: light_on failed"):
            devices.panel.light_on(brightness)
        assert devices.panel.level == level


def test_after_the_end_nothing_works(devices: FakeDevices) -> None:
    """Once killed, no command reaches any device until it is revived."""
    assert devices.panel is not None
    assert devices.wheel is not None
    devices.log.fail("wheel.select", error=Killed())
    with pytest.raises(Killed):
        devices.wheel.select("R")
    with pytest.raises(Killed):
        devices.panel.light_on(5)
    assert devices.panel.level == 0
    devices.log.revive()
    devices.panel.light_on(5)
    assert devices.panel.level == 5


def test_a_frame_is_a_file_and_taken_once(devices: FakeDevices) -> None:
    """A frame is valid FITS with the request's settings; the same guid again returns it without exposing."""
    first = devices.frames.take(REQUEST)
    with fits.open(first.file) as hdus:
        hdus.verify("exception")
        assert (hdus[0].header["FILTER"], hdus[0].header["EXPTIME"]) == ("Ha", 2.0)
        assert hdus[0].data.shape == (1, 1)
    assert (first.ended - first.started).total_seconds() == 2.0
    assert devices.frames.take(REQUEST) == first
    assert devices.commands == ["frames.take Ha 1"]
