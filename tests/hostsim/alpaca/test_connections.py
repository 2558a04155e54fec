"""Connections that take too long, and too many of them."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.connections import Limits
from hostsim.alpaca.images import ElementType
from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.frame import Frame

LIMITS = Limits(request_s=0.3, stalled_s=0.3, connections=5)
PATIENT = Limits(connections=5)
TRIES = 100
HALF = b"PUT /api/v1/camera/0/binx HTTP/1.1\r\nHost: a\r\n"
WHOLE = b"GET /management/apiversions HTTP/1.1\r\nHost: a\r\n\r\n"
UNREAD = b"GET /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n"


def limited(observatory: Observatory, limits: Limits) -> AlpacaServer:
    # Frames of eight bytes a pixel are more than the system itself keeps of a connection.
    made = AlpacaServer(observatory, presentation=Presentation(image_element=ElementType.DOUBLE))
    made.limits = limits
    return made


@pytest.fixture
def strict(observatory: Observatory) -> Iterator[AlpacaServer]:
    """A server that has little patience."""
    with limited(observatory, LIMITS) as running:
        yield running


@pytest.fixture
def small(observatory: Observatory) -> Iterator[AlpacaServer]:
    """A server of few places that has patience."""
    with limited(observatory, PATIENT) as running:
        yield running


def connect(server: AlpacaServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def answered(server: AlpacaServer) -> socket.socket:
    """Return a connection on which a request was answered; on a busy machine the first may have come too late."""
    for _ in range(TRIES):
        connection = connect(server)
        with contextlib.suppress(OSError):
            connection.sendall(WHOLE)
            if answer_of(connection).startswith(b"HTTP/1.1 200"):
                return connection
        connection.close()
    raise AssertionError("no request was answered")


def answer_of(connection: socket.socket) -> bytes:
    """Return one whole answer."""
    answer = b""
    while True:
        head, ended, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if ended and length is not None and len(body) >= int(length[1]):
            return answer
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionAbortedError(f"the connection ended after {answer[:100]!r}")
        answer += piece


def received(connection: socket.socket) -> bytes:
    """Return all that comes until the server ends the connection."""
    answer = b""
    try:
        while piece := connection.recv(65_536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize("pace_s", [0.0, 0.05], ids=["stalled", "dripping"])
def test_slow_headers_are_refused(strict: AlpacaServer, pace_s: float) -> None:
    """A request whose headers do not end is 408 after its time, however steadily they drip."""
    with connect(strict) as connection:
        connection.sendall(HALF)
        for _ in range(12 if pace_s else 0):
            time.sleep(pace_s)
            try:
                connection.sendall(b"X: y\r\n")
            except OSError:
                break
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 408") or (pace_s and not answer)
    assert pace_s or answer.endswith(b"the request did not come within 0.3 s")


def test_later_requests_of_a_connection_are_watched_too(strict: AlpacaServer) -> None:
    """A client that was answered and then stalls in the middle of its next request gets its 408 as well."""
    with answered(strict) as connection:
        connection.sendall(HALF)
        assert received(connection).startswith(b"HTTP/1.1 408")


def test_a_body_that_nobody_reads_does_not_hold_a_connection(strict: AlpacaServer) -> None:
    """The answer comes, and as the rest of the request does not, the connection ends."""
    with connect(strict) as connection:
        connection.sendall(UNREAD)
        assert received(connection).startswith(b"HTTP/1.1 400")


def test_who_never_asks_is_sent_away(strict: AlpacaServer) -> None:
    """A connection without a request ends without an answer."""
    with connect(strict) as connection:
        assert received(connection) == b""


def test_who_has_asked_may_be_silent(strict: AlpacaServer) -> None:
    """Between two requests a client may take its time."""
    with answered(strict) as connection:
        for _ in range(2):
            time.sleep(0.5)
            connection.sendall(WHOLE)
            assert answer_of(connection).startswith(b"HTTP/1.1 200")


def test_one_more_client_takes_the_place_of_who_waits_longest(small: AlpacaServer) -> None:
    """With every place taken, whoever has been silent longest is sent away, and the new client is answered."""
    with ExitStack() as opened:
        waiting = [opened.enter_context(connect(small)) for _ in range(PATIENT.connections)]
        for connection in waiting:
            connection.sendall(WHOLE)
            assert answer_of(connection).startswith(b"HTTP/1.1 200")
        late = opened.enter_context(connect(small))
        late.sendall(WHOLE)
        assert answer_of(late).startswith(b"HTTP/1.1 200")
        assert received(waiting[0]) == b""
        waiting[1].sendall(WHOLE)
        assert answer_of(waiting[1]).startswith(b"HTTP/1.1 200")


def test_when_all_are_being_answered_one_more_is_told_so(
    small: AlpacaServer, connected: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client beyond the limit gets 429 while nobody can make room, and is served afterwards."""
    connected.camera.start_exposure(0.0, True)
    connected.camera.advance(5)
    begun, may_end = threading.Semaphore(0), threading.Event()

    def pixels(frame: Frame) -> NDArray[np.uint16]:
        begun.release()
        assert may_end.wait(60)
        return np.zeros((1, 1), np.uint16)

    monkeypatch.setattr(Frame, "pixels", pixels)
    busy = [connect(small) for _ in range(PATIENT.connections)]
    try:
        for connection in busy:
            connection.sendall(b"GET /api/v1/camera/0/imagearray HTTP/1.1\r\nHost: a\r\n\r\n")
            assert begun.acquire(timeout=60)
        with connect(small) as late:
            assert received(late).startswith(b"HTTP/1.1 429")
    finally:
        may_end.set()
        for connection in busy:
            connection.close()
    with httpx.Client(base_url=f"http://{small.address}", trust_env=False, timeout=60) as client:
        assert client.get("/management/apiversions").status_code == 200


def test_who_does_not_take_an_answer_is_cut_off(strict: AlpacaServer, connected: Observatory) -> None:
    """A frame that its client stops reading does not stay in memory for it."""
    connected.camera.start_exposure(0.0, True)
    connected.camera.advance(5)
    whole = 8 * connected.camera.image_array().pixels().size
    line = b"GET /api/v1/camera/0/imagearray HTTP/1.1\r\nHost: a\r\nAccept: application/imagebytes\r\n\r\n"
    # A busy machine may not have sent anything yet when it is read on.
    for pause_s in (0.5, 2, 8, 32):
        with answered(strict) as connection:
            connection.sendall(line)
            time.sleep(pause_s)
            if 0 < len(received(connection)) < whole:
                return
    raise AssertionError("the whole frame came however long it was not read")


def test_junk_after_an_answer_has_begun_is_no_fault(strict: AlpacaServer, caplog: pytest.LogCaptureFixture) -> None:
    """Chunks that are none, behind a request that was answered early, end the connection and nothing else."""
    junk = b"PUT /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with caplog.at_level(logging.WARNING), connect(strict) as connection:
        connection.sendall(junk)
        assert answer_of(connection).startswith(b"HTTP/1.1 400")
        connection.sendall(b"zz\r\n")
        assert received(connection) == b""
    assert [record.getMessage() for record in caplog.records] == []
