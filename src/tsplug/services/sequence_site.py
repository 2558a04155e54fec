"""Whose night a sequence images and where, as its run would bring them into the store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.model import ProjectState, Site
from tsplug.model.wording import problems_of
from tsplug.ports import Unit
from tsplug.services.sequence_text import read_sequence

_KEPT = frozenset({"id", "guid"})


@dataclass(frozen=True)
class Whereabouts:
    """What a sequence's catalogue says of where it images, and what.

    Attributes:
        source: what the sequence is called.
        site: fields of the site; none where it says nothing.
        targets: names of its targets that would be imaged.
    """

    source: str = ""
    site: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[str, ...] = ()


NOWHERE = Whereabouts()
"""What is said where no sequence says anything."""


def profile_named(text: str, *, source: str) -> str:
    """Return the name of the profile that a sequence images with; empty where it names none.

    Raises:
        InputError: the text is no YAML.
    """
    document = mapping_of(read_sequence(text, source=source))
    return str(mapping_of(mapping_of(document.get("catalogue")).get("profile")).get("name", ""))


def whereabouts_of(catalogue: Mapping[str, Any], *, source: str) -> Whereabouts:
    """Return what a sequence's catalogue says of its site and targets."""
    given = {name: value for name, value in mapping_of(catalogue.get("site")).items() if name not in _KEPT}
    return Whereabouts(source, given, tuple(dict.fromkeys(_targets(catalogue))))


def _targets(catalogue: Mapping[str, Any]) -> Iterator[str]:
    for project in _list(catalogue.get("projects")):
        if project.get("state") == ProjectState.ACTIVE:
            named = [each for each in _list(project.get("targets")) if each.get("enabled") is not False]
            yield from (str(each["name"]) for each in named if each.get("name"))


def site_of_sequence(said: Whereabouts, unit: Unit, *, stored: Site) -> tuple[Site, tuple[str, ...]]:
    """Return where a sequence images, its fields before those of the stored site, and what of that is to be told.

    Raises:
        InputError: the fields make no site.
    """
    if not said.site:
        return stored, ()
    name = str(said.site.get("name", stored.name))
    moved = name != stored.name
    before = stored if not moved else next(iter(unit.list(Site, name=name)), None)
    base = {} if before is None else before.model_dump()
    try:
        site = Site.model_validate({**base, **said.site, "name": name})
    except ValidationError as error:
        raise InputError(f"{said.source}: site.{'; site.'.join(problems_of(error))}") from error
    if moved:
        return site, (f"the sequence images at {name}, the stored profile stands at {stored.name}",)
    other = [each for each in Site.model_fields if getattr(site, each) != getattr(stored, each)]
    if not other:
        return stored, ()
    return site, (f"the sequence's site differs from the stored one: {', '.join(other)}",)


def absent_words(said: Whereabouts, known: Collection[str]) -> tuple[str, ...]:
    """Return what is to be told of a sequence's targets that are not among the known ones."""
    absent = [name for name in said.targets if name not in known]
    words = "targets of the sequence that are not in the store, or inactive there, are left out"
    return (f"{words}: {', '.join(absent)}",) if absent else ()


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return a mapping, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Mapping[str, Any]]:
    return [mapping_of(each) for each in value] if isinstance(value, list) else []
