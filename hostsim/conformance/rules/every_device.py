"""Rules about the members that every device has."""

from __future__ import annotations

import re

from hostsim.conformance.device import INVALID_OPERATION, NOT_IMPLEMENTED, UNKNOWN_ACTION, Device
from hostsim.conformance.members import DEVICE_STATE, PLATFORM_7, RAW_COMMANDS
from hostsim.conformance.outcome import NotApplicableError, NotedError, error_text, expect, shown
from hostsim.conformance.rule import Profile, RuleSet

RULES = RuleSet("common", "5 Common members")

_FITS_CARD = 68
_SWITCH_STATE = re.compile(r"(GetSwitch|GetSwitchValue|StateChangeComplete)\d+")
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?")


@RULES.rule("interface-version", "InterfaceVersion is 1 or more")
def _interface_version(device: Device) -> str:
    version = device.read("InterfaceVersion")
    expect(version >= 1, str(version), expected="1 or more")
    return str(version)


@RULES.rule("known-version", "InterfaceVersion is one that exists", profile=Profile.STRICT)
def _known_version(device: Device) -> str:
    version = device.read("InterfaceVersion")
    newest = PLATFORM_7[device.kind]
    expect(1 <= version <= newest, str(version), expected=f"1 to {newest}")
    return str(version)


@RULES.rule("text", "is not empty", each=lambda device: ["Name", "Description", "DriverInfo", "DriverVersion"])
def _text(device: Device, name: str) -> str:
    text = device.read(name)
    expect(bool(text.strip()), shown(text), expected="some text")
    return shown(text)


@RULES.rule("description", "Description fits a FITS card, 68 characters", device="Camera")
def _description(device: Device) -> str:
    length = len(device.read("Description"))
    expect(length <= _FITS_CARD, f"{length} characters", expected=f"at most {_FITS_CARD} characters")
    return f"{length} characters"


@RULES.rule("driver-version", "DriverVersion has the form n.n")
def _driver_version(device: Device) -> str:
    version = device.read("DriverVersion")
    expect(re.match(r"\d+\.\d+", version) is not None, shown(version), expected="such as 1.0")
    return shown(version)


@RULES.rule("supported-actions", "SupportedActions names each action, none of them empty")
def _supported_actions(device: Device) -> str:
    names = device.read("SupportedActions")
    expect(all(name.strip() for name in names), shown(names), expected="no empty name")
    return shown(names)


@RULES.rule("unknown-action", "an unknown action is refused: error 0x40C, or 0x400 without any actions")
def _unknown_action(device: Device) -> None:
    number = device.put_error("Action", Action="hostsim-unknown", Parameters="x")
    words = "error 0x40c or 0x400"
    allowed = (UNKNOWN_ACTION, NOT_IMPLEMENTED)
    expect(number in (*allowed, INVALID_OPERATION), error_text(number), expected=words)
    reason = "the telescope of the OmniSim says so too"
    device.tolerate(number in allowed, error_text(number), expected=words, reason=reason)


@RULES.rule("action-alone", "an action may come without Parameters", profile=Profile.STRICT)
def _action_alone(device: Device) -> None:
    device.refused("Action", UNKNOWN_ACTION, NOT_IMPLEMENTED, Action="hostsim-unknown")


@RULES.rule(
    "command",
    "raw commands are not implemented: error 0x400",
    each=lambda device: list(RAW_COMMANDS),
)
def _command(device: Device, name: str) -> None:
    if not device.conditions.raw_commands:
        raise NotApplicableError("raw commands are sent with --raw-commands only: a device may obey them")
    number = device.put_error(name, Command="hostsim", Raw=True)
    reason = "older drivers have them"
    device.tolerate(number == NOT_IMPLEMENTED, error_text(number), expected="error 0x400", reason=reason)


def _states(device: Device) -> dict[str, object]:
    if not device.platform_7:
        raise NotApplicableError(f"interface version {device.version} is older than Platform 7")
    return {entry["Name"]: entry["Value"] for entry in device.read("DeviceState")}


@RULES.rule("state-names", "DeviceState holds only operational properties in their exact capitals, and TimeStamp")
def _state_names(device: Device) -> str:
    names = set(_states(device))
    known = {*DEVICE_STATE[device.kind].split(), "TimeStamp"}
    if device.kind == "Switch":
        known |= {name for name in names if _SWITCH_STATE.fullmatch(name)}
    expect(names <= known, f"also {', '.join(sorted(shown(name) for name in names - known))}", expected="nothing else")
    return f"{len(names)} names"


@RULES.rule("state-once", "DeviceState holds no name twice")
def _state_once(device: Device) -> None:
    _states(device)
    names = [entry["Name"] for entry in device.read("DeviceState")]
    twice = sorted({name for name in names if names.count(name) > 1})
    expect(not twice, f"twice: {', '.join(shown(name) for name in twice)}", expected="each name once")


@RULES.rule("state-complete", "DeviceState holds every operational property that can be read")
def _state_complete(device: Device) -> str:
    names = set(_states(device))
    missing = [name for name in DEVICE_STATE[device.kind].split() if name not in names and not device.error(name)]
    if missing:
        raise NotedError(f"left out: {', '.join(missing)}")
    return f"{len(names)} names"


@RULES.rule("state-time", "TimeStamp of DeviceState is ISO 8601")
def _state_time(device: Device) -> str:
    stamp = _states(device).get("TimeStamp")
    expect(isinstance(stamp, str) and _ISO_8601.fullmatch(stamp) is not None, shown(stamp), expected="ISO 8601")
    return shown(stamp)


@RULES.rule("state-types", "values of DeviceState have the type of their property")
def _state_types(device: Device) -> None:
    states = _states(device)
    for name in DEVICE_STATE[device.kind].split():
        if name in states and not device.error(name):
            value, state = device.read(name), states[name]
            both = isinstance(value, bool) == isinstance(state, bool) and isinstance(value, str) == isinstance(
                state, str
            )
            expect(both and state is not None, f"{name}: {shown(state)}", expected=f"of the type of {shown(value)}")
