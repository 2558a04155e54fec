"""Reset the completion of a plan, a target or a project: its plans count nothing any more, by adjustments."""

from __future__ import annotations

from typing import Any

from tsplug.model import Counter, ExposurePlan, Project, Record, Target
from tsplug.ports import Clock, Ids, Store, Unit, ids_of
from tsplug.services.catalogue_drafts import Request, find_within, in_one_unit
from tsplug.services.lookup import KINDS
from tsplug.services.records import rows_of


def reset_completion(request: Request, store: Store, *, clock: Clock, dry_run: bool = False) -> list[dict[str, Any]]:
    """Set both counters of all plans of a record to zero and return the plans' rows, with ``was`` before.

    Image records stay and keep their grades; an adjustment beside each counter says why it is zero.

    Raises:
        NotFoundError: there is no such plan, target or project.
    """

    def work(unit: Unit) -> list[dict[str, Any]]:
        record = find_within(unit, KINDS[request.kind], name=request.name, profile=request.profile)
        plans = unit.list(ExposurePlan, id=_plans_of(record))
        for plan in plans:
            for counter in Counter:
                counted = getattr(plan, counter.value)
                if counted:
                    unit.adjust_counter(plan.id or 0, counter, delta=-counted, why="reset", at=clock.now())
        rows = rows_of(unit, unit.list(ExposurePlan, id=_plans_of(record)))
        was = ({"acquired": plan.acquired, "accepted": plan.accepted} for plan in plans)
        return [row | {"was": before} for row, before in zip(rows, was, strict=True)]

    return in_one_unit(store, work, dry_run=dry_run)


def _plans_of(record: Record) -> Ids:
    if isinstance(record, Project):
        return ids_of(ExposurePlan, target_id=ids_of(Target, project_id=record.id))
    if isinstance(record, Target):
        return ids_of(ExposurePlan, target_id=record.id)
    return ids_of(ExposurePlan, id=record.id)
