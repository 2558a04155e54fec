"""Discovery: answers the broadcasts by which Alpaca clients look for servers.

A server that is reachable on loopback only still hears broadcasts, because the socket is bound to every address of the
kind, IPv4 or IPv6, by which the server can be reached; it answers each question once, to whoever asked, with the port
of the device API.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from hostsim.alpaca.errors import DiscoveryError

DISCOVERY_PORT = 32_227
"""The port that Alpaca clients ask on."""

Families = frozenset[socket.AddressFamily]
"""Kinds of addresses."""

BOTH: Families = frozenset({socket.AF_INET, socket.AF_INET6})
"""IPv4 and IPv6."""

_QUESTION = b"alpacadiscovery1"
_GROUP = "ff12::a1:9aca"
_MOST_BYTES = 1024
_STOP_S = 5.0
_LOG = logging.getLogger(__name__)


class Discovery:
    """Answers discovery datagrams for one server, on a thread; a context manager that starts and stops."""

    def __init__(
        self, alpaca_port: int, *, port: int = DISCOVERY_PORT, group: str = _GROUP, families: Families = BOTH
    ) -> None:
        """Prepare to tell of ``alpaca_port``; ``port`` 0 takes any free one, which no client will ask on.

        Questions are heard over those ``families`` of addresses by which the server can be reached: whoever is
        answered takes the address that the answer came from for that of the server.
        """
        self._answer = json.dumps({"AlpacaPort": alpaca_port}, separators=(",", ":")).encode("ascii")
        self._wanted = port
        self._group = group
        self._families = families
        self._sockets: list[socket.socket] = []
        self._thread: threading.Thread | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None

    @property
    def port(self) -> int:
        """Return the port that is listened on.

        Raises:
            DiscoveryError: it has not been started.
        """
        if not self._sockets:
            raise DiscoveryError("discovery has no port before it is started")
        return int(self._sockets[0].getsockname()[1])

    @property
    def hears_ipv6(self) -> bool:
        """Return whether questions are heard over IPv6 too."""
        return any(listener.family == socket.AF_INET6 for listener in self._sockets)

    def start(self) -> None:
        """Listen and answer.

        Raises:
            DiscoveryError: the port cannot be shared with whoever has it.
        """
        try:
            self._sockets = [self._first()]
        except OSError as error:
            raise DiscoveryError(
                f"cannot listen for discovery on UDP port {self._wanted} ({error.strerror}): "
                "choose another port, or 0 for no discovery"
            ) from None
        if self._families == BOTH:
            # A machine without IPv6, or without an interface for multicast, is asked over IPv4.
            with contextlib.suppress(OSError):
                self._sockets.append(_multicast(self._group, self.port))
        self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="alpaca-discovery", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; nothing happens when it does not run."""
        if self._wake is not None and self._thread is not None:
            self._wake[1].close()
            self._thread.join(_STOP_S)
            self._wake[0].close()
        for listener in self._sockets:
            listener.close()
        self._sockets, self._wake, self._thread = [], None, None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _first(self) -> socket.socket:
        if socket.AF_INET in self._families:
            return _bound(socket.AF_INET, "0.0.0.0", port=self._wanted)
        return _multicast(self._group, self._wanted)

    def _serve(self) -> None:
        assert self._wake is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._wake[0], selectors.EVENT_READ, None)
            for listener in self._sockets:
                waiting.register(listener, selectors.EVENT_READ, self._reply)
            while True:
                for key, _ in waiting.select():
                    reply: Callable[[socket.socket], None] | None = key.data
                    if reply is None:
                        return
                    assert isinstance(key.fileobj, socket.socket)
                    reply(key.fileobj)

    def _reply(self, listener: socket.socket) -> None:
        # What the network reports of earlier answers, or of nobody listening there any more, concerns no later one.
        try:
            question, sender = listener.recvfrom(_MOST_BYTES)
            # A short answer to a question of its own length: nobody's traffic can be multiplied by way of us.
            if question.startswith(_QUESTION) and sender[1] != 0:
                listener.sendto(self._answer, sender)
        except OSError as error:
            _LOG.debug("a discovery question was not answered: %s", error)


def _bound(family: socket.AddressFamily, host: str, *, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_DGRAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _multicast(group: str, port: int) -> socket.socket:
    listener = _bound(socket.AF_INET6, "::", port=port)
    membership = socket.inet_pton(socket.AF_INET6, group)
    joined = 0
    for index, _ in socket.if_nameindex():
        with contextlib.suppress(OSError):
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership + struct.pack("@I", index))
            joined += 1
    if not joined:
        listener.close()
        raise OSError(errno.ENODEV, "no interface takes part in IPv6 multicast")
    return listener
