"""Rules of a rotator."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from hostsim.conformance.device import INVALID_VALUE, NOT_IMPLEMENTED, Device
from hostsim.conformance.interrupting import Motion, interrupted
from hostsim.conformance.outcome import NotApplicableError, error_text, expect
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("rotator", "8 Rotator", device="Rotator")

_SYNC_DEG = 0.001
_UNKNOWN_STEP_DEG = 1.0
_SYNCS = 3
_FAR_DEG = 90.0
_APART_DEG = 40.0
_ANGLES = ("Position", "MechanicalPosition", "TargetPosition")


def _apart(first_deg: float, second_deg: float) -> float:
    return abs((first_deg - second_deg + 180.0) % 360.0 - 180.0)


def _near_deg(rotator: Device) -> float:
    return 1.1 * float(rotator.optional("StepSize") or _UNKNOWN_STEP_DEG)


@RULES.rule("circle", "is from 0 up to, but not, 360 degrees", each=lambda rotator: list(_ANGLES), version=3)
def _circle(rotator: Device, name: str) -> str:
    angle_deg = rotator.read(name)
    expect(0 <= angle_deg < 360, f"{angle_deg:g}", expected="0 <= angle < 360")
    return f"{angle_deg:g}"


@RULES.rule("still", "the rotator stands still when it is found")
def _still(rotator: Device) -> None:
    expect(not rotator.read("IsMoving"), "IsMoving true", expected="IsMoving false")


@RULES.rule("step", "StepSize is above 0 where it is known")
def _step(rotator: Device) -> str:
    step_deg = rotator.need("StepSize")
    expect(step_deg > 0, f"{step_deg:g}", expected="above 0")
    return f"{step_deg:g}"


@RULES.rule("can-reverse", "CanReverse is true", version=3)
def _can_reverse(rotator: Device) -> None:
    expect(rotator.read("CanReverse"), "CanReverse false", expected="CanReverse true")


@RULES.rule("reverse", "Reverse can be set and read back")
def _reverse(rotator: Device) -> None:
    rotator.need_true("CanReverse")
    before = rotator.read("Reverse")
    for on in (not before, before):
        rotator.put("Reverse", Reverse=on)
        expect(rotator.read("Reverse") == on, f"Reverse {not on}", expected=f"Reverse {on}")


def _moved(rotator: Device, method: str, *, argument: float, goal: float) -> str:
    place = "MechanicalPosition" if method == "MoveMechanical" else "Position"
    rotator.put(method, Position=argument)
    busy, seen = rotator.read("IsMoving"), rotator.read(place)
    near_deg = _near_deg(rotator)
    expect(
        busy or _apart(seen, goal) <= near_deg,
        f"IsMoving false at {seen:g}",
        expected=f"IsMoving true until {goal:g} is reached",
    )
    rotator.wait_for("IsMoving", False)
    seen = rotator.read(place)
    expect(_apart(seen, goal) <= near_deg, f"{place} {seen:g}", expected=f"{goal:g} within {near_deg:g}")
    return f"{place} {seen:g}"


@RULES.rule(
    "absolute", "MoveAbsolute returns at once and ends where it should", each=lambda rotator: [45, 135, 225, 315]
)
def _absolute(rotator: Device, angle_deg: int) -> str:
    # A sync nearby saves the slow way between the quadrants.
    if rotator.version >= _SYNCS:
        rotator.put("Sync", Position=float(angle_deg - 5))
    return _moved(rotator, "MoveAbsolute", argument=float(angle_deg), goal=float(angle_deg))


@RULES.rule(
    "mechanical", "MoveMechanical returns at once and ends where it should", each=lambda rotator: [15, -15], version=3
)
def _mechanical(rotator: Device, turn_deg: int) -> str:
    goal_deg = (rotator.read("MechanicalPosition") + turn_deg) % 360.0
    return _moved(rotator, "MoveMechanical", argument=goal_deg, goal=goal_deg)


@RULES.rule("relative", "Move goes on from where the rotator is, over 0 too", each=lambda rotator: [-10, 10, 40, -40])
def _relative(rotator: Device, angle_deg: int) -> str:
    start_deg = rotator.read("Position")
    return _moved(rotator, "Move", argument=float(angle_deg), goal=(start_deg + angle_deg) % 360.0)


def _beyond(rotator: Device) -> list[str]:
    methods = ["MoveAbsolute"] + (["MoveMechanical"] if rotator.version >= _SYNCS else [])
    return [f"{method} {angle}" for method in methods for angle in (-405, 405, 360)]


@RULES.rule("beyond", "an angle outside 0 up to 360 is refused: 0x401", each=_beyond)
def _refused(rotator: Device, what: str) -> str:
    method, _, angle = what.partition(" ")
    number = rotator.put_error(method, Position=float(angle))
    if number == 0:
        rotator.wait_for("IsMoving", False)
        near = _apart(rotator.read("Position" if method == "MoveAbsolute" else "MechanicalPosition"), float(angle))
        expect(near <= _near_deg(rotator), "accepted, and not brought to the circle", expected="error 0x401")
        return "accepted, and brought to the circle"
    expect(number == INVALID_VALUE, error_text(number), expected="error 0x401")
    return error_text(number)


@RULES.rule("target", "TargetPosition tells at once where a move goes")
def _target(rotator: Device) -> None:
    if rotator.version >= _SYNCS:
        # Apart from the mechanical angle, so that the two cannot be confused.
        rotator.put("Sync", Position=(rotator.read("MechanicalPosition") + _APART_DEG) % 360.0)
    goal_deg = (rotator.read("Position") + 20.0) % 360.0
    rotator.put("MoveAbsolute", Position=goal_deg)
    target_deg = rotator.read("TargetPosition")
    rotator.wait_for("IsMoving", False)
    near_deg = _near_deg(rotator)
    right = _apart(target_deg, goal_deg) <= near_deg
    if rotator.version >= _SYNCS and not right:
        mechanical = _apart(target_deg, rotator.read("MechanicalPosition")) <= near_deg
        expect(mechanical, f"{target_deg:g}", expected=f"{goal_deg:g}")
        reason = "the OmniSim gives the mechanical angle too"
        rotator.tolerate(right, f"{target_deg:g}, a mechanical angle,", expected=f"{goal_deg:g}", reason=reason)
    expect(right, f"{target_deg:g}", expected=f"{goal_deg:g}")


@RULES.rule(
    "sync",
    "Sync makes Position the angle given, without a move of the mechanics",
    each=lambda rotator: [90, 120, 60, 0, 30, 330],
    version=3,
)
def _sync(rotator: Device, angle_deg: int) -> str:
    before_deg = rotator.read("MechanicalPosition")
    rotator.put("Sync", Position=float(angle_deg))
    seen_deg, after_deg = rotator.read("Position"), rotator.read("MechanicalPosition")
    expect(_apart(seen_deg, angle_deg) <= _SYNC_DEG, f"Position {seen_deg:g}", expected=f"Position {angle_deg}")
    expect(
        _apart(before_deg, after_deg) <= _SYNC_DEG,
        f"MechanicalPosition {after_deg:g}",
        expected=f"still {before_deg:g}",
    )
    return f"Position {seen_deg:g}"


@RULES.rule("halt", "Halt ends a move, and is harmless at rest; or it is 0x400")
def _halt(rotator: Device) -> str:
    if rotator.put_error("Halt") == NOT_IMPLEMENTED:
        raise NotApplicableError("Halt is not implemented")
    turns_deg = itertools.cycle((_FAR_DEG, -_FAR_DEG))

    def start() -> Callable[[], float]:
        turn_deg = next(turns_deg)
        goal_deg = (rotator.read("Position") + turn_deg) % 360.0
        rotator.put("Move", Position=turn_deg)
        return lambda: _apart(rotator.read("Position"), goal_deg)

    return interrupted(rotator, Motion("Halt", "IsMoving", start, near=_near_deg(rotator), unit="degrees"))
