"""The check of one device: how it was found, every phase of the rules, and leaving it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hostsim.conformance import restoring
from hostsim.conformance.client import Client
from hostsim.conformance.device import Conditions, Device
from hostsim.conformance.halting import halt
from hostsim.conformance.judging import judged
from hostsim.conformance.members import OFFLINE
from hostsim.conformance.outcome import UnmetError
from hostsim.conformance.rule import Phase, Rule, Status, Verdict
from hostsim.conformance.watch import StoppedError, Watch

_NO_CONNECTION: Final = "the device could not be connected"
_HALT_ANSWER_S: Final = 2.0
_HALT_S: Final = 5.0


class Visit:
    """One device under check."""

    def __init__(self, device: Device, rules: Sequence[Rule]) -> None:
        """Check ``device`` by those of the rules that are for its kind."""
        self._device = device
        self._rules = [rule for rule in rules if rule.device in ("", device.kind)]
        self._connected: bool | None = None
        self._found: restoring.Found | None = None

    @property
    def place(self) -> str:
        """Return type and number of the device."""
        return self._device.place

    def _verdicts(self) -> Iterator[Verdict]:
        device = self._device
        with contextlib.suppress(UnmetError):
            device.version = max(1, device.read("InterfaceVersion"))
        self._connected = _connected(device)
        # Before anything else: some devices obey without a connection.
        _set_connected(device, True)
        self._found = restoring.remember(device)
        _set_connected(device, False)
        device.heedless = _answers_unconnected(device)
        for phase in (Phase.OFFLINE, Phase.CONNECTING):
            yield from self._judged(phase)
        yield from self._while_connected(self._found)
        _set_connected(device, self._connected)

    @property
    def lost(self) -> str:
        """Say what became of a device that did not answer to the end, empty for one that did."""
        if not self._device.client.given_up:
            return ""
        return f"{self.place} no longer answers"

    def run(self, tell: Callable[[Verdict], None]) -> str:
        """Check the device, telling each verdict at once.

        Returns:
            How it is left if the check was stopped, empty if it went to its end.
        """
        try:
            for verdict in self._verdicts():
                tell(verdict)
        except StoppedError:
            return self._halted()
        return ""

    def close(self) -> None:
        """Close the connection to the server."""
        self._device.client.close()

    def _halted(self) -> str:
        if self._connected is None:
            return "untouched"
        host, port = self._device.client.address
        answer_s = min(_HALT_ANSWER_S, self._device.conditions.timeout_s)
        with contextlib.closing(Client(host, port, timeout_s=answer_s, watch=Watch())) as client:
            device = Device(client, self._device.kind, number=self._device.number, conditions=_hurried())
            device.version = self._device.version
            said = halt(device, self._found) if self._device.heedless or _connected(device) else "as it was found"
            _set_connected(device, self._connected)
            if client.given_up or not client.watch.reached:
                said = "may STILL MOVE (it does not answer)"
        return said

    def _judged(self, phase: Phase) -> Iterator[Verdict]:
        yield from judged(self._rules, self._device, phase=phase, conditions=self._device.conditions)

    def _while_connected(self, found: restoring.Found) -> Iterator[Verdict]:
        device = self._device
        _set_connected(device, True)
        if not _connected(device):
            why = device.client.watch.gone or _NO_CONNECTION
            online = [rule for rule in self._rules if rule.phase in (Phase.ONLINE, Phase.BEHAVIOUR)]
            yield from (Verdict(rule, device.place, "", Status.SKIP, rule.text, why) for rule in online)
            return
        for phase in (Phase.ONLINE, Phase.BEHAVIOUR):
            yield from self._judged(phase)
        rule, gone = restoring.RESTORED, device.client.watch.gone
        problems = [gone] if gone else restoring.put_back(device, found)
        yield from (Verdict(rule, device.place, "", Status.INFO, rule.text, problem) for problem in problems)


def _hurried() -> Conditions:
    return Conditions(timeout_s=_HALT_ANSWER_S, operation_s=_HALT_S)


def _answers_unconnected(device: Device) -> bool:
    with contextlib.suppress(UnmetError):
        plain = [call for call in device.calls if call.verb == "GET" and not call.parameters]
        return any(
            device.error(call.name) == 0 for call in plain if call.name not in OFFLINE and call.returns != "image"
        )
    return False


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
