"""Which plan comes next, and when to dither."""

from __future__ import annotations

from typing import Any

import pytest

from tsplug.planning.exposures import dither_due, select_plan


def taken(frequency: int, count: int, make: Any) -> str:
    """Return the filters of the next exposures of three plans, taking each into account."""
    project = make.project(filter_switch_frequency=frequency)
    plans = [make.plan(name, desired=4) for name in "LRG"]
    sequence = ""
    for _ in range(count):
        chosen = select_plan([each for each in plans if each.plan.acquired < 4], project)
        chosen.plan.acquired += 1
        sequence += chosen.template.filter_name
    return sequence


@pytest.mark.parametrize(
    ("frequency", "expected"), [(0, "LLLLRRRRGGGG"), (1, "LRGLRGLRGLRG"), (2, "LLRRGGLLRRGG"), (3, "LLLRRRGGGLRG")]
)
def test_plans_take_turns_of_the_switch_frequency(frequency: int, expected: str, make: Any) -> None:
    """With 0 a plan is finished first; with N plans alternate after N exposures each."""
    assert taken(frequency, 12, make) == expected


def test_a_plan_that_was_held_up_catches_up(make: Any) -> None:
    """The plan with the fewest finished turns goes on."""
    plans = [make.plan("L", acquired=6), make.plan("R", acquired=2)]
    assert select_plan(plans, make.project(filter_switch_frequency=2)) is plans[1]


@pytest.mark.parametrize(
    ("project_every", "template_every", "since", "due"),
    [
        (0, None, 99, False),
        (3, None, 2, False),
        (3, None, 3, True),
        (3, 0, 9, False),
        (0, 2, 2, True),
        (1, 5, 4, False),
    ],
)
def test_dithering_follows_the_template_before_the_project(
    project_every: int, template_every: int | None, since: int, due: bool, make: Any
) -> None:
    """The template's number wins where it has one; 0 is never."""
    item = make.plan(template={"dither_every": template_every})
    assert dither_due(item, make.project(dither_every=project_every), exposures_since_dither=since) is due
