"""Rules about paths and verbs: whatever is not exactly a member of a device is a bad request."""

from __future__ import annotations

from dataclasses import dataclass

from hostsim.conformance.client import Request
from hostsim.conformance.device import Device
from hostsim.conformance.outcome import expect
from hostsim.conformance.rule import Phase, Profile, RuleSet

RULES = RuleSet("url", "2 Transport", Phase.OFFLINE)


@dataclass(frozen=True)
class _Wrong:
    what: str
    path: str

    def __str__(self) -> str:
        return self.what


def _wrong_paths(device: Device) -> list[_Wrong]:
    kind, number = device.kind.lower(), device.number
    return [
        _Wrong("capital in the type", f"/api/v1/{kind.capitalize()}/{number}/name"),
        _Wrong("unknown type", f"/api/v1/x{kind}/{number}/name"),
        _Wrong("number -1", f"/api/v1/{kind}/-1/name"),
        _Wrong("number 99999", f"/api/v1/{kind}/99999/name"),
        _Wrong("number A", f"/api/v1/{kind}/A/name"),
        _Wrong("unknown member", f"/api/v1/{kind}/{number}/hostsimunknown"),
    ]


def _wrong_everywhere(device: Device) -> list[_Wrong]:
    kind, number = device.kind.lower(), device.number
    return [
        *_wrong_paths(device),
        _Wrong("capital in the member", f"/api/v1/{kind}/{number}/Name"),
        _Wrong("capital in api", f"/API/v1/{kind}/{number}/name"),
        _Wrong("capital in v1", f"/api/V1/{kind}/{number}/name"),
        _Wrong("version 2", f"/api/v2/{kind}/{number}/name"),
        _Wrong("no member", f"/api/v1/{kind}/{number}"),
    ]


@RULES.rule("wrong", "a wrong path is answered with HTTP 4xx", each=_wrong_paths)
def _wrong(device: Device, wrong: _Wrong) -> str:
    reply = device.client.send(Request("GET", wrong.path, device.ids()))
    expect(400 <= reply.status < 500, f"{wrong.path}: {reply.text}", expected="HTTP 4xx")
    return f"HTTP {reply.status}"


@RULES.rule("wrong-400", "a wrong path is answered with HTTP 400", each=_wrong_everywhere, profile=Profile.STRICT)
def _wrong_400(device: Device, wrong: _Wrong) -> str:
    reply = device.client.send(Request("GET", wrong.path, device.ids()))
    expect(reply.status == 400, f"{wrong.path}: {reply.text}", expected="HTTP 400")
    return "HTTP 400"


@RULES.rule("verb", "other verbs than GET and PUT are HTTP 4xx", each=lambda device: ["POST", "DELETE"])
def _verb(device: Device, verb: str) -> str:
    reply = device.client.send(Request(verb, device.path("Name"), form={}))
    expect(400 <= reply.status < 500, reply.text, expected="HTTP 4xx")
    return f"HTTP {reply.status}"


@RULES.rule("read-only", "writing a property that can only be read is HTTP 4xx", each=lambda device: ["Name"])
def _read_only(device: Device, name: str) -> str:
    reply = device.send("PUT", name, parameters={name: "x", **device.ids()})
    expect(400 <= reply.status < 500, reply.text, expected="HTTP 4xx")
    return f"HTTP {reply.status}"


@RULES.rule("plain", "the body of HTTP 400 is plain text", profile=Profile.STRICT)
def _plain(device: Device) -> str:
    reply = device.client.send(Request("GET", device.path("hostsimunknown"), device.ids()))
    expect(reply.content_type.startswith("text/plain"), reply.text, expected="text/plain")
    expect(bool(reply.body.strip()), "an empty body", expected="a message that says what is wrong")
    return reply.text


@RULES.rule("setup", "the set-up page of the device is HTML", profile=Profile.STRICT)
def _setup(device: Device) -> str:
    reply = device.client.send(Request("GET", f"/setup/v1/{device.place}/setup", accept="text/html"))
    expect(
        reply.status == 200 and reply.content_type.startswith("text/html"),
        reply.text,
        expected="HTTP 200 with text/html",
    )
    return f"HTTP {reply.status}"
