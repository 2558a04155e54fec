"""Keep sets of criteria: list, show, add, edit, copy and delete them, and find the one that a profile grades by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tsplug.errors import InputError, NotFoundError
from tsplug.grading.criteria import Criteria
from tsplug.model import CriteriaRow, CriteriaSet, Profile, new_guid
from tsplug.ports import Store, Unit
from tsplug.services.catalogue_drafts import in_one_unit
from tsplug.services.criteria_documents import (
    Document,
    criteria_of,
    default_document,
    document_of,
    edited,
)
from tsplug.services.idle_rules import idle_gate_words
from tsplug.services.lookup import find_named

DEFAULT_NAME = "Default"
"""The name of the set that exists without being stored; one that was stored under it earlier goes first."""


def list_criteria(store: Store) -> list[dict[str, Any]]:
    """Return all stored sets by id, with their rows and the names of the profiles that grade by them."""
    with store.read() as unit:
        return [_row(unit, load_rows(unit, each)) for each in unit.list(CriteriaSet)]


def show_criteria(store: Store, name: str) -> dict[str, Any]:
    """Return one set by name, id or guid.

    Raises:
        NotFoundError: there is none.
    """
    with store.read() as unit:
        return _row(unit, load_criteria(unit, name))


def add_criteria(document: Document, store: Store, *, dry_run: bool = False) -> dict[str, Any]:
    """Store a new set and return it.

    Raises:
        InputError: the document describes no valid set, or the name is taken: all at once.
    """
    criteria = criteria_of(document)

    def work(unit: Unit) -> dict[str, Any]:
        _refuse_taken(unit, criteria.set)
        return _row(unit, _stored(unit, criteria))

    return in_one_unit(store, work, dry_run=dry_run)


def edit_criteria(name: str, assignments: Sequence[str], *, store: Store, dry_run: bool = False) -> dict[str, Any]:
    """Change a set by ``KEY=VALUE`` texts and return it; with a new name the profiles that grade by it follow.

    The result has two more keys: ``changes``, a list of field, from and to, and ``notes``.

    Raises:
        NotFoundError: there is no such set.
        InputError: the result would be no valid set, or the name is taken.
    """

    def change(document: Document) -> Document:
        return edited(document, assignments)

    return in_one_unit(store, _changing(name, change), dry_run=dry_run)


def replace_criteria(name: str, document: Document, *, store: Store, dry_run: bool = False) -> dict[str, Any]:
    """Make a stored set what a document says, as `edit_criteria` does; it stays the same set."""
    return in_one_unit(store, _changing(name, lambda _: document), dry_run=dry_run)


def copy_criteria(name: str, assignments: Sequence[str], *, store: Store, dry_run: bool = False) -> dict[str, Any]:
    """Store a copy of a set, or of the default one, with what differs, and return it.

    Raises:
        NotFoundError: there is no such set.
        InputError: the copy would be no valid set, or has no name of its own.
    """
    with store.read() as unit:
        document = document_of(load_criteria(unit, name))
        taken = {each.name for each in unit.list(CriteriaSet)}
    number = 1
    while f"{document['name']} ({number})" in taken:
        number += 1
    document = edited({**document, "name": f"{document['name']} ({number})"}, assignments)
    return add_criteria(document, store, dry_run=dry_run)


def delete_criteria(name: str, *, store: Store, dry_run: bool = False) -> dict[str, Any]:
    """Delete a set that no profile grades by, and return what it was; verdicts keep what they say.

    Raises:
        NotFoundError: there is no such set.
        InputError: a profile grades by it.
    """

    def work(unit: Unit) -> dict[str, Any]:
        found = _own_set(unit, name, doing="deleted")
        row = _row(unit, load_rows(unit, found))
        if row["profiles"]:
            first = row["profiles"][0]
            raise InputError(
                f"profile {first!r} grades by {found.name!r}: give it another set with "
                f"`tsplug profile edit {first!r} grader.criteria_set=NAME` (nothing after = for none)"
            )
        unit.delete(found)
        return row

    return in_one_unit(store, work, dry_run=dry_run)


def load_criteria(unit: Unit, name: str) -> Criteria:
    """Return a stored set by name, id or guid; "default" is the built-in one where no stored one is called so.

    Raises:
        NotFoundError: there is none.
        AmbiguousNameError: several are called so.
    """
    try:
        return load_rows(unit, find_named(unit, CriteriaSet, name=name))
    except NotFoundError:
        if name.casefold() == DEFAULT_NAME.casefold():
            return default_criteria()
        raise


def load_rows(unit: Unit, whole: CriteriaSet) -> Criteria:
    """Return a stored set with its rows, in the order they were made."""
    return Criteria(whole, tuple(unit.list(CriteriaRow, set_id=whole.id)))


def default_criteria() -> Criteria:
    """Return the built-in set."""
    return criteria_of(default_document(DEFAULT_NAME))


def _own_set(unit: Unit, name: str, *, doing: str) -> CriteriaSet:
    """Return a stored set.

    Raises:
        InputError: the name is that of the built-in set, which nobody changes.
        NotFoundError: there is none.
    """
    try:
        return find_named(unit, CriteriaSet, name=name)
    except NotFoundError:
        if name.casefold() != DEFAULT_NAME.casefold():
            raise
        advice = f"`tsplug criteria copy {name} name=MINE` makes a set of your own"
        raise InputError(f"{name!r} is built in and cannot be {doing}; {advice}") from None


def _changing(name: str, change: Callable[[Document], Document]) -> Callable[[Unit], dict[str, Any]]:
    def work(unit: Unit) -> dict[str, Any]:
        before = load_rows(unit, _own_set(unit, name, doing="changed"))
        after = criteria_of(change(document_of(before)))
        after = Criteria(after.set.model_copy(update={"id": before.set.id, "guid": before.set.guid}), after.rows)
        if after.set.name != before.set.name:
            _refuse_taken(unit, after.set)
        unit.update(after.set)
        unit.delete_all(CriteriaRow, set_id=before.set.id)
        _add_rows(unit, after)
        notes = _follow(unit, before.set.name, after=after.set.name)
        unheard = (idle_gate_words(unit, each, criteria=after) for each in _graded_by(unit, after.set.name))
        notes += filter(None, unheard)
        changes = _changes(document_of(before), document_of(after))
        return _row(unit, load_rows(unit, after.set)) | {"changes": changes, "notes": notes}

    return work


def _stored(unit: Unit, criteria: Criteria) -> Criteria:
    whole = unit.add(criteria.set.model_copy(update={"id": None, "guid": new_guid()}))
    _add_rows(unit, Criteria(whole, criteria.rows))
    return load_rows(unit, whole)


def _add_rows(unit: Unit, criteria: Criteria) -> None:
    for row in criteria.rows:
        unit.add(row.model_copy(update={"id": None, "set_id": criteria.set.id}))


def _refuse_taken(unit: Unit, whole: CriteriaSet) -> None:
    if whole.name.casefold() == DEFAULT_NAME.casefold():
        raise InputError(f"name: {whole.name!r} is the built-in set; give another name, like Mine")
    if whole.name.strip().isdecimal():
        raise InputError(f"name: {whole.name!r} would hide the set with that id; give a name with a letter in it")
    for other in unit.list(CriteriaSet):
        if other.name.casefold() == whole.name.casefold() and other.id != whole.id:
            said = f"there is a criteria set {other.name!r} already (id {other.id})"
            raise InputError(f"name: {said}; edit that one, or give another name")


def _follow(unit: Unit, before: str, *, after: str) -> list[str]:
    """Let profiles that grade by a set know its new name; return what was done in words."""
    if before == after:
        return []
    followers = _graded_by(unit, before)
    for profile in followers:
        profile.grader = profile.grader.model_copy(update={"criteria_set": after})
        unit.update(profile)
    return [f"profile {profile.name!r} goes on grading by it" for profile in followers]


def _graded_by(unit: Unit, name: str) -> list[Profile]:
    return [each for each in unit.list(Profile) if each.grader.criteria_set.casefold() == name.casefold()]


def _changes(before: Document, after: Document) -> list[dict[str, Any]]:
    old, new = _flat(before), _flat(after)
    return [
        {"field": key, "from": old.get(key), "to": new.get(key)}
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    ]


def _flat(document: Document) -> dict[str, Any]:
    flat = {name: value for name, value in document.items() if name != "rows"}
    for metric, row in document["rows"].items():
        flat |= {f"{metric}.{name}": value for name, value in row.items()}
    return flat


def _row(unit: Unit, criteria: Criteria) -> dict[str, Any]:
    """Return a set as JSON types."""
    rows = [row.model_dump(mode="json", exclude={"id", "set_id"}) for row in criteria.rows]
    profiles = [profile.name for profile in _graded_by(unit, criteria.set.name)]
    return criteria.set.model_dump(mode="json") | {"rows": rows, "profiles": profiles}
