"""Which plan comes next, and when to dither: the cases of planner b.2 to b.6."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tsplug.model import CadenceItem, OrderAction, OrderItem, SmartTurns
from tsplug.planning import Candidate, CandidatePlan
from tsplug.planning.exposures import (
    Selector,
    after_exposure,
    dither_due,
    in_order,
    recorded,
    select,
    selector_of,
    state_of,
    with_dithers,
)
from tsplug.planning.order_state import OrderState

NIGHT = date(2026, 11, 15)
DITHER = OrderItem(action=OrderAction.DITHER)


def plans(make: Any, names: str, **template: Any) -> list[CandidatePlan]:
    return [make.plan(name, template, guid=name) for name in names]


def shown(name: str) -> OrderItem:
    return DITHER if name == "d" else OrderItem(action=OrderAction.EXPOSURE, plan_guid=name)


def minding(make: Any, *scores: tuple[str, int]) -> list[CandidatePlan]:
    """Return plans that mind the Moon by their separation."""
    return [
        make.plan(name, {"moon_avoidance": True, "moon_separation_deg": separation, "moon_width_days": 14}, guid=name)
        for name, separation in scores
    ]


def taken(candidate: Candidate, count: int, *, possible: Any = None) -> str:
    """Return the filters of the next exposures, with a `d` before those for which the order asks for a dither."""
    state, sequence = OrderState(), ""
    for place in range(count):
        choices = [item for item in candidate.plans if possible is None or item.template.name in possible(place)]
        selection = select(candidate, choices, state=state)
        sequence += ("d" if selection.ordered_dither else "") + selection.item.template.filter_name
        state = after_exposure(candidate, selection.item, state=state)
    return sequence


@pytest.mark.parametrize(
    ("frequency", "expected"), [(0, "LLLLLLLL"), (1, "LRGLRGLR"), (2, "LLRRGGLL"), (3, "LLLRRRGG")]
)
def test_plans_take_turns_of_the_switch_frequency(frequency: int, expected: str, make: Any) -> None:
    """With 0 a plan is repeated until it is done; with N plans alternate after N exposures each."""
    project = make.project(filter_switch_frequency=frequency)
    assert taken(make.candidate(*plans(make, "LRG"), project=project), 8) == expected


def test_what_a_cadence_passed_is_not_made_up_for(make: Any) -> None:
    """The place after the selected one is next, not the one after the place that was passed."""
    candidate = make.candidate(*plans(make, "LRG"), project=make.project(filter_switch_frequency=1))
    assert taken(candidate, 5, possible=lambda place: "LG" if place < 3 else "LRG") == "LGLRG"


def test_an_override_order_is_a_circle_with_its_own_dithers(make: Any) -> None:
    """One exposure and one dither: the first exposure is plain, all later ones are dithered."""
    candidate = make.candidate(*plans(make, "L"), override_order=[shown("L"), DITHER], project=make.project())
    assert taken(candidate, 3) == "LdLdL"


def test_plans_outside_an_override_order_never_run(make: Any) -> None:
    """Only what the order names can come up; without an order everything can."""
    target = make.candidate(override_order=[shown("L")]).target
    assert [in_order(target, make.project(), plan_guid=name) for name in "LR"] == [True, False]
    assert in_order(make.candidate().target, make.project(), plan_guid="R")


def test_smart_order_takes_what_minds_the_moon_most(make: Any) -> None:
    """The highest Moon score of what the sky permits wins, the first of equals."""
    candidate = make.candidate(
        *minding(make, ("Ha", 40), ("L", 120), ("R", 120)), project=make.project(smart_exposure_order=True)
    )
    assert taken(candidate, 3) == "LLL"
    assert taken(candidate, 2, possible=lambda _: ["Ha"]) == "HaHa"


def test_smart_order_rotates_what_minds_the_moon_alike(make: Any) -> None:
    """With a switch frequency of 2 the plans within 0.01 of the best take turns of two; what minds less waits."""
    project = make.project(smart_exposure_order=True, filter_switch_frequency=2)
    candidate = make.candidate(*minding(make, ("Ha", 40), ("L", 120), ("R", 120), ("G", 121)), project=project)
    assert taken(candidate, 8) == "LLRRGGLL"


def test_what_cannot_be_taken_does_not_hold_up_the_rotation(make: Any) -> None:
    """The others go on taking turns, and what is possible again has its own turn first, no more than one."""
    project = make.project(smart_exposure_order=True, filter_switch_frequency=2)
    candidate = make.candidate(*minding(make, ("L", 120), ("R", 120), ("G", 120)), project=project)
    assert taken(candidate, 10, possible=lambda _: "LR") == "LLRRLLRRLL"
    assert taken(candidate, 14, possible=lambda place: "LR" if place < 8 else "LRG") == "LLRRLLRRGGLLRR"


def test_a_filter_that_ran_alone_enters_the_rotation_with_its_turn_used_up(make: Any) -> None:
    """Exposures count towards a turn even when there was no choice."""
    project = make.project(smart_exposure_order=True, filter_switch_frequency=2)
    candidate = make.candidate(*minding(make, ("L", 120), ("R", 120)), project=project)
    assert taken(candidate, 6, possible=lambda place: "L" if place < 3 else "LR") == "LLLRRL"


@pytest.mark.parametrize(
    ("project", "target", "expected"),
    [
        ({"smart_exposure_order": True, "filter_switch_frequency": 1}, {"override_order": [DITHER]}, Selector.SMART),
        ({"filter_switch_frequency": 1}, {"override_order": [DITHER]}, Selector.OVERRIDE),
        ({}, {}, Selector.UNTIL_DONE),
        ({"filter_switch_frequency": 1}, {}, Selector.CADENCE),
    ],
)
def test_one_selector_goes_before_the_other(project: Any, target: Any, expected: Selector, make: Any) -> None:
    """Smart order beats an override order, which beats the filter cadence."""
    assert selector_of(make.project(**project), make.candidate(**target).target) is expected


@pytest.mark.parametrize("project", [{"filter_switch_frequency": 2}, {}])
@pytest.mark.parametrize("order", ["", "LdRd"])
def test_what_is_recorded_goes_on_where_it_stopped(project: Any, order: str, make: Any) -> None:
    """After every exposure the target's record alone leads to the same next exposure."""
    candidate = make.candidate(
        *plans(make, "LR"), project=make.project(**project), override_order=[shown(name) for name in order]
    )
    state = OrderState()
    for _ in range(7):
        item = select(candidate, candidate.plans, state=state).item
        state = after_exposure(candidate, item, state=state)
        target = recorded(candidate, state, night=NIGHT)
        read = state_of(candidate.project, target, plan_guids=candidate.plan_guids, night=NIGHT)
        assert read.position == state.position
        assert sum(each.next for each in target.filter_cadence) == (1 if order or project else 0)


def test_turns_of_the_smart_order_are_recorded_for_the_night(make: Any) -> None:
    """They count in their own night, and begin anew in the next."""
    project = make.project(smart_exposure_order=True, filter_switch_frequency=2)
    candidate = make.candidate(*minding(make, ("L", 120), ("R", 120)), project=project)
    state = after_exposure(candidate, candidate.plans[0], state=OrderState())
    target = recorded(candidate, state, night=NIGHT)
    assert target.smart_turns == SmartTurns(night=NIGHT, taken={"L": 1})
    assert state_of(project, target, plan_guids=("L", "R"), night=NIGHT).turns == {"L": 1}
    assert state_of(project, target, plan_guids=("L", "R"), night=date(2026, 11, 16)).turns == {}


@pytest.mark.parametrize(
    "stored",
    [
        [CadenceItem(action=OrderAction.EXPOSURE, plan_guid="G", next=True)],
        [CadenceItem(action=OrderAction.EXPOSURE, plan_guid=name) for name in "LR"],
        [CadenceItem(action=OrderAction.EXPOSURE, plan_guid=name, next=True) for name in "LR"],
    ],
    ids=["of other plans", "without a next", "with two"],
)
def test_a_cadence_that_does_not_fit_begins_anew(stored: list[CadenceItem], make: Any) -> None:
    """Plans that changed behind it, or a damaged one, cost the position and nothing else."""
    target = make.candidate(filter_cadence=stored).target
    assert state_of(make.project(filter_switch_frequency=1), target, plan_guids=("L", "R"), night=NIGHT).position == 0


@pytest.mark.parametrize(
    ("project_every", "template_every", "since", "due"),
    [
        (0, None, "LLLLLL", False),
        (3, None, "LL", False),
        (3, None, "LLL", True),
        (3, 0, "LLLLL", False),
        (0, 2, "LL", True),
        (1, 5, "LLLL", False),
        (1, None, "RGB", False),
        (1, None, "LRGB", True),
    ],
)
def test_dithering_counts_a_filter_and_follows_the_template_first(
    project_every: int, template_every: int | None, since: str, due: bool, make: Any
) -> None:
    """Of L, R, G, B by turns the dither comes before the second L; the template's number wins, 0 is never."""
    item = make.plan(template={"dither_every": template_every})
    assert dither_due(item, make.project(dither_every=project_every), since_dither=list(since)) is due


@pytest.mark.parametrize(
    ("order", "every", "expected"),
    [
        ("HHHH", 2, "HHdHHd"),
        ("HHHH", 1, "HdHdHdHd"),
        ("LRGB", 1, "LRGBd"),
        ("HdHH", 0, "HHH"),
        ("", 2, ""),
        ("HHO", 2, "HHOd"),
    ],
)
def test_dithers_are_put_into_an_order_as_into_a_circle(order: str, every: int, expected: str) -> None:
    """Before the (N+1)-th exposure of a filter since the last dither stands a dither, at the end too."""
    filters = {name: name for name in order}
    found = with_dithers([shown(name) for name in order], filters, every=every)
    assert "".join(each.plan_guid or "d" for each in found) == expected
