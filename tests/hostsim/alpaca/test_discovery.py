"""Being found by clients."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostsim.alpaca.discovery import Discovery
from hostsim.alpaca.errors import AlpacaServerError, DiscoveryError
from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import Observatory

QUESTION = b"alpacadiscovery1"


def free_port() -> int:
    """Return a UDP port that nobody uses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def discovery() -> Iterator[Discovery]:
    with Discovery(32_323, port=0) as running:
        yield running


@pytest.fixture
def asker() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.settimeout(60)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        made.bind(("127.0.0.1", 0))
        yield made


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.255"])
def test_a_question_is_answered(discovery: Discovery, asker: socket.socket, address: str) -> None:
    """Whoever asks, directly or by broadcast, is told the port of the device API."""
    asker.sendto(QUESTION, (address, discovery.port))
    answer, sender = asker.recvfrom(200)
    assert json.loads(answer) == {"AlpacaPort": 32_323}
    assert sender[1] == discovery.port


def test_what_follows_the_question_is_ignored(discovery: Discovery, asker: socket.socket) -> None:
    """Text behind the question is left for later versions of the protocol."""
    asker.sendto(QUESTION + b" and more", ("127.0.0.1", discovery.port))
    assert b"AlpacaPort" in asker.recv(200)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=1400).filter(lambda data: not data.startswith(QUESTION)))
def test_nothing_else_is_answered(discovery: Discovery, asker: socket.socket, data: bytes) -> None:
    """Any other datagram gets no answer: the first that comes is for the question after it, and it is alone."""
    asker.sendto(data, ("127.0.0.1", discovery.port))
    asker.sendto(QUESTION, ("127.0.0.1", discovery.port))
    assert json.loads(asker.recv(200)) == {"AlpacaPort": 32_323}
    asker.setblocking(False)
    with pytest.raises(BlockingIOError):
        asker.recv(200)
    asker.settimeout(60)


def test_servers_share_the_port(asker: socket.socket) -> None:
    """A broadcast reaches every server of the machine."""
    with Discovery(1, port=0) as first, Discovery(2, port=first.port):
        asker.sendto(QUESTION, ("127.255.255.255", first.port))
        answers = {json.loads(asker.recv(200))["AlpacaPort"] for _ in range(2)}
    assert answers == {1, 2}


def test_a_question_over_ipv6_is_answered_where_there_is_ipv6(discovery: Discovery) -> None:
    """With IPv6 the multicast is heard too; without it, discovery runs all the same."""
    if discovery.hears_ipv6:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as asker:
            asker.settimeout(60)
            asker.sendto(QUESTION, ("::1", discovery.port))
            assert json.loads(asker.recv(200)) == {"AlpacaPort": 32_323}
    assert discovery.port > 0


def test_a_group_that_cannot_be_joined_is_no_error(asker: socket.socket) -> None:
    """Where multicast is impossible, questions over IPv4 are answered."""
    with Discovery(7, port=0, group="::1") as running:
        assert not running.hears_ipv6
        asker.sendto(QUESTION, ("127.0.0.1", running.port))
        assert json.loads(asker.recv(200)) == {"AlpacaPort": 7}


def test_a_port_that_is_not_shared_is_one_clear_error() -> None:
    """A program that keeps the port for itself is named as a port, with what to do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as selfish:
        selfish.bind(("0.0.0.0", 0))
        port = int(selfish.getsockname()[1])
        with pytest.raises(DiscoveryError, match=rf"UDP port {port} .*choose another port, or 0"):
            Discovery(1, port=port).start()


def test_a_server_whose_discovery_fails_does_not_run(observatory: Observatory) -> None:
    """A server that cannot be found as asked for is not started at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as selfish:
        selfish.bind(("0.0.0.0", 0))
        server = AlpacaServer(observatory, discovery_port=int(selfish.getsockname()[1]))
        with pytest.raises(AlpacaServerError):
            server.start()
    with pytest.raises(AlpacaServerError, match="before it is started"):
        assert server.address


def test_a_server_is_found(observatory: Observatory, asker: socket.socket) -> None:
    """The port that is told is the one the server took."""
    port = free_port()
    with AlpacaServer(observatory, discovery_port=port) as server:
        asker.sendto(QUESTION, ("127.0.0.1", port))
        assert json.loads(asker.recv(200)) == {"AlpacaPort": server.port}


def answered(port: int, *, host: str, within_s: float) -> bool:
    """Return whether a question to a host is answered within a time."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as made:
        made.settimeout(within_s)
        try:
            made.sendto(QUESTION, (host, port))
            return b"AlpacaPort" in made.recv(200)
        except OSError:
            return False


@pytest.mark.parametrize(
    ("bind", "hosts"),
    [
        ("127.0.0.1", {"127.0.0.1"}),
        ("0.0.0.0", {"127.0.0.1"}),
        ("::1", {"::1"}),
        ("::", {"127.0.0.1", "::1"}),
    ],
)
def test_a_server_is_found_only_where_it_listens(observatory: Observatory, bind: str, hosts: set[str]) -> None:
    """Questions are answered over IPv4 or IPv6 if the server can be reached that way."""
    port = free_port()
    if ":" in bind:
        with Discovery(1, port=0) as probe:
            if not probe.hears_ipv6:
                pytest.skip("there is no IPv6 here")
    with AlpacaServer(observatory, host=bind, discovery_port=port):
        for host in ("127.0.0.1", "::1"):
            assert answered(port, host=host, within_s=60 if host in hosts else 0.5) == (host in hosts)


def test_discovery_that_was_not_started_has_no_port() -> None:
    """There is no port before the start, and stopping then is harmless."""
    discovery = Discovery(1)
    discovery.stop()
    with pytest.raises(DiscoveryError, match="before it is started"):
        assert discovery.port
