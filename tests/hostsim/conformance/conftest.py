"""Simulators whose time goes on with each request, and servers that stand before them and spoil what they answer."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.conformance.device import Conditions
from hostsim.conformance.rule import Status, Verdict
from hostsim.conformance.rules import RULES
from hostsim.conformance.run import Target, check_server
from hostsim.devices.observatory import Observatory
from hostsim.sky.conditions import Conditions as Night
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite

TICK_S = 0.25


class GradientSky:
    """A sky whose pixels say where they are."""

    conditions = Night(0, SkySite())

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return (x * 7 + y).astype(np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 10.0


@dataclass(frozen=True)
class Asked:
    """A request on its way to the simulators."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def member(self) -> str:
        return self.target.partition("?")[0].rpartition("/")[2]


@dataclass(frozen=True)
class Answered:
    """An answer on its way back."""

    status: int
    kind: str
    body: bytes

    def json(self, **changes: Any) -> Answered:
        """Return the answer with keys of its JSON changed; nothing happens to one that is no JSON."""
        if self.kind != "application/json":
            return self
        return replace(self, body=json.dumps({**json.loads(self.body), **changes}).encode())


Forward = Callable[[Asked], Answered]
Spoil = Callable[[Asked, Forward], Answered]


class _Joined(ThreadingHTTPServer):
    """A server that waits for its threads, so that none outlives its test."""

    daemon_threads = False


@contextmanager
def spoilt(address: str, spoil: Spoil) -> Iterator[str]:
    """Serve what ``spoil`` makes of the requests to ``address`` and of their answers; yields the new address."""
    local = threading.local()

    def forward(asked: Asked) -> Answered:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(address, timeout=60)
        local.connection.request(asked.method, asked.target, asked.body, asked.headers)
        reply = local.connection.getresponse()
        return Answered(reply.status, reply.getheader("Content-Type") or "", reply.read())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {key: self.headers[key] for key in ("Content-Type", "Accept") if key in self.headers}
            answered = spoil(Asked(self.command, self.path, headers, body), forward)
            self.send_response(answered.status)
            self.send_header("Content-Type", answered.kind)
            self.send_header("Content-Length", str(len(answered.body)))
            self.end_headers()
            self.wfile.write(answered.body)
            self.wfile.flush()

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - http.server's names

        def finish(self) -> None:
            if hasattr(local, "connection"):
                local.connection.close()
            super().finish()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with _Joined(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="package")
def address(ticking: Callable[[float], Any]) -> Iterator[str]:
    """Return the address of our simulators."""
    with AlpacaServer(Observatory(GradientSky(), ticking(TICK_S))) as server:
        yield server.address


@pytest.fixture
def slow() -> Iterator[str]:
    """Return the address of simulators that move as slowly as real ones."""
    clock = SimulatedClock(datetime(2026, 11, 20, 20, tzinfo=UTC), speed=1.0)
    with AlpacaServer(Observatory(GradientSky(), clock)) as server:
        yield server.address


@pytest.fixture
def spoil(address: str) -> Iterator[Callable[[Spoil], str]]:
    """Put a server that spoils something before our simulators; it ends with the test."""
    with ExitStack() as stack:
        yield lambda how: stack.enter_context(spoilt(address, how))


@pytest.fixture
def spoiling() -> Callable[[str, Spoil], AbstractContextManager[str]]:
    """Return what puts a server that spoils something before any other."""
    return spoilt


class Checked(list[Verdict]):
    """Verdicts, to be asked about."""

    @property
    def failed(self) -> set[str]:
        """Return the rules that failed somewhere."""
        return {verdict.rule.id for verdict in self if verdict.status is Status.FAIL}

    def status(self, rule: str, subject: str = "") -> list[Status]:
        """Return what came of a rule, for one subject or for all."""
        return [v.status for v in self if v.rule.id == rule and subject in ("", v.subject)]


@pytest.fixture
def check() -> Callable[..., Checked]:
    """Check one device of an address by the rules whose identifiers begin with one of ``rules``."""

    def run(address: str, kind: str = "FilterWheel", *, rules: tuple[str, ...] = ("",), **more: Any) -> Checked:
        host, _, port = address.partition(":")
        conditions = Conditions(
            **{"timed": False, "operation_s": 100.0, "timeout_s": 60.0, "discovery_port": 0, **more}
        )
        chosen = tuple(rule for rule in RULES.values() if rule.id.startswith(rules))
        return Checked(check_server(Target(host, int(port), ((kind, 0),), conditions, chosen)))

    return run
