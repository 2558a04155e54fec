"""Rules of a filter wheel."""

from __future__ import annotations

from hostsim.conformance.device import INVALID_VALUE, Device
from hostsim.conformance.outcome import NotedError, expect, shown
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("filterwheel", "8 FilterWheel", device="FilterWheel")

_MOVING = -1
_MOST_MOVES = 8


@RULES.rule("still", "the wheel stands still when it is found, on one of its slots")
def _still(wheel: Device) -> str:
    position, slots = wheel.read("Position"), len(wheel.read("Names"))
    expect(0 <= position < slots, f"Position {position}", expected=f"0 to {slots - 1}")
    return f"Position {position}"


@RULES.rule("names", "every slot has a name that is not empty")
def _names(wheel: Device) -> str:
    names = wheel.read("Names")
    expect(bool(names) and all(name.strip() for name in names), shown(names), expected="names, none empty")
    return shown(names)


@RULES.rule("offsets", "there are as many focus offsets as names")
def _offsets(wheel: Device) -> str:
    offsets, names = wheel.read("FocusOffsets"), wheel.read("Names")
    expect(len(offsets) == len(names), f"{len(offsets)} offsets, {len(names)} names", expected="the same number")
    return shown(offsets)


@RULES.rule("limits", "slots -1 and one after the last are refused: 0x401")
def _limits(wheel: Device) -> None:
    for slot in (-1, len(wheel.read("Names"))):
        wheel.refused("Position", INVALID_VALUE, Position=slot)


@RULES.rule("current", "the slot the wheel is at can be set again")
def _current(wheel: Device) -> None:
    position = wheel.read("Position")
    wheel.put("Position", Position=position)
    wheel.wait_for("Position", position)


def _move(wheel: Device, slot: int) -> None:
    wheel.put("Position", Position=slot)
    wheel.wait(lambda: _arrived(wheel, slot), f"Position is {slot}")


def _arrived(wheel: Device, slot: int) -> bool:
    position = wheel.read("Position")
    expect(position in (_MOVING, slot), f"Position {position} on the way", expected=f"Position -1, then {slot}")
    return bool(position == slot)


@RULES.rule("moving", "Position is -1 as soon as the wheel is set to another slot, then that slot")
def _moving(wheel: Device) -> str:
    slots = len(wheel.read("Names"))
    if slots == 1:
        raise NotedError("there is one slot only")
    slot = (wheel.read("Position") + slots // 2) % slots
    wheel.put("Position", Position=slot)
    seen = wheel.read("Position")
    wheel.wait(lambda: _arrived(wheel, slot), f"Position is {slot}")
    if seen == slot:
        raise NotedError("the wheel was there at once")
    expect(seen == _MOVING, f"Position {seen}", expected="Position -1")
    return "Position -1"


def _slots(wheel: Device) -> list[int]:
    return list(range(min(_MOST_MOVES, len(wheel.read("Names")))))


@RULES.rule("slots", "the wheel can be moved to every slot", each=_slots)
def _every_slot(wheel: Device, slot: int) -> None:
    _move(wheel, slot)


@RULES.rule("back", "a long move back works like any other")
def _back(wheel: Device) -> None:
    last = len(wheel.read("Names")) - 1
    _move(wheel, last)
    _move(wheel, 0)
