"""The settings of the OmniSim, by its names for them: what test suites written for it read and change.

A setting is read from the member of the device that shows it, or from the device's configuration; those of the
configuration can be written. (spec/alpaca.md 9 and 14)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from pydantic import ValidationError

from hostsim.alpaca.toml_lines import dotted
from hostsim.alpaca.wording import problems
from hostsim.devices.filterwheel import MOST_SLOTS, FilterWheel
from hostsim.devices.focuser import Focuser
from hostsim.devices.parts.astrometry import horizontal
from hostsim.devices.parts.device import Device
from hostsim.devices.parts.errors import AlpacaError, InvalidValueError, check_range
from hostsim.devices.rotator import Rotator
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.devices.telescope import Telescope


@dataclass(frozen=True)
class Setting:
    """One setting of a kind of device: its name, type and meaning, how it is read, and how written, if it can be."""

    name: str
    type: type
    meaning: str
    read: Callable[[Device], Any]
    write: Callable[[Device, Any], None] | None = None


def shown(device: Device, member: str) -> Any:
    """Return what a member of a device reads, connected or not.

    Raises:
        AlpacaError: the device does not have it.
    """
    return getattr(device, device.members.gets[member.lower()].attribute)()


def profile(device: Device) -> Iterator[tuple[str, str]]:
    """Return every setting of a device with its value as text; those it does not have are left out."""
    for name, member in _SHOWN.get(device.device_type, {}).items():
        try:
            yield name, _text(shown(device, member))
        except AlpacaError:
            continue
    for setting in SETTINGS.get(device.device_type, {}).values():
        yield setting.name, _text(setting.read(device))
    extra = _EXTRA.get(device.device_type)
    if extra is not None:
        yield from ((name, _text(value)) for name, value in extra(device))


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(_text(each) for each in value)
    return str(value.value) if isinstance(value, Enum) else str(value)


def _configured(name: str, field: str, *, kind: type = float, per_unit: float = 1) -> Setting:
    """Return the setting that is a field of the configuration, ``per_unit`` of its own units for one of the field's."""

    def read(device: Device) -> Any:
        value = getattr(device.config, field)
        return value if per_unit == 1 else kind(value * per_unit)

    def write(device: Device, value: Any) -> None:
        _change(device, name, **{field: value if per_unit == 1 else value / per_unit})

    unit = "" if per_unit == 1 else ", here in milliseconds"
    return Setting(name, kind, f"`{field}`{unit}", read, write)


def _change(device: Device, name: str, **values: Any) -> None:
    """Configure a device anew; refused under the ``name`` of a setting if the values do not go together."""
    changed = {**device.config.model_dump(), **values}
    try:
        device.config = type(device.config).model_validate(changed)
    except ValidationError as error:
        reasons = "; ".join(f"{dotted(path)} {text}" for path, text in problems(error, changed))
        raise InvalidValueError(f"{name}: {reasons}") from None


def _seen(name: str, member: str, *, kind: type, write: Callable[[Device, Any], None] | None = None) -> Setting:
    return Setting(name, kind, f"what {member} reads", lambda device: shown(device, member), write)


def _constant(name: str, value: bool, *, meaning: str) -> Setting:
    return Setting(name, bool, meaning, lambda device: value)


def _set_version(device: Device, version: int) -> None:
    check_range("InterfaceVersion", version, low=1, high=device.interface_version)
    device.config = device.config.model_copy(update={"interface_version": version})


def _set_safe(device: Device, safe: bool) -> None:
    cast(SafetyMonitor, device).set_safe(safe)


def _set_max_step(device: Device, max_step: int) -> None:
    """Move the end of a focuser's range, and all that would lie beyond it to it."""
    focuser = cast(Focuser, device)
    config, motion = focuser.config, focuser.state.motion
    longest = None if config.max_increment is None else min(config.max_increment, max_step)
    start = min(config.start_step, max_step)
    _change(device, "MaxStep", max_step=max_step, start_step=start, max_increment=longest)
    motion.position, motion.target = min(motion.position, max_step), min(motion.target, max_step)


def _set_max_increment(device: Device, steps: int) -> None:
    _change(device, "MaxIncrement", max_increment=steps)


def _set_temp_comp(device: Device, on: bool) -> None:
    cast(Focuser, device).set_temp_comp(on)


def _set_reverse(device: Device, reverse: bool) -> None:
    cast(Rotator, device).set_reverse(reverse)


def _set_slots(device: Device, slots: int) -> None:
    """Give a wheel another number of slots; new ones hold nameless filters, and the wheel stands at one there is."""
    wheel = cast(FilterWheel, device)
    check_range("Slots", slots, low=1, high=MOST_SLOTS)
    names = (*wheel.config.filters, *(f"Filter {slot + 1}" for slot in range(len(wheel.config.filters), slots)))
    offsets = (*wheel.config.focus_offsets_steps, *[0] * slots)
    _change(device, "Slots", filters=names[:slots], focus_offsets_steps=offsets[:slots])
    wheel.state.slot = min(wheel.state.slot, slots - 1)


def _table(*settings: Setting) -> dict[str, Setting]:
    connect = _configured("ConnectDelay", "connect_s", kind=int, per_unit=1000)
    meaning = "the version of the interface, up to the newest"
    version = Setting("InterfaceVersion", int, meaning, Device.get_interface_version, _set_version)
    return {setting.name.lower(): setting for setting in (connect, version, *settings)}


SETTINGS: dict[str, dict[str, Setting]] = {
    "SafetyMonitor": _table(_seen("IsSafeSetting", "IsSafe", kind=bool, write=_set_safe)),
    "Rotator": _table(
        _configured("Position", "start_deg"),
        _configured("RotationRate", "deg_per_s"),
        _seen("CanReverse", "CanReverse", kind=bool),
        _seen("Reverse", "Reverse", kind=bool, write=_set_reverse),
    ),
    "Focuser": _table(
        Setting(
            "MaxStep",
            int,
            "`max_step`; `start_step`, `max_increment` and the position are brought into the new range",
            lambda device: shown(device, "MaxStep"),
            _set_max_step,
        ),
        _configured("StepSize", "step_um"),
        _configured("SettleTime", "settle_s", kind=int, per_unit=1000),
        _configured("Absolute", "absolute", kind=bool),
        _configured("CanHalt", "can_halt", kind=bool),
        _configured("TempProbe", "has_temperature", kind=bool),
        _configured("TempCompAvailable", "temp_comp_available", kind=bool),
        _seen("TempComp", "TempComp", kind=bool, write=_set_temp_comp),
        _seen("MaxIncrement", "MaxIncrement", kind=int, write=_set_max_increment),
        _constant("Synchronous", False, meaning="whether a move blocks"),
    ),
    "FilterWheel": _table(
        _configured("FilterChangeTimeInterval", "slot_s", kind=int, per_unit=1000),
        Setting(
            "Slots",
            int,
            "the number of slots; new ones are called Filter N and have offset 0",
            lambda device: len(shown(device, "Names")),
            _set_slots,
        ),
        _constant("ImplementsNames", True, meaning="whether filters have names"),
        _constant("ImplementsOffsets", True, meaning="whether filters have focus offsets"),
        _constant("PreemptMoves", False, meaning="whether a move may begin in the middle of another"),
    ),
    "Dome": _table(
        _configured("AltitudeRate", "altitude_deg_per_s"),
        _configured("AzimuthRate", "azimuth_deg_per_s"),
        _configured("ParkPosition", "park_deg"),
        _configured("HomePosition", "home_deg"),
        *(
            _configured(name, field, kind=bool)
            for name, field in (
                ("CanFindHome", "can_find_home"),
                ("CanPark", "can_park"),
                ("CanSetAltitude", "can_set_altitude"),
                ("CanSetAzimuth", "can_set_azimuth"),
                ("CanSetPark", "can_set_park"),
                ("CanSetShutter", "can_set_shutter"),
                ("CanSyncAzimuth", "can_sync_azimuth"),
            )
        ),
    ),
}
"""The settings with a route of their own, by kind of device and lower-case name."""


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# Settings that are read only as part of a profile: the OmniSim's name, and the member that shows it.
_SHOWN: dict[str, dict[str, str]] = {
    "Camera": _same(
        *("CameraXSize", "CameraYSize", "CanAbortExposure", "CanStopExposure", "CanAsymmetricBin", "CanFastReadout"),
        *("CanGetCoolerPower", "CanPulseGuide", "CanSetCCDTemperature", "ElectronsPerADU", "ExposureResolution"),
        *("FullWellCapacity", "HasShutter", "MaxADU", "MaxBinX", "MaxBinY", "PixelSizeX", "PixelSizeY"),
        *("ReadoutModes", "SensorName", "SensorType", "Gains", "Offsets", "GainMin", "GainMax", "OffsetMin"),
        *("OffsetMax", "BayerOffsetX", "BayerOffsetY", "InterfaceVersion"),
    )
    | {"MaxExposure": "ExposureMax", "MinExposure": "ExposureMin"},
    "Telescope": _same(
        *("ApertureArea", "CanFindHome", "CanPark", "CanPulseGuide", "CanSetGuideRates", "CanSetPark"),
        *("CanSetTracking", "CanSlew", "CanSlewAltAz", "CanSlewAltAzAsync", "CanSlewAsync", "CanSync", "CanSyncAltAz"),
        *("CanUnpark", "EquatorialSystem", "FocalLength", "InterfaceVersion"),
    )
    | {
        "AlignMode": "AlignmentMode",
        "Aperture": "ApertureDiameter",
        "CanSetEquRates": "CanSetRightAscensionRate",
        "CanSetPointingState": "CanSetPierSide",
        "Refraction": "DoesRefraction",
        "Elevation": "SiteElevation",
        "Latitude": "SiteLatitude",
        "Longitude": "SiteLongitude",
        "StartUTCDate": "UTCDate",
    },
    "CoverCalibrator": {"Maximum Brightness": "MaxBrightness"},
    "SafetyMonitor": {"SafetyMonitor": "IsSafe"},
    "Switch": {"NumSwitches": "MaxSwitch"},
}


def _mode(device: Device, name: str) -> int:
    """Return how a camera sets ``Gain`` or ``Offset``: 0 not at all, 1 by name, 2 by value."""
    for mode, member in ((1, f"{name}s"), (2, f"{name}Max")):
        try:
            shown(device, member)
        except AlpacaError:
            continue
        return mode
    return 0


def _of_camera(device: Device) -> Iterator[tuple[str, Any]]:
    yield "GainMode", _mode(device, "Gain")
    yield "OffsetMode", _mode(device, "Offset")
    yield "HasCooler", shown(device, "CanSetCCDTemperature")


def _of_telescope(device: Device) -> Iterator[tuple[str, Any]]:
    mount = cast(Telescope, device).config.mount
    latitude_deg = shown(device, "SiteLatitude")
    home = mount.home(latitude_deg)
    altitude_deg, azimuth_deg = horizontal(home.hours, home.dec_deg, latitude_deg=latitude_deg)
    yield "HomeAzimuth", azimuth_deg
    yield "HomeAltitude", altitude_deg


def _of_wheel(device: Device) -> Iterator[tuple[str, Any]]:
    for slot, name in enumerate(shown(device, "Names")):
        yield f"FilterNames {slot}", name
        yield f"FocusOffsets {slot}", shown(device, "FocusOffsets")[slot]


def _of_panel(device: Device) -> Iterator[tuple[str, Any]]:
    yield "Cover Initialisation State", "Closed" if getattr(device.config, "has_cover", True) else "NotPresent"
    yield "Calibrator Initialisation State", "Off" if getattr(device.config, "has_calibrator", True) else "NotPresent"


def _of_weather(device: Device) -> Iterator[tuple[str, Any]]:
    yield "Average Period", shown(device, "AveragePeriod")
    yield "Sensor Read Period", getattr(device.config, "read_every_s", 0.0)
    for sensor in device.operational:
        try:
            value = shown(device, sensor)
        except AlpacaError:
            continue
        yield f"{sensor}Override", True
        yield f"{sensor}Override Value", value


def _of_switch(device: Device) -> Iterator[tuple[str, Any]]:
    for index, item in enumerate(getattr(device.config, "switches", ())):
        yield f"Name Switch{index}", item.name
        yield f"CanAsync Switch{index}", item.async_s is not None
        yield f"Duration Switch{index}", item.async_s or 0.0


_EXTRA: dict[str, Callable[[Device], Iterator[tuple[str, Any]]]] = {
    "Camera": _of_camera,
    "CoverCalibrator": _of_panel,
    "FilterWheel": _of_wheel,
    "ObservingConditions": _of_weather,
    "Switch": _of_switch,
    "Telescope": _of_telescope,
}
