"""Halt and AbortSlew are judged by what can be seen: who was there before they had returned is not blamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from hostsim.alpaca.server import AlpacaServer
from hostsim.conformance.rule import Status
from hostsim.devices.configuration import AnyDeviceConfig, ObservatoryConfig
from hostsim.devices.covercalibrator import CoverCalibratorConfig
from hostsim.devices.dome import DomeConfig
from hostsim.devices.focuser import FocuserConfig
from hostsim.devices.observatory import make_observatory
from hostsim.devices.parts.mount import MountConfig
from hostsim.devices.rotator import RotatorConfig
from hostsim.devices.telescope import TelescopeConfig

Check = Callable[..., Any]
FLAGS = {"halt": "ismoving", "abortslew": "slewing", "haltcover": "covermoving"}
RULES = {
    "Rotator": "rotator.halt",
    "Focuser": "focuser.halt",
    "Dome": "dome.abort",
    "Telescope": "telescope-moves.abort",
    "CoverCalibrator": "covercalibrator.halt",
}
FAST: dict[str, AnyDeviceConfig] = {
    "Rotator": RotatorConfig(deg_per_s=1000.0, settle_s=0.0),
    "Focuser": FocuserConfig(steps_per_s=1e9, settle_s=0.0),
    "Dome": DomeConfig(azimuth_deg_per_s=1000.0),
    "Telescope": TelescopeConfig(mount=MountConfig(slew_deg_per_s=1000.0), settle_s=0),
    "CoverCalibrator": CoverCalibratorConfig(cover_s=0.1),
}


@pytest.fixture
def serve(ticking: Callable[[float], Any]) -> Iterator[Callable[[AnyDeviceConfig], str]]:
    """Serve one device; returns the address."""
    with ExitStack() as stack:

        def served(device: AnyDeviceConfig) -> str:
            observatory = make_observatory(ObservatoryConfig(devices=(device,)), ticking(0.25), seed=1)
            return stack.enter_context(AlpacaServer(observatory)).address

        yield served


def deaf(asked: Any, forward: Any) -> Any:
    """Take a halt for the question whether anything moves."""
    if asked.member not in FLAGS:
        return forward(asked)
    return forward(
        replace(asked, method="GET", target=asked.target.replace(asked.member, FLAGS[asked.member]), body=b"")
    )


@pytest.mark.parametrize("kind", RULES)
def test_what_stops_passes(address: str, check: Check, kind: str) -> None:
    """A device that stops on its way is seen to have stopped."""
    verdicts = check(address, kind, rules=(RULES[kind],))
    assert verdicts.status(RULES[kind]) == [Status.PASS]


@pytest.mark.parametrize("kind", RULES)
def test_what_goes_on_to_its_goal_fails(spoil: Any, check: Check, kind: str) -> None:
    """A device that was far from its goal when it had answered, and reached it all the same, is deaf."""
    verdicts = check(spoil(deaf), kind, rules=(RULES[kind],))
    assert verdicts.status(RULES[kind]) == [Status.FAIL]


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("hears", [True, False])
def test_what_arrives_before_it_can_be_halted_is_not_judged(
    serve: Any, spoiling: Any, check: Check, kind: str, hears: bool
) -> None:
    """Whether a very fast device hears a halt or not cannot be seen from outside: that is said, and is no failure."""
    with spoiling(serve(FAST[kind]), (lambda asked, forward: forward(asked)) if hears else deaf) as address:
        verdicts = check(address, kind, rules=(RULES[kind],))
    assert verdicts.status(RULES[kind]) == [Status.INFO]
    assert "cannot be seen" in verdicts[-1].seen


def test_a_halt_that_came_late_is_tried_again(spoil: Any, check: Check) -> None:
    """Once something held the halt up until the rotator was there; the next one shows that it stops."""
    held: list[bool] = []

    def late(asked: Any, forward: Any) -> Any:
        if asked.member == "move" and len(held) == 0:
            answered = forward(asked)
            still = replace(asked, method="GET", target=asked.target.replace("move", "ismoving"), body=b"")
            while b"true" in forward(still).body:
                held.append(True)
            return answered
        return forward(asked)

    verdicts = check(spoil(late), "Rotator", rules=("rotator.halt",))
    assert held
    assert verdicts.status("rotator.halt") == [Status.PASS]
