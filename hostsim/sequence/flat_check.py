"""Which flat instructions of a sequence its catalogue's rig can never carry out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hostsim.sequence.containers import EventLists, Loop, Sequential
from hostsim.sequence.document import Sequence
from hostsim.sequence.instructions import Item
from hostsim.sequence.instructions.flat_wizard import FlatWizard
from hostsim.sequence.nodes import Path


def flat_problems(sequence: Sequence) -> Iterator[tuple[Path, str]]:
    """Yield path and message of what a flat wizard asks of filters or panel that the catalogue's profile has not.

    A profile that names no filter, or no brightest level, leaves it to the equipment.
    """
    profile = sequence.catalogue["profile"]
    for path, item in items_of(sequence.run, ("run",)):
        if isinstance(item, FlatWizard):
            yield from (((*path, *place), said) for place, said in _wizard_problems(item, profile))


def items_of(items: Iterable[Item], path: Path) -> Iterator[tuple[Path, Item]]:
    """Yield every item of a tree of instructions with its path, those that answer events among them."""
    for index, item in enumerate(items):
        here = (*path, index)
        yield here, item
        if isinstance(item, Loop | Sequential):
            yield from items_of(item.run, (*here, "run"))
        elif isinstance(events := getattr(item, "events", None), EventLists):
            for name in EventLists.model_fields:
                yield from items_of(getattr(events, name), (*here, "events", name))


def _wizard_problems(wizard: FlatWizard, profile: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    known = profile.get("filters") or []
    for index, name in enumerate(wizard.filters):
        if known and name not in known:
            yield ("filters", index), f"the profile has no filter {name!r}, only {', '.join(known)}"
    low, high = profile.get("panel_min_brightness") or 0, profile.get("panel_max_brightness") or 0
    if high and wizard.minimum_brightness is not None and wizard.minimum_brightness > high:
        yield ("minimum_brightness",), f"must be at most {high}, the panel's brightest level"
    if wizard.maximum_brightness is not None and wizard.maximum_brightness < low:
        yield ("maximum_brightness",), f"must be at least {low}, the panel's dimmest level"
