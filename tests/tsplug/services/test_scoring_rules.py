"""Scoring rules of installed packages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tsplug.errors import InputError
from tsplug.model import DecisionRequest, Profile
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule
from tsplug.services import scoring_rules
from tsplug.services.deciding import decide
from tsplug.services.scoring_rules import installed_rules
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store


@dataclass(frozen=True)
class Entry:
    """An entry point of an installed package."""

    name: str
    found: Any
    value: str = "package:RULE"

    def load(self) -> Any:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def northern(contest: Any, /) -> Any:
    return np.array([each.target.dec_deg > 60 for each in contest.candidates], dtype=np.float64)


NORTHERN = ScoringRule("Northern", "1 for what never sets", northern, weight=100.0)


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what makes packages seem installed."""

    def offered(*found: Any) -> None:
        entries = [Entry(str(place), each) for place, each in enumerate(found)]
        monkeypatch.setattr(scoring_rules, "entry_points", lambda group: entries)
        installed_rules.cache_clear()

    yield offered
    installed_rules.cache_clear()


def test_without_packages_there_are_tsplugs_own(offer: Any) -> None:
    """Nothing is added, and the order stays."""
    offer()
    assert list(installed_rules()) == list(RULES)


def test_a_rule_of_a_package_decides(offer: Any, tmp_path: Path) -> None:
    """With its weight of 100 the northern galaxy goes before the urgent nebula, and the score tells why."""
    offer(NORTHERN)
    clock = ManualClock(datetime(2026, 1, 15, 21, tzinfo=UTC))
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.read() as unit:
        profile = unit.list(Profile)[0].guid
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert decision.target_name == "M 81"
    assert {share.rule: share.value for share in decision.scores[0].shares}["Northern"] == 1.0


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ImportError("gone"), "cannot be loaded: gone"),
        ("a text", "is no ScoringRule"),
        (ScoringRule("Percent Complete", "mine", northern), "has a name that is taken"),
    ],
)
def test_a_package_that_is_wrong_is_named(found: Any, said: str, offer: Any) -> None:
    """What cannot be used is refused with the name of the package."""
    offer(found)
    with pytest.raises(InputError, match=said):
        installed_rules()
