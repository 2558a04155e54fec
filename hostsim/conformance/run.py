"""Checks a server: the management API first, then its devices side by side, each through the phases of the rules."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from hostsim.conformance import restoring
from hostsim.conformance.client import Client
from hostsim.conformance.device import Conditions, Device
from hostsim.conformance.members import OFFLINE
from hostsim.conformance.outcome import NotApplicableError, NotedError, UnmetError
from hostsim.conformance.rule import Phase, Rule, Status, Verdict
from hostsim.conformance.rules import RULES
from hostsim.conformance.server import Server, served

_AT_ONCE: Final = 10
_NO_CONNECTION: Final = "the device could not be connected"


@dataclass(frozen=True)
class Target:
    """What to check: the server, the devices (type and number; all that it lists if empty), and the rules."""

    host: str
    port: int
    devices: tuple[tuple[str, int], ...] = ()
    conditions: Conditions = field(default_factory=Conditions)
    rules: tuple[Rule, ...] = field(default_factory=lambda: tuple(RULES.values()))

    @property
    def asked(self) -> tuple[Rule, ...]:
        """Return the rules of the profile."""
        return tuple(rule for rule in self.rules if rule.asked(self.conditions.profile))

    def client(self) -> Client:
        """Return a new connection to the server."""
        return Client(self.host, self.port, timeout_s=self.conditions.timeout_s)


def check_server(target: Target) -> Iterator[Verdict]:
    """Check a server; yields verdicts of the server, then those of each device as soon as they are there in order."""
    with contextlib.closing(target.client()) as client:
        server = Server(client, target.conditions, named=bool(target.devices))
        yield from _judged(target.asked, server, phase=Phase.SERVER, conditions=target.conditions)
        devices = target.devices or tuple(served(client))
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="conformance") as pool:
        for verdicts in pool.map(lambda device: _check_device(target, device[0], number=device[1]), devices):
            yield from verdicts


def _check_device(target: Target, kind: str, *, number: int) -> list[Verdict]:
    with contextlib.closing(target.client()) as client:
        device = Device(client, kind, number=number, conditions=target.conditions)
        rules = [rule for rule in target.asked if rule.device in ("", kind)]
        with contextlib.suppress(UnmetError):
            device.version = max(1, device.read("InterfaceVersion"))
        connected = _connected(device)
        # Before anything else: some devices obey without a connection.
        found = _found(device)
        _set_connected(device, False)
        device.heedless = _answers_unconnected(device)
        verdicts = [
            verdict
            for phase in (Phase.OFFLINE, Phase.CONNECTING)
            for verdict in _judged(rules, device, phase=phase, conditions=target.conditions)
        ]
        verdicts += _check_connected(device, rules, found=found)
        _set_connected(device, connected)
        return verdicts


def _found(device: Device) -> restoring.Found:
    _set_connected(device, True)
    return restoring.remember(device)


def _answers_unconnected(device: Device) -> bool:
    with contextlib.suppress(UnmetError):
        plain = [call for call in device.calls if call.verb == "GET" and not call.parameters]
        return any(
            device.error(call.name) == 0 for call in plain if call.name not in OFFLINE and call.returns != "image"
        )
    return False


def _check_connected(device: Device, rules: list[Rule], *, found: restoring.Found) -> list[Verdict]:
    online = [rule for rule in rules if rule.phase in (Phase.ONLINE, Phase.BEHAVIOUR)]
    _set_connected(device, True)
    if not _connected(device):
        return [Verdict(rule, device.place, "", Status.SKIP, rule.text, _NO_CONNECTION) for rule in online]
    verdicts = [
        verdict
        for phase in (Phase.ONLINE, Phase.BEHAVIOUR)
        for verdict in _judged(online, device, phase=phase, conditions=device.conditions)
    ]
    rule = restoring.RESTORED
    problems = restoring.put_back(device, found)
    return verdicts + [Verdict(rule, device.place, "", Status.INFO, rule.text, problem) for problem in problems]


def _connected(device: Device) -> bool:
    try:
        return bool(device.read("Connected"))
    except UnmetError:
        return False


def _set_connected(device: Device, wanted: bool) -> None:
    # Failing here is no verdict: rules about the connection say what is wrong with it.
    with contextlib.suppress(UnmetError):
        if device.read("Connected") != wanted:
            device.put("Connected", Connected=wanted)
            device.wait_for("Connected", wanted)


def _judged(rules: Iterable[Rule], subject: Any, *, phase: Phase, conditions: Conditions) -> Iterator[Verdict]:
    for rule in rules:
        if rule.phase is not phase:
            continue
        if rule.timed and not conditions.timed:
            yield Verdict(rule, subject.place, "", Status.SKIP, rule.text, "seconds are not measured")
        elif rule.version > getattr(subject, "version", rule.version):
            seen = f"interface version {subject.version} is older than {rule.version}"
            yield Verdict(rule, subject.place, "", Status.SKIP, rule.text, seen)
        else:
            yield from _judged_each(rule, subject)


def _judged_each(rule: Rule, subject: Any) -> Iterator[Verdict]:
    if rule.each is None:
        yield _verdict(rule, subject, run=lambda: rule.check(subject))
        return
    parts: list[Any] = []
    found = _verdict(rule, subject, run=lambda: parts.extend(rule.each(subject)) if rule.each else None)
    if found.status is not Status.PASS:
        yield found
    for part in parts:
        yield _verdict(rule, subject, run=lambda part=part: rule.check(subject, part), name=str(part))  # type: ignore[misc]


def _verdict(rule: Rule, subject: Any, *, run: Callable[[], str | None], name: str = "") -> Verdict:
    expected = rule.text
    try:
        seen = run() or "as expected"
        status = Status.PASS
    except UnmetError as error:
        status, seen, expected = Status.FAIL, error.seen, error.expected or rule.text
    except NotApplicableError as error:
        status, seen = Status.SKIP, str(error)
    except NotedError as error:
        status, seen = Status.INFO, str(error)
    except Exception as error:  # noqa: BLE001 - what anybody's server answers may trip a rule; that is its failure, not ours
        status, seen = Status.FAIL, f"an answer this rule cannot read ({type(error).__name__}: {error})"
    return Verdict(rule, subject.place, name, status, expected, seen)
