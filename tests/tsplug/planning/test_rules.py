"""The scoring rules: values as in planner b.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tsplug.model import Priority
from tsplug.model.project import RULE_WEIGHTS
from tsplug.planning.choosing import rounded_scores
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import Contest, ScoringRule, shares_of, values_of, weights_of


def contest(make: Any, *candidates: Any, **fields: Any) -> Contest:
    """Return a contest of targets that are alike but for the fields given, one value for all or one each."""
    candidates = candidates or (make.candidate(),)
    alike = {"progress": 0.25, "ends_h": 12.0, "transit_min": 300.0, "moon_score": 0.0, "others_progress": np.nan}
    arrays = {
        name: np.broadcast_to(np.asarray(fields.pop(name, value)), len(candidates)) for name, value in alike.items()
    }
    is_current = np.broadcast_to(np.asarray(fields.pop("is_current", False)), len(candidates))
    given = {"now": make.utc(20), "night_start": make.utc(11), "flip_after_min": 0.0, **fields}
    return Contest(candidates=candidates, is_current=is_current, **arrays, **given)


def value(name: str, seen: Contest) -> float:
    return float(RULES[name].value(seen)[0])


def test_every_rule_with_a_default_weight_is_there() -> None:
    """The eight rules are collected, each under its name, with a meaning and its weight."""
    assert sorted(RULES) == sorted(RULE_WEIGHTS)
    assert all(rule.meaning and rule.default_weight == RULE_WEIGHTS[rule.name] for rule in RULES.values())


@pytest.mark.parametrize(
    ("project", "target", "expected"),
    [("LOW", None, 0.0), ("NORMAL", None, 0.5), ("HIGH", None, 1.0), ("HIGH", "LOW", 0.0)],
)
def test_priority_is_the_targets_own_or_the_projects(
    project: str, target: str | None, expected: float, make: Any
) -> None:
    """Low is 0, normal a half, high 1; a target's own priority wins."""
    own = None if target is None else Priority[target]
    candidate = make.candidate(project=make.project(priority=Priority[project]), priority=own)
    assert value("Project Priority", contest(make, candidate)) == expected


def test_percent_complete_is_the_progress(make: Any) -> None:
    """A target a quarter done has a quarter."""
    assert value("Percent Complete", contest(make)) == 0.25


@pytest.mark.parametrize(("hours", "expected"), [(0, 1.0), (6, 0.75), (12, 0.5), (24, 0.0), (25, 0.0)])
def test_setting_soonest_falls_from_noon_to_noon(hours: int, expected: float, make: Any) -> None:
    """The earlier a target ends the more it gets, never less than nothing."""
    assert value("Setting Soonest", contest(make, ends_h=hours)) == expected


def test_the_switch_penalty_favours_the_present_target(make: Any) -> None:
    """Only the target imaged last gets it."""
    assert value("Target Switch Penalty", contest(make, is_current=True)) == 1.0
    assert value("Target Switch Penalty", contest(make)) == 0.0


@pytest.mark.parametrize(("window", "expected"), [(0, 0.0), (60, 1.0)])
def test_a_meridian_window_has_priority(window: int, expected: float, make: Any) -> None:
    """A project with a window gets 1."""
    candidate = make.candidate(project=make.project(meridian_window_min=window))
    assert value("Meridian Window Priority", contest(make, candidate)) == expected


@pytest.mark.parametrize(
    ("transit_min", "after_min", "expected"),
    [(-1.0, 0.0, 1.0), (0.0, 0.0, 0.0), (30.0, 0.0, 0.0), (30.1, 0.0, 1.0), (-5.0, 5.0, 0.0), (28.0, 5.0, 1.0)],
)
def test_a_flip_within_the_minimum_time_costs_the_rule(
    transit_min: float, after_min: float, expected: float, make: Any
) -> None:
    """Transit plus the host's delay within the 30 minutes from now, borders included, gives nothing."""
    seen = contest(make, transit_min=transit_min, flip_after_min=after_min)
    assert value("Meridian Flip Penalty", seen) == expected


@pytest.mark.parametrize(("others", "expected"), [(np.nan, 0.0), (0.75, 0.5), (0.1, 0.0)])
def test_a_mosaic_panel_that_lags_behind_gets_the_lag(others: float, expected: float, make: Any) -> None:
    """The mean of the others less the own progress, nothing for a leader or for what is no mosaic."""
    assert value("Mosaic Completion", contest(make, others_progress=others)) == pytest.approx(expected)


@pytest.mark.parametrize(("smart", "expected"), [(True, 0.4), (False, 0.0)])
def test_smart_order_scores_by_the_moon(smart: bool, expected: float, make: Any) -> None:
    """The Moon score counts where the project uses smart order."""
    candidate = make.candidate(project=make.project(smart_exposure_order=smart))
    assert value("Smart Exposure Order", contest(make, candidate, moon_score=0.4)) == expected


def test_the_score_is_the_weighted_sum(make: Any) -> None:
    """By default: half of 50 for priority, a quarter of 50 for progress, half of 50 for the end, 67 for staying."""
    seen = contest(make, is_current=True)
    weights = weights_of(seen.candidates, RULES)
    parts = shares_of(values_of(seen, weights, rules=RULES).values[:, 0], weights[:, 0], rules=RULES)
    assert sum(part.product for part in parts) == pytest.approx(0.25 + 0.125 + 0.25 + 0.67)


def test_weights_are_each_projects_own_and_zero_is_off(make: Any) -> None:
    """A rule of weight 0 is not told; a rule that the project does not name has its default."""
    project = make.project(rule_weights={"Percent Complete": 100, "Project Priority": 0})
    seen = contest(make, make.candidate(project=project), make.candidate())
    weights = weights_of(seen.candidates, RULES)
    values = values_of(seen, weights, rules=RULES).values
    own, other = (
        {each.rule: each.weight for each in shares_of(values[:, n], weights[:, n], rules=RULES)} for n in (0, 1)
    )
    assert own == {
        "Meridian Window Priority": 75, "Percent Complete": 100, "Setting Soonest": 50, "Target Switch Penalty": 67
    }  # fmt: skip
    assert other["Project Priority"] == 50


def test_a_rule_of_others_counts_with_its_own_weight(make: Any) -> None:
    """A rule that the model does not know brings its weight; a project may give it another."""
    rules = {"Brightest": ScoringRule("Brightest", "all are", lambda seen: np.ones(len(seen.candidates)), weight=30)}
    candidates = [make.candidate(), make.candidate(project=make.project(rule_weights={"Brightest": 80}))]
    assert weights_of(candidates, rules).tolist() == [[30.0, 80.0]]


def _broken(_: Contest, /) -> Any:
    raise KeyError("seeing")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda _: np.array([0.5]), "it must give a number from 0 to 1 for each target"),
        (lambda _: np.array([2.0, 0.0]), "it must give a number from 0 to 1 for each target"),
        (lambda _: np.array([np.nan, 0.0]), "it must give a number from 0 to 1 for each target"),
        (lambda _: ["high", "low"], "ValueError: could not convert string to float: 'high'"),
        (_broken, "KeyError: 'seeing'"),
    ],
)
def test_a_rule_that_fails_abstains_and_is_named(value: Any, said: str, make: Any) -> None:
    """Too few values, values out of range, no numbers and exceptions count nothing, and say so with the rule's name."""
    rules = {"Odd": ScoringRule("Odd", "nothing", value, weight=10)} | RULES
    seen = contest(make, make.candidate(), make.candidate())
    weights = weights_of(seen.candidates, rules)
    values, troubles = values_of(seen, weights, rules=rules)
    assert troubles == (f"scoring rule Odd abstains: {said}",)
    plain = weights_of(seen.candidates, RULES)
    assert (rounded_scores(values, weights) == rounded_scores(values_of(seen, plain, rules=RULES).values, plain)).all()
    assert "Odd" not in {each.rule for each in shares_of(values[:, 0], weights[:, 0], rules=rules)}
