"""Rules about being connected: what answers without a connection, and how one is made."""

from __future__ import annotations

from hostsim.conformance.device import NOT_CONNECTED, NOT_IMPLEMENTED, Device
from hostsim.conformance.envelope import document, error_number
from hostsim.conformance.members import OFFLINE, Call
from hostsim.conformance.outcome import NotApplicableError, error_text, expect
from hostsim.conformance.rule import Phase, Profile, RuleSet

RULES = RuleSet("connection", "5 Common members", Phase.CONNECTING)

_UNKNOWN = 4


def _online_members(device: Device) -> list[Call]:
    return [call for call in device.calls if call.name not in OFFLINE]


@RULES.rule(
    "needed",
    "without a connection a member answers error 0x407, or 0x400 if it is not implemented at all",
    each=_online_members,
    profile=Profile.STRICT,
    phase=Phase.OFFLINE,
)
def _needed(device: Device, call: Call) -> str:
    content = document(device.correct(call))
    number = error_number(content)
    unknown = call.name in ("CoverState", "CalibratorState") and content.get("Value") == _UNKNOWN
    expect(unknown or number in (NOT_CONNECTED, NOT_IMPLEMENTED), error_text(number), expected="error 0x407 or 0x400")
    return error_text(number)


@RULES.rule(
    "never-needed",
    "can be read without a connection",
    each=lambda device: ["Connected", "InterfaceVersion"],
    phase=Phase.OFFLINE,
)
@RULES.rule(
    "not-needed",
    "can be read without a connection",
    each=lambda device: ["Name", "Description", "DriverInfo", "DriverVersion"],
    phase=Phase.OFFLINE,
    profile=Profile.STRICT,
)
def _not_needed(device: Device, name: str) -> str:
    return str(device.read(name))


@RULES.rule("connected-put", "Connected=True connects, Connected=False disconnects, the fields in any order")
def _connected_put(device: Device) -> None:
    for wanted in (True, False):
        reply = device.send("PUT", "Connected", parameters={**device.ids(), "Connected": str(wanted)})
        number = error_number(document(reply))
        expect(number == 0, f"Connected={wanted}: {error_text(number)}", expected="no error")
        device.wait_for("Connected", wanted)


@RULES.rule("connected-case", "booleans are read in any case", each=lambda device: ["false", "FALSE", "fAlse"])
def _connected_case(device: Device, text: str) -> None:
    number = error_number(document(device.send("PUT", "Connected", parameters={"Connected": text, **device.ids()})))
    expect(number == 0, error_text(number), expected="no error")


@RULES.rule("connected-junk", "Connected takes nothing but True and False", each=lambda device: ["", "0", "1", "abc"])
def _connected_junk(device: Device, text: str) -> None:
    reply = device.send("PUT", "Connected", parameters={"Connected": text, **device.ids()})
    expect(reply.status == 400, f"Connected={text!r}: {reply.text}", expected="HTTP 400")


@RULES.rule("connect", "Connect returns at once, Connecting tells while it works, then Connected is true")
def _connect(device: Device) -> None:
    _need_platform_7(device)
    device.put("Connect")
    busy, connected = device.read("Connecting"), device.read("Connected")
    expect(busy or connected, "Connecting false and Connected false", expected="Connecting or Connected")
    device.wait_for("Connecting", False)
    expect(device.read("Connected"), "Connected false", expected="Connected true when Connecting is false")


@RULES.rule("connect-again", "Connect is harmless when the device is connected already")
def _connect_again(device: Device) -> None:
    _need_platform_7(device)
    device.put("Connect")
    device.wait_for("Connecting", False)
    device.put("Connect")
    device.wait_for("Connecting", False)
    expect(device.read("Connected"), "Connected false", expected="Connected true")


@RULES.rule("disconnect", "Disconnect, also a second one, ends with Connected false")
def _disconnect(device: Device) -> None:
    _need_platform_7(device)
    for _ in range(2):
        device.put("Disconnect")
        device.wait_for("Connecting", False)
        expect(not device.read("Connected"), "Connected true", expected="Connected false")


def _need_platform_7(device: Device) -> None:
    if not device.platform_7:
        raise NotApplicableError(f"interface version {device.version} is older than Platform 7")
