"""Rules of a dome: shutter, azimuth, altitude, home and park."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hostsim.conformance.device import INVALID_OPERATION, INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.interrupting import Motion, interrupted
from hostsim.conformance.outcome import NotApplicableError, expect
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("dome", "8 Dome", device="Dome")

_OPEN, _CLOSED, _OPENING, _CLOSING = 0, 1, 2, 3
_LAST_STATE = 4
_NEAR_DEG = 1.0
_FAR_DEG = 90.0


def _apart(first_deg: float, second_deg: float) -> float:
    return abs((first_deg - second_deg + 180.0) % 360.0 - 180.0)


@RULES.rule("shutter-status", "ShutterStatus is 0 to 4")
def _shutter_status(dome: Device) -> str:
    status = dome.need("ShutterStatus")
    expect_range("ShutterStatus", status, low=0, high=_LAST_STATE)
    return str(status)


@RULES.rule("azimuth", "Azimuth is from 0 up to, but not, 360 degrees")
def _azimuth(dome: Device) -> str:
    azimuth_deg = dome.need("Azimuth")
    expect(0 <= azimuth_deg < 360, f"{azimuth_deg:g}", expected="0 <= Azimuth < 360")
    return f"{azimuth_deg:g}"


@RULES.rule("altitude", "Altitude is from 0 to 90 degrees")
def _altitude(dome: Device) -> str:
    if dome.error("Altitude") in (NOT_IMPLEMENTED, INVALID_OPERATION):
        raise NotApplicableError("Altitude is not implemented, or cannot be read now")
    altitude_deg = dome.read("Altitude")
    expect_range("Altitude", altitude_deg, low=0, high=90)
    return f"{altitude_deg:g}"


def _missing(dome: Device) -> list[str]:
    return list(_METHODS)


_METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "FindHome": ("CanFindHome", {}),
    "Park": ("CanPark", {}),
    "SetPark": ("CanSetPark", {}),
    "OpenShutter": ("CanSetShutter", {}),
    "CloseShutter": ("CanSetShutter", {}),
    "SlewToAltitude": ("CanSetAltitude", {"Altitude": 45.0}),
    "SlewToAzimuth": ("CanSetAzimuth", {"Azimuth": 45.0}),
    "SyncToAzimuth": ("CanSyncAzimuth", {"Azimuth": 45.0}),
    "Slaved": ("CanSlave", {"Slaved": True}),
}


@RULES.rule("cannot", "what its Can... denies is not implemented: 0x400", each=_missing)
def _cannot(dome: Device, method: str) -> None:
    can, parameters = _METHODS[method]
    if dome.read(can):
        raise NotApplicableError(f"{can} is true")
    dome.refused(method, NOT_IMPLEMENTED, **parameters)


def _wait_still(dome: Device) -> None:
    dome.wait_for("Slewing", False)


@RULES.rule(
    "shutter",
    "the shutter goes through opening or closing to its end, Slewing meanwhile",
    each=lambda dome: ["open", "close", "open"],
)
def _shutter(dome: Device, what: str) -> None:
    dome.need_true("CanSetShutter")
    method, way, end = ("OpenShutter", _OPENING, _OPEN) if what == "open" else ("CloseShutter", _CLOSING, _CLOSED)
    dome.put(method)
    status = dome.read("ShutterStatus")
    slewing = dome.read("Slewing")
    expect(status in (way, end), f"ShutterStatus {status}", expected=f"ShutterStatus {way}, then {end}")
    still_moving = dome.read("ShutterStatus") == way
    expect(slewing or not still_moving, "Slewing false on the way", expected="Slewing true on the way")
    dome.wait(lambda: dome.read("ShutterStatus") != way, f"ShutterStatus is {end}")
    status = dome.read("ShutterStatus")
    expect(status == end, f"ShutterStatus {status}", expected=f"ShutterStatus {end}")
    _wait_still(dome)


@RULES.rule(
    "slew-azimuth",
    "SlewToAzimuth returns at once with Slewing true and ends within 1 degree",
    each=lambda dome: [20, -20],
)
def _slew_azimuth(dome: Device, turn_deg: int) -> str:
    dome.need_true("CanSetAzimuth")
    goal_deg = (dome.read("Azimuth") + turn_deg) % 360.0
    dome.put("SlewToAzimuth", Azimuth=goal_deg)
    slewing, seen_deg = dome.read("Slewing"), dome.read("Azimuth")
    expect(
        slewing or _apart(seen_deg, goal_deg) <= _NEAR_DEG, f"Slewing false at {seen_deg:g}", expected="Slewing true"
    )
    _wait_still(dome)
    seen_deg = dome.read("Azimuth")
    expect(_apart(seen_deg, goal_deg) <= _NEAR_DEG, f"{seen_deg:g}", expected=f"{goal_deg:g} within 1")
    return f"{seen_deg:g}"


@RULES.rule("slew-altitude", "SlewToAltitude returns at once and ends within 1 degree", each=lambda dome: [40, 60])
def _slew_altitude(dome: Device, goal_deg: int) -> str:
    dome.need_true("CanSetAltitude")
    dome.put("SlewToAltitude", Altitude=float(goal_deg))
    _wait_still(dome)
    seen_deg = dome.read("Altitude")
    expect(abs(seen_deg - goal_deg) <= _NEAR_DEG, f"{seen_deg:g}", expected=f"{goal_deg} within 1")
    return f"{seen_deg:g}"


@RULES.rule(
    "limits-azimuth",
    "azimuths outside 0 to 360 are refused: 0x401",
    each=lambda dome: ["SlewToAzimuth", "SyncToAzimuth"],
)
def _limits_azimuth(dome: Device, method: str) -> None:
    dome.need_true("CanSetAzimuth" if method == "SlewToAzimuth" else "CanSyncAzimuth")
    for azimuth_deg in (-10.0, 370.0):
        dome.refused(method, INVALID_VALUE, Azimuth=azimuth_deg)


@RULES.rule("limits-altitude", "altitudes outside 0 to 90 are refused: 0x401")
def _limits_altitude(dome: Device) -> None:
    dome.need_true("CanSetAltitude")
    for altitude_deg in (-10.0, 100.0):
        dome.refused("SlewToAltitude", INVALID_VALUE, Altitude=altitude_deg)


@RULES.rule("sync", "SyncToAzimuth makes Azimuth the angle given")
def _sync(dome: Device) -> str:
    dome.need_true("CanSyncAzimuth")
    before_deg = dome.read("Azimuth")
    goal_deg = (before_deg + 2.0) % 360.0
    dome.put("SyncToAzimuth", Azimuth=goal_deg)
    seen_deg = dome.read("Azimuth")
    dome.put("SyncToAzimuth", Azimuth=before_deg)
    expect(_apart(seen_deg, goal_deg) <= _NEAR_DEG, f"{seen_deg:g}", expected=f"{goal_deg:g}")
    return f"{seen_deg:g}"


@RULES.rule("abort", "AbortSlew ends a slew, and is harmless at rest")
def _abort(dome: Device) -> str:
    dome.put("AbortSlew")
    if not dome.read("CanSetAzimuth"):
        return "harmless at rest: the dome cannot be turned"
    turns_deg = itertools.cycle((_FAR_DEG, -_FAR_DEG))

    def start() -> Callable[[], float]:
        goal_deg = (dome.read("Azimuth") + next(turns_deg)) % 360.0
        dome.put("SlewToAzimuth", Azimuth=goal_deg)
        return lambda: _apart(dome.read("Azimuth"), goal_deg)

    seen = interrupted(dome, Motion("AbortSlew", "Slewing", start, near=_NEAR_DEG, unit="degrees"))
    dome.put("AbortSlew")
    return seen


@RULES.rule("home", "FindHome ends with AtHome true")
def _home(dome: Device) -> None:
    dome.need_true("CanFindHome")
    dome.put("FindHome")
    dome.wait(lambda: not dome.read("Slewing") and dome.read("AtHome"), "AtHome is true")


@RULES.rule("park", "Park ends with AtPark true, also a second time")
def _park(dome: Device) -> None:
    dome.need_true("CanPark")
    for _ in range(2):
        dome.put("Park")
        dome.wait(lambda: not dome.read("Slewing") and dome.read("AtPark"), "AtPark is true")


@RULES.rule("leave-park", "a slew away from park makes AtPark false")
def _leave_park(dome: Device) -> None:
    dome.need_true("CanSetAzimuth")
    if not dome.read("AtPark"):
        raise NotApplicableError("the dome is not parked")
    dome.put("SlewToAzimuth", Azimuth=(dome.read("Azimuth") + 15.0) % 360.0)
    _wait_still(dome)
    expect(not dome.read("AtPark"), "AtPark true", expected="AtPark false")
