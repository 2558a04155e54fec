"""Rules of discovery: a server tells the port of its device API to whoever asks, by broadcast too."""

from __future__ import annotations

from hostsim.conformance.discovery import QUESTION, Answer, Asker
from hostsim.conformance.outcome import NotApplicableError, NotedError, expect, shown
from hostsim.conformance.rule import Phase, RuleSet
from hostsim.conformance.server import Server

RULES = RuleSet("discovery", "3 Discovery", Phase.SERVER)

_TOLD = '{"AlpacaPort": %d}'


def _asker(server: Server) -> Asker:
    if server.conditions.discovery_port == 0:
        raise NotApplicableError("--discovery-port 0: not asked")
    if server.asker is None:
        raise NotApplicableError("the server has no IPv4 address: not asked")
    return server.asker


def _silent(server: Server, asking: Asker, *, seen: str, expected: str) -> None:
    """Raise what silence is: a failure if the user has named the port of discovery, else worth a note."""
    expect(server.conditions.discovery_port is None, seen, expected=expected)
    raise NotedError(f"{seen}: clients must be told the address (a failure with --discovery-port {asking.udp_port})")


@RULES.rule("answer", "a question sent to the server is answered with the port of its device API")
def _answer(server: Server) -> str:
    asking = _asker(server)
    expected = _TOLD % asking.alpaca_port
    answers = asking.straight()
    if not asking.right(answers):
        # Of several servers on one machine a single one hears what is sent to its address.
        answers = answers + asking.broadcast()
    if not answers:
        _silent(server, asking, seen=f"no answer on UDP port {asking.udp_port}", expected=expected)
    told = [answer.alpaca_port for answer in answers]
    if not asking.right(answers) and None not in told:
        seen = f"other servers there only, on ports {', '.join(map(str, told))}"
        _silent(server, asking, seen=seen, expected=expected)
    expect(asking.right(answers), _texts(answers), expected=expected)
    return expected


@RULES.rule("broadcast", "a question sent to everyone near is answered too, which takes a socket on every address")
def _broadcast(server: Server) -> str:
    asking = _asker(server)
    if asking.right(asking.broadcast()):
        return "answered"
    if not asking.right(asking.straight()):
        raise NotApplicableError("the server does not answer at all")
    expect(not asking.loopback, "answered only when sent to its own address", expected="an answer to a broadcast too")
    raise NotedError("answered only when sent to its own address: broadcasts may not get there")


@RULES.rule("longer", "a question that goes on after alpacadiscovery1 is answered as well")
def _longer(server: Server) -> str:
    asking = _heard_by(server)
    answers = asking.broadcast(QUESTION + b" and more") or asking.straight(QUESTION + b" and more")
    expect(asking.right(answers), "no answer", expected="an answer")
    return "answered"


@RULES.rule(
    "noise", "what does not begin with alpacadiscovery1 is not answered", each=lambda server: ["ALPACA", "hello"]
)
def _noise(server: Server, noise: str) -> None:
    asking = _heard_by(server)
    question = QUESTION.upper() if noise == "ALPACA" else noise.encode()
    answers = asking.broadcast(question) + asking.straight(question)
    expect(not asking.right(answers), _texts(answers), expected="no answer")


def _heard_by(server: Server) -> Asker:
    asking = _asker(server)
    if not (asking.right(asking.broadcast()) or asking.right(asking.straight())):
        raise NotApplicableError("the server does not answer at all")
    return asking


def _texts(answers: list[Answer]) -> str:
    return ", ".join(shown(answer.content.decode(errors="replace")) for answer in answers) or "no answer"
