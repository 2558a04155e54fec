"""Look-ups over real HTTP, with a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tsplug.errors import NetworkError
from tsplug.lookups.places import WebPlaceLookups


class Service(ThreadingHTTPServer):
    """Answers every request with the same text, and remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.status = "", 200
        self.asked: list[tuple[dict[str, list[str]], str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/q"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        agent = self.headers["User-Agent"]
        self.server.asked.append((parse_qs(urlsplit(self.path).query), agent))
        body = self.server.answer.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a running service, reached directly whatever proxy this machine uses."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def lookups(url: str) -> WebPlaceLookups:
    return WebPlaceLookups(url, "KEY0123456789ABC", url, email="me@example.org", timeout_s=30.0)


def test_the_sky_is_asked_for_with_place_and_key(service: Service) -> None:
    """Longitude goes before latitude, and the answer is one number."""
    service.answer = " 0.25\n"
    assert lookups(service.url).sky_brightness(52.2485, -0.1232) == 0.25
    query, agent = service.asked[0]
    assert query == {"ql": ["wa_2015"], "qt": ["point"], "qd": ["-0.123200,52.248500"], "key": ["KEY0123456789ABC"]}
    assert agent == "tsplug (me@example.org)"


def test_an_address_is_the_display_name(service: Service) -> None:
    """The geocoder's answer is JSON."""
    service.answer = json.dumps({"display_name": "Papworth Everard, England"})
    assert lookups(service.url).address(52.2485, -0.1232) == "Papworth Everard, England"
    assert service.asked[0][0]["lat"] == ["52.248500"]


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ("Invalid authentication.", 200, "answers 'Invalid authentication.'"),
        ("-1", 200, "answers -1.0"),
        ("nan", 200, "answers nan"),
        ("busy", 503, "answers 503"),
    ],
)
def test_a_useless_answer_is_an_error(service: Service, answer: str, status: int, reason: str) -> None:
    """What was answered is told in a line."""
    service.answer, service.status = answer, status
    with pytest.raises(NetworkError, match=reason):
        lookups(service.url).sky_brightness(1.0, 2.0)


@pytest.mark.parametrize("answer", ["<html>", "[]", "{}", '{"display_name": ""}'])
def test_a_place_without_an_address_is_an_error(service: Service, answer: str) -> None:
    """Neither rubbish nor an empty name becomes a site."""
    service.answer = answer
    with pytest.raises(NetworkError):
        lookups(service.url).address(1.0, 2.0)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "file:///etc/hostname", "", "http://[bad/"])
def test_nobody_there_is_an_error(url: str) -> None:
    """A closed port, another scheme and no address at all are told, and no file is read."""
    with pytest.raises(NetworkError):
        lookups(url).sky_brightness(1.0, 2.0)
