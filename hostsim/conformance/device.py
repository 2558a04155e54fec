"""A device of the server under test, spoken to in the words of the protocol, every answer checked for its type."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from hostsim.clock import SystemClock
from hostsim.conformance.client import Client, Reply, Request
from hostsim.conformance.envelope import TYPE_WORDS, document, error_number, type_problem
from hostsim.conformance.members import PLATFORM_7, RAW_COMMANDS, Call, calls
from hostsim.conformance.outcome import NotApplicableError, NotedError, UnmetError, error_text, expect, shown
from hostsim.conformance.rule import Profile
from tsplug.ports import Clock

CLIENT_ID: Final = 4711
NOT_IMPLEMENTED: Final = 0x400
INVALID_VALUE: Final = 0x401
VALUE_NOT_SET: Final = 0x402
NOT_CONNECTED: Final = 0x407
PARKED: Final = 0x408
INVALID_OPERATION: Final = 0x40B
UNKNOWN_ACTION: Final = 0x40C
PROMPT_S: Final = 1.0
_POLL_S: Final = 0.02
# What may answer only when it is done: by its nature, and before Platform 7.
_SYNCHRONOUS: Final = frozenset(
    {"Connected", "SetSwitch", "SetSwitchValue", "SlewToAltAz", "SlewToCoordinates", "SlewToTarget"}
)
_ONCE_SYNCHRONOUS: Final[dict[str, frozenset[str]]] = {
    "Dome": frozenset({"CloseShutter", "FindHome", "OpenShutter", "Park", "SlewToAltitude", "SlewToAzimuth"}),
    "Telescope": frozenset({"FindHome", "Park", "SideOfPier", "Unpark"}),
}


@dataclass(frozen=True)
class Conditions:
    """Under what conditions a server is checked: seconds for an answer and for an operation, and what is asked.

    ``timed`` is false where seconds of the devices are not those of the checker. ``discovery_port`` is the UDP port of
    discovery: 0 for none, None for the usual one, where silence is no failure. ``clock`` tells the right time.
    ``raw_commands`` lets what a real mount may obey be sent: CommandBlind, CommandBool and CommandString.
    """

    timeout_s: float = 5.0
    operation_s: float = 60.0
    profile: Profile = Profile.STRICT
    timed: bool = True
    discovery_port: int | None = None
    clock: Clock = field(default_factory=SystemClock)
    raw_commands: bool = False


class Device:
    """One device of the server."""

    def __init__(self, client: Client, kind: str, *, number: int, conditions: Conditions) -> None:
        """Speak to device ``number`` of type ``kind`` over ``client``."""
        self.client = client
        self.kind = kind
        self.number = number
        self.conditions = conditions
        self.version = PLATFORM_7[kind]
        self.heedless = False
        self._ids = itertools.count(1)

    @property
    def place(self) -> str:
        """Return type and number as a path has them."""
        return f"{self.kind.lower()}/{self.number}"

    @property
    def platform_7(self) -> bool:
        """Return whether the interface is that of Platform 7."""
        return self.version >= PLATFORM_7[self.kind]

    @property
    def calls(self) -> list[Call]:
        """Return the calls of this interface version; raw commands only where they may be sent."""
        known = [call for call in calls(self.kind) if call.version <= self.version]
        return [call for call in known if self.conditions.raw_commands or call.name not in RAW_COMMANDS]

    def path(self, name: str) -> str:
        """Return the path of a member."""
        return f"/api/v1/{self.place}/{name.lower()}"

    def send(self, verb: str, name: str, *, parameters: dict[str, str], accept: str = "application/json") -> Reply:
        """Send exactly ``parameters`` to a member, as a query or a form, and return whatever is answered."""
        as_query = parameters if verb == "GET" else None
        form = parameters if verb == "PUT" else None
        wait_s = self.conditions.operation_s if form is not None and self._synchronous(name) else None
        return self.client.send(Request(verb, self.path(name), as_query, form, accept, wait_s=wait_s))

    def send_query(self, verb: str, name: str, *, parameters: dict[str, str]) -> Reply:
        """Send ``parameters`` in the query whatever the verb is."""
        return self.client.send(Request(verb, self.path(name), parameters, {}))

    def ids(self) -> dict[str, str]:
        """Return the ids for a correct request, the transaction's a new one."""
        return {"ClientID": str(CLIENT_ID), "ClientTransactionID": str(next(self._ids))}

    def correct(self, call: Call) -> Reply:
        """Make a call as it should be made."""
        return self.send(call.verb, call.name, parameters={**call.samples, **self.ids()})

    def outcome(self, verb: str, name: str, *, parameters: dict[str, Any]) -> tuple[int, Any, Reply]:
        """Make a call; return error number, Value (None where there is none) and the reply.

        Raises:
            UnmetError: there was no Alpaca answer.
        """
        sent = {key: _written(value) for key, value in parameters.items()}
        reply = self.send(verb, name, parameters={**sent, **self.ids()})
        try:
            content = document(reply)
            return error_number(content), content.get("Value"), reply
        except UnmetError as error:
            raise UnmetError(f"{_told(name, parameters)}: {error.seen}", error.expected) from None

    def read(self, name: str, **parameters: Any) -> Any:
        """Return the Value of a property, of the type the protocol gives it.

        Raises:
            UnmetError: there is an error, or the type is wrong.
        """
        number, value, _ = self.outcome("GET", name, parameters=parameters)
        expect(number == 0, f"{_told(name, parameters)}: {error_text(number)}", expected=f"{name} can be read")
        kind = next(call.returns for call in calls(self.kind) if (call.name, call.verb) == (name, "GET"))
        problem = type_problem(value, kind)
        expect(not problem, f"{name}: {problem}", expected=TYPE_WORDS[kind])
        return value

    def optional(self, name: str, **parameters: Any) -> Any:
        """Return the Value of a property, None where it is not implemented."""
        if self.error(name, **parameters) == NOT_IMPLEMENTED:
            return None
        return self.read(name, **parameters)

    def need(self, name: str, **parameters: Any) -> Any:
        """Return the Value of an optional property.

        Raises:
            NotApplicableError: it is not implemented.
        """
        value = self.optional(name, **parameters)
        if value is None:
            raise NotApplicableError(f"{name} is not implemented")
        return value

    def need_true(self, name: str, **parameters: Any) -> None:
        """Go on if a capability is there.

        Raises:
            NotApplicableError: it is not.
        """
        if not self.read(name, **parameters):
            raise NotApplicableError(f"{_told(name, parameters)} is false")

    def error(self, name: str, **parameters: Any) -> int:
        """Return the error number of reading a property, 0 for none."""
        return self.outcome("GET", name, parameters=parameters)[0]

    def put_error(self, name: str, **parameters: Any) -> int:
        """Return the error number of a write or a method, 0 for none."""
        return self.outcome("PUT", name, parameters=parameters)[0]

    def put(self, name: str, **parameters: Any) -> Any:
        """Write a property or call a method, which must succeed and return in time; return its Value, if any.

        What may answer only when it is done has the time of an operation.
        """
        number, value, reply = self.outcome("PUT", name, parameters=parameters)
        told = _told(name, parameters)
        expect(number == 0, f"{told}: {error_text(number)}", expected=f"{told} succeeds")
        expect(
            reply.elapsed_s <= PROMPT_S or self._synchronous(name),
            f"{told} returned after {reply.elapsed_s:.1f} s",
            expected=f"{name} returns within {PROMPT_S:g} s",
        )
        return value

    def tolerate(self, condition: bool, seen: str, *, expected: str, reason: str) -> None:
        """Go on if ``condition`` holds; otherwise ``reason`` says why only the strict profile calls it a failure.

        Raises:
            UnmetError: it does not hold, and the profile is the strict one.
            NotedError: it does not hold, and the profile is the tolerant one.
        """
        if self.conditions.profile is Profile.STRICT:
            expect(condition, seen, expected=expected)
        elif not condition:
            raise NotedError(f"{seen} instead of {expected}: tolerated, {reason}")

    def refused(self, name: str, *numbers: int, **parameters: Any) -> None:
        """Go on if a write or a method is refused with one of the error numbers.

        Raises:
            UnmetError: it is not.
        """
        number = self.put_error(name, **parameters)
        self._expect_error(number, numbers, told=_told(name, parameters))

    def unreadable(self, name: str, *numbers: int, **parameters: Any) -> None:
        """Go on if a property answers one of the error numbers.

        Raises:
            UnmetError: it does not.
        """
        self._expect_error(self.error(name, **parameters), numbers, told=_told(name, parameters))

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Poll until an operation is done.

        Raises:
            UnmetError: it takes longer than operations may take.
        """
        deadline = time.monotonic() + self.conditions.operation_s
        while not done():
            expect(
                time.monotonic() < deadline,
                f"not so after {self.conditions.operation_s:g} s",
                expected=f"{what} in the end",
            )
            time.sleep(_POLL_S)

    def wait_for(self, name: str, value: object) -> None:
        """Poll until a property reads ``value``."""
        self.wait(lambda: bool(self.read(name) == value), f"{name} is {value}")

    def _synchronous(self, name: str) -> bool:
        return name in _SYNCHRONOUS or (not self.platform_7 and name in _ONCE_SYNCHRONOUS.get(self.kind, ()))

    def _expect_error(self, number: int, allowed: tuple[int, ...], *, told: str) -> None:
        words = " or ".join(f"{each:#x}" for each in allowed)
        expect(number in allowed, f"{told}: {error_text(number)}", expected=f"{told}: error {words}")


def expect_range(name: str, value: float, *, low: float, high: float) -> None:
    """Go on if a number lies in a range, ends included.

    Raises:
        UnmetError: it does not.
    """
    expect(low <= value <= high, f"{name} {value:g}", expected=f"{name} from {low:g} to {high:g}")


def _written(value: Any) -> str:
    return str(value)


def _told(name: str, parameters: dict[str, Any]) -> str:
    if not parameters:
        return name
    return f"{name}({', '.join(shown(value) for value in parameters.values())})"
