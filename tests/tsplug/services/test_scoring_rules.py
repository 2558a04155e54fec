"""Scoring rules of installed packages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tsplug.model import DecisionRequest, Profile, Project
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule
from tsplug.services import scoring_rules
from tsplug.services.catalogue_fields import read_given
from tsplug.services.deciding import decide
from tsplug.services.doctor import examine
from tsplug.services.night_ahead import preview_night
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


def raising(contest: Any, /) -> Any:
    raise KeyError("weather")


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
    assert list(installed_rules().rules) == list(RULES)


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """Return surroundings on a winter night over the small catalogue."""
    clock = ManualClock(datetime(2026, 1, 15, 21, tzinfo=UTC))
    return FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))


def test_a_rule_of_a_package_decides(offer: Any, context: FakeContext) -> None:
    """With its weight of 100 the northern galaxy goes before the urgent nebula, and the score tells why."""
    offer(NORTHERN)
    with context.store.read() as unit:
        profile = unit.list(Profile)[0].guid
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert decision.target_name == "M 81"
    assert {share.rule: share.value for share in decision.scores[0].shares}["Northern"] == 1.0


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ImportError("gone"), "scoring rule package:RULE cannot be loaded: ImportError: gone; it is left out"),
        ("a text", "scoring rule package:RULE is no ScoringRule; it is left out"),
        (
            ScoringRule("Percent Complete", "mine", northern),
            "scoring rule 'Percent Complete' of package:RULE has a name that is taken; it is left out",
        ),
        (
            ScoringRule("Broken", "none", lambda _: None, weight=10.0),
            "scoring rule Broken abstains: it must give a number from 0 to 1 for each target",
        ),
        (
            ScoringRule("Raising", "none", raising, weight=10.0),
            "scoring rule Raising abstains: KeyError: 'weather'",
        ),
        (
            ScoringRule("Heavy", "mine", northern, weight=cast(float, "much")),
            "scoring rule 'Heavy' of package:RULE has a weight that is none: 'much'; it is left out",
        ),
        (
            ScoringRule("Endless", "mine", northern, weight=float("inf")),
            "scoring rule 'Endless' of package:RULE has a weight that is none: inf; it is left out",
        ),
        (
            ScoringRule(cast(str, ["N"]), "mine", northern),
            "scoring rule ['N'] of package:RULE has a name that is none; it is left out",
        ),
    ],
)
def test_a_package_that_is_wrong_is_named_and_costs_no_night(
    found: Any, said: str, offer: Any, context: FakeContext
) -> None:
    """What cannot be used, or fails, is left out, and decisions, previews and the doctor say so."""
    offer(found)
    with context.store.read() as unit:
        profile = unit.list(Profile)[0].guid
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert (decision.kind, decision.notes) == ("exposure", (said,))
    assert preview_night(context, profile).preview.notes == (said,)
    told = [each.found for each in examine(context.store, context.files).warnings]
    assert said in told or "abstains" in said


def test_a_rule_that_spoils_what_it_sees_spoils_no_other(offer: Any, context: FakeContext) -> None:
    """The targets and the arrays cannot be changed: who tries abstains, and the rule after it sees them whole."""

    def clearing(contest: Any, /) -> Any:
        contest.candidates.clear()

    def writing(contest: Any, /) -> Any:
        contest.progress[:] = np.nan

    def reading(contest: Any, /) -> Any:
        assert len(contest.candidates) == 3
        return 1.0 - contest.progress

    given = {"A": clearing, "B": writing, "C": reading}
    offer(*(ScoringRule(name, "mine", rule, weight=10.0) for name, rule in given.items()))
    with context.store.read() as unit:
        profile = unit.list(Profile)[0].guid
    decision = decide(DecisionRequest(profile_guid=profile), context)
    assert [note.partition(": ")[0] for note in decision.notes] == [
        *("scoring rule A abstains", "scoring rule B abstains"),
    ]
    assert "C" in {share.rule for share in decision.scores[0].shares}


def test_a_rule_of_a_package_can_be_weighed(offer: Any) -> None:
    """Its weight is set by its name, however it is written, and comes back to its own by none."""
    offer(NORTHERN)
    assert read_given(Project, ["rule_weights.northern=30"]).values == {"rule_weights": {"Northern": 30.0}}
    assert read_given(Project, ["rule_weights.Northern=none"]).values == {"rule_weights": {"Northern": 100.0}}
    [problem] = read_given(Project, ["rule_weights.southern=3"]).problems
    assert problem.endswith("Target Switch Penalty, Northern")
