"""Rules about the management of a server: what it is and what it serves."""

from __future__ import annotations

import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hostsim.conformance.client import Request
from hostsim.conformance.envelope import KEYS, document, is_integer, rising
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.outcome import NotApplicableError, NotedError, expect, shown
from hostsim.conformance.rule import Phase, Profile, RuleSet
from hostsim.conformance.server import MOST_DEVICES, PATHS, Server, management_value, served

RULES = RuleSet("management", "3 Management", Phase.SERVER)

_DESCRIPTION = ("ServerName", "Manufacturer", "ManufacturerVersion", "Location")
_ENTRY = {"DeviceName", "DeviceType", "DeviceNumber", "UniqueID"}
_AT_ONCE = 8
_EACH = 5


def _each_path(server: Server) -> list[str]:
    return list(PATHS)


@RULES.rule("answer", "the management API answers in the envelope of Alpaca", each=_each_path)
def _answer(server: Server, path: str) -> None:
    query = {"ClientID": "12", "ClientTransactionID": "3000000001"}
    content = document(server.client.send(Request("GET", path, query)))
    # Errors have no place in the management API; who sends the fields must send them as elsewhere.
    wanted = ("Value", *KEYS[:2])
    missing = [key for key in wanted if key not in content]
    expect(not missing, f"no {', '.join(missing)}, but {', '.join(content)}", expected=f"keys {', '.join(wanted)}")
    echoed, given = content["ClientTransactionID"], content["ServerTransactionID"]
    expect(echoed == 3_000_000_001, f"ClientTransactionID {shown(echoed)}", expected="ClientTransactionID 3000000001")
    expect(
        is_integer(given) and given >= 1,
        f"ServerTransactionID {shown(given)}",
        expected="ServerTransactionID 1 or more",
    )


@RULES.rule("any-case", "names of ids are read in any case", each=_each_path)
def _any_case(server: Server, path: str) -> None:
    content = document(server.client.send(Request("GET", path, {"clientid": "12", "CLIENTTRANSACTIONID": "34"})))
    echoed = content.get("ClientTransactionID")
    expect(echoed == 34, f"ClientTransactionID {shown(echoed)}", expected="ClientTransactionID 34")


@RULES.rule("versions", "apiversions is a list of integers with 1 in it")
def _versions(server: Server) -> str:
    value = management_value(server.client, PATHS[0])
    expect(isinstance(value, list) and 1 in value and all(map(is_integer, value)), shown(value), expected="such as [1]")
    return shown(value)


@RULES.rule("description", "description has its fields, all of them text")
def _description(server: Server) -> str:
    value = management_value(server.client, PATHS[1])
    expect(isinstance(value, dict), shown(value), expected="an object")
    wrong = [name for name in _DESCRIPTION if not isinstance(value.get(name), str)]
    expect(not wrong, f"{', '.join(wrong)} missing or no text", expected=f"text for {', '.join(_DESCRIPTION)}")
    return shown(value["ServerName"])


def _entries(server: Server) -> list[Any]:
    value = management_value(server.client, PATHS[2])
    expect(isinstance(value, list), shown(value), expected="a list")
    return list(value)


@RULES.rule("devices", "configureddevices is a list of objects with the four fields of a device")
def _devices(server: Server) -> str:
    entries = _entries(server)
    for entry in entries:
        expect(
            isinstance(entry, dict) and set(entry) >= _ENTRY, shown(entry), expected=f"keys {', '.join(sorted(_ENTRY))}"
        )
        fits = is_integer(entry["DeviceNumber"]) and entry["DeviceNumber"] >= 0
        fits = fits and all(isinstance(entry[key], str) and entry[key] for key in _ENTRY - {"DeviceNumber"})
        expect(fits, shown(entry), expected="texts that are not empty, and a number from 0")
    return f"{len(entries)} devices"


@RULES.rule("something-to-check", "the server lists a device that can be checked")
def _something(server: Server) -> str:
    if server.named:
        raise NotApplicableError("the devices were named")
    count = len(served(server.client))
    expect(count > 0, "no device: nothing can be checked", expected="at least one device, or --device TYPE/N")
    if count == MOST_DEVICES:
        raise NotedError(f"only the first {MOST_DEVICES} devices are checked")
    return f"{count} devices"


@RULES.rule("device-types", "DeviceType is a type of ASCOM in its proper capitals")
def _device_types(server: Server) -> None:
    kinds = [entry.get("DeviceType") for entry in _entries(server) if isinstance(entry, dict)]
    wrong = [kind for kind in kinds if kind not in (*PLATFORM_7, "Video")]
    expect(not wrong, ", ".join(map(shown, wrong)), expected="such as FilterWheel")


@RULES.rule("unique", "every device has its own UniqueID, and its own number within its type")
def _unique(server: Server) -> None:
    entries = [entry for entry in _entries(server) if isinstance(entry, dict)]
    identifiers = [str(entry.get("UniqueID")) for entry in entries]
    places = [(str(entry.get("DeviceType")), str(entry.get("DeviceNumber"))) for entry in entries]
    for each in (identifiers, places):
        expect(len(set(each)) == len(each), shown(each), expected="no two alike")


@RULES.rule("stable", "a device keeps its UniqueID from one request to the next")
def _stable(server: Server) -> None:
    first, second = _entries(server), _entries(server)
    expect(first == second, "the two lists differ", expected="twice the same list")


@RULES.rule("guid", "UniqueID is a GUID", profile=Profile.STRICT)
def _guid(server: Server) -> None:
    for entry in _entries(server):
        identifier = entry.get("UniqueID") if isinstance(entry, dict) else None
        try:
            uuid.UUID(str(identifier))
        except ValueError:
            expect(False, shown(identifier), expected="a GUID, unique on the planet")


@RULES.rule("rising", "ServerTransactionID rises")
def _rising(server: Server) -> str:
    seen = [document(server.client.send(Request("GET", PATHS[0]))).get("ServerTransactionID") for _ in range(3)]
    expect(rising(seen), shown(seen), expected="three rising numbers")
    return shown(seen)


@RULES.rule("rising-across", "ServerTransactionID rises from device to device")
def _rising_across(server: Server) -> str:
    paths = [f"/api/v1/{kind.lower()}/{number}/interfaceversion" for kind, number in served(server.client)]
    if len(paths) <= 1:
        raise NotApplicableError("there are no two devices")
    seen = [document(server.client.send(Request("GET", path))).get("ServerTransactionID") for path in paths[:_EACH] * 2]
    expect(rising(seen), shown(seen), expected="rising numbers")
    return shown(seen)


@RULES.rule("overlapping", "requests that overlap get a ServerTransactionID each")
def _overlapping(server: Server) -> str:
    def ask(_: int) -> list[Any]:
        with contextlib.closing(server.client.another()) as client:
            sent = (client.send(Request("GET", PATHS[0])) for _ in range(_EACH))
            return [document(reply).get("ServerTransactionID") for reply in sent]

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        seen = [identifier for identifiers in pool.map(ask, range(_AT_ONCE)) for identifier in identifiers]
    twice = sorted({identifier for identifier in seen if seen.count(identifier) > 1}, key=str)
    expect(not twice, f"twice: {shown(twice)}", expected=f"{len(seen)} different numbers")
    return f"{len(seen)} different numbers"


def _wrong(server: Server) -> list[str]:
    return ["/management/v1/hostsimunknown"]


def _wrong_beside(server: Server) -> list[str]:
    return ["/management/V1/description", "/hostsimunknown"]


@RULES.rule("wrong-path", "a path that is not there is HTTP 4xx", each=_wrong)
# What no client asks for may well lead to a page for people.
@RULES.rule("wrong-path-beside", "a path that is not there is HTTP 4xx", each=_wrong_beside, profile=Profile.STRICT)
def _wrong_path(server: Server, path: str) -> str:
    reply = server.client.send(Request("GET", path))
    expect(400 <= reply.status < 500, reply.text, expected="HTTP 4xx")
    return f"HTTP {reply.status}"


@RULES.rule("setup", "the set-up page of the server is HTML", profile=Profile.STRICT)
def _setup(server: Server) -> None:
    reply = server.client.send(Request("GET", "/setup", accept="text/html"))
    expect(
        reply.status == 200 and reply.content_type.startswith("text/html"),
        reply.text,
        expected="HTTP 200 with text/html",
    )
