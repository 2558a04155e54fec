"""The reference client, alpyca, drives every device over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alpaca.camera import Camera, CameraStates
from alpaca.covercalibrator import CalibratorStatus, CoverCalibrator, CoverStatus
from alpaca.exceptions import (
    InvalidOperationException,
    InvalidValueException,
    NotConnectedException,
    NotImplementedException,
    ParkedException,
)
from alpaca.filterwheel import FilterWheel
from alpaca.focuser import Focuser
from alpaca.rotator import Rotator
from alpaca.telescope import GuideDirections, PierSide, Telescope, TelescopeAxes

from hostsim.clock import SimulatedClock

Client = Callable[[Any], Any]


def test_connect_is_asynchronous(client: Client, clock: SimulatedClock) -> None:
    """Disconnect and Connect are under way until simulated time has passed."""
    focuser = client(Focuser)
    focuser.Disconnect()
    assert focuser.Connecting
    clock.sleep(1)
    assert not focuser.Connecting
    with pytest.raises(NotConnectedException):
        assert focuser.Position
    focuser.Connect()
    clock.sleep(1)
    assert focuser.Connected


def test_focuser(client: Client, clock: SimulatedClock) -> None:
    """A move is seen to be under way at once, and done after its time."""
    focuser = client(Focuser)
    focuser.Move(26_000)
    assert focuser.IsMoving
    clock.sleep(3)
    assert (focuser.IsMoving, focuser.Position) == (False, 26_000)
    assert focuser.Absolute
    with pytest.raises(InvalidValueException):
        focuser.Move(50_001)
    with pytest.raises(NotImplementedException):
        focuser.TempComp = True


def test_filter_wheel(client: Client, clock: SimulatedClock) -> None:
    """Position is -1 while the wheel turns."""
    wheel = client(FilterWheel)
    assert wheel.Names == ["L", "R", "G", "B", "Ha", "OIII", "SII"]
    assert len(wheel.FocusOffsets) == 7
    wheel.Position = 4
    assert wheel.Position == -1
    clock.sleep(4)
    assert wheel.Position == 4
    with pytest.raises(InvalidValueException):
        wheel.Position = 7


def test_rotator(client: Client, clock: SimulatedClock) -> None:
    """A sync below zero is accepted, and the next absolute move goes by it."""
    rotator = client(Rotator)
    rotator.Sync(-8.3)
    assert rotator.Position == pytest.approx(351.7)
    rotator.MoveAbsolute(90.0)
    assert rotator.IsMoving
    assert rotator.TargetPosition == pytest.approx(90.0)
    clock.sleep(60)
    assert not rotator.IsMoving
    assert rotator.MechanicalPosition == pytest.approx(98.3)
    rotator.Reverse = True
    assert rotator.Reverse


def test_cover_calibrator(client: Client, clock: SimulatedClock) -> None:
    """The lamp warms up, the cover opens, a halt leaves it unknown."""
    panel = client(CoverCalibrator)
    panel.CalibratorOn(panel.MaxBrightness)
    assert panel.CalibratorState is CalibratorStatus.NotReady
    clock.sleep(3)
    assert (panel.CalibratorState, panel.Brightness) == (CalibratorStatus.Ready, 255)
    panel.CalibratorOff()
    assert panel.CalibratorState is CalibratorStatus.Off
    panel.OpenCover()
    assert panel.CoverMoving
    clock.sleep(2)
    panel.HaltCover()
    assert panel.CoverState is CoverStatus.Unknown
    panel.CloseCover()
    clock.sleep(6)
    assert panel.CoverState is CoverStatus.Closed


def test_camera(client: Client, clock: SimulatedClock, sky: Any) -> None:
    """A cooled, binned subframe arrives as columns, with the pixels where they belong."""
    camera = client(Camera)
    assert (camera.CameraXSize, camera.CameraYSize, camera.InterfaceVersion) == (1600, 1200, 4)
    camera.SetCCDTemperature = -10.0
    camera.CoolerOn = True
    assert camera.CCDTemperature == 10.0
    clock.sleep(200)
    assert camera.CCDTemperature == -10.0
    camera.Gain, camera.Offset, camera.ReadoutMode = 120, 20, 1
    camera.BinX = 2
    camera.NumX, camera.NumY = 80, 60
    sky.scale = 60
    camera.StartExposure(30.0, True)
    assert (camera.CameraState, camera.ImageReady) == (CameraStates.cameraExposing, False)
    with pytest.raises(InvalidOperationException):
        camera.StartExposure(30.0, True)
    clock.sleep(15)
    assert camera.PercentCompleted == 50
    clock.sleep(20)
    assert camera.ImageReady
    columns = camera.ImageArray
    assert (len(columns), len(columns[0])) == (80, 60)
    assert columns[79][10] == (79 * 7 + 10) * 60
    assert camera.LastExposureDuration == 30.0
    assert camera.LastExposureStartTime == "2026-11-20T20:03:20.000"


@pytest.mark.parametrize("scale", [0, 1, 5])
def test_every_element_type_reaches_the_client(client: Client, clock: SimulatedClock, sky: Any, scale: int) -> None:
    """Frames that travel as bytes, Int16 or UInt16 are read alike."""
    camera = client(Camera)
    sky.scale = scale
    camera.StartExposure(0.0, False)
    clock.sleep(2)
    assert camera.ImageArray[1599][1199] == (1599 * 7 + 1199) * scale


def test_an_aborted_exposure(client: Client, clock: SimulatedClock) -> None:
    """After an abort there is no image, ever."""
    camera = client(Camera)
    camera.StartExposure(30.0, True)
    clock.sleep(5)
    camera.AbortExposure()
    assert camera.CameraState is CameraStates.cameraIdle
    clock.sleep(60)
    assert not camera.ImageReady


def test_telescope(client: Client, clock: SimulatedClock) -> None:
    """Unpark, slew, flip, guide, move an axis and park."""
    telescope = client(Telescope)
    with pytest.raises(ParkedException):
        telescope.Tracking = True
    telescope.Unpark()
    telescope.Tracking = True
    ra = (telescope.SiderealTime + 0.3) % 24
    telescope.SlewToCoordinatesAsync(ra, 40.0)
    assert telescope.Slewing
    clock.sleep(120)
    assert not telescope.Slewing
    assert (telescope.RightAscension, telescope.Declination) == (ra, 40.0)
    assert telescope.SideOfPier is PierSide.pierWest
    clock.sleep(1800)
    telescope.SlewToCoordinatesAsync(ra, 40.0)
    clock.sleep(120)
    assert telescope.SideOfPier is PierSide.pierEast
    telescope.PulseGuide(GuideDirections.guideNorth, 500)
    assert telescope.IsPulseGuiding
    clock.sleep(1)
    assert not telescope.IsPulseGuiding
    rate = telescope.AxisRates(TelescopeAxes.axisPrimary)[0]
    telescope.MoveAxis(TelescopeAxes.axisPrimary, rate.Maximum)
    assert telescope.Slewing
    telescope.MoveAxis(TelescopeAxes.axisPrimary, 0)
    assert telescope.UTCDate.isoformat().startswith("2026-11-20T20:34")
    telescope.Park()
    assert not telescope.AtPark
    clock.sleep(120)
    assert telescope.AtPark
    assert not telescope.Tracking
