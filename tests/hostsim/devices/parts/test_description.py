"""A device class describes itself through the marks on its methods."""

from __future__ import annotations

from typing import Any

import pytest

from hostsim.devices.camera import Camera
from hostsim.devices.covercalibrator import CoverCalibrator
from hostsim.devices.dome import Dome
from hostsim.devices.filterwheel import FilterWheel
from hostsim.devices.focuser import Focuser
from hostsim.devices.observingconditions import ObservingConditions
from hostsim.devices.parts.description import Kind, Parameter, describe, read
from hostsim.devices.rotator import Rotator
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.devices.switch import Switch
from hostsim.devices.telescope import Telescope

COMMON = (
    "Action CommandBlind CommandBool CommandString Connect Connected Connecting Description DeviceState Disconnect "
    "DriverInfo DriverVersion InterfaceVersion Name SupportedActions"
)
OWN: dict[type, str] = {
    FilterWheel: """
        FocusOffsets Names Position
    """,
    Focuser: """
        Absolute Halt IsMoving MaxIncrement MaxStep Move Position StepSize TempComp TempCompAvailable
        Temperature
    """,
    Rotator: """
        CanReverse Halt IsMoving MechanicalPosition Move MoveAbsolute MoveMechanical Position Reverse
        StepSize Sync TargetPosition
    """,
    CoverCalibrator: """
        Brightness CalibratorChanging CalibratorOff CalibratorOn CalibratorState CloseCover CoverMoving
        CoverState HaltCover MaxBrightness OpenCover
    """,
    SafetyMonitor: """
        IsSafe
    """,
    Switch: """
        CanAsync CanWrite CancelAsync GetSwitch GetSwitchDescription GetSwitchName GetSwitchValue MaxSwitch
        MaxSwitchValue MinSwitchValue SetAsync SetAsyncValue SetSwitch SetSwitchName SetSwitchValue
        StateChangeComplete SwitchStep
    """,
    Dome: """
        AbortSlew Altitude AtHome AtPark Azimuth CanFindHome CanPark CanSetAltitude CanSetAzimuth CanSetPark
        CanSetShutter CanSlave CanSyncAzimuth CloseShutter FindHome OpenShutter Park SetPark ShutterStatus
        Slaved SlewToAltitude SlewToAzimuth Slewing SyncToAzimuth
    """,
    ObservingConditions: """
        AveragePeriod CloudCover DewPoint Humidity Pressure RainRate Refresh SensorDescription SkyBrightness
        SkyQuality SkyTemperature StarFWHM Temperature TimeSinceLastUpdate WindDirection WindGust WindSpeed
    """,
    Camera: """
        AbortExposure BayerOffsetX BayerOffsetY BinX BinY CCDTemperature CameraState CameraXSize CameraYSize
        CanAbortExposure CanAsymmetricBin CanFastReadout CanGetCoolerPower CanPulseGuide
        CanSetCCDTemperature CanStopExposure CoolerOn CoolerPower ElectronsPerADU ExposureMax ExposureMin
        ExposureResolution FastReadout FullWellCapacity Gain GainMax GainMin Gains HasShutter
        HeatSinkTemperature ImageArray ImageArrayVariant ImageReady IsPulseGuiding LastExposureDuration
        LastExposureStartTime MaxADU MaxBinX MaxBinY NumX NumY Offset OffsetMax OffsetMin Offsets
        PercentCompleted PixelSizeX PixelSizeY PulseGuide ReadoutMode ReadoutModes SensorName SensorType
        SetCCDTemperature StartExposure StartX StartY StopExposure SubExposureDuration
    """,
    Telescope: """
        AbortSlew AlignmentMode Altitude ApertureArea ApertureDiameter AtHome AtPark AxisRates Azimuth
        CanFindHome CanMoveAxis CanPark CanPulseGuide CanSetDeclinationRate CanSetGuideRates CanSetPark
        CanSetPierSide CanSetRightAscensionRate CanSetTracking CanSlew CanSlewAltAz CanSlewAltAzAsync
        CanSlewAsync CanSync CanSyncAltAz CanUnpark Declination DeclinationRate DestinationSideOfPier
        DoesRefraction EquatorialSystem FindHome FocalLength GuideRateDeclination GuideRateRightAscension
        IsPulseGuiding MoveAxis Park PulseGuide RightAscension RightAscensionRate SetPark SideOfPier
        SiderealTime SiteElevation SiteLatitude SiteLongitude SlewSettleTime SlewToAltAz SlewToAltAzAsync
        SlewToCoordinates SlewToCoordinatesAsync SlewToTarget SlewToTargetAsync Slewing SyncToAltAz
        SyncToCoordinates SyncToTarget TargetDeclination TargetRightAscension Tracking TrackingRate
        TrackingRates UTCDate Unpark
    """,
}


@pytest.mark.parametrize("device", OWN, ids=lambda device: device.__name__)
def test_a_device_has_every_member_of_its_interface(device: type) -> None:
    """Members are those of the ASCOM interface, spelt as there, and no others."""
    names = {member.name for member in describe(device).members}
    assert names == {*COMMON.split(), *OWN[device].split()}


@pytest.mark.parametrize("device", OWN, ids=lambda device: device.__name__)
def test_every_member_explains_itself(device: type) -> None:
    """Each member has help, a type for a read, and plain types for its parameters."""
    for member in describe(device).members:
        assert member.help.endswith("."), member.name
        assert (member.kind is not Kind.READ) or member.returns is not None, member.name
        assert all(parameter.type in (bool, int, float, str) for parameter in member.parameters), member.name


@pytest.mark.parametrize("device", OWN, ids=lambda device: device.__name__)
def test_operational_properties_are_described(device: Any) -> None:
    """What DeviceState lists exists with that exact spelling."""
    gets = describe(device).gets
    assert [gets[name.lower()].name for name in device.operational] == list(device.operational)


def test_parameters_take_name_from_the_mark_and_type_from_the_method() -> None:
    """StartExposure is described as ASCOM defines it."""
    member = describe(Camera).puts["startexposure"]
    assert member.parameters == (Parameter("Duration", float), Parameter("Light", bool))


def test_synchronous_methods_name_what_they_wait_for() -> None:
    """The three deprecated slews are answered when Slewing is false, and no other member waits."""
    waiting = {member.name: member.completion for member in describe(Telescope).members if member.completion}
    assert waiting == dict.fromkeys(("SlewToAltAz", "SlewToCoordinates", "SlewToTarget"), "Slewing")


def test_describing_a_member_twice_is_an_error() -> None:
    """Two methods for one property are a mistake that shows at once."""

    class Twice:
        device_type = "Twice"
        interface_version = 1

        @read("Position")
        def first(self) -> int:
            """Return one."""
            return 1

        @read("Position")
        def second(self) -> int:
            """Return two."""
            return 2

    with pytest.raises(TypeError, match="Position twice: first and second"):
        describe(Twice)


def test_a_parameter_without_a_name_is_an_error() -> None:
    """A mark has to name as many parameters as the method takes."""

    class Unnamed:
        device_type = "Unnamed"
        interface_version = 1

        @read("AxisRates")
        def axis_rates(self, axis: int) -> int:
            """Return the axis."""
            return axis

    with pytest.raises(TypeError, match="AxisRates names 0 parameters"):
        describe(Unnamed)
