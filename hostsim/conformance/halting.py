"""Ends what a device does when its check is cut short: it comes to rest, and nothing is moved back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Final

from hostsim.conformance.device import Device
from hostsim.conformance.outcome import UnmetError
from hostsim.conformance.restoring import Found, State, put_back_settings, put_back_still, state_of

_SAME: Final = 0.1
_EXPOSING: Final = (1, 2, 3, 4)
_COVER_MOVING: Final = 2
_TURNING: Final = -1


@dataclass(frozen=True)
class _Motion:
    """How to see that a device moves, and what ends it; without a method it ends by itself."""

    property: str
    moving: tuple[Any, ...]
    methods: tuple[str, ...]
    words: str


_MOTIONS: Final[dict[str, _Motion]] = {
    "Camera": _Motion("CameraState", _EXPOSING, ("AbortExposure", "StopExposure"), "exposure ended"),
    "CoverCalibrator": _Motion("CoverState", (_COVER_MOVING,), ("HaltCover",), "cover halted"),
    "Dome": _Motion("Slewing", (True,), ("AbortSlew",), "dome halted"),
    "FilterWheel": _Motion("Position", (_TURNING,), (), "turned to its slot"),
    "Focuser": _Motion("IsMoving", (True,), ("Halt",), "halted"),
    "Rotator": _Motion("IsMoving", (True,), ("Halt",), "halted"),
    "Telescope": _Motion("Slewing", (True,), ("AbortSlew",), "slew stopped"),
}


def halt(device: Device, found: Found | None) -> str:
    """Bring a device to rest and put back what needs no motion; say in words how it is left.

    Args:
        device: is connected, and need not obey.
        found: how it was before the check, None where nothing is known of it.
    """
    said = _stilled(device)
    if found is not None:
        said += [f"NOT put back {problem}" for problem in put_back_settings(device, found)]
        said += [f"NOT put back {problem}" for problem in put_back_still(device, found)]
        said += _differences(found.state, state_of(device))
    return ", ".join(said) or "as it was found"


def _stilled(device: Device) -> list[str]:
    motion = _MOTIONS.get(device.kind)
    if motion is None:
        return []
    try:
        if device.read(motion.property) not in motion.moving:
            return []
        for method in motion.methods:
            with contextlib.suppress(UnmetError):
                if device.put_error(method) == 0:
                    break
        device.wait(lambda: device.read(motion.property) not in motion.moving, "it is at rest")
    except UnmetError as error:
        return [f"may STILL MOVE ({error})"]
    return [motion.words]


def _differences(before: State, now: State) -> list[str]:
    named = [name for name, value in before.items() if value is not None and not _alike(value, now.get(name))]
    return [f"{name} {_shown(now.get(name))} (found {_shown(before[name])})" for name in named]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or other is None:
        return one is other
    return abs(float(one) - float(other)) <= _SAME


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
