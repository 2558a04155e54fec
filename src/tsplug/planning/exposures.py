"""Which plan of a target is exposed next, and whether a dither comes first (planner b.2 to b.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tsplug.model import CadenceItem, ExposureTemplate, OrderAction, OrderItem, Project, SmartTurns, Target
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.moon import MoonRule
from tsplug.planning.order_state import OrderState, Place

_ALIKE = 0.01


class Selector(StrEnum):
    """How the next exposure of a target is found."""

    SMART = "smart exposure order"
    OVERRIDE = "override order"
    UNTIL_DONE = "repeat until done"
    CADENCE = "filter cadence"


class Selection(NamedTuple):
    """The exposure that comes next, and whether its order asks for a dither first."""

    item: CandidatePlan
    ordered_dither: bool = False


def selector_of(project: Project, target: Target) -> Selector:
    """Return how the next exposure of a target is found."""
    if project.smart_exposure_order:
        return Selector.SMART
    if target.override_order:
        return Selector.OVERRIDE
    return Selector.UNTIL_DONE if project.filter_switch_frequency == 0 else Selector.CADENCE


def in_order(target: Target, project: Project, *, plan_guid: str) -> bool:
    """Return whether a plan can come up at all: where an override order counts, those that it lacks never do."""
    if selector_of(project, target) is not Selector.OVERRIDE:
        return True
    return any(each.plan_guid == plan_guid for each in target.override_order)


def cadence(project: Project, target: Target, *, plan_guids: Iterable[str]) -> tuple[Place, ...]:
    """Return the order in which a target's plans are exposed, over and over: its own, or turns of each plan."""
    if selector_of(project, target) is Selector.OVERRIDE:
        return tuple(Place(each.plan_guid) for each in target.override_order)
    return tuple(Place(guid) for guid in plan_guids for _ in range(project.filter_switch_frequency))


def state_of(project: Project, target: Target, *, plan_guids: Sequence[str], night: date) -> OrderState:
    """Return how far a target's order came, as its record says.

    A cadence on record that is not that of the present plans and settings begins anew, as do turns of another night.
    """
    places = cadence(project, target, plan_guids=plan_guids)
    stored = [Place(each.plan_guid if each.action is OrderAction.EXPOSURE else None) for each in target.filter_cadence]
    marked = [place for place, each in enumerate(target.filter_cadence) if each.next]
    position = marked[0] if len(marked) == 1 and tuple(stored) == places else 0
    turns = target.smart_turns
    return OrderState(position, dict(turns.taken) if turns.night == night else {}, places)


def order_of(candidate: Candidate, *, night: date) -> OrderState:
    """Return how far a target's order came: in a previewed night, else as its record says."""
    if candidate.order is not None:
        return candidate.order
    return state_of(candidate.project, candidate.target, plan_guids=candidate.plan_guids, night=night)


def written(candidate: Candidate, *, night: date) -> Candidate:
    """Return a target of a previewed night as its records would stand; the same object where nothing was taken."""
    if candidate.order is None:
        return candidate
    plans = tuple(
        item if item.counts is None else replace(item, plan=item.plan.model_copy(update=item.counts._asdict()))
        for item in candidate.plans
    )
    return replace(candidate, target=recorded(candidate, candidate.order, night=night), plans=plans)


def _places(candidate: Candidate, state: OrderState) -> tuple[Place, ...]:
    if state.places is not None:
        return state.places
    return cadence(candidate.project, candidate.target, plan_guids=candidate.plan_guids)


def select(candidate: Candidate, choices: Sequence[CandidatePlan], *, state: OrderState) -> Selection:
    """Return the exposure that comes next, of those that can be taken now (in order, not empty).

    Smart order takes the plan that minds the Moon most, in turns where several mind it alike. An override order and a
    filter cadence go on where they stopped, past what cannot be taken; what was passed is not made up for. Otherwise
    the first plan is repeated until it is done.
    """
    project, target = candidate.project, candidate.target
    kind = selector_of(project, target)
    if kind is Selector.SMART:
        return Selection(_smart(choices, project, state=state))
    if kind is Selector.UNTIL_DONE:
        return Selection(choices[0])
    places = _places(candidate, state)
    by_guid = {item.plan.guid: item for item in choices}
    passed_dither = False
    for step in range(len(places)):
        guid = places[(state.position + step) % len(places)].plan_guid
        if guid in by_guid:
            return Selection(by_guid[guid], passed_dither)
        passed_dither = passed_dither or guid is None
    return Selection(choices[0])


def after_exposure(candidate: Candidate, item: CandidatePlan, *, state: OrderState) -> OrderState:
    """Return how far the order of a target came when one more exposure of a plan is taken."""
    project, target, guid = candidate.project, candidate.target, item.plan.guid
    kind = selector_of(project, target)
    if kind is Selector.SMART and project.filter_switch_frequency > 0:
        turns = dict(state.turns or {})
        alike = [each.plan.guid for each in candidate.plans if abs(_minds(each) - _minds(item)) <= _ALIKE]
        frequency = project.filter_switch_frequency
        done = [each for each in {*alike, guid} if turns.get(each, 0) >= frequency]
        # One is taken beyond its turn when all that could be taken had theirs: a new rotation. What is complete or too
        # near the Moon meanwhile must not hold it up; one that runs alone keeps its turn used up.
        if guid in done and (len(done) > 1 or alike == [guid]):
            turns.update(dict.fromkeys(done, 0))
        turns[guid] = min(frequency, turns.get(guid, 0) + 1)
        return replace(state, turns=turns)
    if kind not in (Selector.OVERRIDE, Selector.CADENCE):
        return state
    places = _places(candidate, state)
    for step in range(len(places)):
        place = (state.position + step) % len(places)
        if places[place].plan_guid == guid:
            return replace(state, position=(place + 1) % len(places))
    return state


def recorded(candidate: Candidate, state: OrderState, *, night: date) -> Target:
    """Return the target as its record says how far its order came; the same object where nothing is to be kept."""
    project, target = candidate.project, candidate.target
    kind = selector_of(project, target)
    if kind is Selector.SMART and project.filter_switch_frequency > 0:
        return target.model_copy(update={"smart_turns": SmartTurns(night=night, taken=dict(state.turns or {}))})
    if kind not in (Selector.OVERRIDE, Selector.CADENCE):
        return target
    places = _places(candidate, state)
    items = [
        CadenceItem(
            action=OrderAction.DITHER if each.plan_guid is None else OrderAction.EXPOSURE,
            plan_guid=each.plan_guid,
            next=place == state.position,
        )
        for place, each in enumerate(places)
    ]
    return target.model_copy(update={"filter_cadence": items})


def dither_every(template: ExposureTemplate, project: Project) -> int:
    """Return after how many exposures of a filter to dither: the template's number before the project's, 0 never."""
    return project.dither_every if template.dither_every is None else template.dither_every


def dither_due(item: CandidatePlan, project: Project, *, since_dither: Sequence[str]) -> bool:
    """Return whether to dither first: when so many exposures of the same filter were taken since the last dither.

    Args:
        item: what is exposed next.
        project: its project.
        since_dither: the filters exposed since the last dither, in order.
    """
    every = dither_every(item.template, project)
    return 0 < every <= since_dither.count(item.template.filter_name)


def with_dithers(order: Sequence[OrderItem], filters: Mapping[str, str], *, every: int) -> list[OrderItem]:
    """Return an override order with a dither before the (N+1)-th exposure of any filter since the last one.

    The order is walked as the cycle that it is: the first item once more at the end decides whether a dither closes it
    (planner b.6: ``HHHH`` with 2 becomes ``HHdHHd``).

    Args:
        order: the order; its own dithers are left out.
        filters: the filter of each plan, by guid.
        every: N; 0 for no dithers.
    """
    exposures = [each for each in order if each.action is OrderAction.EXPOSURE]
    if every <= 0 or not exposures:
        return exposures
    dithered: list[OrderItem] = []
    counts: dict[str, int] = {}
    for place, each in enumerate([*exposures, exposures[0]]):
        name = filters[each.plan_guid or ""]
        if counts.get(name, 0) >= every:
            dithered.append(OrderItem(action=OrderAction.DITHER))
            counts = {}
        counts[name] = counts.get(name, 0) + 1
        if place < len(exposures):
            dithered.append(each)
    return dithered


def _minds(item: CandidatePlan) -> float:
    rule = MoonRule.of(item.template)
    return 0.0 if rule is None else rule.score


def _smart(choices: Sequence[CandidatePlan], project: Project, *, state: OrderState) -> CandidatePlan:
    scores = [_minds(item) for item in choices]
    best = max(scores)
    alike = [item for item, score in zip(choices, scores, strict=True) if best - score <= _ALIKE]
    frequency, turns = project.filter_switch_frequency, state.turns or {}
    if frequency == 0 or len(alike) == 1:
        return choices[scores.index(best)]
    return next((item for item in alike if turns.get(item.plan.guid, 0) < frequency), alike[0])
