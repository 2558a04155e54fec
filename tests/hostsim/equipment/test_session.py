"""Answers limited in time and size."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from hostsim.equipment.session import BoundedSession

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def sends(*pieces: bytes) -> Script:
    """Return a script that sends pieces."""

    def send(connected: socket.socket, request: bytes) -> None:
        for piece in pieces:
            connected.sendall(piece)

    return send


def get(serve: Serve, script: Script, *, answer_s: float = 60.0) -> requests.Response:
    """Return the answer of a server that follows a script."""
    with BoundedSession(answer_s) as session:
        return session.get(f"http://{serve(script)}/")


def test_an_answer_arrives_whole(serve: Serve) -> None:
    """An answer in pieces is joined, with or without a length, and read as JSON."""
    assert get(serve, sends(HEAD + b"Content-Length: 9\r\n\r\n", b'{"a":', b" 1} ")).json() == {"a": 1}
    chunks = b"5\r\n" + b'{"a":' + b"\r\n3\r\n" + b" 1}" + b"\r\n0\r\n\r\n"
    assert get(serve, sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunks)).json() == {"a": 1}


def test_an_answer_without_end_is_left(serve: Serve) -> None:
    """What is larger than any answer of a device is not read to its end."""
    endless = sends(HEAD + b"\r\n", *([bytes(1 << 20)] * 64))
    with pytest.raises(requests.exceptions.ContentDecodingError, match="no end"):
        get(serve, endless)


def test_a_trickling_answer_is_left(serve: Serve) -> None:
    """What comes byte by byte, and for ever, ends after the limit."""

    def trickle(connected: socket.socket, request: bytes) -> None:
        connected.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connected.sendall(b" ")
                time.sleep(0.02)

    with pytest.raises(requests.ReadTimeout):
        get(serve, trickle, answer_s=0.5)


@pytest.mark.parametrize("length", [b"Content-Length: 99\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"])
def test_an_answer_cut_off_is_a_lost_connection(serve: Serve, length: bytes) -> None:
    """Half an answer is no answer."""
    with pytest.raises(requests.ConnectionError):
        get(serve, sends(HEAD + length))


@pytest.mark.parametrize("query", [{}, {"ClientID": "7", "Name": "a b&c=d/~\u00e4"}, {"Flag": True, "None": None}])
@pytest.mark.parametrize("path", ["", "/api/v1/safetymonitor/0/issafe", "/two words?Kept=1", "/\u00e4"])
def test_reading_is_asked_for_as_by_any_session(serve: Serve, path: str, query: dict[str, Any]) -> None:
    """The short way on which a read is put together ends at the same bytes, however often it is gone."""
    seen: list[bytes] = []

    def answer(connected: socket.socket, request: bytes) -> None:
        seen.append(request)
        connected.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    url = f"http://{serve(answer)}{path}"
    with BoundedSession() as ours, requests.Session() as usual:
        for session in (usual, ours, ours):
            assert session.get(url, params=query).json() == {}
    assert len(seen) == 3
    assert len(set(seen)) == 1


def counting(seen: list[bytes]) -> Script:
    """Return a script that hangs up on the first request and answers the second."""

    def answer(connected: socket.socket, request: bytes) -> None:
        seen.append(request)
        if len(seen) > 1:
            connected.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    return answer


def test_reading_is_tried_twice(serve: Serve) -> None:
    """A read whose connection is closed under it is repeated once; a write is not, for it may have had its effect."""
    seen: list[bytes] = []
    assert get(serve, counting(seen)).json() == {}
    assert len(seen) == 2
    written: list[bytes] = []
    with BoundedSession() as session, pytest.raises(requests.ConnectionError):
        session.put(f"http://{serve(counting(written))}/")
    assert len(written) == 1


def test_old_drivers_get_more_time_to_write(serve: Serve) -> None:
    """With patience a PUT may take longer than a GET."""

    def late(connected: socket.socket, request: bytes) -> None:
        if request.startswith(b"GET"):
            connected.recv(1)  # until the client gives up
            return
        time.sleep(0.5)
        connected.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with BoundedSession(0.2) as session:
        session.be_patient(60.0)
        assert session.put(f"http://{serve(late)}/").json() == {}
        with pytest.raises(requests.ReadTimeout):
            session.get(f"http://{serve(late)}/")


def test_no_proxy_of_the_environment_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equipment is reached directly, whatever proxy the environment names."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert get(serve, sends(HEAD + b"Content-Length: 2\r\n\r\n{}")).json() == {}
