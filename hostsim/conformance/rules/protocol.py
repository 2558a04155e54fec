"""Rules of the protocol for every member that answers as it should be asked: envelope, ids, names, values."""

from __future__ import annotations

from hostsim.conformance.client import FORM, Request
from hostsim.conformance.device import INVALID_VALUE, NOT_IMPLEMENTED, Device
from hostsim.conformance.envelope import KEYS, TYPE_WORDS, document, error_number, is_integer, rising, type_problem
from hostsim.conformance.members import Call
from hostsim.conformance.outcome import NotApplicableError, UnmetError, error_text, expect, shown
from hostsim.conformance.rule import Phase, Profile, RuleSet

RULES = RuleSet("protocol", "2 Transport", Phase.ONLINE)

_BAD_IDS = ("", " ", "-1", "abc", "4294967296")
_JUNK = {"int": ("abc", "1.5", ""), "double": ("abc", ""), "bool": ("abc", "2", "")}
_UINT32 = 2**32
_FIRST_ERROR, _LAST_ERROR = 0x400, 0xFFF
# What these change cannot be put back: a mount's clock, its alignment, its park position.
_LASTING = frozenset(
    {
        "SetPark",
        "SetSwitchName",
        "Sync",
        "SyncToAltAz",
        "SyncToAzimuth",
        "SyncToCoordinates",
        "SyncToTarget",
        "UTCDate",
    }
)
# A mount or dome that takes a malformed request would move, or lose its alignment; its other members are asked instead.
_MOVES = frozenset(
    {
        "MoveAxis",
        "SideOfPier",
        "SlewToAltAz",
        "SlewToAltAzAsync",
        "SlewToAltitude",
        "SlewToAzimuth",
        "SlewToCoordinates",
        "SlewToCoordinatesAsync",
    }
)
# With a connection these would do something, so their requests are made without one.
_CONNECTING = ("Connected", "Connect")


def _reads(device: Device) -> list[Call]:
    # An image that somebody has left may be huge as JSON; rules of images look at one of their own.
    image = device.kind == "Camera" and _image_ready(device)
    return [call for call in device.calls if call.verb == "GET" and not (image and call.returns == "image")]


def _image_ready(camera: Device) -> bool:
    try:
        return bool(camera.read("ImageReady"))
    except UnmetError:
        return False


def _writes(device: Device) -> list[Call]:
    # A device that obeys without a connection would change for good.
    kept = {*_CONNECTING, *_LASTING, *_MOVES} if device.heedless else set(_CONNECTING)
    return [call for call in device.calls if call.verb == "PUT" and call.name not in kept]


def _reads_with_parameters(device: Device) -> list[Call]:
    return [call for call in _reads(device) if call.parameters]


def _harmless(device: Device) -> list[Call]:
    return [call for call in device.calls if call.verb == "GET" or call.name not in _LASTING | _MOVES]


def _writes_with_parameters(device: Device) -> list[Call]:
    return [call for call in _harmless(device) if call.verb == "PUT" and call.parameters]


def _typed(device: Device) -> list[Call]:
    return [call for call in _harmless(device) if any(each.type in _JUNK for each in call.parameters)]


def _check_envelope(device: Device, call: Call) -> str:
    reply = device.correct(call)
    content = document(reply)
    missing = [key for key in KEYS if key not in content]
    expect(not missing, f"no {', '.join(missing)}, but {', '.join(content)}", expected=f"keys {', '.join(KEYS)}")
    number = error_number(content)
    expect(
        number == 0 or _FIRST_ERROR <= number <= _LAST_ERROR,
        f"ErrorNumber {number:#x}",
        expected="ErrorNumber 0, or 0x400 to 0xfff",
    )
    message = content["ErrorMessage"]
    expect(isinstance(message, str), f"ErrorMessage {shown(message)}", expected="ErrorMessage is a string")
    expect(
        bool(message) == (number != 0),
        f"{error_text(number)} with ErrorMessage {shown(message)}",
        expected="a message with an error, an empty one without",
    )
    server_id = content["ServerTransactionID"]
    expect(
        is_integer(server_id) and 1 <= server_id < _UINT32,
        f"ServerTransactionID {shown(server_id)}",
        expected="ServerTransactionID from 1 to 4294967295",
    )
    return error_text(number)


_ENVELOPE = "a correct request gets HTTP 200 and JSON with the four keys in their exact capitals and of their types"


@RULES.rule("get", _ENVELOPE, each=_reads)
def _get(device: Device, call: Call) -> str:
    return _check_envelope(device, call)


@RULES.rule("put", _ENVELOPE, each=_writes, phase=Phase.OFFLINE)
def _put(device: Device, call: Call) -> str:
    return _check_envelope(device, call)


@RULES.rule("value", "Value is there and of the right JSON type, unless there is an error", each=_reads)
def _value(device: Device, call: Call) -> str:
    content = document(device.correct(call))
    number = error_number(content)
    if number:
        raise NotApplicableError(error_text(number))
    expect("Value" in content, f"no Value, but {', '.join(content)}", expected=f"Value, {TYPE_WORDS[call.returns]}")
    problem = type_problem(content["Value"], call.returns)
    expect(not problem, problem, expected=f"Value is {TYPE_WORDS[call.returns]}")
    return shown(content["Value"])


def _echoed(device: Device, call: Call, *, keys: tuple[str, str], echo: bool) -> str:
    client_id, transaction_id = keys
    sent = {**call.samples, client_id: "12", transaction_id: "3000000001"}
    content = document(device.send(call.verb, call.name, parameters=sent))
    expected = 3_000_000_001 if echo else 0
    seen = content.get("ClientTransactionID")
    expect(
        is_integer(seen) and seen == expected,
        f"ClientTransactionID {shown(seen)}",
        expected=f"ClientTransactionID {expected}",
    )
    return f"ClientTransactionID {expected}"


@RULES.rule("get-ids", "ClientTransactionID comes back, above 2 147 483 647 too", each=_reads)
def _get_ids(device: Device, call: Call) -> str:
    return _echoed(device, call, keys=("ClientID", "ClientTransactionID"), echo=True)


@RULES.rule("put-ids", "ClientTransactionID comes back, above 2 147 483 647 too", each=_writes, phase=Phase.OFFLINE)
def _put_ids(device: Device, call: Call) -> str:
    return _echoed(device, call, keys=("ClientID", "ClientTransactionID"), echo=True)


@RULES.rule("get-id-case", "GET takes the names of the ids in any case", each=_reads)
def _get_id_case(device: Device, call: Call) -> str:
    return _echoed(device, call, keys=("cLIENTid", "cLIENTtRANSACTIONid"), echo=True)


@RULES.rule("put-id-case", "PUT ignores ids whose names are miscased, and answers 0", each=_writes, phase=Phase.OFFLINE)
def _put_id_case(device: Device, call: Call) -> str:
    return _echoed(device, call, keys=("cLIENTid", "cLIENTtRANSACTIONid"), echo=False)


def _extra(device: Device, call: Call) -> None:
    document(device.send(call.verb, call.name, parameters={**call.samples, **device.ids(), "HostsimExtra": "1"}))


@RULES.rule("get-extra", "a parameter nobody knows is ignored", each=_reads)
def _get_extra(device: Device, call: Call) -> None:
    _extra(device, call)


@RULES.rule("put-extra", "a parameter nobody knows is ignored", each=_writes, phase=Phase.OFFLINE)
def _put_extra(device: Device, call: Call) -> None:
    _extra(device, call)


def _bad_ids(device: Device, call: Call, *, allowed: tuple[int, ...]) -> None:
    for name in ("ClientID", "ClientTransactionID"):
        for text in _BAD_IDS:
            reply = device.send(call.verb, call.name, parameters={**call.samples, **device.ids(), name: text})
            words = " or ".join(f"HTTP {status}" for status in allowed)
            told = f"{name}={text!r}"
            expect(reply.status in allowed, f"{told}: {reply.text}", expected=f"{told}: {words}")
            if reply.status != 400:
                echoed = document(reply).get("ClientTransactionID")
                expect(
                    is_integer(echoed) and echoed >= 0,
                    f"{told}: ClientTransactionID {shown(echoed)}",
                    expected="ClientTransactionID 0 or more",
                )


_BAD = "empty, blank, negative, too large or textual ids are HTTP 400"
_ACCEPTED = "empty, blank, negative, too large or textual ids are HTTP 400, or accepted but not echoed below 0"


@RULES.rule("get-bad-ids", _ACCEPTED, each=_reads)
def _get_bad_ids(device: Device, call: Call) -> None:
    _bad_ids(device, call, allowed=(200, 400))


@RULES.rule("put-bad-ids", _ACCEPTED, each=_writes, phase=Phase.OFFLINE)
def _put_bad_ids(device: Device, call: Call) -> None:
    _bad_ids(device, call, allowed=(200, 400))


@RULES.rule("get-bad-ids-refused", _BAD, each=_reads, profile=Profile.STRICT)
def _get_bad_ids_refused(device: Device, call: Call) -> None:
    _bad_ids(device, call, allowed=(400,))


@RULES.rule("put-bad-ids-refused", _BAD, each=_writes, profile=Profile.STRICT, phase=Phase.OFFLINE)
def _put_bad_ids_refused(device: Device, call: Call) -> None:
    _bad_ids(device, call, allowed=(400,))


def _inverted(call: Call) -> dict[str, str]:
    return {name.swapcase(): value for name, value in call.samples.items()}


@RULES.rule("get-case", "GET takes the names of its parameters in any case", each=_reads_with_parameters)
def _get_case(device: Device, call: Call) -> None:
    document(device.send("GET", call.name, parameters={**_inverted(call), **device.ids()}))


def _expect_400(device: Device, call: Call, *, parameters: dict[str, str]) -> None:
    reply = device.send(call.verb, call.name, parameters={**parameters, **device.ids()})
    told = "&".join(f"{key}={value}" for key, value in parameters.items()) or "no parameters"
    expect(reply.status == 400, f"{told}: {reply.text}", expected=f"{told}: HTTP 400")


@RULES.rule(
    "put-case", "PUT does not know its own parameters by miscased names: HTTP 400", each=_writes_with_parameters
)
def _put_case(device: Device, call: Call) -> None:
    _expect_400(device, call, parameters=_inverted(call))


@RULES.rule("get-missing", "a required parameter that is missing is HTTP 400", each=_reads_with_parameters)
def _get_missing(device: Device, call: Call) -> None:
    _expect_400(device, call, parameters={})


@RULES.rule("put-missing", "a required parameter that is missing is HTTP 400", each=_writes_with_parameters)
def _put_missing(device: Device, call: Call) -> None:
    _expect_400(device, call, parameters={})


@RULES.rule(
    "put-query",
    "parameters of a PUT that stand in the query instead of the form are HTTP 400",
    each=_writes_with_parameters,
    profile=Profile.STRICT,
)
def _put_query(device: Device, call: Call) -> None:
    reply = device.send_query("PUT", call.name, parameters={**call.samples, **device.ids()})
    expect(reply.status == 400, reply.text, expected="HTTP 400")


def _junk(device: Device, call: Call, *, numbers: tuple[int, ...]) -> None:
    for parameter in call.parameters:
        for text in _JUNK.get(parameter.type, ()):
            parameters = {**call.samples, parameter.name: text, **device.ids()}
            reply = device.send(call.verb, call.name, parameters=parameters)
            told = f"{parameter.name}={text!r}"
            words = "".join(f", or error {number:#x}" for number in numbers)
            if reply.status == 400:
                continue
            number = error_number(document(reply)) if reply.status == 200 else -1
            seen = error_text(number) if number >= 0 else reply.text
            expect(number in numbers, f"{told}: {seen}", expected=f"{told}: HTTP 400{words}")


@RULES.rule("junk", "a value that cannot be read is refused with HTTP 400 or an error", each=_typed)
def _junk_refused(device: Device, call: Call) -> None:
    _junk(device, call, numbers=(INVALID_VALUE, NOT_IMPLEMENTED))


@RULES.rule(
    "junk-400", "a value that cannot be read is HTTP 400, not an ASCOM error", each=_typed, profile=Profile.STRICT
)
def _junk_400(device: Device, call: Call) -> None:
    _junk(device, call, numbers=())


@RULES.rule("rising", "ServerTransactionID rises from request to request")
def _rising(device: Device) -> str:
    seen = []
    for _ in range(5):
        content = document(device.send("GET", "Name", parameters=device.ids()))
        seen.append(content.get("ServerTransactionID"))
    expect(rising(seen), shown(seen), expected="five rising numbers")
    return shown(seen)


@RULES.rule("put-type", "the type of a form may say its character set too", phase=Phase.CONNECTING)
def _put_type(device: Device) -> None:
    form = {"Connected": "False", **device.ids()}
    request = Request("PUT", device.path("Connected"), form=form, form_type=f"{FORM}; charset=utf-8")
    content = document(device.client.send(request))
    echoed = content.get("ClientTransactionID")
    expect(error_number(content) == 0, error_text(error_number(content)), expected="no error")
    expect(
        str(echoed) == form["ClientTransactionID"],
        f"ClientTransactionID {shown(echoed)}",
        expected=f"ClientTransactionID {form['ClientTransactionID']}",
    )


@RULES.rule("put-no-ids", "a PUT without ids is answered, with ClientTransactionID 0", phase=Phase.CONNECTING)
def _put_no_ids(device: Device) -> None:
    content = document(device.send("PUT", "Connected", parameters={"Connected": "False"}))
    echoed = content.get("ClientTransactionID")
    expect(error_number(content) == 0, error_text(error_number(content)), expected="no error")
    expect(echoed == 0 and is_integer(echoed), f"ClientTransactionID {shown(echoed)}", expected="ClientTransactionID 0")


@RULES.rule("no-ids", "requests without ids are answered, with ClientTransactionID 0")
def _no_ids(device: Device) -> None:
    content = document(device.send("GET", "Name", parameters={}))
    echoed = content.get("ClientTransactionID")
    expect(echoed == 0 and is_integer(echoed), f"ClientTransactionID {shown(echoed)}", expected="ClientTransactionID 0")
