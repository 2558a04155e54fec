"""Judges what is to end a motion before its goal, as Halt and AbortSlew are: it stops, or it was there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hostsim.conformance.device import Device
from hostsim.conformance.outcome import NotedError, expect

_TRIES: Final = 3
_PART: Final = 0.1


@dataclass(frozen=True)
class Motion:
    """A motion that ``method`` is to end while ``flag`` is true.

    ``start`` sets off for a goal far away, another one each time it is called, and returns what tells how far the
    device is from it; within ``near`` it is there.
    """

    method: str
    flag: str
    start: Callable[[], Callable[[], float]]
    near: float
    unit: str


def interrupted(device: Device, motion: Motion) -> str:
    """Go on if the device does not reach a goal that it was far from when the method had returned.

    What is there when the method returns may have arrived before: that says nothing, and is tried again.

    Raises:
        UnmetError: it went on to its goal.
        NotedError: it was there each time.
    """
    for _ in range(_TRIES):
        left = motion.start()
        before = left()
        device.put(motion.method)
        at_return = left()
        device.wait_for(motion.flag, False)
        at_rest = left()
        # What comes to rest runs on a little: only a good part of the way shows that it was not stopped.
        if at_return <= max(motion.near, _PART * before):
            continue
        seen = f"{motion.method} returned {at_return:g} {motion.unit} before the goal, which was reached all the same"
        expect(at_rest > motion.near, seen, expected="a stop before the goal")
        return f"stopped {at_rest:g} {motion.unit} before the goal"
    raise NotedError(f"there before {motion.method} had returned, {_TRIES} times: whether it stops cannot be seen")
