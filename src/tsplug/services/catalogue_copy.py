"""Copy a record of the catalogue: new guids, nothing counted, a free name.

A project is copied with its contributors, targets and plans; a target with its plans; a profile with its templates and
trained flats. Images, flat history and the filter cadence belong to the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from tsplug.model import (
    Contribution,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    Record,
    SmartTurns,
    Target,
    TrainedFlat,
    new_guid,
)
from tsplug.model.naming import free_name
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import conflicts, dated
from tsplug.services.catalogue_drafts import Draft, Request, find_within, in_one_unit, refuse_taken_name, siblings
from tsplug.services.catalogue_fields import read_given
from tsplug.services.catalogue_plans import check_filter, forget_orders, rehome
from tsplug.services.contributions import set_contributors
from tsplug.services.lookup import KINDS
from tsplug.services.records import row_of
from tsplug.services.template_lookup import profile_of_target

R = TypeVar("R", bound=Record)
_FRESH: dict[type[Record], dict[str, Any]] = {
    Target: {"filter_cadence": [], "smart_turns": SmartTurns()},
    ExposurePlan: {"acquired": 0, "accepted": 0},
    Project: {"active_at": None, "inactive_at": None, "closed_at": None},
}


def copy_record(request: Request, store: Store, *, clock: Clock, dry_run: bool = False) -> dict[str, Any]:
    """Store a copy of a record and return its row, with ``notes`` on what came along.

    ``KEY=VALUE`` texts change the copy; ``project=``, ``profile=`` or ``target=`` put it elsewhere. Where the plans'
    templates are another profile's, its own of the same name and filter take their place, or copies made for it.

    Raises:
        NotFoundError: there is no such record.
        InputError: fields are wrong, or a name that was given is taken: all problems at once.
    """
    kind = KINDS[request.kind]
    given = read_given(kind, request.assignments)
    for name in ("accepted", "override_order", "created_at"):
        if name in given.values or name in given.names:
            given.wrong(name, "cannot be given to a copy; edit it afterwards")

    def work(unit: Unit) -> dict[str, Any]:
        draft = Draft(unit, given, clock.now(), request.profile, request.modules)
        source = find_within(unit, kind, name=request.name, profile=request.profile)
        copy = _drafted(draft, source)
        given.refuse()
        stored, notes = _COPIES.get(kind, _plain)(draft, source, copy=cast(Record, copy))
        if isinstance(stored, Project) and "contributors" in given.names:
            set_contributors(draft, stored, text=given.names["contributors"])
        given.refuse()
        return row_of(unit, stored) | {"notes": notes}

    return in_one_unit(store, work, dry_run=dry_run)


def _drafted(draft: Draft, source: Record) -> Record | None:
    copy = draft.record(type(source), fresh(source))
    if copy is None or "name" not in type(copy).model_fields:
        return copy
    if "name" not in draft.given.values:
        copy = copy.model_copy(update={"name": free_name(getattr(copy, "name", ""), siblings(draft.unit, copy))})
    for key, message in conflicts(copy, draft.given.values):
        draft.given.wrong(key, message)
    refuse_taken_name(draft, copy)
    if isinstance(copy, ExposureTemplate):
        check_filter(draft, copy)
    return (
        dated(None, copy.model_copy(update={"created_at": draft.now}), given=(), now=draft.now)
        if isinstance(copy, Project)
        else copy
    )


def fresh(record: R, **changes: Any) -> R:
    """Return a copy of a record that is not stored yet, with a guid of its own and nothing counted."""
    kind = type(record)
    guid = {"guid": new_guid()} if "guid" in kind.model_fields else {}
    return record.model_copy(deep=True, update={"id": None, **guid, **_FRESH.get(kind, {}), **changes})


def _plain(draft: Draft, source: Record, *, copy: Record) -> tuple[Record, list[str]]:
    return draft.unit.add(copy), []


def _profile(draft: Draft, source: Profile, *, copy: Profile) -> tuple[Profile, list[str]]:
    unit = draft.unit
    stored = unit.add(copy)
    templates = unit.list(ExposureTemplate, profile_id=source.id)
    trained = unit.list(TrainedFlat, profile_id=source.id)
    unit.add_many([fresh(each, profile_id=stored.id) for each in templates])
    unit.add_many([fresh(each, profile_id=stored.id) for each in trained])
    return stored, [f"copied with it: {len(templates)} templates, {len(trained)} trained flats; no projects"]


def _project(draft: Draft, source: Project, *, copy: Project) -> tuple[Project, list[str]]:
    unit = draft.unit
    stored = unit.add(copy)
    for link in unit.list(Contribution, project_id=source.id):
        if link.profile_id != stored.profile_id:
            unit.add(fresh(link, project_id=stored.id))
    notes = []
    targets = unit.list(Target, project_id=source.id)
    profile = unit.get(Profile, stored.profile_id)
    for target in targets:
        notes += _with_plans(draft, target, copy=fresh(target, project_id=stored.id), profile=profile)[1]
    return stored, [f"targets copied with it: {len(targets)}", *dict.fromkeys(notes)]


def _target(draft: Draft, source: Target, *, copy: Target) -> tuple[Target, list[str]]:
    profile = profile_of_target(draft.unit, copy)
    return _with_plans(draft, source, copy=copy, profile=profile)


def _with_plans(draft: Draft, source: Target, *, copy: Target, profile: Profile) -> tuple[Target, list[str]]:
    """Store a copy of a target with copies of its plans, which its order of exposures then names."""
    unit = draft.unit
    plans = unit.list(ExposurePlan, target_id=source.id)
    rehomed, notes = rehome(draft, plans, profile=profile)
    stored = unit.add(copy.model_copy(update={"override_order": []}))
    copies = unit.add_many([fresh(plan, target_id=stored.id) for plan in rehomed])
    guids = {plan.guid: made.guid for plan, made in zip(plans, copies, strict=True)}
    stored.override_order = [
        item.model_copy(update={"plan_guid": guids.get(item.plan_guid or "")}) for item in _still(source, guids)
    ]
    unit.update(stored)
    return stored, notes


def _still(target: Target, guids: dict[str, str]) -> Iterable[Any]:
    return (item for item in target.override_order if item.plan_guid is None or item.plan_guid in guids)


def _plan(draft: Draft, source: ExposurePlan, *, copy: ExposurePlan) -> tuple[ExposurePlan, list[str]]:
    target = draft.unit.get(Target, copy.target_id)
    plans, notes = rehome(draft, [copy], profile=profile_of_target(draft.unit, target))
    return draft.unit.add(plans[0]), [*notes, *forget_orders(draft.unit, target)]


_COPIES: dict[type[Record], Callable[..., tuple[Record, list[str]]]] = {
    Profile: _profile,
    Project: _project,
    Target: _target,
    ExposurePlan: _plan,
}
