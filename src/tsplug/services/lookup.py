"""Finds records by what users call them: name, id or guid."""

from __future__ import annotations

from typing import TypeVar, cast

from tsplug.errors import AmbiguousNameError, NotFoundError
from tsplug.model import (
    AcquiredImage,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    Record,
    Site,
    Target,
)
from tsplug.ports import Unit

R = TypeVar("R", bound=Record)

KINDS: dict[str, type[Record]] = {
    "site": Site,
    "profile": Profile,
    "project": Project,
    "target": Target,
    "template": ExposureTemplate,
    "plan": ExposurePlan,
    "image": AcquiredImage,
    "criteria set": CriteriaSet,
}
"""What can be looked up, by the word for it."""

_WORDS = {kind: word for word, kind in KINDS.items()}


def find_named(unit: Unit, kind: type[R], *, name: str) -> R:
    """Return the record of a kind with a guid, an id, or a name that fits one record, capitals ignored at need.

    A plan has no name of its own: ``TARGET/TEMPLATE`` stands for one.

    Raises:
        NotFoundError: none fits.
        AmbiguousNameError: several records have the name; the text lists their ids.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        raise NotFoundError(f"no {_WORDS[kind]} {name!a} is stored: that is not valid UTF-8")
    by_key = _by_key(unit, kind, name=name)
    if by_key is None and kind is ExposurePlan and "/" in name:
        return cast(R, _plan_called(unit, name))
    if by_key is not None and "name" not in kind.model_fields:
        return by_key
    fitting = _by_name(unit, kind, name=name)
    if len(fitting) > 1:
        ids = ", ".join(str(record.id) for record in fitting)
        raise AmbiguousNameError(f"{len(fitting)} {_WORDS[kind]}s are named {name!r}: use an id, one of {ids}")
    if fitting:
        return fitting[0]
    if by_key is None:
        raise NotFoundError(f"no {_WORDS[kind]} {name!r} is stored{_known(unit, kind)}")
    return by_key


def find_filter(unit: Unit, name: str) -> str:
    """Return a filter by its name, capitals ignored at need: one of a wheel, of a template, or of stored images.

    Raises:
        NotFoundError: nobody has such a filter; the text lists those there are.
    """
    known = {each for profile in unit.list(Profile) for each in profile.filters}
    known |= {template.filter_name for template in unit.list(ExposureTemplate)}
    if name in known or unit.find(AcquiredImage, filter_name=name) is not None:
        return name
    like = [each for each in sorted(known) if each.casefold() == name.casefold()]
    if like:
        return like[0]
    there = f"; there are: {', '.join(sorted(known))}" if known else ""
    raise NotFoundError(f"no filter {name!r} is in a wheel, a template or an image{there}")


def word_of(kind: type[Record]) -> str:
    """Return the word for a kind of record."""
    return _WORDS[kind]


def _by_key(unit: Unit, kind: type[R], *, name: str) -> R | None:
    found = unit.find(kind, guid=name)
    if found is None and name.isascii() and name.isdigit() and len(name) < 10:
        found = unit.find(kind, id=int(name))
    return found


def _by_name(unit: Unit, kind: type[R], *, name: str) -> list[R]:
    if "name" not in kind.model_fields:
        return []
    exact = unit.list(kind, name=name)
    return exact or [record for record in unit.list(kind) if _name(record).casefold() == name.casefold()]


def _plan_called(unit: Unit, name: str) -> ExposurePlan:
    """Return the plan of ``TARGET/TEMPLATE``; either name may hold slashes itself."""
    splits = [(name[:place].strip(), name[place + 1 :].strip()) for place, sign in enumerate(name) if sign == "/"]
    known = [split for split in splits if unit.find(Target, name=split[0]) is not None]
    of_target, of_template = known[0] if known else splits[-1]
    target = find_named(unit, Target, name=of_target)
    plans = unit.list(ExposurePlan, target_id=target.id)
    templates = unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])
    names = {each.id: each.name for each in templates}
    fits = [plan for plan in plans if names[plan.template_id] == of_template]
    if len(fits) > 1:
        ids = ", ".join(str(plan.id) for plan in fits)
        raise AmbiguousNameError(f"{len(fits)} plans are {name!r}: use an id, one of {ids}")
    if not fits:
        there = ", ".join(names[plan.template_id] for plan in plans) or "none"
        raise NotFoundError(f"target {target.name!r} has no plan with template {of_template!r}; there are: {there}")
    return fits[0]


def _name(record: Record) -> str:
    return str(getattr(record, "name", ""))


def _known(unit: Unit, kind: type[Record]) -> str:
    if "name" not in kind.model_fields:
        return ""
    names = [_name(record) for record in unit.list(kind)]
    return f"; there are: {', '.join(names[:10])}{', ...' if len(names) > 10 else ''}" if names else ""
