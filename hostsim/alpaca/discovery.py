"""Discovery: answers the broadcasts by which Alpaca clients look for servers.

A server that is reachable on loopback only still hears broadcasts, because the socket is bound to every address; it
answers each question once, to whoever asked, with the port of the device API.
"""

from __future__ import annotations

import contextlib
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

_QUESTION = b"alpacadiscovery1"
_GROUP = "ff12::a1:9aca"
_MOST_BYTES = 1024
_STOP_S = 5.0
_LOG = logging.getLogger(__name__)


class Discovery:
    """Answers discovery datagrams for one server, on a thread; a context manager that starts and stops."""

    def __init__(self, alpaca_port: int, *, port: int = DISCOVERY_PORT, group: str = _GROUP) -> None:
        """Prepare to tell of ``alpaca_port``; ``port`` 0 takes any free one, which no client will ask on."""
        self._answer = json.dumps({"AlpacaPort": alpaca_port}, separators=(",", ":")).encode("ascii")
        self._wanted = port
        self._group = group
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
        return len(self._sockets) > 1

    def start(self) -> None:
        """Listen and answer.

        Raises:
            DiscoveryError: the port cannot be shared with whoever has it.
        """
        try:
            self._sockets = [_bound(socket.AF_INET, "0.0.0.0", port=self._wanted)]
        except OSError as error:
            raise DiscoveryError(
                f"cannot listen for discovery on UDP port {self._wanted} ({error.strerror}): "
                "choose another port, or 0 for no discovery"
            ) from None
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
        raise OSError("no interface takes part in IPv6 multicast")
    return listener
