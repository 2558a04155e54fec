"""The OmniSim, as our preset plays it, passes the tolerant profile, which says where it leaves the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.rule import Profile, Status
from hostsim.devices.observatory import make_observatory
from hostsim.devices.omnisim import omnisim_config

Check = Callable[..., Any]
SPEED = 20.0
QUIRKS = {
    ("telescope/0", "common.unknown-action"),
    ("camera/0", "exposure.negative"),
    ("camera/0", "exposure.second"),
    ("rotator/0", "rotator.target"),
}


@pytest.fixture
def omnisim() -> Iterator[AlpacaServer]:
    """Return the preset, served, and faster than real."""
    clock = SimulatedClock(datetime(2026, 11, 20, 20, tzinfo=UTC), speed=SPEED)
    with AlpacaServer(make_observatory(omnisim_config(), clock, seed=1)) as server:
        yield server


def test_the_tolerant_profile_passes_and_says_what_is_odd(omnisim: AlpacaServer, check: Check) -> None:
    """Nothing fails, and each known oddity is a note that names the OmniSim."""
    with ThreadPoolExecutor(len(PLATFORM_7)) as pool:
        runs = pool.map(lambda kind: check(omnisim.address, kind, profile=Profile.TOLERANT), sorted(PLATFORM_7))
        verdicts = [verdict for run in runs for verdict in run]
    assert [verdict for verdict in verdicts if verdict.status is Status.FAIL] == []
    noted = [verdict for verdict in verdicts if verdict.status is Status.INFO]
    assert {(verdict.place, verdict.rule.id) for verdict in noted} == QUIRKS
    assert all("OmniSim" in verdict.seen for verdict in noted)


def test_the_strict_profile_calls_them_failures(omnisim: AlpacaServer, check: Check) -> None:
    """What the tolerant profile lets pass fails the strict one."""
    for kind, rule in (("Camera", "exposure."), ("Rotator", "rotator.target"), ("Telescope", "common.unknown-action")):
        failed = check(omnisim.address, kind, rules=(rule,)).failed
        assert failed == {name for place, name in QUIRKS if place == f"{kind.lower()}/0"}


def test_a_telescope_that_obeys_without_a_connection_is_left_as_it_was(omnisim: AlpacaServer, check: Check) -> None:
    """Site and clock of a mount that does not look at its connection are what they were: slews depend on them."""

    def told(name: str) -> Any:
        return requests.get(f"http://{omnisim.address}/api/v1/telescope/0/{name}", timeout=5).json()["Value"]

    before = [told(name) for name in ("sitelatitude", "sitelongitude", "siteelevation", "tracking")]
    check(omnisim.address, "Telescope", rules=("protocol.put-extra",))
    assert [told(name) for name in ("sitelatitude", "sitelongitude", "siteelevation", "tracking")] == before
    assert told("utcdate").startswith("2026-11-20")
