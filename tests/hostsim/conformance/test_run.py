"""Our simulators pass, and what is wrong with another server is found by the rule that is meant for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hostsim.conformance.client import Client
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.rule import Profile, Status
from hostsim.conformance.rules import RULES
from hostsim.conformance.server import Server, served

Check = Callable[..., Any]
OWN = {"Camera": ("camera", "exposure", "image"), "Telescope": ("telescope",)}


@pytest.mark.parametrize("kind", sorted(PLATFORM_7))
def test_our_simulators_pass(address: str, check: Check, kind: str) -> None:
    """Every simulator passes the rules of its kind and those of every device, in the strict profile."""
    host, _, port = address.partition(":")
    client = Client(host, int(port), timeout_s=60)
    offered = served(client)
    client.close()
    if (kind, 0) not in offered:
        pytest.skip(f"there is no {kind} here")
    verdicts = check(address, kind, raw_commands=True)
    assert [v for v in verdicts if v.status is Status.FAIL] == []
    assert len(verdicts) >= 200
    for theme in OWN.get(kind, (kind.lower(),)):
        assert [v for v in verdicts if v.rule.id.startswith(f"{theme}.") and v.status is Status.PASS]


def test_a_device_is_left_as_it_was_found(address: str, check: Check) -> None:
    """After a check the wheel is at the slot it was at, and not connected."""
    before = check(address, rules=("filterwheel.still",))
    after = check(address, rules=("filterwheel.s", "connection.needed"))
    again = check(address, rules=("filterwheel.still",))
    assert [v.seen for v in before] == [v.seen for v in again]
    assert set(after.status("filterwheel.slots")) == set(after.status("connection.needed")) == {Status.PASS}


def _capitals(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return replace(answered, body=answered.body.replace(b"ServerTransactionID", b"serverTransactionId"))


def _unprocessable(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return replace(answered, status=422) if answered.status == 400 and asked.method == "PUT" else answered


def _text_numbers(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if asked.member == "interfaceversion" and answered.status == 200:
        return answered.json(Value=str(json.loads(answered.body)["Value"]))
    return answered


def _float_numbers(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return answered.json(Value=[0.0] * 7) if asked.member == "focusoffsets" else answered


def _silent_ids(asked: Any, forward: Any) -> Any:
    return forward(asked).json(ClientTransactionID=0)


def _any_case(asked: Any, forward: Any) -> Any:
    lower = asked.body.lower().replace(b"position=", b"Position=").replace(b"clientid", b"ClientID")
    return (
        forward(replace(asked, body=lower)) if asked.member == "position" and asked.method == "PUT" else forward(asked)
    )


def _every_path(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    wrong = answered.status >= 400 and "?" in asked.target and asked.method == "GET" and "unknown" in asked.target
    return replace(answered, status=200) if wrong else answered


def _no_value(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if asked.member != "names" or answered.status != 200:
        return answered
    content = json.loads(answered.body)
    content.pop("Value", None)
    return replace(answered, body=json.dumps(content).encode())


def _null_message(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    empty = answered.kind == "application/json" and json.loads(answered.body).get("ErrorMessage") == ""
    return answered.json(ErrorMessage=None) if empty else answered


def _html_errors(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    return replace(answered, kind="text/html", body=b"<h1>Bad</h1>") if answered.status == 400 else answered


def _constant_id(asked: Any, forward: Any) -> Any:
    return forward(asked).json(ServerTransactionID=1)


def _never_moving(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    moving = asked.member == "position" and answered.status == 200 and json.loads(answered.body).get("Value") == -1
    return answered.json(Value=99) if moving else answered


def _blocking(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if asked.member == "position" and asked.method == "PUT" and answered.status == 200:
        time.sleep(0.3)
    return answered


def _junk_accepted(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    refused = asked.member == "position" and asked.method == "PUT" and answered.status == 400
    envelope = {"ClientTransactionID": 0, "ServerTransactionID": 1, "ErrorNumber": 0x500, "ErrorMessage": "no"}
    return (
        replace(answered, status=200, kind="application/json", body=json.dumps(envelope).encode())
        if refused
        else answered
    )


def _unconnected(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    refused = asked.member == "names" and answered.status == 200 and json.loads(answered.body)["ErrorNumber"] == 0x407
    return answered.json(ErrorNumber=0, ErrorMessage="", Value=["L"]) if refused else answered


SPOILT: dict[str, tuple[Any, str, str]] = {
    "key capitals": (_capitals, "protocol.get", "Name GET"),
    "422 for junk": (_unprocessable, "protocol.junk", "Position PUT"),
    "numbers as text": (_text_numbers, "protocol.value", "InterfaceVersion GET"),
    "integers as floats": (_float_numbers, "protocol.value", "FocusOffsets GET"),
    "ids not echoed": (_silent_ids, "protocol.get-ids", "Name GET"),
    "PUT in any case": (_any_case, "protocol.put-case", "Position PUT"),
    "200 for unknown paths": (_every_path, "url.wrong", "unknown member"),
    "no Value": (_no_value, "protocol.value", "Names GET"),
    "ErrorMessage null": (_null_message, "protocol.get", "Name GET"),
    "HTML error pages": (_html_errors, "url.plain", ""),
    "constant ServerTransactionID": (_constant_id, "protocol.rising", ""),
    "never -1 while moving": (_never_moving, "filterwheel.moving", ""),
    "junk is an error 0x500": (_junk_accepted, "protocol.junk", "Position PUT"),
    "answers unconnected": (_unconnected, "connection.needed", "Names GET"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_server_fails(spoil: Any, check: Check, name: str) -> None:
    """The rule meant for a fault fails for the subject that has it, and never passes by mistake."""
    how, rule, subject = SPOILT[name]
    verdicts = check(spoil(how), rules=(rule,))
    assert set(verdicts.status(rule, subject)) == {Status.FAIL}


def test_one_fault_is_one_failure(spoil: Any, check: Check) -> None:
    """A fault of one member leaves the rules about all others alone."""
    failed = check(spoil(_no_value)).failed
    assert failed == {"protocol.value", *(f"filterwheel.{name}" for name in FILTER_NAMES)}


FILTER_NAMES = ("still", "names", "offsets", "limits", "moving", "slots", "back")


def test_a_blocking_move_is_found(spoil: Any, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """A move that answers only when it is done fails."""
    monkeypatch.setattr("hostsim.conformance.device.PROMPT_S", 0.25)
    assert check(spoil(_blocking), rules=("filterwheel.current",)).failed == {"filterwheel.current"}


def _transposed_json(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    value = json.loads(answered.body).get("Value") if answered.kind == "application/json" else None
    if asked.member == "imagearray" and isinstance(value, list):
        return answered.json(Value=np.array(value).T.tolist())
    return answered


def _shuffled_bytes(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    if answered.kind != "application/imagebytes":
        return answered
    width, height = np.frombuffer(answered.body, "<i4", 2, 32)
    size = (len(answered.body) - 44) // (width * height)
    data = np.frombuffer(answered.body, f"V{size}", offset=44).reshape(width, height)
    return replace(answered, body=answered.body[:44] + data.T.tobytes())


@pytest.mark.parametrize(("how", "rule"), [(_transposed_json, "image.axes"), (_shuffled_bytes, "image.same")])
def test_a_transposed_image_is_found(spoil: Any, check: Check, how: Any, rule: str) -> None:
    """An array [y][x] fails, and so does ImageBytes whose pixels are in that order."""
    assert check(spoil(how), "Camera", rules=("image.axes", "image.same")).failed >= {rule}


def test_the_tolerant_profile_asks_less(spoil: Any, check: Check) -> None:
    """Ids that are malformed may be accepted in the tolerant profile."""

    def accepting(asked: Any, forward: Any) -> Any:
        answered = forward(asked)
        if answered.status == 400 and asked.member == "name" and asked.method == "GET":
            answered = forward(replace(asked, target=asked.target.partition("?")[0]))
        return answered

    address = spoil(accepting)
    rules = ("protocol.get-bad-ids",)
    assert check(address, rules=rules).failed == {"protocol.get-bad-ids-refused"}
    assert check(address, rules=rules, profile=Profile.TOLERANT).failed == set()


def test_every_rule_can_be_found() -> None:
    """Rules are many, each with an identifier of its theme, a text, and a section of the protocol."""
    assert len(RULES) >= 180
    assert all(rule.id == identifier and rule.text and rule.section for identifier, rule in RULES.items())


def test_devices_are_taken_from_what_is_listed(spoil: Any) -> None:
    """Whatever a list of devices holds, only what can be a device is taken from it."""
    entries = [1, None, {"DeviceType": "Nonsense", "DeviceNumber": 0}, {"DeviceType": [], "DeviceNumber": 0}]
    entries.append({"DeviceType": "Dome", "DeviceNumber": True})
    good = {"DeviceType": "Dome", "DeviceNumber": 2}
    host, _, port = spoil(lambda asked, forward: forward(asked).json(Value=[*entries, good, good])).partition(":")
    server = Server(Client(host, int(port), timeout_s=60))
    assert served(server.client) == [("Dome", 2)]
    server.client.close()
