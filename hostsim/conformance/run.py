"""Checks a server: the management API first, then its devices side by side, each through the phases of the rules."""

from __future__ import annotations

import contextlib
import queue
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from hostsim.conformance.client import Client
from hostsim.conformance.device import Conditions, Device
from hostsim.conformance.judging import judged
from hostsim.conformance.rule import Phase, Rule, Verdict
from hostsim.conformance.rules import RULES
from hostsim.conformance.server import Server, served
from hostsim.conformance.visit import Visit
from hostsim.conformance.watch import StoppedError, Watch

_AT_ONCE: Final = 10
_TICK_S: Final = 0.2


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

    def client(self, watch: Watch | None = None) -> Client:
        """Return a new connection to the server."""
        return Client(self.host, self.port, timeout_s=self.conditions.timeout_s, watch=watch)


@dataclass(frozen=True)
class _Event:
    """A verdict about a device, or None at the end of its check."""

    number: int
    verdict: Verdict | None = None


class Follower:
    """Hears what is done while a check goes on; this one does nothing with it."""

    def begins(self, places: list[str]) -> None:
        """Hear which devices are about to be checked."""

    def judged(self, verdict: Verdict) -> None:
        """Hear a verdict at once, whatever its turn in the list is."""

    def through(self, place: str) -> None:
        """Hear that the check of a device is over."""

    def stopping(self) -> None:
        """Hear that the check is stopped, and everything brought to rest."""

    def waiting(self) -> None:
        """Hear, several times a second, that the check goes on."""


class Check:
    """One check of a server, which can be stopped from another thread or a signal."""

    def __init__(self, target: Target, follower: Follower | None = None) -> None:
        """Prepare; nothing is asked yet."""
        self._target = target
        self._follower = follower or Follower()
        self._watch = Watch()
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._visits: list[Visit] = []
        self._through: set[int] = set()
        self._begun: set[int] = set()
        self._left: dict[str, str] = {}

    def stop(self) -> None:
        """Bring everything to rest and end soon; `verdicts` ends then, and `incomplete` says how it was left."""
        self._watch.stop()

    @property
    def unfinished(self) -> list[str]:
        """Return the devices whose check has begun and is not over: these may move."""
        return [self._visits[number].place for number in sorted(self._begun - self._through)]

    @property
    def stopped(self) -> bool:
        """Return whether the check was stopped."""
        return self._watch.stopping

    @property
    def _cut_short(self) -> list[Visit]:
        return [visit for visit in self._visits if visit.place in self._left]

    @property
    def incomplete(self) -> str:
        """Say why not everything was asked and how the devices are left, empty for a check that went to its end."""
        if self._watch.stopping:
            left = "; ".join(f"{visit.place}: {self._left[visit.place]}" for visit in self._cut_short)
            return f"stopped, and nothing was moved back: {left}" if left else "stopped while no device was checked"
        lost = [self._watch.gone] if self._watch.gone else [visit.lost for visit in self._visits if visit.lost]
        if not lost:
            return ""
        return f"{', '.join(lost)}: what was not asked is SKIP; see whether something still moves"

    def verdicts(self) -> Generator[Verdict, None, None]:
        """Check; yields verdicts of the server, then those of each device in order, as soon as they are there."""
        try:
            devices = yield from self._server()
        except StoppedError:
            return
        self._visits = [self._visit_of(*device) for device in devices]
        self._follower.begins([visit.place for visit in self._visits])
        pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="conformance")
        try:
            futures = [pool.submit(self._check, number) for number in range(len(self._visits))]
            yield from self._in_order()
            for future in futures:
                future.result()
        finally:
            if len(self._through) < len(self._visits):
                self._watch.stop()
            pool.shutdown()

    def _server(self) -> Generator[Verdict, None, tuple[tuple[str, int], ...]]:
        target = self._target
        with contextlib.closing(target.client(self._watch)) as client:
            server = Server(client, target.conditions, named=bool(target.devices))
            for verdict in judged(target.asked, server, phase=Phase.SERVER, conditions=target.conditions):
                self._follower.judged(verdict)
                yield verdict
            return target.devices or tuple(served(client))

    def _visit_of(self, kind: str, number: int) -> Visit:
        device = Device(self._target.client(self._watch), kind, number=number, conditions=self._target.conditions)
        return Visit(device, self._target.asked)

    def _check(self, number: int) -> None:
        visit = self._visits[number]
        try:
            if not self._watch.stopping:
                self._begun.add(number)
                left = visit.run(lambda verdict: self._events.put(_Event(number, verdict)))
                if left:
                    self._left[visit.place] = left
        finally:
            visit.close()
            self._events.put(_Event(number))

    def _in_order(self) -> Iterator[Verdict]:
        waiting: list[deque[Verdict]] = [deque() for _ in self._visits]
        turn, told = 0, False
        while turn < len(self._visits):
            if self.stopped and not told:
                told = True
                self._follower.stopping()
            self._follower.waiting()
            with contextlib.suppress(queue.Empty):
                self._take(self._events.get(timeout=_TICK_S), waiting)
            while turn < len(self._visits):
                while waiting[turn]:
                    yield waiting[turn].popleft()
                if turn not in self._through:
                    break
                turn += 1

    def _take(self, event: _Event, waiting: list[deque[Verdict]]) -> None:
        if event.verdict is not None:
            waiting[event.number].append(event.verdict)
            self._follower.judged(event.verdict)
        else:
            self._through.add(event.number)
            self._follower.through(self._visits[event.number].place)


def check_server(target: Target) -> Iterator[Verdict]:
    """Check a server; yields verdicts of the server, then those of each device in order, as soon as they are there."""
    yield from Check(target).verdicts()
