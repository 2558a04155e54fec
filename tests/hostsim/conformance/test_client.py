"""Whatever a server does, the checker goes on: it hangs, hangs up, sends rubbish, or never stops sending."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from hostsim.conformance.client import Client, Request
from hostsim.conformance.device import Conditions
from hostsim.conformance.outcome import NoAnswerError
from hostsim.conformance.reaching import NothingToCheckError, expect_devices
from hostsim.conformance.rule import Status
from hostsim.conformance.run import Check, Target, check_server

Serve = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def raw(serve: Serve) -> Iterator[int]:
    """Accept connections and let ``serve`` do with each what it likes; yields the port."""
    stopping = threading.Event()
    threads = []

    def one(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(60)
            try:
                connection.recv(65_536)
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threads.append(threading.Thread(target=one, args=(connection,)))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stopping.set()
            accepting.join()
            for thread in threads:
                thread.join()


def hang(connection: socket.socket) -> None:
    """Say nothing until the client goes away."""
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """Send a byte now and then, for ever."""
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


def endless(connection: socket.socket) -> None:
    """Send a body that never ends."""
    connection.sendall(OK + b"\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def sends(data: bytes) -> Serve:
    """Send some bytes and hang up."""
    return lambda connection: connection.sendall(data)


HOSTILE: dict[str, tuple[Serve, str]] = {
    "hangs": (hang, "within"),
    "drips": (drip, "within"),
    "endless": (endless, "longer than"),
    "hangs up": (sends(b""), "closed the connection"),
    "garbage": (sends(b"\x00\xff\xfe\r\n\r\n"), "not an HTTP answer"),
    "cut short": (sends(OK + b"Content-Length: 50\r\n\r\n{}"), "before its Content-Length"),
    "long header": (sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"), "not an HTTP answer"),
    "bad chunks": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "not an HTTP answer"),
}


@pytest.fixture
def serve() -> Iterator[Callable[[Serve], int]]:
    """Start raw servers that end with the test."""
    with ExitStack() as stack:
        yield lambda how: stack.enter_context(raw(how))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_server_is_one_kind_of_error(serve: Callable[[Serve], int], name: str) -> None:
    """Each misbehaviour, even one without end, is the one error: there was no answer, and what there was instead."""
    how, words = HOSTILE[name]
    client = Client("127.0.0.1", serve(how), timeout_s=0.3)
    with pytest.raises(NoAnswerError) as caught:
        client.send(Request("GET", "/"))
    client.close()
    assert words in caught.value.seen


@pytest.mark.parametrize("name", ["hangs", "hangs up", "garbage"])
def test_a_hostile_server_is_refused(serve: Callable[[Serve], int], name: str) -> None:
    """A server that never answers is no Alpaca server; checked all the same, no rule passes, it is said, and soon."""
    asked: list[socket.socket] = []

    def hostile(connection: socket.socket) -> None:
        asked.append(connection)
        HOSTILE[name][0](connection)

    port = serve(hostile)
    target = Target("127.0.0.1", port, (("Camera", 0), ("Dome", 0)), Conditions(timeout_s=0.2, operation_s=1))
    with pytest.raises(NothingToCheckError, match="no Alpaca server answers"):
        expect_devices(target)
    check = Check(target)
    assert Status.PASS not in [verdict.status for verdict in check.verdicts()]
    assert check.incomplete.startswith("camera/0 no longer answers, dome/0 no longer answers: ")
    # Hundreds of rules give up after a few requests for each device and for the server.
    assert len(asked) < 20


@pytest.mark.parametrize(
    "body",
    [
        b"<html><h1>Hello</h1></html>",
        b"[" * 5000,
        b'{"Value": 1e999, "ErrorNumber": 0}',
        b'{"Value": NaN, "ErrorNumber": 0}',
        b'{"Value": {"Value": []}, "ErrorNumber": 0, "ErrorMessage": ""}',
        b'{"Value": [[1, "x"], null], "ErrorNumber": "0"}',
        b"null",
        b"\xff\xfe{}",
        b'{"ErrorNumber": ' + b"9" * 5000 + b"}",
    ],
)
def test_rubbish_in_answers_is_no_traceback(serve: Callable[[Serve], int], body: bytes) -> None:
    """Whatever stands in every answer, all is judged and no rule of a value passes."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(OK + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    target = Target("127.0.0.1", serve(answer), (("Camera", 0),), Conditions(timeout_s=60.0, operation_s=0.2))
    verdicts = list(check_server(target))
    assert Status.PASS not in [v.status for v in verdicts if v.rule.id in ("protocol.value", "protocol.get")]
    assert [v.status for v in verdicts].count(Status.FAIL) > 100


def test_a_closed_idle_connection_is_no_fault(serve: Callable[[Serve], int]) -> None:
    """A server that closes its connection after each answer, without saying so, is asked anew."""
    client = Client("127.0.0.1", serve(sends(OK + b"Content-Length: 2\r\n\r\n{}")), timeout_s=60)
    for _ in range(3):
        assert client.send(Request("GET", "/")).body == b"{}"
    client.close()


def test_nobody_there_is_said() -> None:
    """A port where nobody listens is told as such."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswerError, match="cannot connect"):
        Client("127.0.0.1", port, timeout_s=1).send(Request("GET", "/"))


def test_what_has_hung_is_not_asked_again(serve: Callable[[Serve], int]) -> None:
    """The time limit is waited for once for each path, and after three silences not at all."""
    asked: list[socket.socket] = []

    def silent(connection: socket.socket) -> None:
        asked.append(connection)
        hang(connection)

    client = Client("127.0.0.1", serve(silent), timeout_s=0.2)
    for path in ("/a", "/a", "/b", "/c", "/d", "/e"):
        with pytest.raises(NoAnswerError):
            client.send(Request("GET", path))
    client.close()
    assert len(asked) == 3
