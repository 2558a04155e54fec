"""Whatever a client sends, the server answers as the protocol has it, goes on, and shows nothing of its insides."""

from __future__ import annotations

import logging
import random
import socket
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import httpx
import pytest

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.presets import Preset, preset_server
from hostsim.alpaca.server import AlpacaServer
from hostsim.alpaca.simulator_settings import SETTINGS
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind
from hostsim.devices.parts.frame import FrameSource

REQUESTS = 3000
RAW_REQUESTS = 400
VERBS = ("GET", "PUT", "PUT", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/json",
    "multipart/form-data",
    "application/x-www-form-urlencoded; charset=ebcdic",
    "",
)
VALUES = (
    *("", " ", "0", "1", "-1", "2147483647", "-2147483648", "2147483648", "4294967295", "1e308", "-1e308", "1e999"),
    *("nan", "inf", "-0.0", "0.1", "5e-324", "True", "false", "abc", "٣", "½", "\x00", "\r\nX: y", "a" * 5000),
    *("🔭", "%00", "../../etc/passwd", "<script>", "';--", "0x10", "1_000", "+5", "2026-13-45T99:99:99Z"),
    *("2026-11-20T20:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "Humidity", "360", "90", "12"),
)
PIECES = ("", "api", "API", "v1", "v2", "camera", "Camera", "0", "1", "-1", "99999999999999999999", "binx", "..", ".")
ODD_PIECES = (
    "%2e%2e",
    "%00",
    "%ff",
    "%c3%28",
    "setup",
    "management",
    "a" * 3000,
    "{x}",
    "é",
    "simulator",
    "openapi.json",
)


class Fuzzer:
    """Makes requests from a seed: most near to right ones, some far from them."""

    def __init__(self, observatory: Observatory, seed: int) -> None:
        self.random = random.Random(seed)
        self.settings = [(kind, setting.name) for kind, known in SETTINGS.items() for setting in known.values()]
        self.settings += [(kind, name) for kind in SETTINGS for name in ("xmlprofile", "restart", "reset")]
        self.members = [(device, member) for device in observatory.devices for member in device.members.members]

    def request(self) -> httpx.Request:
        """Return the next request."""
        pick = self.random
        if pick.random() < 0.2:
            path, names, verb = self.path(), ["BinX"], pick.choice(VERBS)
        elif pick.random() < 0.1:
            kind, name = pick.choice(self.settings)
            path, names, verb = f"/simulator/v1/{kind.lower()}/0/{name.lower()}", [name], pick.choice(VERBS[:2])
        else:
            device, member = pick.choice(self.members)
            path = f"/api/v1/{device.device_type.lower()}/{pick.choice((0, 0, 0, 1))}/{member.name.lower()}"
            names = [parameter.name for parameter in member.parameters]
            verb = "GET" if member.kind is Kind.READ else "PUT"
            verb = verb if pick.random() < 0.9 else pick.choice(VERBS)
        names = [*names, "ClientID", "ClientTransactionID"] if pick.random() < 0.5 else names
        fields = urlencode([(self.spelt(name), pick.choice(VALUES)) for name in names])
        query, body = (fields, b"") if verb == "GET" else ("", fields.encode())
        if pick.random() < 0.1:
            body = pick.randbytes(pick.choice((1, 10, 1000)))
        kind = TYPES[0] if pick.random() < 0.8 else pick.choice(TYPES)
        headers = {
            b"Content-Type": kind.encode(),
            b"Accept": pick.choice((b"*/*", b"application/imagebytes", b"\xff", b"")),
        }
        return httpx.Request(verb, f"http://fuzz{path}?{query}", content=body, headers=headers)

    def spelt(self, name: str) -> str:
        """Return a name, now and then in another case."""
        return name if self.random.random() < 0.9 else self.random.choice((name.lower(), name.upper(), ""))

    def path(self) -> str:
        """Return a path of plausible and odd pieces."""
        pieces = [self.random.choice(PIECES + ODD_PIECES) for _ in range(self.random.randrange(7))]
        return "/" + "/".join(quote(piece, safe="%") for piece in pieces)

    def raw(self) -> bytes:
        """Return bytes that are hardly HTTP."""
        pick = self.random
        line = pick.choice((b"GET", b"PUT", b"", b"\x00", b"G\xc3\x89T", b"GET GET")) + b" "
        line += pick.choice(
            (b"/setup", b"*", b"http://[/x", b"/\xff\xfe", b"/a b", b"", b"//", b"/?\xff", b"/" * 70_000)
        )
        line += b" " + pick.choice((b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"", b"HTTP/2.0", b"\xff")) + b"\r\n"
        headers = b"".join(
            pick.choice(
                (
                    *(
                        b"Host: [\r\n",
                        b"Host: a\r\n",
                        b"Host: a\r\nHost: b\r\n",
                        b": x\r\n",
                        b"Transfer-Encoding: chunked\r\n",
                    ),
                    *(b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: 3\r\n"),
                    *(
                        b"X: " + b"y" * 100_000 + b"\r\n",
                        b"X: \x00\r\n",
                        b"Upgrade: websocket\r\nConnection: upgrade\r\n",
                    ),
                    *(b"Expect: 100-continue\r\n", b"no colon\r\n", b" folded\r\n", b"Content-Type: \xff\r\n"),
                )
            )
            for _ in range(pick.randrange(4))
        )
        return line + headers + b"\r\n" + pick.choice((b"", b"abc", b"zz\r\nabc\r\n", pick.randbytes(50)))


def alive(http: httpx.Client) -> bool:
    """Return whether the server still answers as it should."""
    return bool(http.get("/management/apiversions").json()["Value"] == [1])


@pytest.fixture
def observatory(sky: FrameSource, clock: SimulatedClock, request: pytest.FixtureRequest) -> Observatory:
    """Return the devices of a preset where a test asks for it."""
    preset: Preset | None = getattr(request, "param", None)
    return Observatory(sky, clock, config=preset_server(ServerConfig(), preset).observatory())


@pytest.fixture
def server(observatory: Observatory) -> Iterator[AlpacaServer]:
    """Serve it with the routes of the OmniSim, which any server may have."""
    with AlpacaServer(observatory, presentation=Presentation(simulator_routes=True)) as running:
        yield running


@pytest.mark.parametrize(
    ("observatory", "seed"), [(None, 1), (None, 2), (Preset.OMNISIM, 3)], indirect=["observatory"], ids=str
)
def test_no_request_is_a_fault(
    http: httpx.Client, connected: Observatory, clock: SimulatedClock, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    """Thousands of strange requests give 200 with the envelope, or 4xx with words; the log has nothing to tell."""
    fuzzer = Fuzzer(connected, seed)
    with caplog.at_level(logging.WARNING):
        for number in range(REQUESTS // 2):
            if number % 20 == 0:
                pass_time(connected, clock)
            wanted = fuzzer.request()
            target = http.build_request(
                wanted.method, wanted.url.raw_path.decode("ascii"), content=wanted.content, headers=wanted.headers
            )
            target.headers["host"] = str(http.base_url.netloc, "ascii")
            answer = http.send(target)
            said = (wanted.method, str(wanted.url)[:300], wanted.content[:200], answer.status_code, answer.text[:200])
            assert answer.status_code == 200 or 400 <= answer.status_code < 500, said
            assert "Traceback" not in answer.text, said
            if wanted.method in ("GET", "PUT") and answer.headers.get("content-type") == "application/json":
                check_envelope(answer, said)
    assert alive(http)
    assert [record.getMessage() for record in caplog.records] == []


def pass_time(observatory: Observatory, clock: SimulatedClock) -> None:
    """Let what was begun go on, and connect what was disconnected."""
    clock.sleep(3)
    for device in observatory.devices:
        device.set_connected(True)


def check_envelope(answer: httpx.Response, said: object) -> None:
    """Check what every JSON answer of the device API has."""
    content = answer.json()
    if "openapi" in content:
        return
    assert content["ServerTransactionID"] >= 1, said
    assert 0 <= content["ClientTransactionID"] < 2**32, said
    assert (content["ErrorNumber"] == 0) == (content["ErrorMessage"] == ""), said
    assert content["ErrorNumber"] == 0 or 0x400 <= content["ErrorNumber"] <= 0xFFF, said


def exchange(server: AlpacaServer, sent: bytes) -> bytes:
    """Send bytes on a connection of their own and return what comes back within a moment."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.05) as connection:
        received = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                received += piece
        except OSError:
            pass
    return received


def test_bytes_that_are_hardly_http_are_survived(
    server: AlpacaServer, http: httpx.Client, connected: Observatory, caplog: pytest.LogCaptureFixture
) -> None:
    """Broken request lines, headers and lengths get 4xx or a closed connection, never a 5xx or a traceback."""
    fuzzer = Fuzzer(connected, 3)
    with caplog.at_level(logging.WARNING):
        for _ in range(RAW_REQUESTS):
            sent = fuzzer.raw()
            received = exchange(server, sent)
            assert not received.startswith(b"HTTP/1.1 5"), (sent[:300], received)
            assert b"Traceback" not in received
    assert alive(http)
    assert [record.getMessage() for record in caplog.records] == []


def test_a_huge_body_is_refused_and_the_server_goes_on(http: httpx.Client, connected: Observatory) -> None:
    """A body beyond the limit is 413, told or in chunks."""
    body = b"BinX=" + b"1" * 2_000_000
    form = {"Content-Type": TYPES[0]}
    assert http.put("/api/v1/camera/0/binx", content=body, headers=form).status_code == 413
    chunks = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    assert http.put("/api/v1/camera/0/binx", content=chunks, headers=form).status_code == 413
    assert alive(http)


def test_pipelined_requests_are_answered_in_order(server: AlpacaServer, connected: Observatory) -> None:
    """Requests sent before the first is answered are all answered, in order."""
    line = "GET /api/v1/focuser/0/position?ClientTransactionID={} HTTP/1.1\r\nHost: a\r\n{}\r\n"
    sent = "".join(line.format(number, "Connection: close\r\n" if number == 49 else "") for number in range(50))
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(sent.encode())
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    places = [received.index(b'"ClientTransactionID":%d,' % number) for number in range(50)]
    assert places == sorted(places)
    assert received.count(b"HTTP/1.1 200 OK") == 50


def test_slow_clients_hold_up_nobody(
    server: AlpacaServer, http: httpx.Client, connected: Observatory, caplog: pytest.LogCaptureFixture
) -> None:
    """Fifty clients in the middle of a request, or gone from it, leave the server as it was, and its log empty."""
    halves = (b"GET /api/v1/foc", b"PUT /api/v1/camera/0/binx HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nBin")
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(50)]
    try:
        for number, connection in enumerate(slow):
            connection.sendall(halves[number % 2])
        assert alive(http)
    finally:
        for connection in slow:
            connection.close()
    assert all(alive(http) for _ in range(20))
    assert connected.camera.bin_x() == 1
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
