"""Rules of a telescope that moves: slews, syncs, axes, guiding, home and park."""

from __future__ import annotations

from collections.abc import Callable

from hostsim.conformance.device import (
    INVALID_OPERATION,
    INVALID_VALUE,
    NOT_IMPLEMENTED,
    PARKED,
    Device,
)
from hostsim.conformance.interrupting import Motion, interrupted
from hostsim.conformance.outcome import NotApplicableError, UnmetError, expect
from hostsim.conformance.pointing import (
    NEAR_ARCSEC,
    expect_near,
    expect_target,
    goal,
    need_slews,
    off_arcsec,
    ready,
    slew,
)
from hostsim.conformance.rule import Profile, RuleSet

RULES = RuleSet("telescope-moves", "6 Asynchronous operations", device="Telescope")

_STEP_DEG = 3.0
_RATE_DEG_PER_S = 0.5
_PULSE_MS = 1000
_NEAR_DEG = 0.02
_GERMAN = 2


def _slewing_at_once(mount: Device, ra_hours: float, *, dec_deg: float) -> None:
    slewing = mount.read("Slewing")
    near = off_arcsec(mount, ra_hours, dec_deg=dec_deg) <= NEAR_ARCSEC
    expect(slewing or near, "Slewing false on the way", expected="Slewing true until it is there")


@RULES.rule(
    "slew", "SlewToCoordinatesAsync returns at once with Slewing true, sets the target, and arrives within 10 arcsec"
)
def _slew(mount: Device) -> str:
    need_slews(mount)
    ready(mount, tracking=True)
    ra_hours, dec_deg = goal(mount)
    mount.put("SlewToCoordinatesAsync", RightAscension=ra_hours, Declination=dec_deg)
    _slewing_at_once(mount, ra_hours, dec_deg=dec_deg)
    expect_target(mount, ra_hours, dec_deg=dec_deg)
    mount.wait_for("Slewing", False)
    return expect_near(mount, ra_hours, dec_deg=dec_deg)


@RULES.rule("slew-target", "SlewToTargetAsync slews to the target, and arrives within 10 arcsec")
def _slew_target(mount: Device) -> str:
    need_slews(mount)
    ready(mount, tracking=True)
    ra_hours, dec_deg = goal(mount, hour_angle=1.2)
    mount.put("TargetRightAscension", TargetRightAscension=ra_hours)
    mount.put("TargetDeclination", TargetDeclination=dec_deg)
    mount.put("SlewToTargetAsync")
    _slewing_at_once(mount, ra_hours, dec_deg=dec_deg)
    mount.wait_for("Slewing", False)
    return expect_near(mount, ra_hours, dec_deg=dec_deg)


@RULES.rule("slew-tracking", "an equatorial slew or sync without tracking is refused: 0x40B", profile=Profile.STRICT)
def _slew_tracking(mount: Device) -> None:
    need_slews(mount)
    ready(mount, tracking=False)
    ra_hours, dec_deg = goal(mount)
    methods = ["SlewToCoordinatesAsync"] + (["SyncToCoordinates"] if mount.read("CanSync") else [])
    for method in methods:
        mount.refused(method, INVALID_OPERATION, RightAscension=ra_hours, Declination=dec_deg)


@RULES.rule("sync", "SyncToCoordinates makes the coordinates those that are given, and so does SyncToTarget")
def _sync(mount: Device) -> str:
    mount.need_true("CanSync")
    ready(mount, tracking=True)
    ra_hours, dec_deg = mount.read("RightAscension"), mount.read("Declination")
    shifted = (ra_hours + 0.01) % 24.0
    # Whatever happens in between, the mount must not be left with a wrong alignment.
    with mount.client.uninterrupted():
        mount.put("SyncToCoordinates", RightAscension=shifted, Declination=dec_deg)
        try:
            seen = expect_near(mount, shifted, dec_deg=dec_deg)
        finally:
            mount.put("TargetRightAscension", TargetRightAscension=ra_hours)
            mount.put("TargetDeclination", TargetDeclination=dec_deg)
            mount.put("SyncToTarget")
    expect_near(mount, ra_hours, dec_deg=dec_deg)
    return seen


@RULES.rule("abort", "AbortSlew ends a slew, and is harmless at rest")
def _abort(mount: Device) -> str:
    need_slews(mount)
    ready(mount, tracking=True)

    def start() -> Callable[[], float]:
        # Both west of the meridian: no flip, and no pier in the way.
        places = [goal(mount, hour_angle=hours) for hours in (4.0, 0.5)]
        ra_hours, dec_deg = max(places, key=lambda place: off_arcsec(mount, place[0], dec_deg=place[1]))
        mount.put("SlewToCoordinatesAsync", RightAscension=ra_hours, Declination=dec_deg)
        return lambda: off_arcsec(mount, ra_hours, dec_deg=dec_deg)

    seen = interrupted(mount, Motion("AbortSlew", "Slewing", start, near=NEAR_ARCSEC, unit="arcsec"))
    mount.put("AbortSlew")
    return seen


@RULES.rule("slew-alt-az", "SlewToAltAzAsync arrives within 1 arcmin")
def _slew_alt_az(mount: Device) -> str:
    mount.need_true("CanSlewAltAzAsync")
    ready(mount, tracking=False)
    azimuth_deg = (mount.read("Azimuth") + _STEP_DEG) % 360.0
    altitude_deg = max(30.0, min(80.0, mount.read("Altitude") - _STEP_DEG))
    mount.put("SlewToAltAzAsync", Azimuth=azimuth_deg, Altitude=altitude_deg)
    mount.wait_for("Slewing", False)
    seen = mount.read("Azimuth"), mount.read("Altitude")
    off_deg = max(abs((seen[0] - azimuth_deg + 180.0) % 360.0 - 180.0), abs(seen[1] - altitude_deg))
    expect(off_deg <= _NEAR_DEG, f"{seen[0]:.3f}, {seen[1]:.3f}", expected=f"{azimuth_deg:.3f}, {altitude_deg:.3f}")
    return f"{off_deg * 3600:.0f} arcsec off"


@RULES.rule("alt-az-tracking", "an alt-azimuth slew or sync while tracking is refused: 0x40B", profile=Profile.STRICT)
def _alt_az_tracking(mount: Device) -> None:
    methods = [
        name
        for name, can in (("SlewToAltAzAsync", "CanSlewAltAzAsync"), ("SyncToAltAz", "CanSyncAltAz"))
        if mount.read(can)
    ]
    if not methods:
        raise NotApplicableError("there are no alt-azimuth slews and syncs")
    ready(mount, tracking=True)
    for method in methods:
        mount.refused(method, INVALID_OPERATION, Azimuth=180.0, Altitude=60.0)


@RULES.rule(
    "axis", "MoveAxis makes Slewing true until it is given 0, and tracking is as before", each=lambda mount: [0, 1]
)
def _axis(mount: Device, axis: int) -> None:
    mount.need_true("CanMoveAxis", Axis=axis)
    ready(mount, tracking=True)
    rate = _modest_rate(mount, axis)
    mount.put("MoveAxis", Axis=axis, Rate=rate)
    slewing = mount.read("Slewing")
    mount.put("MoveAxis", Axis=axis, Rate=0.0)
    mount.wait_for("Slewing", False)
    expect(slewing, "Slewing false while the axis moves", expected="Slewing true")
    expect(mount.read("Tracking"), "Tracking false afterwards", expected="Tracking true, as before")


def _modest_rate(mount: Device, axis: int) -> float:
    ranges = sorted((each["Minimum"], each["Maximum"]) for each in mount.read("AxisRates", Axis=axis))
    moving = [(low, high) for low, high in ranges if high > 0]
    expect(bool(moving), f"AxisRates {ranges}", expected="a rate above 0")
    # Some mounts know single rates only, of which one is as good as another.
    low, high = next((each for each in moving if each[0] <= _RATE_DEG_PER_S <= each[1]), moving[0])
    return float(min(max(low, _RATE_DEG_PER_S), high))


@RULES.rule("axis-limits", "a rate outside every range of the axis is refused: 0x401", each=lambda mount: [0, 1])
def _axis_limits(mount: Device, axis: int) -> str:
    mount.need_true("CanMoveAxis", Axis=axis)
    ready(mount, tracking=True)
    fastest = max(each["Maximum"] for each in mount.read("AxisRates", Axis=axis))
    for rate in (fastest + 1.0, -fastest - 1.0):
        mount.refused("MoveAxis", INVALID_VALUE, Axis=axis, Rate=rate)
    return f"up to {fastest:g} degrees a second"


@RULES.rule(
    "pulse-guide",
    "PulseGuide returns at once and IsPulseGuiding tells until it is done",
    each=lambda mount: [0, 1, 2, 3],
)
def _pulse_guide(mount: Device, direction: int) -> str:
    mount.need_true("CanPulseGuide")
    ready(mount, tracking=True)
    mount.put("PulseGuide", Direction=direction, Duration=500)
    guiding = mount.read("IsPulseGuiding")
    expect(not mount.read("Slewing"), "Slewing true", expected="Slewing false")
    mount.wait_for("IsPulseGuiding", False)
    return f"IsPulseGuiding {guiding}"


@RULES.rule("pulse-busy", "IsPulseGuiding is true as soon as PulseGuide has returned", version=4, timed=True)
def _pulse_busy(mount: Device) -> None:
    mount.need_true("CanPulseGuide")
    ready(mount, tracking=True)
    mount.put("PulseGuide", Direction=0, Duration=_PULSE_MS)
    guiding = mount.read("IsPulseGuiding")
    mount.wait_for("IsPulseGuiding", False)
    expect(guiding, f"IsPulseGuiding false in a pulse of {_PULSE_MS} ms", expected="IsPulseGuiding true")


@RULES.rule("pulse-limits", "a direction that cannot be is refused: 0x401")
def _pulse_limits(mount: Device) -> None:
    mount.need_true("CanPulseGuide")
    ready(mount, tracking=True)
    for direction in (-1, 4):
        mount.refused("PulseGuide", INVALID_VALUE, Direction=direction, Duration=100)


@RULES.rule("no-guiding", "without CanPulseGuide, PulseGuide is not implemented: 0x400")
def _no_guiding(mount: Device) -> None:
    if mount.read("CanPulseGuide"):
        raise NotApplicableError("CanPulseGuide is true")
    mount.refused("PulseGuide", NOT_IMPLEMENTED, Direction=0, Duration=100)


@RULES.rule("pier", "SideOfPier after a slew west of the meridian is 0, as DestinationSideOfPier foretold")
def _pier(mount: Device) -> str:
    need_slews(mount)
    if mount.need("AlignmentMode") != _GERMAN:
        raise NotApplicableError("the mount is not a German one")
    ready(mount, tracking=True)
    ra_hours, dec_deg = goal(mount, hour_angle=1.5)
    foretold = mount.need("DestinationSideOfPier", RightAscension=ra_hours, Declination=dec_deg)
    slew(mount, ra_hours, dec_deg=dec_deg)
    seen = mount.need("SideOfPier")
    expect(seen in (foretold, -1), f"SideOfPier {seen}, foretold {foretold}", expected="as foretold")
    expect(seen in (0, -1), f"SideOfPier {seen}", expected="SideOfPier 0, the normal pointing state")
    return f"SideOfPier {seen}"


@RULES.rule("home", "FindHome ends with AtHome true and does not park")
def _home(mount: Device) -> None:
    mount.need_true("CanFindHome")
    ready(mount, tracking=True)
    mount.put("FindHome")
    mount.wait(lambda: not mount.read("Slewing"), "Slewing is false")
    expect(mount.read("AtHome"), "AtHome false", expected="AtHome true")
    expect(not mount.read("AtPark"), "AtPark true", expected="AtPark false")


@RULES.rule("park", "Park ends with AtPark true and Tracking false, and a second Park is harmless")
def _park(mount: Device) -> None:
    _parked(mount)
    mount.put("Park")
    mount.wait_for("Slewing", False)
    expect(mount.read("AtPark"), "AtPark false", expected="AtPark true")
    expect(not mount.read("Tracking"), "Tracking true", expected="Tracking false")


_PARKED_CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "AbortSlew": ("", {}),
    "FindHome": ("CanFindHome", {}),
    "MoveAxis": ("CanMoveAxis", {"Axis": 0, "Rate": 0.1}),
    "PulseGuide": ("CanPulseGuide", {"Direction": 0, "Duration": 100}),
    "SlewToCoordinatesAsync": ("CanSlewAsync", {"RightAscension": 5.0, "Declination": 10.0}),
    "SlewToTargetAsync": ("CanSlewAsync", {}),
    "SlewToAltAzAsync": ("CanSlewAltAzAsync", {"Azimuth": 180.0, "Altitude": 60.0}),
    "SyncToCoordinates": ("CanSync", {"RightAscension": 5.0, "Declination": 10.0}),
    "SyncToTarget": ("CanSync", {}),
    "SyncToAltAz": ("CanSyncAltAz", {"Azimuth": 180.0, "Altitude": 60.0}),
    "Tracking": ("CanSetTracking", {"Tracking": True}),
}


@RULES.rule("parked", "is refused while parked: 0x408", each=lambda mount: list(_PARKED_CALLS))
def _while_parked(mount: Device, name: str) -> None:
    can, parameters = _PARKED_CALLS[name]
    if can == "CanMoveAxis":
        mount.need_true(can, Axis=0)
    elif can:
        mount.need_true(can)
    _parked(mount)
    mount.refused(name, PARKED, **parameters)


@RULES.rule("parked-tracking", "Tracking=False is allowed while parked")
def _parked_tracking(mount: Device) -> None:
    mount.need_true("CanSetTracking")
    _parked(mount)
    mount.put("Tracking", Tracking=False)


@RULES.rule("unpark", "Unpark ends with AtPark false, and a second Unpark is harmless")
def _unpark(mount: Device) -> None:
    mount.need_true("CanUnpark")
    _parked(mount)
    for _ in range(2):
        mount.put("Unpark")
        mount.wait_for("AtPark", False)


def _parked(mount: Device) -> None:
    mount.need_true("CanPark")
    if mount.read("AtPark"):
        return
    mount.put("Park")
    if mount.read("AtPark") and mount.read("Slewing"):
        raise UnmetError("AtPark true while slewing", "AtPark true at the end only")
    mount.wait_for("Slewing", False)
    expect(mount.read("AtPark"), "AtPark false", expected="AtPark true when Slewing is false")
