"""Leaves a device as it was found: remembers what the rules may change, and puts it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hostsim.conformance.device import Device
from hostsim.conformance.outcome import NotApplicableError, UnmetError
from hostsim.conformance.rule import Rule

_SETTINGS: Final = {
    "Camera": "BinX BinY StartX StartY NumX NumY Gain Offset ReadoutMode FastReadout SetCCDTemperature CoolerOn",
    "Dome": "Slaved",
    "Focuser": "TempComp",
    "ObservingConditions": "AveragePeriod",
    "Rotator": "Reverse",
    "Telescope": "SiteLatitude SiteLongitude SiteElevation SlewSettleTime TrackingRate GuideRateRightAscension "
    "GuideRateDeclination RightAscensionRate DeclinationRate DoesRefraction",
}
_STILL: Final = {"Dome": "Slewing", "Focuser": "IsMoving", "Rotator": "IsMoving", "Telescope": "Slewing"}
_COVER_CLOSED, _COVER_OPEN, _LAMP_OFF, _LAMP_READY = 1, 3, 1, 3
_SHUTTER_OPEN, _SHUTTER_CLOSED = 0, 1
_TURNING = -1
_SYNCED_DEG = 0.01
State = dict[str, Any]


def _check(device: Device) -> None:
    """Do nothing: the rule is judged where the device is put back."""


RESTORED: Final = Rule("device.restored", "the device is left as it was found", "10 Checks", _check)
"""What is said where something could not be put back."""


@dataclass(frozen=True)
class Found:
    """How a device was found."""

    settings: State
    state: State


def remember(device: Device) -> Found:
    """Return what can be read of the state that rules may change."""
    settings = {name: _read(device, name) for name in _SETTINGS.get(device.kind, "").split()}
    return Found({name: value for name, value in settings.items() if value is not None}, state_of(device))


def state_of(device: Device) -> State:
    """Return what a device would have to move, or to be told, to be as it was."""
    keep = _KEEPERS.get(device.kind)
    return keep[0](device) if keep else {}


def put_back(device: Device, found: Found) -> list[str]:
    """Put a device back into the state it was found in; return what could not be put back."""
    keep = _KEEPERS.get(device.kind)
    return put_back_settings(device, found) + (keep[1](device, found.state) if keep else [])


def put_back_settings(device: Device, found: Found) -> list[str]:
    """Put back what is only a setting; return what could not be put back."""
    problems = []
    for name, value in found.settings.items():
        if _read(device, name) != value:
            problems += _attempt(device, name, **{name: value})
    return problems


def put_back_still(device: Device, found: Found) -> list[str]:
    """Put back what needs no motion: a lamp, switches, a sync, tracking; return what could not be put back."""
    keep = _STILL_KEEPERS.get(device.kind)
    return keep(device, found.state) if keep else []


def _read(device: Device, name: str, **parameters: Any) -> Any:
    try:
        return device.optional(name, **parameters)
    except UnmetError:
        return None


def _attempt(device: Device, name: str, **parameters: Any) -> list[str]:
    try:
        device.put(name, **parameters)
        if device.kind in _STILL:
            device.wait_for(_STILL[device.kind], False)
    except (UnmetError, NotApplicableError) as error:
        return [f"{name}: {error}"]
    return []


def _remember_names(*names: str) -> Callable[[Device], State]:
    return lambda device: {name: _read(device, name) for name in names}


def _back_focuser(device: Device, state: State) -> list[str]:
    position = state["Position"]
    return _attempt(device, "Move", Position=position) if position != _read(device, "Position") else []


def _back_wheel(device: Device, state: State) -> list[str]:
    position = state["Position"]
    if position is None or position == _read(device, "Position"):
        return []
    try:
        device.wait(lambda: device.read("Position") != _TURNING, "Position is not -1")
        device.put("Position", Position=position)
        device.wait_for("Position", position)
    except UnmetError as error:
        return [f"Position: {error}"]
    return []


def _back_rotator(device: Device, state: State) -> list[str]:
    problems = []
    sky, mechanical = state["Position"], state["MechanicalPosition"]
    if mechanical is not None and mechanical != _read(device, "MechanicalPosition"):
        problems += _attempt(device, "MoveMechanical", Position=mechanical)
    if sky is not None and mechanical is not None and sky != _read(device, "Position"):
        problems += _attempt(device, "Sync", Position=sky)
    return problems


def _back_sync(device: Device, state: State) -> list[str]:
    was, now = state, state_of(device)
    if None in (*was.values(), *now.values()):
        return []
    offset = was["Position"] - was["MechanicalPosition"]
    wanted = (now["MechanicalPosition"] + offset) % 360.0
    off = abs((now["Position"] - wanted + 180.0) % 360.0 - 180.0)
    return _attempt(device, "Sync", Position=wanted) if off > _SYNCED_DEG else []


def _back_cover(device: Device, state: State) -> list[str]:
    problems, cover = _back_lamp(device, state), state["CoverState"]
    method = {_COVER_CLOSED: "CloseCover", _COVER_OPEN: "OpenCover"}.get(cover)
    if method is not None and _read(device, "CoverState") != cover:
        problems += _attempt(device, method)
    return problems


def _back_lamp(device: Device, state: State) -> list[str]:
    lamp = state["CalibratorState"]
    if lamp == _LAMP_OFF and _read(device, "CalibratorState") != _LAMP_OFF:
        return _attempt(device, "CalibratorOff")
    if lamp == _LAMP_READY and state["Brightness"] != _read(device, "Brightness"):
        return _attempt(device, "CalibratorOn", Brightness=state["Brightness"])
    return []


def _back_dome(device: Device, state: State) -> list[str]:
    problems = []
    azimuth = state["Azimuth"]
    if state["AtPark"] and not _read(device, "AtPark"):
        problems += _attempt(device, "Park")
    elif azimuth is not None and abs((_read(device, "Azimuth") or 0.0) - azimuth) > 1:
        problems += _attempt(device, "SlewToAzimuth", Azimuth=azimuth)
    method = {_SHUTTER_OPEN: "OpenShutter", _SHUTTER_CLOSED: "CloseShutter"}.get(state["ShutterStatus"])
    if method is not None and _read(device, "ShutterStatus") != state["ShutterStatus"]:
        problems += _attempt(device, method)
    return problems


def _back_telescope(device: Device, state: State) -> list[str]:
    problems: list[str] = []
    if state["AtPark"]:
        return problems if _read(device, "AtPark") else _attempt(device, "Park")
    if _read(device, "AtPark"):
        problems += _attempt(device, "Unpark")
    tracking = state["Tracking"]
    if tracking is not None and _read(device, "Tracking") != tracking:
        problems += _attempt(device, "Tracking", Tracking=tracking)
    return problems


def _back_tracking(device: Device, state: State) -> list[str]:
    # What was parked, and is not now, must not follow the sky into a pier.
    wanted = bool(state["Tracking"]) and not state["AtPark"]
    tracking = _read(device, "Tracking")
    return _attempt(device, "Tracking", Tracking=wanted) if tracking not in (None, wanted) else []


def _remember_switches(device: Device) -> State:
    count = _read(device, "MaxSwitch") or 0
    writable = [number for number in range(count) if _read(device, "CanWrite", Id=number)]
    return {str(number): _read(device, "GetSwitchValue", Id=number) for number in writable}


def _back_switches(device: Device, state: State) -> list[str]:
    problems = []
    for number, value in state.items():
        if value is not None and _read(device, "GetSwitchValue", Id=int(number)) != value:
            problems += _attempt(device, "SetSwitchValue", Id=int(number), Value=value)
    return problems


_KEEPERS: Final[dict[str, tuple[Callable[[Device], State], Callable[[Device, State], list[str]]]]] = {
    "CoverCalibrator": (_remember_names("CoverState", "CalibratorState", "Brightness"), _back_cover),
    "Dome": (_remember_names("AtPark", "Azimuth", "ShutterStatus"), _back_dome),
    "FilterWheel": (_remember_names("Position"), _back_wheel),
    "Focuser": (_remember_names("Position"), _back_focuser),
    "Rotator": (_remember_names("Position", "MechanicalPosition"), _back_rotator),
    "Switch": (_remember_switches, _back_switches),
    "Telescope": (_remember_names("AtPark", "Tracking"), _back_telescope),
}
_STILL_KEEPERS: Final[dict[str, Callable[[Device, State], list[str]]]] = {
    "CoverCalibrator": _back_lamp,
    "Rotator": _back_sync,
    "Switch": _back_switches,
    "Telescope": _back_tracking,
}
