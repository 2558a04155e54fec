"""Whether a check goes on: until somebody stops it or the server goes away; shared by all who ask the server."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

from hostsim.conformance.outcome import NotAskedError

_GRACE_S: Final = 1.0


class StoppedError(BaseException):
    """The check is stopped; no `Exception`, so that no rule takes it for a failure of the server."""


class Watch:
    """What has become of a check; safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with a check that goes on, of a server that has not answered yet."""
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._answered_s: float | None = None
        self.gone = ""

    @property
    def stopping(self) -> bool:
        """Return whether the check is stopped."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop the check: no more requests, and those under way get a second to be answered."""
        if not self.stopping:
            self._stopping.set()
            # What a server has begun to do should be answered before it is told to halt.
            cutting = threading.Timer(_GRACE_S, self._cut)
            cutting.daemon = True
            cutting.start()

    def check(self) -> None:
        """Return when the server may be asked.

        Raises:
            StoppedError: the check is stopped.
            NotAskedError: the server went away.
        """
        if self.stopping:
            raise StoppedError
        if self.gone:
            raise NotAskedError(f"not asked: {self.gone}")

    def answered(self) -> None:
        """Note that the server has answered just now."""
        self._answered_s = time.monotonic()

    def answered_since(self, moment_s: float) -> bool:
        """Return whether it has answered anyone after a moment of the monotonic clock."""
        return self._answered_s is not None and self._answered_s > moment_s

    @property
    def reached(self) -> bool:
        """Return whether it has ever answered."""
        return self._answered_s is not None

    def lost(self, why: str) -> None:
        """Note that the server went away."""
        self.gone = f"the server went away ({why})"

    @contextlib.contextmanager
    def cutting(self, connected: socket.socket) -> Iterator[None]:
        """Let stopping end what goes on over a socket."""
        with self._lock:
            self._open.add(connected)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connected)

    def _cut(self) -> None:
        with self._lock:
            for connected in self._open:
                with contextlib.suppress(OSError):
                    connected.shutdown(socket.SHUT_RDWR)
