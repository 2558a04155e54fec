"""A record as it will be: what is stored, what was given over it, and what it belongs to, checked before it counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tsplug.errors import AmbiguousNameError, InputError, NotFoundError
from tsplug.model import CriteriaSet, ExposureTemplate, Profile, Project, Record, Target
from tsplug.ports import Store, Unit, ids_of
from tsplug.services.catalogue_fields import PARENTS, REFUSED, Given, said_of
from tsplug.services.lookup import find_named, word_of
from tsplug.services.template_lookup import profile_of_target, template_of_profile

R = TypeVar("R", bound=Record)
T = TypeVar("T")

NOBODY = 0
"""Stands for the id of a parent that could not be found, while the rest is checked."""

_OPTIONAL_PARENTS = ("site",)
_SCOPES: dict[type[Record], str] = {Target: "project_id", Project: "profile_id", ExposureTemplate: "profile_id"}
# Within what names should differ; those of sites and profiles in the whole store.


@dataclass(frozen=True)
class Request:
    """What a command asks for: of which kind, which record, with which ``KEY=VALUE`` texts, among whose.

    ``modules`` names those of the image pipeline that are installed; where it is empty, any is taken for one.
    """

    kind: str
    name: str = ""
    assignments: Sequence[str] = ()
    profile: str = ""
    modules: Collection[str] = ()


@dataclass
class Draft:
    """A change of one record in one unit of work, with its moment and what it leads to in words."""

    unit: Unit
    given: Given
    now: datetime
    profile: str = ""
    modules: Collection[str] = ()

    def record(self, kind: type[R], before: R | None, *, preset: Mapping[str, Any] | None = None) -> R | None:
        """Return the record as it will be, or None where something is wrong, which the problems then say."""
        self._name_criteria_set()
        self._name_modules()
        base = {**_starting(kind, self.now), **(preset or {})} if before is None else before.model_dump()
        values = {**_merged(base, self.given.values), **self._owners(kind, before)}
        try:
            made = kind.model_validate(values)
        except ValidationError as error:
            for problem in error.errors():
                steps = [step for step in problem["loc"] if step not in ("function-after",)]
                self._note(kind, steps, problem=problem)
            return None
        return None if self.given.problems else made

    def _name_criteria_set(self) -> None:
        """Let a profile grade by a set that is stored, under the name that it has there."""
        grader = self.given.values.get("grader")
        name = grader.get("criteria_set") if isinstance(grader, Mapping) else None
        if not isinstance(grader, dict) or not isinstance(name, str):
            return
        if name.strip().lower() in ("", "none"):
            grader["criteria_set"] = ""
            return
        try:
            grader["criteria_set"] = find_named(self.unit, CriteriaSet, name=name.strip()).name
        except InputError as error:
            self.given.wrong("grader.criteria_set", f"{error}; `tsplug criteria add --default Mine` makes one")

    def _name_modules(self) -> None:
        """Let a profile switch modules that are installed; what it says of others can only be taken away."""
        pipeline = self.given.values.get("pipeline")
        switched = pipeline.get("modules") if isinstance(pipeline, Mapping) else None
        for name, switch in switched.items() if isinstance(switched, Mapping) and self.modules else ():
            if name not in self.modules and switch is not None:
                self.given.wrong(f"pipeline.modules.{name}", f"unknown; there are {', '.join(self.modules)}")

    def _note(self, kind: type[Record], steps: Sequence[str | int], *, problem: Any) -> None:
        key = ".".join(map(str, steps))
        # What could not be read is wrong already, and a parent has been spoken of by its word.
        spoken = any(line.startswith((f"{key}:", f"{key}.")) for line in self.given.problems)
        if not spoken and steps and steps[0] not in REFUSED[kind]:
            self.given.wrong(key, said_of(kind, steps, problem=problem))

    def _owners(self, kind: type[Record], before: Record | None) -> dict[str, Any]:
        owners: dict[str, Any] = {}
        for word, parent in PARENTS[kind].items():
            name = self.given.names.get(word)
            if word == "template" and (name is not None or before is None):
                target_id = owners.get("target_id", getattr(before, "target_id", NOBODY))
                owners["template_id"] = self._template(target_id, name=name)
            elif name is not None or before is None:
                owners[f"{word}_id"] = self._owner(word, parent, name=name)
        return owners

    def _template(self, target_id: int, *, name: str | None) -> int:
        target = self.unit.find(Target, id=target_id)
        if target is None:
            return NOBODY
        profile_id = profile_of_target(self.unit, target).id or NOBODY
        own = self.unit.list(ExposureTemplate, profile_id=profile_id)
        if name is None and len(own) != 1:
            names = ", ".join(each.name for each in own)
            there = f"one of: {names}" if own else "after adding one with `tsplug template add`"
            self.given.wrong("template", f"is missing; give template=NAME, {there}")
            return NOBODY
        try:
            return (own[0] if name is None else template_of_profile(self.unit, profile_id, name=name)).id or NOBODY
        except InputError as error:
            self.given.wrong("template", str(error))
            return NOBODY

    def _owner(self, word: str, parent: type[Record], *, name: str | None) -> int | None:
        if word in _OPTIONAL_PARENTS and (name or "none").strip().lower() in ("", "none"):
            # Left out it is the only one there is; who says none means none.
            there = self.unit.list(parent) if name is None else []
            return there[0].id if len(there) == 1 else None
        try:
            found = (
                self._only(word, parent)
                if name is None
                else find_within(self.unit, parent, name=name, profile=self.profile)
            )
        except InputError as error:
            self.given.wrong(word, str(error))
            return NOBODY
        return found.id or NOBODY

    def _only(self, word: str, parent: type[Record]) -> Record:
        """Return the parent that goes without saying: the chosen profile, or the only record there is."""
        if parent is Profile and self.profile:
            return find_named(self.unit, Profile, name=self.profile)
        there = self.unit.list(parent)
        if len(there) != 1:
            names = ", ".join(sorted(str(getattr(each, "name", each.id)) for each in there)[:10])
            raise NotFoundError(f"is missing; give {word}=NAME" + (f", one of: {names}" if names else ""))
        return there[0]


def in_one_unit(store: Store, work: Callable[[Unit], T], *, dry_run: bool = False) -> T:
    """Do work in one unit and return its result; a dry run does the same and leaves the store as it was."""
    results: list[T] = []
    with suppress(_Rehearsed), store.write() as unit:
        results.append(work(unit))
        if dry_run:
            raise _Rehearsed
    return results[0]


class _Rehearsed(Exception):  # noqa: N818 - the end of a dry run, not a fault
    """Leaves a unit of work without its changes."""


def find_within(unit: Unit, kind: type[R], *, name: str, profile: str) -> R:
    """Return the record of a name; where several have it, the one that belongs to the chosen profile.

    Raises:
        NotFoundError: none fits.
        AmbiguousNameError: several do; the text lists their ids.
    """
    try:
        return find_named(unit, kind, name=name)
    except AmbiguousNameError:
        chosen = find_named(unit, Profile, name=profile) if profile else None
        if chosen is None or kind not in _SCOPES:
            raise
        owner: object = chosen.id if kind is not Target else ids_of(Project, profile_id=chosen.id)
        own = unit.list(kind, name=name, **{_SCOPES[kind]: owner})
        if len(own) != 1:
            raise
        return own[0]


def refuse_taken_name(draft: Draft, record: Record) -> None:
    """Note a problem where another record of the same parent has the name already."""
    taken = [other for other in _beside(draft.unit, record, name=getattr(record, "name", "")) if other.id != record.id]
    if taken:
        name = getattr(record, "name", "")
        said = f"there is a {word_of(type(record))} {name!r} already (id {taken[0].id})"
        draft.given.wrong("name", f"{said}; edit that one, or give another name")


def siblings(unit: Unit, record: Record) -> list[str]:
    """Return the names of all stored records of a record's parent and kind."""
    return [str(getattr(other, "name", "")) for other in _beside(unit, record)]


def _beside(unit: Unit, record: R, **equals: object) -> list[R]:
    kind = type(record)
    if "name" not in kind.model_fields:
        return []
    scope = _SCOPES.get(kind)
    return unit.list(kind, **equals, **({scope: getattr(record, scope)} if scope else {}))


def _starting(kind: type[Record], now: datetime) -> dict[str, Any]:
    """Return the defaults of nested fields, into which what is given merges, and the moment of creation."""
    made = {name: info.get_default(call_default_factory=True) for name, info in kind.model_fields.items()}
    nested = {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in made.items()
        if isinstance(value, BaseModel | dict)
    }
    return nested | ({"created_at": now} if "created_at" in kind.model_fields else {})


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with the given ones over them; mappings merge key by key, and None takes a key away."""
    merged = {**base, **given}
    for name, value in given.items():
        if isinstance(value, Mapping):
            before = base.get(name)
            both = _merged(before if isinstance(before, Mapping) else {}, value)
            merged[name] = {key: each for key, each in both.items() if each is not None or key not in value}
    return merged
