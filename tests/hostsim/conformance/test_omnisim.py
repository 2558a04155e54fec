"""The OmniSim, as our preset plays it, passes the tolerant profile, which says where it leaves the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from hostsim.alpaca.server import AlpacaServer
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.rule import Profile, Status
from hostsim.devices.observatory import make_observatory
from hostsim.devices.omnisim import omnisim_config

Check = Callable[..., Any]
QUIRKS = {
    ("telescope/0", "common.unknown-action"),
    ("camera/0", "exposure.negative"),
    ("camera/0", "exposure.second"),
    ("rotator/0", "rotator.target"),
}


@pytest.fixture
def omnisims(ticking: Callable[[float], Any]) -> Iterator[Callable[[], str]]:
    """Serve the preset; returns the address. Each has a time of its own."""
    with ExitStack() as stack:

        def serve() -> str:
            observatory = make_observatory(omnisim_config(), ticking(0.1), seed=1)
            return stack.enter_context(AlpacaServer(observatory)).address

        yield serve


@pytest.fixture
def omnisim(omnisims: Callable[[], str]) -> str:
    """Return the address of the preset."""
    return omnisims()


def test_the_tolerant_profile_passes_and_says_what_is_odd(omnisims: Callable[[], str], check: Check) -> None:
    """Nothing fails, and each known oddity is a note that names the OmniSim."""
    addresses = {kind: omnisims() for kind in sorted(PLATFORM_7)}
    with ThreadPoolExecutor(len(addresses)) as pool:
        runs = pool.map(lambda kind: check(addresses[kind], kind, profile=Profile.TOLERANT), addresses)
        verdicts = [verdict for run in runs for verdict in run]
    assert [verdict for verdict in verdicts if verdict.status is Status.FAIL] == []
    noted = [verdict for verdict in verdicts if verdict.status is Status.INFO]
    assert {(verdict.place, verdict.rule.id) for verdict in noted} == QUIRKS
    assert all("OmniSim" in verdict.seen for verdict in noted)


def test_the_strict_profile_calls_them_failures(omnisim: str, check: Check) -> None:
    """What the tolerant profile lets pass fails the strict one."""
    for kind, rule in (("Camera", "exposure."), ("Rotator", "rotator.target"), ("Telescope", "common.unknown-action")):
        failed = check(omnisim, kind, rules=(rule,)).failed
        assert failed == {name for place, name in QUIRKS if place == f"{kind.lower()}/0"}


def test_a_telescope_that_obeys_without_a_connection_is_left_as_it_was(omnisim: str, check: Check) -> None:
    """Site and clock of a mount that does not look at its connection are what they were: slews depend on them."""

    def told(name: str) -> Any:
        return requests.get(f"http://{omnisim}/api/v1/telescope/0/{name}", timeout=60).json()["Value"]

    before = [told(name) for name in ("sitelatitude", "sitelongitude", "siteelevation", "tracking")]
    check(omnisim, "Telescope", rules=("protocol.put-extra",))
    assert [told(name) for name in ("sitelatitude", "sitelongitude", "siteelevation", "tracking")] == before
    assert told("utcdate").startswith("2026-11-20")
