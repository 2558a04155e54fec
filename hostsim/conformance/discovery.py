"""Asks for Alpaca servers over UDP, as clients that do not know their addresses do."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from hostsim.conformance.envelope import is_integer

PORT: Final = 32_227
"""The UDP port that clients ask on."""

QUESTION: Final = b"alpacadiscovery1"
_ANSWER_BYTES: Final = 2048
_WAIT_S: Final = 0.6


@dataclass(frozen=True)
class Answer:
    """One datagram: who sent it, and what is in it."""

    sender: str
    content: bytes

    @property
    def alpaca_port(self) -> int | None:
        """Return the port that the answer tells, None where it is no answer of discovery."""
        try:
            told = json.loads(self.content)
        except (ValueError, RecursionError):
            return None
        port = told.get("AlpacaPort") if isinstance(told, dict) else None
        return port if is_integer(port) else None


@dataclass(frozen=True)
class Asker:
    """Asks one server, whose addresses and port of the device API are known, on a UDP port; each question once."""

    addresses: frozenset[str]
    alpaca_port: int
    udp_port: int = PORT
    _heard: dict[tuple[bytes, str], list[Answer]] = field(default_factory=dict)

    @property
    def loopback(self) -> bool:
        """Return whether the server is on this machine, reached by its loopback."""
        return all(address.startswith("127.") for address in self.addresses)

    def straight(self, question: bytes = QUESTION) -> list[Answer]:
        """Return what the server answers to a question sent to its own address."""
        return self._asked(question, sorted(self.addresses))

    def broadcast(self, question: bytes = QUESTION) -> list[Answer]:
        """Return what the server answers to a question sent to everyone near."""
        return self._asked(question, ["127.255.255.255" if self.loopback else "255.255.255.255"])

    def right(self, answers: Iterable[Answer]) -> bool:
        """Return whether one of the answers tells the port of this server."""
        return any(answer.alpaca_port == self.alpaca_port for answer in answers)

    def _asked(self, question: bytes, places: list[str]) -> list[Answer]:
        key = question, " ".join(places)
        if key not in self._heard:
            self._heard[key] = self._ask(question, places)
        return self._heard[key]

    def _ask(self, question: bytes, places: list[str]) -> list[Answer]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            for place in places:
                # Where a network has no way to send it, nobody answers.
                with contextlib.suppress(OSError):
                    asking.sendto(question, (place, self.udp_port))
            return _heard(asking, self._is_its, enough=lambda answer: answer.alpaca_port == self.alpaca_port)

    def _is_its(self, sender: str) -> bool:
        return sender in self.addresses or (self.loopback and sender.startswith("127."))


def asker(host: str, port: int, *, udp_port: int) -> Asker | None:
    """Return who asks the server at ``host`` and ``port``, None where it has no IPv4 address."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return None
    return Asker(frozenset(str(entry[4][0]) for entry in found), port, udp_port)


def _heard(asking: socket.socket, is_its: Callable[[str], bool], *, enough: Callable[[Answer], bool]) -> list[Answer]:
    answers: list[Answer] = []
    ends = time.monotonic() + _WAIT_S
    while (left_s := ends - time.monotonic()) > 0:
        asking.settimeout(left_s)
        try:
            content, sender = asking.recvfrom(_ANSWER_BYTES)
        except TimeoutError:
            break
        except OSError:
            # The refusal of a port where nobody listens says nothing of those that have not answered yet.
            continue
        if is_its(sender[0]):
            answers.append(Answer(sender[0], content))
            if enough(answers[-1]):
                break
    return answers
