"""The scoring rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tsplug.model import Priority
from tsplug.planning.rules import RULES, score
from tsplug.planning.scoring import Scored


def scored(make: Any, **fields: Any) -> Scored:
    noon = make.utc(11)
    given = {"candidate": make.candidate(), "progress": 0.25, "ends": noon + timedelta(hours=12), "night_start": noon}
    return Scored(**{"is_current": False, **given, **fields})


def test_the_rules_of_the_first_form_are_there() -> None:
    """Four rules are collected, each under its name and with a meaning."""
    assert sorted(RULES) == ["Percent Complete", "Project Priority", "Setting Soonest", "Target Switch Penalty"]
    assert all(rule.meaning for rule in RULES.values())


@pytest.mark.parametrize(
    ("project", "target", "value"),
    [("LOW", None, 0.0), ("NORMAL", None, 0.5), ("HIGH", None, 1.0), ("HIGH", "LOW", 0.0)],
)
def test_priority_is_the_targets_own_or_the_projects(project: str, target: str | None, value: float, make: Any) -> None:
    """Low is 0, normal a half, high 1; a target's own priority wins."""
    own = None if target is None else Priority[target]
    candidate = make.candidate(project=make.project(priority=Priority[project]), priority=own)
    assert RULES["Project Priority"].value(scored(make, candidate=candidate)) == value


def test_percent_complete_is_the_progress(make: Any) -> None:
    """A target a quarter done has a quarter."""
    assert RULES["Percent Complete"].value(scored(make)) == 0.25


@pytest.mark.parametrize(("hours", "value"), [(0, 1.0), (6, 0.75), (12, 0.5), (24, 0.0), (25, 0.0)])
def test_setting_soonest_falls_from_noon_to_noon(hours: int, value: float, make: Any) -> None:
    """The earlier a target ends the more it gets, never less than nothing."""
    ends = make.utc(11) + timedelta(hours=hours)
    assert RULES["Setting Soonest"].value(scored(make, ends=ends)) == value


def test_the_switch_penalty_favours_the_present_target(make: Any) -> None:
    """Only the target imaged last gets it."""
    assert RULES["Target Switch Penalty"].value(scored(make, is_current=True)) == 1.0
    assert RULES["Target Switch Penalty"].value(scored(make)) == 0.0


def test_the_score_is_the_weighted_sum(make: Any) -> None:
    """By default: half of 50 for priority, a quarter of 50 for progress, half of 50 for the end, 67 for staying."""
    parts = {part.rule: part.product for part in score(scored(make, is_current=True))}
    assert sum(parts.values()) == pytest.approx(0.25 + 0.125 + 0.25 + 0.67)


def test_weights_are_the_projects_and_zero_is_off(make: Any) -> None:
    """A rule of weight 0 is not evaluated; a rule the project does not name has its default."""
    project = make.project(rule_weights={"Percent Complete": 100, "Project Priority": 0})
    parts = {part.rule: part.weight for part in score(scored(make, candidate=make.candidate(project=project)))}
    assert parts == {"Percent Complete": 100, "Setting Soonest": 50, "Target Switch Penalty": 67}
