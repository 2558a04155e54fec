"""What a regrade decides of targets, part by part; nothing is written, and no part depends on another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from tsplug.ports import Store, Unit
from tsplug.services.paused_collection import collection_paused
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_judging import Judges
from tsplug.services.regrade_outcomes import Decided
from tsplug.services.regrade_scope import Scope, pages_of, with_images
from tsplug.services.settled_plans import Footings, settled_among

Part = Sequence[int]
"""Targets by id whose plans are read, judged and written together."""

Decide = Callable[[Scope, Sequence[Part]], Generator[list[Decided], None, None]]
"""Yields what each part comes to, in their order; closing it ends what it does on the side."""


class TargetJudges:
    """Judges the targets of one regrade, as the store has them; what they share is looked up once."""

    def __init__(self, scope: Scope, store: Store) -> None:
        self._scope = scope
        self._store = store
        self._judges = Judges(scope)
        self._footings = Footings(scope, self._judges.criteria)
        self._targets = {target.id: target for target in scope.targets}

    def decide(self, part: Part) -> list[Decided]:
        """Return what the plans of targets come to."""
        targets = [self._targets[key] for key in part]
        with collection_paused(), self._store.read() as unit:
            pages = pages_of(self._scope, targets, unit=unit)
            return [each for plans in pages for each in self._decide(plans, unit)]

    def _decide(self, plans: Sequence[PlanImages], unit: Unit) -> list[Decided]:
        footings = self._footings.of(plans, unit)
        found = settled_among(plans, footings, unit=unit)
        left = with_images([plan for plan in plans if plan.plan.id not in found], unit)
        for decided in self._judges.decide(left, unit) if left else ():
            key = decided.plan.plan.id or 0
            found[key] = replace(decided, footing=footings.get(key))
        return [found[plan.plan.id or 0] for plan in plans]


def deciding_here(store: Store) -> Decide:
    """Return what decides in this process: a part when it is asked for."""

    def decide(scope: Scope, parts: Sequence[Part]) -> Generator[list[Decided], None, None]:
        judges = TargetJudges(scope, store)
        yield from map(judges.decide, parts)

    return decide
