"""More servers with one fault each: every one is found by the rule that is meant for it, and good ones pass."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner

from hostsim.commands import app
from hostsim.conformance.rule import Profile, Status
from tsplug.testing.clock import ManualClock

Check = Callable[..., Any]
NOW = datetime(2026, 1, 15, 20, 0, 0, 400_000, tzinfo=UTC)
IMAGE_BYTES = "application/imagebytes"


def _no_device(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return answered.json(Value=[]) if asked.member == "configureddevices" else answered


def test_a_server_without_devices_fails(spoil: Any) -> None:
    """Where nothing can be checked the exit status is not 0, and the line says why."""
    result = CliRunner().invoke(app, ["conformance", spoil(_no_device), "--discovery-port", "0"])
    assert result.exit_code == 1
    failed = [line for line in result.output.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert failed[0].endswith("seen no device: nothing can be checked")


def test_a_device_of_the_wrong_capitals_is_checked_all_the_same(spoil: Any) -> None:
    """A type in the wrong capitals is a failure of the list, and its device is there."""

    def lower(asked: Any, forward: Any) -> Any:
        entry = {"DeviceName": "W", "DeviceType": "filterwheel", "DeviceNumber": 0, "UniqueID": "1"}
        return forward(asked).json(Value=[entry]) if asked.member == "configureddevices" else forward(asked)

    result = CliRunner().invoke(
        app, ["conformance", spoil(lower), "--discovery-port", "0", "--profile", "tolerant", "--untimed"]
    )
    failed = [line for line in result.output.splitlines() if line.startswith("FAIL")]
    assert [line.split()[2] for line in failed] == ["management.device-types:"]
    assert "PASS filterwheel/0 filterwheel.names" in result.output


def _constant_id(asked: Any, forward: Any) -> Any:
    return forward(asked).json(ServerTransactionID=1)


def _com_number(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    refused = answered.kind == "application/json" and json.loads(answered.body)["ErrorNumber"]
    return answered.json(ErrorNumber=0x80040401 - 2**32) if refused else answered


def _plain_forms_only(asked: Any, forward: Any) -> Any:
    return replace(forward(asked), status=400) if "charset" in asked.headers.get("Content-Type", "") else forward(asked)


def _ids_needed(asked: Any, forward: Any) -> Any:
    missing = asked.method == "PUT" and b"ClientTransactionID" not in asked.body
    return replace(forward(asked), status=400) if missing else forward(asked)


def _deaf_to_halt(asked: Any, forward: Any) -> Any:
    return (
        forward(replace(asked, method="GET", target=asked.target.replace("halt", "ismoving"), body=b""))
        if (asked.member == "halt")
        else forward(asked)
    )


def _never_moves(asked: Any, forward: Any) -> Any:
    return (
        forward(replace(asked, method="GET", target=asked.target.replace("/move", "/ismoving"), body=b""))
        if (asked.member == "move")
        else forward(asked)
    )


def _literal_accept(asked: Any, forward: Any) -> Any:
    literal = asked.headers.get("Accept") == IMAGE_BYTES
    return forward(asked if literal else replace(asked, headers={**asked.headers, "Accept": "application/json"}))


def _always_bytes(asked: Any, forward: Any) -> Any:
    return forward(replace(asked, headers={**asked.headers, "Accept": IMAGE_BYTES}))


def _suffix(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return replace(answered, kind=f"{IMAGE_BYTES}; charset=utf-8") if answered.kind == IMAGE_BYTES else answered


def _wrong_id_in_bytes(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if answered.kind != IMAGE_BYTES:
        return answered
    return replace(answered, body=answered.body[:8] + b"\1\0\0\0" + answered.body[12:])


def _nothing_instead_of_an_error(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    bytes_asked = asked.member == "imagearray" and IMAGE_BYTES in asked.headers.get("Accept", "")
    return answered.json(ErrorNumber=0, ErrorMessage="") if bytes_asked else answered


FAULTS: dict[str, tuple[Any, str, str]] = {
    "ids not unique": (_constant_id, "FilterWheel", "management.overlapping"),
    "ids not rising across devices": (_constant_id, "FilterWheel", "management.rising-across"),
    "COM error numbers": (_com_number, "FilterWheel", "protocol.put"),
    "no character set in forms": (_plain_forms_only, "FilterWheel", "protocol.put-type"),
    "a PUT needs ids": (_ids_needed, "FilterWheel", "protocol.put-no-ids"),
    "a focuser deaf to Halt": (_deaf_to_halt, "Focuser", "focuser.halt"),
    "a focuser that never moves": (_never_moves, "Focuser", "focuser.ends"),
    "a rotator deaf to Halt": (_deaf_to_halt, "Rotator", "rotator.halt"),
    "Accept is compared literally": (_literal_accept, "Camera", "image.accept"),
    "ImageBytes for everyone": (_always_bytes, "Camera", "image.accept"),
    "ImageBytes with a suffix": (_suffix, "Camera", "image.bytes-type"),
    "another id in ImageBytes": (_wrong_id_in_bytes, "Camera", "image.bytes"),
    "no error without an image": (_nothing_instead_of_an_error, "Camera", "image.bytes-error"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(spoil: Any, check: Check, name: str) -> None:
    """The rule meant for a fault fails."""
    how, kind, rule = FAULTS[name]
    assert rule in check(spoil(how), kind, rules=(rule,)).failed


def started(off: timedelta) -> Any:
    """Return a camera whose exposures begin ``off`` after `NOW`."""

    def answer(asked: Any, forward: Any) -> Any:
        text = (NOW + off).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23]
        return forward(asked).json(Value=text) if asked.member == "lastexposurestarttime" else forward(asked)

    return answer


@pytest.mark.parametrize(
    ("seconds", "strict", "tolerant"),
    [
        (0, Status.PASS, Status.PASS),
        (1.5, Status.PASS, Status.PASS),
        (30, Status.FAIL, Status.INFO),
        (-30, Status.FAIL, Status.INFO),
        (3600, Status.FAIL, Status.FAIL),
        (-7200, Status.FAIL, Status.FAIL),
    ],
)
def test_the_start_of_an_exposure_is_looked_at(
    spoil: Any, check: Check, seconds: float, strict: Status, tolerant: Status
) -> None:
    """A start within 2 s is right; a clock that is a little off may be excused, local time instead of UTC never."""
    address = spoil(started(timedelta(seconds=seconds)))
    for profile, status in ((Profile.STRICT, strict), (Profile.TOLERANT, tolerant)):
        verdicts = check(
            address, "Camera", rules=("exposure.start-time",), timed=True, clock=ManualClock(NOW), profile=profile
        )
        assert verdicts.status("exposure.start-time") == [status]


def test_a_pulse_that_is_not_under_way_at_once_is_found(spoil: Any, check: Check) -> None:
    """IsPulseGuiding has to be true when PulseGuide has returned."""

    def never(asked: Any, forward: Any) -> Any:
        return forward(asked).json(Value=False) if asked.member == "ispulseguiding" else forward(asked)

    rules = ("telescope-moves.pulse-busy",)
    assert check(spoil(never), "Telescope", rules=rules, timed=True).failed == set(rules)


RATES = [{"Minimum": 0.1, "Maximum": 0.1}, {"Minimum": 2.0, "Maximum": 2.0}]


def _single_rates(asked: Any, forward: Any) -> Any:
    if asked.member == "axisrates":
        return forward(asked).json(Value=RATES)
    answered = forward(asked)
    rate = float(parse_qs(asked.body.decode()).get("Rate", ["0"])[0])
    known = asked.member != "moveaxis" or abs(rate) in (0.0, 0.1, 2.0)
    return answered if known else answered.json(ErrorNumber=0x401, ErrorMessage="no such rate")


def test_a_mount_of_single_rates_passes(spoil: Any, check: Check) -> None:
    """A mount that knows single rates only is moved at one of them."""
    assert check(spoil(_single_rates), "Telescope", rules=("telescope-moves.axis",)).failed == set()


def _old_and_slow(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if asked.member == "interfaceversion":
        return answered.json(Value=3)
    if asked.member == "park" and asked.method == "PUT" and answered.status == 200:
        time.sleep(1.2)
    return answered


def test_an_old_mount_may_answer_when_it_is_parked(spoil: Any, check: Check) -> None:
    """Before Platform 7 parking may answer at its end, later than an answer may take otherwise."""
    address = spoil(_old_and_slow)
    verdicts = check(address, "Telescope", rules=("telescope-moves.unpark",), timeout_s=1.0)
    assert verdicts.status("telescope-moves.unpark") == [Status.PASS]


def _no_alignment(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    refused = {"ErrorNumber": 0x400, "ErrorMessage": "no"}
    return answered.json(**refused) if asked.member == "alignmentmode" else answered


def test_a_mount_that_does_not_tell_its_alignment_passes(spoil: Any, check: Check) -> None:
    """AlignmentMode is optional: without it the side of the pier cannot be judged."""
    rules = ("telescope-moves.pier",)
    assert check(spoil(_no_alignment), "Telescope", rules=rules).status(rules[0]) == [Status.SKIP]


def test_a_suffix_of_image_bytes_is_noted_in_the_tolerant_profile(spoil: Any, check: Check) -> None:
    """Clients that compare the type literally break on it, newer ones do not: no failure there, but told."""
    rules = ("image.bytes-type",)
    noted = check(spoil(_suffix), "Camera", rules=rules, profile=Profile.TOLERANT)
    assert noted.status(rules[0]) == [Status.INFO]


@pytest.mark.parametrize("kind", ["Telescope", "Switch"])
@pytest.mark.parametrize("profile", list(Profile))
def test_raw_commands_are_sent_only_when_asked_for(spoil: Any, check: Check, kind: str, profile: Profile) -> None:
    """A real mount may obey a raw command: none is sent, in no profile, and the rule says how it could be."""
    sent = []

    def note(asked: Any, forward: Any) -> Any:
        sent.append(asked.member)
        return forward(asked)

    verdicts = check(spoil(note), kind, rules=("protocol.", "connection.", "common."), profile=profile)
    assert [member for member in sent if member.startswith("command")] == []
    assert set(verdicts.status("common.command")) == {Status.SKIP}


def _obeys_raw_commands(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return answered.json(ErrorNumber=0, ErrorMessage="", Value="") if asked.member.startswith("command") else answered


def test_raw_commands_that_are_implemented_fail_the_strict_profile_only(spoil: Any, check: Check) -> None:
    """Asked for with an option, they are sent; older drivers may have them."""
    address, rules = spoil(_obeys_raw_commands), ("common.command",)
    for profile, status in ((Profile.STRICT, Status.FAIL), (Profile.TOLERANT, Status.INFO)):
        verdicts = check(address, rules=rules, profile=profile, raw_commands=True)
        assert set(verdicts.status(rules[0])) == {status}


@pytest.mark.parametrize("kind", ["Telescope", "Dome"])
def test_malformed_requests_can_move_no_mount(spoil: Any, check: Check, kind: str) -> None:
    """What a server may wrongly take while connected is never a slew, a sync, a clock or a park position."""
    sent = set()

    def note(asked: Any, forward: Any) -> Any:
        if asked.method == "PUT":
            sent.add(asked.member)
        return forward(asked)

    wrong = ("put-case", "put-query", "put-missing", "junk")
    verdicts = check(spoil(note), kind, rules=tuple(f"protocol.{name}" for name in wrong))
    assert {"PASS"} <= set(verdicts.status("protocol.put-case"))
    moving = ("slewto", "sync", "moveaxis", "sideofpier", "setpark", "utcdate")
    assert [member for member in sent if member.startswith(moving)] == []
