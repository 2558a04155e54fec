"""Discovery is asked for as clients do, and what is wrong with it is found."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from hostsim.alpaca.discovery import Discovery
from hostsim.conformance.client import Client
from hostsim.conformance.device import Conditions
from hostsim.conformance.discovery import Answer
from hostsim.conformance.rule import Rule, Status
from hostsim.conformance.rules import RULES
from hostsim.conformance.run import Target, check_server

ALPACA_PORT = 45_678
RULES_OF_DISCOVERY = tuple(rule for rule in RULES.values() if rule.id.startswith("discovery."))
Respond = Callable[[bytes], bytes | None]
Found = dict[str, Status]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence on this machine is known sooner than on a network."""
    monkeypatch.setattr("hostsim.conformance.discovery._WAIT_S", 0.15)


@contextmanager
def responding(respond: Respond, *, bind: str = "0.0.0.0") -> Iterator[int]:
    """Answer datagrams as ``respond`` says; yields the UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind((bind, 0))
        listener.settimeout(0.05)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    question, sender = listener.recvfrom(2048)
                except TimeoutError:
                    continue
                answer = respond(question)
                if answer is not None:
                    listener.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.fixture
def respond() -> Iterator[Callable[..., int]]:
    """Start responders that end with the test."""
    with ExitStack() as stack:
        yield lambda how, **more: stack.enter_context(responding(how, **more))


def found(udp_port: int | None, *, host: str = "127.0.0.1", rules: tuple[Rule, ...] = RULES_OF_DISCOVERY) -> Found:
    """Return what the rules of discovery say of a server at ``ALPACA_PORT``, the worst of each rule."""
    conditions = Conditions(timeout_s=0.5, discovery_port=udp_port)
    verdicts = check_server(Target(host, ALPACA_PORT, (), conditions, rules))
    ranked = sorted(verdicts, key=lambda verdict: verdict.status is Status.FAIL)
    return {verdict.rule.id.partition(".")[2]: verdict.status for verdict in ranked}


def right(question: bytes) -> bytes | None:
    return b'{"AlpacaPort": %d}' % ALPACA_PORT if question.startswith(b"alpacadiscovery1") else None


def test_our_discovery_passes() -> None:
    """The discovery of our simulators passes every rule."""
    with Discovery(ALPACA_PORT, port=0) as discovery:
        assert found(discovery.port) == dict.fromkeys(("answer", "broadcast", "longer", "noise"), Status.PASS)


def test_other_servers_on_the_port_do_no_harm() -> None:
    """Where several servers share a port, each is found among the answers of all."""
    with Discovery(1111, port=0) as other, Discovery(ALPACA_PORT, port=other.port) as discovery:
        assert found(discovery.port)["answer"] is Status.PASS


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        (lambda question: b'{"AlpacaPort": 1}', "answer"),
        (lambda question: b'{"AlpacaPort": "45678"}', "answer"),
        (lambda question: b'{"alpacaport": 45678}', "answer"),
        (lambda question: b"alpacadiscovery1", "answer"),
        (lambda question: b"[" * 2000, "answer"),
        (lambda question: None, "answer"),
        (lambda question: right(b"alpacadiscovery1"), "noise"),
        (lambda question: right(question.lower()), "noise"),
        (lambda question: right(question) if len(question) == 16 else None, "longer"),
    ],
)
def test_a_wrong_answer_fails(respond: Callable[..., int], how: Respond, rule: str) -> None:
    """Another port, a port as text, no JSON, silence, and answers to anything are found, each by its rule."""
    statuses = found(respond(how))
    assert {name for name, status in statuses.items() if status is Status.FAIL} == {rule}


def test_a_server_that_hears_no_broadcast_fails(respond: Callable[..., int]) -> None:
    """A socket bound to the loopback address answers what is sent there, and never hears the broadcasts of clients."""
    statuses = found(respond(right, bind="127.0.0.1"))
    assert statuses["answer"] is Status.PASS
    assert statuses["broadcast"] is Status.FAIL


def test_silence_on_the_usual_port_is_a_note(monkeypatch: pytest.MonkeyPatch, respond: Callable[..., int]) -> None:
    """Who has not said where to ask is told that nobody answers, which is no failure; port 0 asks nothing at all."""
    monkeypatch.setattr("hostsim.conformance.server.PORT", respond(lambda question: None))
    assert found(None) == {
        "answer": Status.INFO,
        "broadcast": Status.SKIP,
        "longer": Status.SKIP,
        "noise": Status.SKIP,
    }
    assert set(found(0).values()) == {Status.SKIP}


def test_a_server_without_ipv4_is_not_asked() -> None:
    """Discovery is asked over IPv4, so an address of IPv6 is passed over."""
    assert set(found(1, host="::1").values()) == {Status.SKIP}


def test_an_answer_is_read_with_care() -> None:
    """Only an integer AlpacaPort of a JSON object counts."""
    texts = (b'{"AlpacaPort": 80}', b'{"AlpacaPort": true}', b'{"AlpacaPort": 80.0}', b"80", b"\xff", b"")
    assert [Answer("127.0.0.1", text).alpaca_port for text in texts] == [80, None, None, None, None, None]


def test_a_client_knows_its_server() -> None:
    """Another client of the same server has its address and a connection of its own."""
    client = Client("127.0.0.1", 1, timeout_s=0.5)
    assert client.another().address == client.address
