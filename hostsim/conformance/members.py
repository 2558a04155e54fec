"""The members of every ASCOM interface, as the protocol has them.

One line per member: name, type (``call`` for a method, ``call:TYPE`` for one that answers a value), then
``NAME=TYPE:SAMPLE`` for each parameter; ``set:SAMPLE`` makes a property writable under its own name; ``vN`` is the
first interface version that has it, ``p7`` the version of Platform 7.
"""

from __future__ import annotations

from dataclasses import dataclass

PLATFORM_7 = {
    "Camera": 4,
    "CoverCalibrator": 2,
    "Dome": 3,
    "FilterWheel": 3,
    "Focuser": 4,
    "ObservingConditions": 2,
    "Rotator": 4,
    "SafetyMonitor": 3,
    "Switch": 3,
    "Telescope": 4,
}
"""The first interface version of each device type that belongs to Platform 7."""

DEVICE_STATE = {
    "Camera": "CameraState CCDTemperature CoolerPower HeatSinkTemperature ImageReady IsPulseGuiding PercentCompleted",
    "CoverCalibrator": "Brightness CalibratorState CoverState CalibratorChanging CoverMoving",
    "Dome": "Altitude AtHome AtPark Azimuth ShutterStatus Slewing",
    "FilterWheel": "Position",
    "Focuser": "IsMoving Position Temperature",
    "ObservingConditions": "CloudCover DewPoint Humidity Pressure RainRate SkyBrightness SkyQuality SkyTemperature "
    "StarFWHM Temperature WindDirection WindGust WindSpeed",
    "Rotator": "IsMoving MechanicalPosition Position",
    "SafetyMonitor": "IsSafe",
    "Switch": "",
    "Telescope": "Altitude AtHome AtPark Azimuth Declination IsPulseGuiding RightAscension SideOfPier SiderealTime "
    "Slewing Tracking UTCDate",
}
"""The names that DeviceState may hold; those of a switch carry numbers."""

OFFLINE = frozenset(
    {
        "Connected",
        "Connecting",
        "Connect",
        "Disconnect",
        "InterfaceVersion",
        "Name",
        "Description",
        "DriverInfo",
        "DriverVersion",
        "SupportedActions",
        "DeviceState",
    }
)
"""What may answer without a connection."""

RAW_COMMANDS = ("CommandBlind", "CommandBool", "CommandString")
"""What passes its text on to the device itself, which may do anything with it."""

_ALL = """
Connected bool set:True
Connecting bool p7
Connect call p7
Disconnect call p7
DeviceState states p7
InterfaceVersion int
Name string
Description string
DriverInfo string
DriverVersion string
SupportedActions strings
Action call:string Action=string:hostsim-unknown Parameters=string:x
CommandBlind call Command=string:x Raw=bool:True
CommandBool call:bool Command=string:x Raw=bool:True
CommandString call:string Command=string:x Raw=bool:True
"""

_OWN = {
    "Camera": """
BayerOffsetX int
BayerOffsetY int
BinX int set:1
BinY int set:1
CameraState int
CameraXSize int
CameraYSize int
CanAbortExposure bool
CanAsymmetricBin bool
CanFastReadout bool v2
CanGetCoolerPower bool
CanPulseGuide bool
CanSetCCDTemperature bool
CanStopExposure bool
CCDTemperature double
CoolerOn bool set:False
CoolerPower double
ElectronsPerADU double
ExposureMax double v2
ExposureMin double v2
ExposureResolution double v2
FastReadout bool v2 set:False
FullWellCapacity double
Gain int v2 set:0
GainMax int v2
GainMin int v2
Gains strings v2
HasShutter bool
HeatSinkTemperature double
ImageArray image
ImageReady bool
IsPulseGuiding bool
LastExposureDuration double
LastExposureStartTime string
MaxADU int
MaxBinX int
MaxBinY int
NumX int set:16
NumY int set:16
Offset int v3 set:0
OffsetMax int v3
OffsetMin int v3
Offsets strings v3
PercentCompleted int v2
PixelSizeX double
PixelSizeY double
ReadoutMode int v2 set:0
ReadoutModes strings v2
SensorName string v2
SensorType int v2
SetCCDTemperature double set:0.0
StartX int set:0
StartY int set:0
SubExposureDuration double v3 set:1.0
AbortExposure call
PulseGuide call Direction=int:0 Duration=int:1
StartExposure call Duration=double:0.01 Light=bool:False
StopExposure call
""",
    "CoverCalibrator": """
Brightness int
CalibratorChanging bool v2
CalibratorState int
CoverMoving bool v2
CoverState int
MaxBrightness int
CalibratorOff call
CalibratorOn call Brightness=int:1
CloseCover call
HaltCover call
OpenCover call
""",
    "Dome": """
Altitude double
AtHome bool
AtPark bool
Azimuth double
CanFindHome bool
CanPark bool
CanSetAltitude bool
CanSetAzimuth bool
CanSetPark bool
CanSetShutter bool
CanSlave bool
CanSyncAzimuth bool
ShutterStatus int
Slaved bool set:False
Slewing bool
AbortSlew call
CloseShutter call
FindHome call
OpenShutter call
Park call
SetPark call
SlewToAltitude call Altitude=double:45
SlewToAzimuth call Azimuth=double:90
SyncToAzimuth call Azimuth=double:90
""",
    "FilterWheel": """
FocusOffsets ints
Names strings
Position int set:0
""",
    "Focuser": """
Absolute bool
IsMoving bool
MaxIncrement int
MaxStep int
Position int
StepSize double
TempComp bool set:False
TempCompAvailable bool
Temperature double
Halt call
Move call Position=int:1
""",
    "ObservingConditions": """
AveragePeriod double set:0.0
CloudCover double
DewPoint double
Humidity double
Pressure double
RainRate double
SkyBrightness double
SkyQuality double
SkyTemperature double
StarFWHM double
Temperature double
WindDirection double
WindGust double
WindSpeed double
SensorDescription string SensorName=string:Temperature
TimeSinceLastUpdate double SensorName=string:Temperature
Refresh call
""",
    "Rotator": """
CanReverse bool
IsMoving bool
MechanicalPosition double v3
Position double
Reverse bool set:False
StepSize double
TargetPosition double
Halt call
Move call Position=double:1
MoveAbsolute call Position=double:1
MoveMechanical call v3 Position=double:1
Sync call v3 Position=double:1
""",
    "SafetyMonitor": """
IsSafe bool
""",
    "Switch": """
MaxSwitch int
CanAsync bool v3 Id=int:0
CanWrite bool Id=int:0
GetSwitch bool Id=int:0
GetSwitchDescription string Id=int:0
GetSwitchName string Id=int:0
GetSwitchValue double Id=int:0
MaxSwitchValue double Id=int:0
MinSwitchValue double Id=int:0
StateChangeComplete bool v3 Id=int:0
SwitchStep double Id=int:0
CancelAsync call v3 Id=int:0
SetAsync call v3 Id=int:0 State=bool:False
SetAsyncValue call v3 Id=int:0 Value=double:0
SetSwitch call Id=int:0 State=bool:False
SetSwitchName call Id=int:0 Name=string:x
SetSwitchValue call Id=int:0 Value=double:0
""",
    "Telescope": """
AlignmentMode int
Altitude double
ApertureArea double
ApertureDiameter double
AtHome bool
AtPark bool
AxisRates rates Axis=int:0
Azimuth double
CanFindHome bool
CanMoveAxis bool Axis=int:0
CanPark bool
CanPulseGuide bool
CanSetDeclinationRate bool
CanSetGuideRates bool
CanSetPark bool
CanSetPierSide bool
CanSetRightAscensionRate bool
CanSetTracking bool
CanSlew bool
CanSlewAltAz bool
CanSlewAltAzAsync bool
CanSlewAsync bool
CanSync bool
CanSyncAltAz bool
CanUnpark bool
Declination double
DeclinationRate double set:0.0
DestinationSideOfPier int RightAscension=double:1 Declination=double:1
DoesRefraction bool set:False
EquatorialSystem int
FocalLength double
GuideRateDeclination double set:0.001
GuideRateRightAscension double set:0.001
IsPulseGuiding bool
RightAscension double
RightAscensionRate double set:0.0
SideOfPier int set:0
SiderealTime double
SiteElevation double set:100
SiteLatitude double set:45
SiteLongitude double set:10
SlewSettleTime int set:0
Slewing bool
TargetDeclination double set:1.0
TargetRightAscension double set:1.0
Tracking bool set:False
TrackingRate int set:0
TrackingRates ints
UTCDate string set:2026-01-01T00:00:00.000Z
AbortSlew call
FindHome call
MoveAxis call Axis=int:0 Rate=double:0
Park call
PulseGuide call Direction=int:0 Duration=int:1
SetPark call
SlewToAltAz call Azimuth=double:180 Altitude=double:60
SlewToAltAzAsync call Azimuth=double:180 Altitude=double:60
SlewToCoordinates call RightAscension=double:1 Declination=double:1
SlewToCoordinatesAsync call RightAscension=double:1 Declination=double:1
SlewToTarget call
SlewToTargetAsync call
SyncToAltAz call Azimuth=double:180 Altitude=double:60
SyncToCoordinates call RightAscension=double:1 Declination=double:1
SyncToTarget call
Unpark call
""",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter: its exact name, its type and a value that does little harm."""

    name: str
    type: str
    sample: str


@dataclass(frozen=True)
class Call:
    """One way to use a member: the verb, the parameters, and the type it answers with, empty for none."""

    name: str
    verb: str
    parameters: tuple[Parameter, ...]
    returns: str
    version: int

    def __str__(self) -> str:
        """Return the name a reader knows it by."""
        return f"{self.name} {self.verb}"

    @property
    def samples(self) -> dict[str, str]:
        """Return parameters for a correct call."""
        return {parameter.name: parameter.sample for parameter in self.parameters}


def calls(device_type: str) -> list[Call]:
    """Return every call of a device type, those of all devices first."""
    lines = (_ALL + _OWN[device_type]).split("\n")
    return [call for line in lines if line for call in _calls(line.split(), PLATFORM_7[device_type])]


def _calls(words: list[str], platform_7: int) -> list[Call]:
    name, kind, *rest = words
    parameters = tuple(_parameter(word) for word in rest if "=" in word)
    version = max([int(word[1:]) for word in rest if word[0] == "v"] + [platform_7 if "p7" in rest else 0])
    if kind.startswith("call"):
        return [Call(name, "PUT", parameters, kind[5:], version)]
    found = [Call(name, "GET", parameters, kind, version)]
    written = [Parameter(name, kind, word[4:]) for word in rest if word.startswith("set:")]
    return found + [Call(name, "PUT", (parameter,), "", version) for parameter in written]


def _parameter(word: str) -> Parameter:
    name, _, rest = word.partition("=")
    kind, _, sample = rest.partition(":")
    return Parameter(name, kind, sample)
