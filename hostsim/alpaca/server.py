"""An Alpaca server on a thread of its own."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from hostsim.alpaca.app import Presentation, make_app
from hostsim.alpaca.connections import Limits, limited
from hostsim.alpaca.discovery import BOTH, Discovery, Families
from hostsim.alpaca.errors import AlpacaServerError
from hostsim.devices.observatory import Observatory

__all__ = ["AlpacaServer", "AlpacaServerError"]

_START_S = 60.0
_STOP_S = 10.0
# A client may be silent for a long exposure and should find its connection still open.
_KEEP_ALIVE_S = 3600


class _Uvicorn(uvicorn.Server):
    """Tells when it has started, so that nobody needs to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


class AlpacaServer:
    """Serves one observatory over HTTP; a context manager that starts and stops."""

    def __init__(
        self,
        observatory: Observatory,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        discovery_port: int = 0,
        presentation: Presentation | None = None,
    ) -> None:
        """Prepare to serve ``observatory``; port 0 takes any free one, discovery port 0 is no discovery.

        ``limits`` of connections may be changed until the start.
        """
        self.observatory = observatory
        self.limits = Limits()
        self._host = host
        self._port = port
        self._discovery_port = discovery_port
        self._presentation = presentation
        self._discovery: Discovery | None = None
        self._socket: socket.socket | None = None
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Return ``host:port``, as Alpaca clients take it.

        Raises:
            AlpacaServerError: the server has not been started.
        """
        host = self._bound[0]
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def port(self) -> int:
        """Return the port that is listened on.

        Raises:
            AlpacaServerError: the server has not been started.
        """
        return int(self._bound[1])

    @property
    def _bound(self) -> tuple[str, int]:
        if self._socket is None:
            raise AlpacaServerError("the Alpaca server has no address before it is started")
        host, port = self._socket.getsockname()[:2]
        return host, port

    def start(self) -> None:
        """Listen and answer; returns when the first request can come.

        Raises:
            AlpacaServerError: the address is taken or not of this machine, or discovery cannot be started.
        """
        self._socket = self._listen()
        config = uvicorn.Config(
            make_app(self.observatory, self._presentation),
            http=limited(self.limits),
            loop="asyncio",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="alpaca-server", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_S):
            self.stop()
            raise AlpacaServerError(f"the Alpaca server on {self._host}:{self._port} did not start in {_START_S:g} s")
        if self._discovery_port:
            self._start_discovery()

    def _start_discovery(self) -> None:
        assert self._socket is not None
        discovery = Discovery(self.port, port=self._discovery_port, families=_reachable_by(self._socket))
        try:
            discovery.start()
        except AlpacaServerError:
            self.stop()
            raise
        self._discovery = discovery

    def stop(self) -> None:
        """Stop answering and free the address; nothing happens when the server does not run."""
        if self._discovery is not None:
            self._discovery.stop()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_STOP_S)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = self._discovery = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _listen(self) -> socket.socket:
        # asyncio switches Nagle's algorithm off, which costs 40 ms a request, only where the protocol is spelt out.
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except (OSError, UnicodeError) as error:
            listener.close()
            raise AlpacaServerError(f"cannot listen on {self._host}:{self._port} {_advice(error)}") from None
        return listener


def _advice(error: OSError | UnicodeError) -> str:
    own = "choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"
    if isinstance(error, UnicodeError):
        return f"(that is no address): {own}"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"({error.strerror}): {own}"
    return f"({error.strerror}): choose another port, or 0 for any"


def _reachable_by(listener: socket.socket) -> Families:
    """Return the kinds of addresses at which clients can reach what listens."""
    if listener.family == socket.AF_INET:
        return frozenset({socket.AF_INET})
    every = listener.getsockname()[0] == "::" and not listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    return BOTH if every else frozenset({socket.AF_INET6})
