"""Which plans and targets a regrade completes or opens again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tsplug.model import ExposurePlan, GradingStatus
from tsplug.planning.progress import mean_progress, plan_progress
from tsplug.services.regrade_outcomes import Decided


@dataclass(frozen=True)
class Turned:
    """What was incomplete and is complete now, and the other way round: plans and targets by name."""

    plans_completed: tuple[str, ...] = ()
    plans_reopened: tuple[str, ...] = ()
    targets_completed: tuple[str, ...] = ()
    targets_reopened: tuple[str, ...] = ()


def turned_by(decided: Sequence[Decided], *, lost: Collection[int] = ()) -> Turned:
    """Return what turns by what whole targets come to; what images of ``lost`` come to is not counted."""
    plans, targets = _Turning(), _Turning()
    by_target: defaultdict[int, list[tuple[Decided, ExposurePlan]]] = defaultdict(list)
    for each in decided:
        after = _after(each, lost)
        by_target[each.plan.target.id or 0].append((each, after))
        name = f"{each.plan.target.name}/{each.plan.template.name}"
        plans.note(name, _is_complete(each, each.plan.plan), after=_is_complete(each, after))
    for group in by_target.values():
        place = group[0][0].plan
        was, is_now = (
            mean_progress(among, place.project, profile=place.owner) >= 1.0
            for among in ([each.plan.plan for each, _ in group], [plan for _, plan in group])
        )
        targets.note(place.target.name, was, after=is_now)
    return Turned(tuple(plans.completed), tuple(plans.reopened), tuple(targets.completed), tuple(targets.reopened))


class _Turning:
    def __init__(self) -> None:
        self.completed: list[str] = []
        self.reopened: list[str] = []

    def note(self, name: str, before: bool, *, after: bool) -> None:
        if after is not before:
            (self.completed if after else self.reopened).append(name)


def _after(decided: Decided, lost: Collection[int]) -> ExposurePlan:
    """Return the plan with the counter that its images lead to."""
    plan = decided.plan.plan
    delta = sum(
        (each.to_status is GradingStatus.ACCEPTED) - (each.from_status is GradingStatus.ACCEPTED)
        for each in decided.changed
        if each.image_id not in lost
    )
    return plan.model_copy(update={"accepted": max(0, plan.accepted + delta)})


def _is_complete(decided: Decided, plan: ExposurePlan) -> bool:
    return plan_progress(plan, decided.plan.project, profile=decided.plan.owner) >= 1.0
