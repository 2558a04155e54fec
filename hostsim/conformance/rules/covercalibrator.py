"""Rules of a cover with a calibrator: states, moves, brightness, and parts that are not there."""

from __future__ import annotations

from hostsim.conformance.device import INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.outcome import NotApplicableError, NotedError, expect
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("covercalibrator", "8 CoverCalibrator", device="CoverCalibrator")

_ABSENT, _CLOSED, _MOVING, _OPEN, _UNKNOWN = 0, 1, 2, 3, 4
_OFF, _NOT_READY, _READY = 1, 2, 3
_LAST_STATE = 5


def _need_cover(panel: Device) -> None:
    if panel.read("CoverState") == _ABSENT:
        raise NotApplicableError("there is no cover")


def _need_lamp(panel: Device) -> int:
    if panel.read("CalibratorState") == _ABSENT:
        raise NotApplicableError("there is no calibrator")
    return int(panel.read("MaxBrightness"))


@RULES.rule("states", "is 0 to 5", each=lambda panel: ["CoverState", "CalibratorState"])
def _states(panel: Device, name: str) -> str:
    state = panel.read(name)
    expect_range(name, state, low=0, high=_LAST_STATE)
    return str(state)


@RULES.rule("flags", "CoverMoving and CalibratorChanging say what the states say", version=2)
def _flags(panel: Device) -> None:
    for flag, name in (("CoverMoving", "CoverState"), ("CalibratorChanging", "CalibratorState")):
        number = panel.error(flag)
        if number == NOT_IMPLEMENTED and panel.read(name) == _ABSENT:
            continue
        busy, state = panel.read(flag), panel.read(name)
        expect(busy == (state == _MOVING), f"{flag} {busy}, {name} {state}", expected=f"{flag} exactly if {name} is 2")


@RULES.rule("no-cover", "without a cover its methods are not implemented: 0x400")
def _no_cover(panel: Device) -> None:
    if panel.read("CoverState") != _ABSENT:
        raise NotApplicableError("there is a cover")
    for method in ("OpenCover", "CloseCover", "HaltCover"):
        panel.refused(method, NOT_IMPLEMENTED)


@RULES.rule("no-calibrator", "without a calibrator its members are not implemented: 0x400")
def _no_lamp(panel: Device) -> None:
    if panel.read("CalibratorState") != _ABSENT:
        raise NotApplicableError("there is a calibrator")
    for name in ("Brightness", "MaxBrightness"):
        panel.unreadable(name, NOT_IMPLEMENTED)
    panel.refused("CalibratorOn", NOT_IMPLEMENTED, Brightness=0)
    panel.refused("CalibratorOff", NOT_IMPLEMENTED)


@RULES.rule("max-brightness", "MaxBrightness is 1 or more")
def _max_brightness(panel: Device) -> str:
    highest = _need_lamp(panel)
    expect(highest >= 1, str(highest), expected="1 or more")
    return str(highest)


@RULES.rule("brightness-limits", "brightness -1 and one above MaxBrightness are refused: 0x401")
def _brightness_limits(panel: Device) -> None:
    highest = _need_lamp(panel)
    for brightness in (-1, highest + 1):
        panel.refused("CalibratorOn", INVALID_VALUE, Brightness=brightness)


def _lit(panel: Device, brightness: int) -> None:
    panel.put("CalibratorOn", Brightness=brightness)
    state = panel.read("CalibratorState")
    expect(state in (_NOT_READY, _READY), f"CalibratorState {state}", expected="CalibratorState 2 or 3")
    panel.wait(lambda: panel.read("CalibratorState") != _NOT_READY, "CalibratorState is not 2")
    state, seen = panel.read("CalibratorState"), panel.read("Brightness")
    expect(state == _READY, f"CalibratorState {state}", expected="CalibratorState 3")
    expect(seen == brightness, f"Brightness {seen}", expected=f"Brightness {brightness}")


def _levels(panel: Device) -> list[int]:
    if panel.read("CalibratorState") == _ABSENT:
        return []
    highest = panel.read("MaxBrightness")
    return sorted({0, 1, highest // 2, highest})


@RULES.rule("on", "CalibratorOn, with 0 too, ends with CalibratorState 3 and that Brightness", each=_levels)
def _on(panel: Device, brightness: int) -> None:
    _lit(panel, brightness)


@RULES.rule("off", "CalibratorOff ends with CalibratorState 1 and Brightness 0")
def _off(panel: Device) -> None:
    _need_lamp(panel)
    panel.put("CalibratorOff")
    panel.wait(lambda: panel.read("CalibratorState") != _NOT_READY, "CalibratorState is not 2")
    state, brightness = panel.read("CalibratorState"), panel.read("Brightness")
    expect(state == _OFF, f"CalibratorState {state}", expected="CalibratorState 1")
    expect(brightness == 0, f"Brightness {brightness}", expected="Brightness 0")


def _moved(panel: Device, method: str, *, state: int) -> None:
    panel.put(method)
    seen = panel.read("CoverState")
    expect(seen in (_MOVING, state), f"CoverState {seen}", expected=f"CoverState 2, then {state}")
    panel.wait(lambda: panel.read("CoverState") != _MOVING, "CoverState is not 2")
    seen = panel.read("CoverState")
    expect(seen == state, f"CoverState {seen}", expected=f"CoverState {state}")


@RULES.rule("open", "OpenCover returns at once and ends with CoverState 3")
def _open(panel: Device) -> None:
    _need_cover(panel)
    _moved(panel, "OpenCover", state=_OPEN)


@RULES.rule("close", "CloseCover returns at once and ends with CoverState 1")
def _close(panel: Device) -> None:
    _need_cover(panel)
    _moved(panel, "CloseCover", state=_CLOSED)


@RULES.rule("halt-still", "HaltCover is harmless while nothing moves, or not implemented: 0x400")
def _halt_still(panel: Device) -> None:
    _need_cover(panel)
    before = panel.read("CoverState")
    if panel.put_error("HaltCover") == NOT_IMPLEMENTED:
        raise NotApplicableError("HaltCover is not implemented")
    panel.put("HaltCover")
    after = panel.read("CoverState")
    expect(after == before, f"CoverState {after}", expected=f"still CoverState {before}")


@RULES.rule("halt", "HaltCover leaves a moving cover in CoverState 4, and CloseCover works from there")
def _halt(panel: Device) -> None:
    _need_cover(panel)
    method, end = ("OpenCover", _OPEN) if panel.read("CoverState") == _CLOSED else ("CloseCover", _CLOSED)
    panel.put(method)
    if panel.put_error("HaltCover") == NOT_IMPLEMENTED:
        raise NotApplicableError("HaltCover is not implemented")
    at_return = panel.read("CoverState")
    panel.wait(lambda: panel.read("CoverState") != _MOVING, "CoverState is not 2")
    seen = panel.read("CoverState")
    there = at_return == seen == end
    expect(there or seen == _UNKNOWN, f"CoverState {at_return}, then {seen}", expected="CoverState 4")
    _moved(panel, "CloseCover", state=_CLOSED)
    if there:
        raise NotedError("the cover was there before HaltCover had returned: whether it stops cannot be seen")
