"""What a sequence file says of how long a rig's steps take and when it flips and focuses, for previews of its night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.model import PlannerPreferences, Profile
from tsplug.model.wording import problems_of

_CONTAINER = "scheduler_container"
_FOCUS_EVERY_MIN = 120.0
# What a container does that says nothing of it.


class Habits(NamedTuple):
    """How a previewed night differs from what a rig's records say.

    Attributes:
        planner: the preferences that count; None for those of the profile.
        second: the profile of a second camera on the mount; empty without one.
        notes: what of a sequence is left out of account, a line each.
    """

    planner: PlannerPreferences | None = None
    second: str = ""
    notes: tuple[str, ...] = ()


AS_RECORDED = Habits()
"""A night as the rig's records say."""


def habits_of(text: str, profile: Profile, *, source: str) -> Habits:
    """Return what a sequence says: preferences of its profile over the stored ones, its container's flips and focus.

    Args:
        text: the YAML of a sequence.
        profile: the rig.
        source: what to call the text.

    Raises:
        InputError: it is no sequence with a Scheduler Container of this rig, or a value of it is impossible.
    """
    document = _mapping(_loaded(text, source=source))
    own = _mapping(_mapping(document.get("catalogue")).get("profile"))
    containers = list(_containers(document.get("run")))
    container = containers[0] if containers else None
    if container is None:
        raise InputError(f"{source} is no sequence that images: its run has no {_CONTAINER}")
    if own.get("name", profile.name) != profile.name:
        raise InputError(f"{source} images with profile {own['name']!r}, not {profile.name!r}: give --profile")
    try:
        planner = PlannerPreferences.model_validate(
            _merged(profile, given=_mapping(own.get("planner")), container=container)
        )
    except ValidationError as error:
        raise InputError(f"{source}: planner.{'; planner.'.join(problems_of(error))}") from error
    second = _mapping(_mapping(document.get("second_camera")).get("profile")).get("name", "")
    return Habits(planner, str(second), tuple(_left_out(container, others=len(containers) - 1)))


class _WithoutDates(yaml.SafeLoader):
    """What makes plain values, and of dates texts: nothing here needs them, and what is no date is no error here."""


_DATES = "tag:yaml.org,2002:timestamp"
_WithoutDates.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != _DATES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _loaded(text: str, *, source: str) -> object:
    try:
        return yaml.load(text, _WithoutDates)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        raise InputError(f"{source}:{where} no YAML: {getattr(error, 'problem', error)}") from error


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _containers(run: object, within: tuple[int, ...] = ()) -> Iterator[Mapping[str, Any]]:
    """Yield the containers that image, in order, those within others too; a list within itself is gone through once."""
    if not isinstance(run, list) or id(run) in within:
        return
    for each in run:
        item = _mapping(each)
        if item.get("type") == _CONTAINER:
            yield item
        yield from _containers(item.get("run"), (*within, id(run)))


def _merged(profile: Profile, *, given: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, Any]:
    """Return preferences as a run of the sequence would have them."""
    base = profile.planner.model_dump()
    merged = {**base, **given}
    for name in ("overheads", "weather_limits"):
        merged[name] = {**base[name], **_mapping(given.get(name))}
    flip = _mapping(container.get("flip"))
    for name in ("after_min", "pause_min"):
        if flip.get(name) is not None:
            merged[f"flip_{name}"] = flip[name]
    if flip.get("enabled") is False:
        merged["overheads"]["flip_s"], merged["flip_pause_min"] = 0.0, 0.0
    focuses = container.get("autofocus", True) is not False
    every_min = container.get("autofocus_every_min", _FOCUS_EVERY_MIN)
    merged["overheads"]["autofocus_every_min"] = every_min if focuses else 0.0
    return merged


def _left_out(container: Mapping[str, Any], *, others: int) -> Iterator[str]:
    """Yield what a preview does not reckon with."""
    if others:
        yield f"of {others + 1} containers that image the sequence's first one counts here for the whole night"
    if container.get("until") is not None:
        yield "the sequence's `until` is left out of account"
    if container.get("events"):
        yield "what the sequence does at its events takes no time here"
