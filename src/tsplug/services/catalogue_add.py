"""Add a record to the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tsplug.errors import InputError
from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Record, Site, Target
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import conflicts, dated
from tsplug.services.catalogue_drafts import Draft, Request, in_one_unit, refuse_taken_name
from tsplug.services.catalogue_fields import read_given
from tsplug.services.catalogue_plans import check_filter, forget_orders, set_accepted
from tsplug.services.contributions import set_contributors
from tsplug.services.idle_rules import idle_moon_words
from tsplug.services.lookup import KINDS
from tsplug.services.records import row_of
from tsplug.services.site_zones import far_zone_words, zone_command


def add_record(request: Request, store: Store, *, clock: Clock, dry_run: bool = False) -> dict[str, Any]:
    """Store a new record of ``KEY=VALUE`` texts and return its row, with ``notes`` on what else changed.

    The profile or project it belongs to need not be named where there is only one. A plan is named
    ``TARGET/TEMPLATE``. A new plan counts nothing, unless ``accepted`` is given, which is kept as an adjustment.

    Raises:
        InputError: fields are missing, unknown, out of range, or the name is taken: all problems at once.
    """
    kind = KINDS[request.kind]
    given = read_given(kind, request.assignments)

    def work(unit: Unit) -> dict[str, Any]:
        draft = Draft(unit, given, clock.now(), request.profile, request.modules)
        _take_name(draft, kind, name=request.name)
        record = draft.record(kind, None)
        if record is not None:
            _check(draft, record)
        given.refuse()
        stored, notes = _stored(draft, cast(Record, record))
        given.refuse()
        return row_of(unit, stored) | {"notes": list(notes)}

    return in_one_unit(store, work, dry_run=dry_run)


def _take_name(draft: Draft, kind: type[Record], *, name: str) -> None:
    """Let the name that stands before the fields be the record's, or a plan's target and template."""
    if not name:
        return
    if kind is not ExposurePlan:
        if "name" in draft.given.values:
            draft.given.wrong("name", "is given twice")
        draft.given.values["name"] = name.strip()
        return
    places = [place for place, sign in enumerate(name) if sign == "/"]
    known = [place for place in places if draft.unit.find(Target, name=name[:place].strip()) is not None]
    if not places:
        raise InputError(f"a plan is named TARGET/TEMPLATE, or by target=NAME template=NAME, not {name!r}")
    place = (known or places)[0]
    draft.given.names |= {"target": name[:place].strip(), "template": name[place + 1 :].strip()}


def _check(draft: Draft, record: Record) -> None:
    for key, message in conflicts(record, type(record).model_fields):
        draft.given.wrong(key, message)
    refuse_taken_name(draft, record)
    if isinstance(record, ExposureTemplate):
        check_filter(draft, record)
    if isinstance(record, Target) and draft.given.names.get("override_order", "none").strip().lower() != "none":
        draft.given.wrong("override_order", "needs plans; set it when the target has them")


def _stored(draft: Draft, record: Record) -> tuple[Record, tuple[str, ...]]:
    unit, given = draft.unit, draft.given
    if isinstance(record, ExposurePlan):
        return _stored_plan(draft, record)
    if isinstance(record, Project):
        record = dated(None, record, given=given.values, now=draft.now)
    stored = unit.add(record)
    if isinstance(stored, Project) and "contributors" in given.names:
        set_contributors(draft, stored, text=given.names["contributors"])
    return stored, _notes(stored, given=given.values)


def _notes(record: Record, *, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is to be said of a new record."""
    if isinstance(record, Site):
        return _zone_note(record, given=given)
    if isinstance(record, Profile) and record.site_id is None:
        return (f"it has no site, and no night can be planned: `tsplug profile edit {record.name!r} site=NAME`",)
    idle = idle_moon_words(record)
    return (idle,) if idle else ()


def _zone_note(site: Site, *, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is to be said of the time zone of a new site."""
    if given.get("time_zone"):
        words = far_zone_words(site)
        return (words,) if words else ()
    said = (
        f"no time zone was given: nights and times go by {site.time_zone}, that of the longitude, without summer time"
    )
    return (f"{said}; give the right one with: {zone_command(site)}",)


def _stored_plan(draft: Draft, plan: ExposurePlan) -> tuple[ExposurePlan, tuple[str, ...]]:
    stored = draft.unit.add(plan.model_copy(update={"accepted": 0}))
    set_accepted(draft, stored, wanted=plan.accepted)
    notes = forget_orders(draft.unit, draft.unit.get(Target, plan.target_id))
    return draft.unit.get(ExposurePlan, stored.id or 0), notes
