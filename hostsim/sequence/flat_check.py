"""Which instructions a sequence's rigs can never carry out: cameras, flats and targets that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hostsim.sequence.containers import EventLists, Loop, Sequential
from hostsim.sequence.document import Sequence
from hostsim.sequence.instruction import EachCamera, OneCamera
from hostsim.sequence.instructions import Item
from hostsim.sequence.instructions.flat_wizard import FlatWizard
from hostsim.sequence.instructions.slew import Slew
from hostsim.sequence.nodes import Path

_OF_TARGETS = {"before_target", "after_exposure", "after_target", "after_each_target", "after_target_complete"}


def flat_problems(sequence: Sequence) -> Iterator[tuple[Path, str]]:
    """Yield path and message of what a flat wizard asks of filters or panel that a profile it is for has not.

    A profile that names no filter, or no brightest level, leaves it to the equipment.
    """
    for path, item in items_of(sequence.run, ("run",)):
        if isinstance(item, FlatWizard):
            for profile in _profiles(sequence):
                if item.camera in (None, profile["name"]):
                    yield from (((*path, *place), said) for place, said in _wizard_problems(item, profile))


def camera_problems(sequence: Sequence) -> Iterator[tuple[Path, str]]:
    """Yield path and message of the cameras that instructions name and nobody has."""
    names = [profile["name"] for profile in _profiles(sequence)]
    for path, item in items_of(sequence.run, ("run",)):
        if isinstance(item, EachCamera | OneCamera) and item.camera is not None and item.camera not in names:
            known = " and ".join(repr(name) for name in names)
            yield (*path, "camera"), f"no camera has a profile {item.camera!r}: there is {known}"


def slew_problems(sequence: Sequence) -> Iterator[tuple[Path, str]]:
    """Yield path and message of slews that have no coordinates, and no target either."""
    for path, item in items_of(sequence.run, ("run",)):
        if isinstance(item, Slew) and item.ra_hours is None and not _OF_TARGETS.intersection(path):
            yield path, f"needs ra_hours and dec_deg: there is a target only in events {', '.join(sorted(_OF_TARGETS))}"


def _profiles(sequence: Sequence) -> list[dict[str, Any]]:
    second = sequence.second_camera
    return [sequence.catalogue["profile"], *([] if second is None else [second.profile])]


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
            yield ("filters", index), f"profile {profile['name']!r} has no filter {name!r}, only {', '.join(known)}"
    low, high = profile.get("panel_min_brightness") or 0, profile.get("panel_max_brightness") or 0
    if high and wizard.minimum_brightness is not None and wizard.minimum_brightness > high:
        yield ("minimum_brightness",), f"must be at most {high}, the panel's brightest level"
    if wizard.maximum_brightness is not None and wizard.maximum_brightness < low:
        yield ("maximum_brightness",), f"must be at least {low}, the panel's dimmest level"
