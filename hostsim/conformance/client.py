"""HTTP for a checker: every answer is bounded in time and size, and whatever a server sends raises one error only."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hostsim.conformance.outcome import NoAnswerError, NotAskedError, shown
from hostsim.conformance.watch import StoppedError, Watch

ANSWER_BYTES: Final = 1 << 20
_PATIENCE: Final = 3
_CHUNK: Final = 1 << 16
_TRIES: Final = 3
_AGAIN_S: Final = 0.4
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One request; at most ``limit`` bytes of the answer are read, which may take ``wait_s``."""

    method: str
    path: str
    query: dict[str, str] | None = None
    form: dict[str, str] | None = None
    accept: str = "application/json"
    limit: int = ANSWER_BYTES
    wait_s: float | None = None
    form_type: str = FORM


@dataclass(frozen=True)
class Reply:
    """One answer, how many seconds it took, and the length that its head announced, if it did."""

    status: int
    content_type: str
    body: bytes
    elapsed_s: float
    announced: int | None = None

    @property
    def text(self) -> str:
        """Return status, type and the begin of the body, for a reader."""
        begin = shown(self.body[:200].decode(errors="replace"))
        return f"HTTP {self.status} {shown(self.content_type) if self.content_type else 'without type'} {begin}"


class Client:
    """One connection to a server, opened again when needed.

    What has hung once is not asked again, and after several requests in a row without an answer nothing is: a dead
    server costs seconds, not one time limit for each rule.
    """

    def __init__(self, host: str, port: int, *, timeout_s: float, watch: Watch | None = None) -> None:
        """Prepare to talk to a server; an answer may take ``timeout_s`` unless a request says otherwise."""
        self.timeout_s = timeout_s
        self.watch = watch or Watch()
        self.address = (host, port)
        self._connection: http.client.HTTPConnection | None = None
        self._hung: set[tuple[str, str]] = set()
        self._silent = 0
        self._uninterrupted = False

    @contextlib.contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Let what must not be left half done go on to its end, also when the check is stopped meanwhile."""
        self.watch.check()
        self._uninterrupted = True
        try:
            yield
        finally:
            self._uninterrupted = False

    @property
    def given_up(self) -> bool:
        """Return whether nothing is asked any more, after several requests in a row without an answer."""
        return self._silent >= _PATIENCE

    def send(self, request: Request) -> Reply:
        """Return the answer to a request.

        Raises:
            NoAnswerError: there was none, or it was incomplete, endless, late or not HTTP.
            NotAskedError: the server went away, or has been silent too often.
            StoppedError: the check is stopped.
        """
        if not self._uninterrupted:
            self.watch.check()
        key = (request.method, request.path)
        if self.given_up:
            raise NotAskedError(f"not asked: no answer to the last {_PATIENCE} requests")
        if key in self._hung:
            raise NoAnswerError("not asked again: there was no answer in time before")
        fresh = self._connection is None or self._connection.sock is None
        try:
            reply = self._exchange(request)
        except _ClosedError as error:
            self._expect_going_on()
            # A connection kept open may be closed by the server at any moment; that is no fault.
            if fresh:
                self._silent += 1
                raise NoAnswerError(str(error)) from None
            return self.send(request)
        except NoAnswerError as error:
            self._expect_going_on()
            self._silent += 1
            if "within" in error.seen:
                self._hung.add(key)
            raise
        self._silent = 0
        self.watch.answered()
        return reply

    def _expect_going_on(self) -> None:
        """Go on unless the check is stopped, or a server that has answered before cannot be connected any more."""
        if self._uninterrupted:
            return
        if self.watch.stopping:
            raise StoppedError
        if not self.watch.reached:
            return
        began_s = time.monotonic()
        for _ in range(_TRIES):
            try:
                socket.create_connection(self.address, timeout=self.timeout_s).close()
                return
            except OSError as error:
                why = error.strerror or str(error)
            time.sleep(_AGAIN_S)
        if not self.watch.answered_since(began_s):
            self.watch.lost(why)
        self.watch.check()

    def another(self) -> Client:
        """Return a client of the same server with a connection of its own."""
        host, port = self.address
        return Client(host, port, timeout_s=self.timeout_s, watch=self.watch)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, request: Request) -> Reply:
        wait_s = request.wait_s or self.timeout_s
        started = time.monotonic()
        late = threading.Event()
        connection = self._open(wait_s)
        assert connection.sock is not None
        # A server that sends a byte now and then would outlive any time limit of the socket's own.
        watch = threading.Timer(wait_s, _cut, args=(connection.sock, late))
        watch.daemon = True
        watch.start()
        try:
            with contextlib.nullcontext() if self._uninterrupted else self.watch.cutting(connection.sock):
                reply = _ask(connection, request, started=started)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if late.is_set() or isinstance(error, TimeoutError):
                raise NoAnswerError(f"no complete answer within {wait_s:g} s") from None
            if isinstance(error, ConnectionError):
                raise _ClosedError("the server closed the connection without an answer") from None
            raise NoAnswerError(f"not an HTTP answer: {type(error).__name__} {shown(str(error))}") from None
        except NoAnswerError:
            self.close()
            if late.is_set():
                raise NoAnswerError(f"no complete answer within {wait_s:g} s") from None
            raise
        finally:
            watch.cancel()
        if late.is_set():
            self.close()
            raise NoAnswerError(f"no complete answer within {wait_s:g} s")
        return reply

    def _open(self, wait_s: float) -> http.client.HTTPConnection:
        if self._connection is None or self._connection.sock is None:
            host, port = self.address
            connection = http.client.HTTPConnection(host, port, timeout=min(wait_s, self.timeout_s))
            try:
                connection.connect()
            except OSError as error:
                raise NoAnswerError(f"cannot connect to {host}:{port}: {error.strerror or error}") from None
            self._connection = connection
        self._connection.sock.settimeout(wait_s)
        return self._connection


class _ClosedError(Exception):
    """The connection was closed before an answer came."""


def _cut(connected: socket.socket, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _ask(connection: http.client.HTTPConnection, request: Request, *, started: float) -> Reply:
    target = request.path + (f"?{urlencode(request.query)}" if request.query else "")
    headers = {"Accept": request.accept}
    body = None
    if request.form is not None:
        body = urlencode(request.form)
        headers["Content-Type"] = request.form_type
    connection.request(request.method, target, body, headers)
    response = connection.getresponse()
    announced = response.length
    try:
        content = _read(response, request.limit)
    finally:
        # read1 leaves an answer that was read to its end open.
        response.close()
    elapsed_s = time.monotonic() - started
    return Reply(response.status, response.getheader("Content-Type") or "", content, elapsed_s, announced)


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    parts = []
    size = 0
    while part := response.read1(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise NoAnswerError(f"the answer is longer than {limit} bytes")
    if response.length:
        raise NoAnswerError(f"the answer ends {response.length} bytes before its Content-Length")
    return b"".join(parts)
