"""A check that is stopped brings its devices to rest, puts back what needs no motion, and says how each is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from hostsim.conformance.device import Conditions
from hostsim.conformance.rule import Status
from hostsim.conformance.rules import RULES
from hostsim.conformance.run import Check, Target

Told = Callable[..., Any]


@pytest.fixture
def stopped_at(slow: str, spoiling: Any) -> Iterator[Callable[[str, str, str], Check]]:
    """Check a device by one rule, stop as soon as a member is written, and return the check when it has ended."""
    with ExitStack() as stack:

        def run(place: str, rule: str, member: str) -> Check:
            checks: list[Check] = []

            def how(asked: Any, forward: Any) -> Any:
                answered = forward(asked)
                if asked.method == "PUT" and asked.member == member:
                    checks[0].stop()
                return answered

            host, _, port = stack.enter_context(spoiling(slow, how)).partition(":")
            kind, _, number = place.partition("/")
            chosen = tuple(each for each in RULES.values() if each.id == rule)
            conditions = Conditions(timed=False, operation_s=30.0, discovery_port=0)
            checks.append(Check(Target(host, int(port), ((kind, int(number)),), conditions, chosen)))
            assert Status.FAIL not in [verdict.status for verdict in checks[0].verdicts()]
            return checks[0]

        yield run


@pytest.fixture
def told(slow: str) -> Told:
    """Return what a device says, or tell it something."""

    def ask(place: str, name: str, **form: str) -> Any:
        address = f"http://{slow}/api/v1/{place}/{name}"
        answer = requests.put(address, data=form, timeout=60) if form else requests.get(address, timeout=60)
        return answer.json().get("Value")

    return ask


def test_a_slew_is_stopped_and_does_not_go_on_tracking(stopped_at: Any, told: Told) -> None:
    """A mount that was found parked stands still, unparked, without tracking and without a connection."""
    check = stopped_at("Telescope/0", "telescope-moves.slew", "slewtocoordinatesasync")
    left = "stopped, and nothing was moved back: telescope/0: slew stopped, AtPark False (found True)"
    assert check.incomplete == left
    assert not told("telescope/0", "connected")
    told("telescope/0", "connected", Connected="True")
    assert not told("telescope/0", "slewing")
    assert not told("telescope/0", "tracking")


def test_a_sync_is_not_left_half_done(stopped_at: Any, told: Told) -> None:
    """Stopped between a sync and the one that takes it back, the check takes it back all the same."""
    told("telescope/0", "connected", Connected="True")
    told("telescope/0", "unpark", Any="")
    told("telescope/0", "tracking", Tracking="True")
    before = told("telescope/0", "rightascension")
    stopped_at("Telescope/0", "telescope-moves.sync", "synctocoordinates")
    told("telescope/0", "connected", Connected="True")
    assert told("telescope/0", "rightascension") == pytest.approx(before, abs=1e-3)


def test_an_exposure_ends_and_its_settings_are_put_back(stopped_at: Any, told: Told) -> None:
    """A camera is left idle with the frame it was found with."""
    told("camera/0", "connected", Connected="True")
    told("camera/0", "numx", NumX="123")
    check = stopped_at("Camera/0", "exposure.busy", "startexposure")
    assert check.incomplete.endswith("camera/0: exposure ended")
    assert (told("camera/0", "camerastate"), told("camera/0", "numx")) == (0, 123)
    assert told("camera/0", "connected")


def test_a_cover_is_halted(stopped_at: Any) -> None:
    """A cover stays where it was halted, and it is said what it was."""
    check = stopped_at("CoverCalibrator/0", "covercalibrator.open", "opencover")
    assert check.incomplete.endswith("covercalibrator/0: cover halted, CoverState 4 (found 1)")


def test_a_device_at_rest_is_as_it_was(stopped_at: Any) -> None:
    """Stopped before anything has moved, a device is left as it was found."""
    check = stopped_at("SafetyMonitor/0", "connection.connect", "connect")
    assert check.incomplete.endswith("safetymonitor/0: as it was found")
