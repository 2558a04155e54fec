"""Rules of a focuser."""

from __future__ import annotations

from collections.abc import Callable

from hostsim.conformance.device import INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.interrupting import Motion, interrupted
from hostsim.conformance.outcome import NotApplicableError, error_text, expect
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("focuser", "8 Focuser", device="Focuser")

_NEAR_STEPS = 2
_SHORT_STEPS = 200


@RULES.rule("limits", "1 <= MaxIncrement <= MaxStep")
def _limits(focuser: Device) -> str:
    increment, last = focuser.read("MaxIncrement"), focuser.read("MaxStep")
    expect(1 <= increment <= last, f"MaxIncrement {increment}, MaxStep {last}", expected="1 <= MaxIncrement <= MaxStep")
    return f"{increment} of {last}"


@RULES.rule("still", "the focuser stands still when it is found")
def _still(focuser: Device) -> None:
    expect(not focuser.read("IsMoving"), "IsMoving true", expected="IsMoving false")


@RULES.rule("step", "StepSize is above 0 where it is known")
def _step(focuser: Device) -> str:
    step_um = focuser.need("StepSize")
    expect(step_um > 0, f"{step_um:g}", expected="above 0")
    return f"{step_um:g}"


@RULES.rule("temperature", "Temperature is one, where it is known")
def _temperature(focuser: Device) -> str:
    celsius = focuser.need("Temperature")
    expect_range("Temperature", celsius, low=-100, high=100)
    return f"{celsius:.1f}"


@RULES.rule("position", "an absolute focuser tells its position, 0 to MaxStep; a relative one has none: 0x400")
def _position(focuser: Device) -> str:
    if not focuser.read("Absolute"):
        focuser.unreadable("Position", NOT_IMPLEMENTED)
        return "relative"
    position = focuser.read("Position")
    expect_range("Position", position, low=0, high=focuser.read("MaxStep"))
    return str(position)


@RULES.rule("temp-comp", "TempComp can be switched if it is available, else it reads false and a write is 0x400")
def _temp_comp(focuser: Device) -> str:
    before = focuser.read("TempComp")
    if not focuser.read("TempCompAvailable"):
        expect(not before, "TempComp true", expected="TempComp false")
        focuser.refused("TempComp", NOT_IMPLEMENTED, TempComp=True)
        return "not available"
    for on in (not before, before):
        focuser.put("TempComp", TempComp=on)
        expect(focuser.read("TempComp") == on, f"TempComp {not on}", expected=f"TempComp {on}")
    return "available"


def _absolute(focuser: Device) -> tuple[int, int]:
    if not focuser.read("Absolute"):
        raise NotApplicableError("the focuser is relative")
    return focuser.read("Position"), focuser.read("MaxStep")


@RULES.rule("move", "Move returns at once, IsMoving tells while it goes on, and ends where it should, within 2 steps")
def _move(focuser: Device) -> str:
    before, last = _absolute(focuser)
    steps = min(_SHORT_STEPS, last // 2, focuser.read("MaxIncrement"))
    goal = before + steps if before + steps <= last else before - steps
    for position in (goal, before):
        focuser.put("Move", Position=position)
        busy, seen = focuser.read("IsMoving"), focuser.read("Position")
        expect(
            busy or abs(seen - position) <= _NEAR_STEPS,
            f"IsMoving false at {seen}",
            expected=f"IsMoving true until {position} is reached",
        )
        focuser.wait_for("IsMoving", False)
        seen = focuser.read("Position")
        expect(abs(seen - position) <= _NEAR_STEPS, f"Position {seen}", expected=f"Position {position}")
    return f"to {goal} and back"


@RULES.rule("here", "a move to where the focuser is harms nothing")
def _here(focuser: Device) -> None:
    before, _ = _absolute(focuser)
    focuser.put("Move", Position=before)
    focuser.wait_for("IsMoving", False)
    seen = focuser.read("Position")
    expect(abs(seen - before) <= _NEAR_STEPS, f"Position {seen}", expected=f"Position {before}")


@RULES.rule(
    "beyond",
    "a move beyond the ends is refused (0x401) or ends at the end",
    each=lambda focuser: ["below 0", "above MaxStep"],
)
def _beyond(focuser: Device, where: str) -> str:
    before, last = _absolute(focuser)
    number = focuser.put_error("Move", Position=-10 if where == "below 0" else last + 10)
    if number:
        expect(number == INVALID_VALUE, error_text(number), expected="error 0x401, or a move to the end")
        return error_text(number)
    _stop(focuser)
    seen = focuser.read("Position")
    expect_range("Position", seen, low=0, high=last)
    focuser.put("Move", Position=before)
    focuser.wait_for("IsMoving", False)
    return f"accepted, at {seen}"


def _towards(focuser: Device, end: int) -> int:
    """Set off for an end, as far as one move may go; return the goal."""
    before, increment = focuser.read("Position"), focuser.read("MaxIncrement")
    goal = max(before - increment, min(before + increment, end))
    focuser.put("Move", Position=goal)
    return int(goal)


@RULES.rule("ends", "the focuser starts towards either end", each=lambda focuser: ["0", "MaxStep"])
def _ends(focuser: Device, end: str) -> str:
    before, last = _absolute(focuser)
    goal = _towards(focuser, 0 if end == "0" else last)
    busy, at_once = focuser.read("IsMoving"), focuser.read("Position")
    expect(
        busy or abs(at_once - goal) <= _NEAR_STEPS,
        f"IsMoving false at {at_once}",
        expected=f"IsMoving true until {goal} is reached",
    )
    _stop(focuser)
    seen = focuser.read("Position")
    towards = min(before, goal) - _NEAR_STEPS <= seen <= max(before, goal) + _NEAR_STEPS
    expect(towards, f"Position {seen}", expected=f"between {before} and {goal}")
    return f"from {before} to {seen}, then halted"


@RULES.rule("halt", "Halt ends a move where the focuser is, and is harmless at rest; or it is 0x400")
def _halt(focuser: Device) -> str:
    before, last = _absolute(focuser)
    if focuser.put_error("Halt") == NOT_IMPLEMENTED:
        raise NotApplicableError("Halt is not implemented")

    def start() -> Callable[[], float]:
        goal = _towards(focuser, last if focuser.read("Position") < last / 2 else 0)
        return lambda: float(abs(focuser.read("Position") - goal))

    try:
        return interrupted(focuser, Motion("Halt", "IsMoving", start, near=_NEAR_STEPS, unit="steps"))
    finally:
        focuser.put("Halt")
        focuser.put("Move", Position=before)
        focuser.wait_for("IsMoving", False)


def _stop(focuser: Device) -> None:
    focuser.put_error("Halt")
    focuser.wait_for("IsMoving", False)
