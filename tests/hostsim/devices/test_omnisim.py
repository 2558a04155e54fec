"""The preset answers as the OmniSim does, and as suites written for it expect."""

from __future__ import annotations

from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import Camera
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.covercalibrator import CoverCalibrator, CoverStatus
from hostsim.devices.dome import Dome, ShutterStatus
from hostsim.devices.filterwheel import FilterWheel
from hostsim.devices.focuser import Focuser
from hostsim.devices.observatory import Observatory, make_observatory
from hostsim.devices.observingconditions import ObservingConditions
from hostsim.devices.omnisim import omnisim_config
from hostsim.devices.parts.device import Device
from hostsim.devices.parts.errors import AlpacaError, InvalidOperationError, NotSupportedError
from hostsim.devices.parts.mount import PierSide
from hostsim.devices.rotator import Rotator
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.devices.switch import Switch
from hostsim.devices.telescope import Telescope


class Rig:
    """The preset's devices, and time for them."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self.observatory = make_observatory(omnisim_config(), clock, seed=1)

    def wait(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.observatory.advance()

    def get(self, kind: type[Device], name: str, *arguments: Any) -> Any:
        device = self.observatory.device(kind)
        return device.perform(device.members.gets[name.lower()], *arguments)

    def put(self, kind: type[Device], name: str, *arguments: Any) -> Any:
        device = self.observatory.device(kind)
        return device.perform(device.members.puts[name.lower()], *arguments)


@pytest.fixture
def rig(clock: SimulatedClock) -> Rig:
    made = Rig(clock)
    for device in made.observatory.devices:
        device.set_connected(True)
    return made


def test_it_is_one_of_each_kind() -> None:
    """Ten devices, and the same ids each time."""
    config = omnisim_config()
    assert len({device.kind for device in config.devices}) == len(config.devices) == 10
    assert omnisim_config() == config == ObservatoryConfig.model_validate_json(config.model_dump_json())


def test_the_safety_monitor_says_who_it_is(rig: Rig) -> None:
    """Its strings are the OmniSim's own."""
    names = ("Description", "DriverInfo", "DriverVersion", "Name", "InterfaceVersion", "SupportedActions", "IsSafe")
    assert [rig.get(SafetyMonitor, name) for name in names] == [
        "ASCOM SafetyMonitor Simulator Driver",
        "SafetyMonitor Simulator Drivers",
        "0.5",
        "Alpaca Safety Monitor Simulator",
        3,
        [],
        True,
    ]


def test_the_camera_is_what_suites_demand(rig: Rig) -> None:
    """800 x 600, mono, binning by axis, a regulated cooler, a named sensor, neither gain nor offset."""
    names = (
        *("CameraXSize", "CameraYSize", "MaxBinX", "SensorType"),
        *("ElectronsPerADU", "FullWellCapacity", "ExposureMax", "MaxADU"),
    )
    assert [rig.get(Camera, name) for name in names] == [800, 600, 4, 0, 0.8, 30_000.0, 3600.0, 65_535]
    for name in ("CanAsymmetricBin", "CanSetCCDTemperature", "CanGetCoolerPower", "CanStopExposure", "SensorName"):
        assert rig.get(Camera, name)
    for name in ("CanFastReadout", "CanPulseGuide"):
        assert not rig.get(Camera, name)
    for name in ("Gain", "GainMin", "GainMax", "Gains", "Offset", "OffsetMin", "OffsetMax", "Offsets"):
        with pytest.raises(NotSupportedError):
            rig.get(Camera, name)
    assert rig.get(Camera, "InterfaceVersion") == 3
    with pytest.raises(InvalidOperationError):
        rig.put(Camera, "Connect")


def test_the_camera_takes_pictures(rig: Rig) -> None:
    """A binned light frame has the binned size and stars on it."""
    for axis, size in (("X", 400), ("Y", 300)):
        rig.put(Camera, f"Bin{axis}", 2)
        rig.put(Camera, f"Num{axis}", size)
    rig.put(Camera, "StartExposure", 10.0, True)
    rig.wait(11)
    pixels = rig.get(Camera, "ImageArray").pixels()
    assert pixels.shape == (400, 300)
    assert pixels.max() > pixels.mean() + 100


def test_the_telescope_is_what_suites_demand(rig: Rig) -> None:
    """German, of date, unparked and idle, facing south; two ranges of rates, and tracking rates in its order."""
    names = (
        *("AlignmentMode", "EquatorialSystem", "AtPark", "Tracking"),
        *("CanSlew", "CanSlewAltAz", "DoesRefraction", "TrackingRates"),
    )
    assert [rig.get(Telescope, name) for name in names] == [2, 1, False, False, True, True, True, [0, 3, 1, 2]]
    assert rig.get(Telescope, "AxisRates", 0)[1] == {"Minimum": 10.0, "Maximum": 20.0}
    assert (rig.get(Telescope, "Azimuth"), rig.get(Telescope, "Altitude")) == (
        pytest.approx(180.0),
        pytest.approx(90 - 51.07861),
    )
    cans = [name for name in rig.observatory.telescope.members.gets if name.startswith("canset")]
    assert all(rig.get(Telescope, name) for name in cans)


def test_the_telescope_flips_homes_and_parks(rig: Rig) -> None:
    """West of the meridian it is on the east side and the other way round; home is the pole; Unpark tracks."""
    rig.put(Telescope, "Tracking", True)
    sidereal = rig.get(Telescope, "SiderealTime")
    for hours, side in ((2, PierSide.WEST), (-2, PierSide.EAST)):
        rig.put(Telescope, "SlewToCoordinatesAsync", (sidereal + hours) % 24, 45.0)
        assert rig.get(Telescope, "Slewing")
        rig.wait(60)
        assert (rig.get(Telescope, "Slewing"), rig.get(Telescope, "SideOfPier")) == (False, side)
    rig.put(Telescope, "FindHome")
    rig.wait(60)
    assert rig.get(Telescope, "AtHome")
    assert rig.get(Telescope, "Altitude") == pytest.approx(51.07861)
    rig.put(Telescope, "Park")
    rig.wait(60)
    rig.put(Telescope, "Unpark")
    assert rig.get(Telescope, "Tracking")


def test_the_rotator_turns_to_any_angle(rig: Rig) -> None:
    """It says 0.75, takes a sync below zero, and Position is exact after a sync."""
    assert rig.get(Rotator, "StepSize") == 0.75
    rig.put(Rotator, "Sync", rig.get(Rotator, "MechanicalPosition") - 8.321)
    assert rig.get(Rotator, "Position") == pytest.approx(351.679)
    rig.put(Rotator, "MoveMechanical", 90.0)
    rig.wait(20)
    rig.put(Rotator, "Sync", 90.0)
    assert rig.get(Rotator, "Position") == rig.get(Rotator, "MechanicalPosition")
    rig.put(Rotator, "Move", 45.0)
    assert rig.get(Rotator, "TargetPosition") == 135.0
    rig.wait(20)
    rig.put(Rotator, "MoveAbsolute", 45.0)
    assert rig.get(Rotator, "TargetPosition") == 45.0


def test_the_weather_is_constant(rig: Rig) -> None:
    """Every sensor is there and shows the same an hour later."""
    before = [rig.get(ObservingConditions, name) for name in ObservingConditions.fields]
    rig.wait(3600)
    assert [rig.get(ObservingConditions, name) for name in ObservingConditions.fields] == before
    description = rig.get(ObservingConditions, "SensorDescription", "WindSpeed")
    assert description == "ObservingConditions Simulated WindSpeed sensor"


def test_the_switches_are_those_of_the_omnisim(rig: Rig) -> None:
    """Ten, of which four can be set; 0 and 3 take three seconds asynchronously."""
    assert rig.get(Switch, "MaxSwitch") == 10
    assert [rig.get(Switch, "CanWrite", index) for index in range(10)] == [True] * 4 + [False] * 6
    assert [rig.get(Switch, "MaxSwitchValue", index) for index in range(4)] == [1, 1, 100, 255]
    rig.put(Switch, "SetAsyncValue", 3, 157.0)
    rig.wait(2.9)
    assert not rig.get(Switch, "StateChangeComplete", 3)
    rig.wait(0.2)
    assert (rig.get(Switch, "StateChangeComplete", 3), rig.get(Switch, "GetSwitchValue", 3)) == (True, 157)


def test_the_dome_turns_and_cannot_slave(rig: Rig) -> None:
    """15 and 30 degrees a second, a shutter of three seconds, park at 180, and no slaving."""
    assert (rig.get(Dome, "CanSlave"), rig.get(Dome, "Azimuth")) == (False, 180)
    rig.put(Dome, "SlewToAzimuth", 90.0)
    rig.put(Dome, "SlewToAltitude", 60.0)
    rig.put(Dome, "OpenShutter")
    rig.wait(6)
    assert (rig.get(Dome, "Azimuth"), rig.get(Dome, "Altitude"), rig.get(Dome, "Slewing")) == (90, 60, False)
    assert rig.get(Dome, "ShutterStatus") is ShutterStatus.OPEN


def test_small_devices_are_those_of_the_omnisim(rig: Rig) -> None:
    """Six filters, a clamping focuser of 50000 steps, a panel of 100 whose halted cover is unknown."""
    assert rig.get(FilterWheel, "Names") == ["Red", "Green", "Blue", "Clear", "Ha", "OIII"]
    names = ("Absolute", "MaxStep", "MaxIncrement", "Position", "StepSize", "TempCompAvailable")
    assert [rig.get(Focuser, name) for name in names] == [True, 50_000, 50_000, 25_000, 20.0, True]
    rig.put(Focuser, "Move", 60_000)
    rig.wait(70)
    assert rig.get(Focuser, "Position") == 50_000
    assert rig.get(CoverCalibrator, "MaxBrightness") == 100
    rig.put(CoverCalibrator, "OpenCover")
    rig.wait(1.5)
    rig.put(CoverCalibrator, "HaltCover")
    assert rig.get(CoverCalibrator, "CoverState") is CoverStatus.UNKNOWN


def test_who_asks_for_a_connection(clock: SimulatedClock) -> None:
    """Telescope and wheel answer anybody, the panel's states are unknown, the others refuse; connecting takes time."""
    rig = Rig(clock)
    assert rig.get(Telescope, "AtPark") is False
    assert rig.get(FilterWheel, "Position") == 0
    assert rig.get(CoverCalibrator, "CoverState") is CoverStatus.UNKNOWN
    for kind, name in ((Camera, "CameraState"), (SafetyMonitor, "IsSafe"), (Dome, "Azimuth"), (Focuser, "Position")):
        with pytest.raises(AlpacaError, match="not connected"):
            rig.get(kind, name)
    taken = {device.device_type: device.config.connect_s for device in rig.observatory.devices}
    slow = {"FilterWheel", "Focuser", "Rotator", "SafetyMonitor", "Dome"}
    assert {kind for kind, seconds in taken.items() if seconds == 1.5} == slow
    assert (taken["Camera"], taken["Telescope"], taken["CoverCalibrator"], taken["Switch"]) == (3.0, 1.0, 0.0, 0.0)
    assert isinstance(rig.observatory, Observatory)
