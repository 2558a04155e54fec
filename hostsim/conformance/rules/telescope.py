"""Rules of a telescope at rest: what it can do, where it is, its site, its target and its rates."""

from __future__ import annotations

import itertools
import re

from hostsim.conformance.device import (
    INVALID_OPERATION,
    INVALID_VALUE,
    NOT_IMPLEMENTED,
    VALUE_NOT_SET,
    Device,
    expect_range,
)
from hostsim.conformance.outcome import NotApplicableError, error_text, expect, shown
from hostsim.conformance.pointing import ready, sidereal_hours
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("telescope", "8 Telescope", device="Telescope")

_UTC_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_SIDEREAL_HOURS = 0.01
# Some mounts keep whole seconds of time, or arcseconds.
_KEPT = {"TargetRightAscension": 2e-4, "TargetDeclination": 3e-3}
_RANGES = {
    "AlignmentMode": (0, 2),
    "EquatorialSystem": (0, 4),
    "RightAscension": (0, 24),
    "Declination": (-90, 90),
    "Altitude": (-90, 90),
    "Azimuth": (0, 360),
    "SiderealTime": (0, 24),
    "SiteLatitude": (-90, 90),
    "SiteLongitude": (-180, 180),
    "SiteElevation": (-300, 10_000),
    "SlewSettleTime": (0, 3600),
    "SideOfPier": (-1, 1),
    "ApertureArea": (0, 10_000),
    "ApertureDiameter": (0, 100),
    "FocalLength": (0, 1000),
    "GuideRateRightAscension": (0, 1),
    "GuideRateDeclination": (0, 1),
}
_SETTINGS = {
    "SiteLatitude": (-91.0, 91.0),
    "SiteLongitude": (-181.0, 181.0),
    "SiteElevation": (-301.0, 10_001.0),
    "SlewSettleTime": (-1,),
}
_TARGETS = {"TargetRightAscension": (-1.0, 25.0, 5.5), "TargetDeclination": (-91.0, 91.0, 12.5)}
_COORDINATES = {
    "SlewToCoordinatesAsync": "CanSlewAsync",
    "SyncToCoordinates": "CanSync",
    "SlewToAltAzAsync": "CanSlewAltAzAsync",
    "SyncToAltAz": "CanSyncAltAz",
    "SlewToCoordinates": "CanSlew",
    "SlewToAltAz": "CanSlewAltAz",
}
_CANS = {
    "FindHome": "CanFindHome",
    "Park": "CanPark",
    "Unpark": "CanUnpark",
    "SetPark": "CanSetPark",
    "SyncToTarget": "CanSync",
    "SlewToTargetAsync": "CanSlewAsync",
    "SlewToTarget": "CanSlew",
}
_WRITES = {
    "SideOfPier": "CanSetPierSide",
    "RightAscensionRate": "CanSetRightAscensionRate",
    "DeclinationRate": "CanSetDeclinationRate",
    "GuideRateRightAscension": "CanSetGuideRates",
    "GuideRateDeclination": "CanSetGuideRates",
}


@RULES.rule(
    "target-unset", "a target that was never set cannot be read: 0x402 or 0x40B", each=lambda mount: list(_TARGETS)
)
def _target_unset(mount: Device, name: str) -> None:
    if mount.error(name) == 0:
        raise NotApplicableError("the target has been set before")
    mount.unreadable(name, VALUE_NOT_SET, INVALID_OPERATION, NOT_IMPLEMENTED)


@RULES.rule("cans", "CanUnpark implies CanPark, and a synchronous slew its asynchronous form", version=4)
def _cans(mount: Device) -> None:
    for one, other in (("CanUnpark", "CanPark"), ("CanSlew", "CanSlewAsync"), ("CanSlewAltAz", "CanSlewAltAzAsync")):
        expect(not mount.read(one) or mount.read(other), f"{one} without {other}", expected=f"{one} implies {other}")


@RULES.rule("range", "is a number that can be", each=lambda mount: list(_RANGES))
def _range(mount: Device, name: str) -> str:
    value = mount.need(name)
    low, high = _RANGES[name]
    expect_range(name, value, low=low, high=high)
    return f"{value:g}"


@RULES.rule("utc-date", "UTCDate is ISO 8601 and says by a Z that it is UTC")
def _utc_date(mount: Device) -> str:
    text = mount.read("UTCDate")
    expect(_UTC_DATE.fullmatch(text) is not None, shown(text), expected="such as 2026-01-31T23:59:59.123Z")
    return shown(text)


@RULES.rule("sidereal", "SiderealTime fits UTCDate and SiteLongitude")
def _sidereal(mount: Device) -> str:
    longitude_deg = mount.need("SiteLongitude")
    expected = sidereal_hours(mount.read("UTCDate"), longitude_deg)
    seen = mount.read("SiderealTime")
    off = abs((seen - expected + 12.0) % 24.0 - 12.0)
    expect(off <= _SIDEREAL_HOURS, f"{seen:.4f} h", expected=f"{expected:.4f} h")
    return f"{seen:.4f} h"


@RULES.rule(
    "setting",
    "can be written and read back, and is refused outside its range: 0x401",
    each=lambda mount: list(_SETTINGS),
)
def _setting(mount: Device, name: str) -> str:
    before = mount.need(name)
    number = mount.put_error(name, **{name: before})
    if number == NOT_IMPLEMENTED:
        raise NotApplicableError("cannot be written")
    expect(number == 0 and mount.read(name) == before, error_text(number), expected=f"{before:g} again")
    for value in _SETTINGS[name]:
        mount.refused(name, INVALID_VALUE, **{name: value})
    return f"{before:g}"


@RULES.rule(
    "target",
    "a target can be written and read back, and is refused outside its range: 0x401",
    each=lambda mount: list(_TARGETS),
)
def _target(mount: Device, name: str) -> None:
    below, above, good = _TARGETS[name]
    if mount.put_error(name, **{name: good}) == NOT_IMPLEMENTED:
        raise NotApplicableError("not implemented")
    seen = mount.read(name)
    expect(abs(seen - good) <= _KEPT[name], f"{seen:g}", expected=f"{good:g}")
    for value in (below, above):
        mount.refused(name, INVALID_VALUE, **{name: value})


def _limits(mount: Device) -> list[str]:
    return list(_COORDINATES)


@RULES.rule("coordinates", "coordinates outside their range are refused: 0x401", each=_limits)
def _coordinates(mount: Device, method: str) -> None:
    can = _COORDINATES[method]
    mount.need_true(can)
    if "AltAz" in method:
        ready(mount, tracking=False)
        bad = [
            {"Azimuth": azimuth, "Altitude": altitude}
            for azimuth, altitude in ((-10, 45), (370, 45), (180, -100), (180, 100))
        ]
    else:
        ready(mount, tracking=True)
        bad = [{"RightAscension": ra, "Declination": dec} for ra, dec in ((-1, 10), (25, 10), (5, -95), (5, 95))]
    for parameters in bad:
        mount.refused(method, INVALID_VALUE, **{name: float(value) for name, value in parameters.items()})


def _denied(mount: Device) -> list[str]:
    return [*_CANS, *_COORDINATES]


@RULES.rule("cannot", "what its Can... denies is not implemented: 0x400", each=_denied)
def _cannot(mount: Device, method: str) -> None:
    can = {**_CANS, **_COORDINATES}[method]
    if mount.read(can):
        raise NotApplicableError(f"{can} is true")
    if mount.read("AtPark") and mount.read("CanUnpark"):
        mount.put("Unpark")
        mount.wait_for("AtPark", False)
    parameters: dict[str, float] = {}
    if method in _COORDINATES:
        names = ("Azimuth", "Altitude") if "AltAz" in method else ("RightAscension", "Declination")
        parameters = dict.fromkeys(names, 10.0)
    mount.refused(method, NOT_IMPLEMENTED, **parameters)


@RULES.rule("cannot-set", "what its CanSet... denies cannot be written: 0x400", each=lambda mount: list(_WRITES))
def _cannot_set(mount: Device, name: str) -> None:
    if mount.read(_WRITES[name]):
        raise NotApplicableError(f"{_WRITES[name]} is true")
    mount.refused(name, NOT_IMPLEMENTED, **{name: 0})


@RULES.rule("tracking", "Tracking can be switched, and reads what was set")
def _tracking(mount: Device) -> None:
    mount.need_true("CanSetTracking")
    for on in (True, False, True):
        ready(mount, tracking=on)


@RULES.rule("tracking-rates", "0 is one of TrackingRates, each can be set, 5 and -1 are refused: 0x401")
def _tracking_rates(mount: Device) -> str:
    rates = mount.read("TrackingRates")
    expect(0 in rates, shown(rates), expected="0, sidereal, among them")
    ready(mount, tracking=True)
    for rate in (*rates, 0):
        mount.put("TrackingRate", TrackingRate=rate)
        expect(mount.read("TrackingRate") == rate, f"TrackingRate {mount.read('TrackingRate')}", expected=str(rate))
    for rate in (5, -1):
        mount.refused("TrackingRate", INVALID_VALUE, TrackingRate=rate)
    return shown(rates)


@RULES.rule(
    "rate-offset",
    "can be set and read back at sidereal rate, and does not make Slewing true",
    each=lambda mount: ["RightAscensionRate", "DeclinationRate"],
)
def _rate_offset(mount: Device, name: str) -> None:
    mount.need_true(_WRITES[name])
    ready(mount, tracking=True)
    mount.put(name, **{name: 0.05})
    seen, slewing = mount.read(name), mount.read("Slewing")
    mount.put(name, **{name: 0.0})
    expect(abs(seen - 0.05) < 1e-3, f"{seen:g}", expected="0.05")
    expect(not slewing, "Slewing true", expected="Slewing false")


@RULES.rule(
    "guide-rate", "can be set and read back", each=lambda mount: ["GuideRateRightAscension", "GuideRateDeclination"]
)
def _guide_rate(mount: Device, name: str) -> None:
    mount.need_true("CanSetGuideRates")
    before = mount.read(name)
    mount.put(name, **{name: 0.003})
    seen = mount.read(name)
    mount.put(name, **{name: before})
    expect(abs(seen - 0.003) < 1e-4, f"{seen:g}", expected="0.003")


@RULES.rule(
    "axis-rates",
    "AxisRates are there exactly if the axis can be moved: rising, and not overlapping",
    each=lambda mount: [0, 1, 2],
)
def _axis_rates(mount: Device, axis: int) -> str:
    rates = mount.read("AxisRates", Axis=axis)
    can = mount.read("CanMoveAxis", Axis=axis)
    expect(can == bool(rates), f"CanMoveAxis {can}, {len(rates)} ranges", expected="ranges exactly if CanMoveAxis")
    ordered = sorted((rate["Minimum"], rate["Maximum"]) for rate in rates)
    expect(all(0 <= low <= high for low, high in ordered), shown(ordered), expected="0 <= Minimum <= Maximum")
    apart = all(one[1] < other[0] for one, other in itertools.pairwise(ordered))
    expect(apart, shown(ordered), expected="no overlap")
    return shown(ordered)


@RULES.rule(
    "bad-axis", "an axis that cannot be is refused: HTTP 400 or 0x401", each=lambda mount: ["AxisRates", "CanMoveAxis"]
)
def _bad_axis(mount: Device, name: str) -> str:
    reply = mount.send("GET", name, parameters={"Axis": "7", **mount.ids()})
    if reply.status == 400:
        return "HTTP 400"
    mount.unreadable(name, INVALID_VALUE, Axis=7)
    return "error 0x401"


@RULES.rule("destination", "DestinationSideOfPier is 0, 1 or -1, and refuses coordinates that cannot be: 0x401")
def _destination(mount: Device) -> str:
    side = mount.need("DestinationSideOfPier", RightAscension=5.0, Declination=10.0)
    expect_range("DestinationSideOfPier", side, low=-1, high=1)
    mount.unreadable("DestinationSideOfPier", INVALID_VALUE, RightAscension=25.0, Declination=10.0)
    return str(side)
