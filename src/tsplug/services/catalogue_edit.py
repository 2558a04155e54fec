"""Edit a record of the catalogue; a target whose project is edited moves, with all it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tsplug.errors import InputError
from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Record, Target
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import changes_between, conflicts, dated
from tsplug.services.catalogue_drafts import Draft, Request, find_within, in_one_unit, refuse_taken_name
from tsplug.services.catalogue_fields import PARENTS, read_given
from tsplug.services.catalogue_follow import follow
from tsplug.services.catalogue_plans import check_filter, order_words, parsed_order, set_accepted
from tsplug.services.contributions import contributor_names, set_contributors
from tsplug.services.criteria import load_criteria
from tsplug.services.idle_rules import idle_gate_words, idle_moon_words, outweighed_words
from tsplug.services.lookup import KINDS
from tsplug.services.records import row_of

Changes = dict[str, tuple[Any, Any]]


def edit_record(request: Request, store: Store, *, clock: Clock, dry_run: bool = False) -> dict[str, Any]:
    """Change fields of a record by ``KEY=VALUE`` texts, in one unit, and return its row.

    The row has two more keys: ``changes``, a list of field, from and to, and ``notes`` on what else changed. Counters
    change by adjustments only. What belongs to a moved target or project goes with it.

    Raises:
        NotFoundError: there is no such record.
        InputError: fields are unknown, out of range or kept by the store, or the name is taken: all at once.
    """
    if not request.assignments:
        raise InputError("nothing to change: give KEY=VALUE, for example name=NEW")
    kind = KINDS[request.kind]
    given = read_given(kind, request.assignments)
    if "created_at" in given.values:
        given.wrong("created_at", "is where the session ids begin and cannot be edited")

    def work(unit: Unit) -> dict[str, Any]:
        draft = Draft(unit, given, clock.now(), request.profile, request.modules)
        before = find_within(unit, kind, name=request.name, profile=request.profile)
        changes, notes = _change(draft, before)
        given.refuse()
        row = row_of(unit, unit.get(kind, before.id or 0))
        told = [{"field": name, "from": old, "to": new} for name, (old, new) in _named(unit, kind, changes=changes)]
        return row | {"changes": told, "notes": notes}

    return in_one_unit(store, work, dry_run=dry_run)


def _change(draft: Draft, before: Record) -> tuple[Changes, list[str]]:
    _take_order(draft, before)
    after = draft.record(type(before), before)
    if after is None:
        draft.given.refuse()
        raise AssertionError("a record that cannot be made has problems")
    changes = changes_between(before, after)
    _check(draft, after, changes=changes)
    if isinstance(after, Project) and isinstance(before, Project):
        after = dated(before, after, given=draft.given.values, now=draft.now)
        changes = changes_between(before, after)
    draft.given.refuse()
    draft.unit.update(after)
    notes = [
        *follow(draft, before, after=after),
        *filter(None, [idle_moon_words(after), *_unheard(draft, after, changes=changes)]),
    ]
    if isinstance(before, ExposurePlan) and "accepted" in draft.given.values:
        set_accepted(draft, before, wanted=draft.given.values["accepted"])
    if isinstance(after, Project) and "contributors" in draft.given.names:
        changes |= _contribute(draft, after)
    return changes, notes


def _unheard(draft: Draft, after: Record, *, changes: Changes) -> Iterator[str]:
    if isinstance(after, Profile) and after.grader.criteria_set and "grader.criteria_set" in changes:
        yield idle_gate_words(draft.unit, after, criteria=load_criteria(draft.unit, after.grader.criteria_set))
    if isinstance(after, Project) and any(field.split(".")[0] in ("rule_weights", "state") for field in changes):
        yield outweighed_words(draft.unit, after)


def _named(unit: Unit, kind: type[Record], *, changes: Changes) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield changes with the names of other records instead of their ids and guids."""
    words = {f"{word}_id": (word, parent) for word, parent in PARENTS[kind].items()}
    for field, pair in changes.items():
        if field in words:
            word, parent = words[field]
            yield word, _pair(pair, _namer(unit, parent))
        elif field in ("override_order", "filter_cadence"):
            yield field, _pair(pair, partial(order_words, unit))
        else:
            yield field, pair


def _namer(unit: Unit, kind: type[Record]) -> Callable[[int | None], Any]:
    def name_of(key: int | None) -> Any:
        return key and getattr(unit.get(kind, key), "name", key)

    return name_of


def _pair(pair: tuple[Any, Any], shown: Callable[[Any], Any]) -> tuple[Any, Any]:
    return shown(pair[0]), shown(pair[1])


def _take_order(draft: Draft, before: Record) -> None:
    """Read the order of exposures of a target, which names its plans."""
    text = draft.given.names.get("override_order")
    if text is None or not isinstance(before, Target):
        return
    try:
        draft.given.values["override_order"] = parsed_order(draft.unit, before, text=text)
    except InputError as error:
        draft.given.wrong("override_order", str(error))


def _check(draft: Draft, after: Record, *, changes: Changes) -> None:
    for key, message in conflicts(after, changes):
        draft.given.wrong(key, message)
    if {"name", "project_id", "profile_id"} & changes.keys():
        refuse_taken_name(draft, after)
    if isinstance(after, ExposureTemplate) and {"filter_name", "profile_id"} & changes.keys():
        check_filter(draft, after)


def _contribute(draft: Draft, project: Project) -> Changes:
    before = contributor_names(draft.unit, project)
    set_contributors(draft, project, text=draft.given.names["contributors"])
    after = contributor_names(draft.unit, project)
    return {"contributors": (before, after)} if before != after else {}
