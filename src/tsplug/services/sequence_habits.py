"""What a sequence file says of when and how its containers image, for previews of its night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, NamedTuple

from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.model import NEVER_FLIPS_MIN, PlannerPreferences, Profile, Until
from tsplug.model.wording import problems_of
from tsplug.planning.turns import Turn
from tsplug.planning.ways import Ways
from tsplug.services.sequence_site import NOWHERE, Whereabouts, mapping_of, whereabouts_of
from tsplug.services.sequence_text import read_sequence

_CONTAINER, _WAIT = "scheduler_container", "wait_until"
_FOCUS_EVERY_MIN = 120.0
_MOST_PASSES, _MOST_STEPS = 24, 1000
_Step = Mapping[str, Any]
# What takes seconds.
_QUICK = frozenset({"connect_equipment", "unpark", "park", "open_cover", "close_cover", "switch_filter", "slew"})


class Habits(NamedTuple):
    """How a previewed night differs from what a rig's records say.

    Attributes:
        turns: what images in turn; without any the rig does, as its profile says.
        second: the profile of a second camera on the mount; empty without one.
        notes: what of a sequence is left out of account, a line each.
        whereabouts: where it images, and what.
    """

    turns: tuple[Turn, ...] = ()
    second: str = ""
    notes: tuple[str, ...] = ()
    whereabouts: Whereabouts = NOWHERE


AS_RECORDED = Habits()
"""A night as the rig's records say."""


def habits_of(text: str, profile: Profile, *, source: str) -> Habits:
    """Return what a sequence says: its containers with what is waited for before them, their flips and focus.

    Preferences of its profile go before the stored ones.

    Args:
        text: the YAML of a sequence.
        profile: the rig.
        source: what to call the text.

    Raises:
        InputError: it is no sequence with a Scheduler Container of this rig, or a value of it is impossible.
    """
    document = mapping_of(read_sequence(text, source=source))
    catalogue = mapping_of(document.get("catalogue"))
    own = mapping_of(catalogue.get("profile"))
    if str(own.get("name", profile.name)) != profile.name:
        raise InputError(f"{source} images with profile {own['name']!r}, not {profile.name!r}: give --profile")
    steps = _steps(document.get("run"))
    parts = list(_parts(steps))
    if not parts:
        raise InputError(f"{source} is no sequence that images: its run has no {_CONTAINER}")
    given = mapping_of(own.get("planner"))
    turns = tuple(
        _turn(before, container, merged=_merged(profile, container, given=given), source=source)
        for before, container in parts
    )
    notes = [note for before, container in parts for note in _left_out(before, container)]
    if len(steps) == _MOST_STEPS:
        notes.append(f"only the first {_MOST_STEPS} instructions of the sequence are reckoned with")
    if _loops_freely(document.get("run")):
        notes.append("a loop that has no `count` is gone through once here")
    second = mapping_of(mapping_of(document.get("second_camera")).get("profile")).get("name", "")
    return Habits(turns, str(second), tuple(dict.fromkeys(notes)), whereabouts_of(catalogue, source=source))


def _steps(run: object) -> list[_Step]:
    """Return instructions as they are run, a loop's so often as it counts; no more than anyone would wait for."""
    return list(islice(_gone_through(run, count()), _MOST_STEPS))


def _gone_through(run: object, lists: Iterator[int], *within: int) -> Iterator[_Step]:
    # A list within itself is gone through once, and lists that hold nothing are not repeated without end.
    if not isinstance(run, list) or id(run) in within or next(lists) >= _MOST_STEPS:
        return
    for item in map(mapping_of, run):
        if item.get("run") is None:
            yield item
        for _ in range(_passes(item)):
            yield from _gone_through(item.get("run"), lists, *within, id(run))


def _passes(item: _Step) -> int:
    wanted = item.get("count", 1)
    return min(wanted, _MOST_PASSES) if isinstance(wanted, int) else 1


def _parts(steps: Iterable[_Step]) -> Iterator[tuple[list[_Step], _Step]]:
    """Yield each container with what the sequence does between the one before it and it."""
    before: list[_Step] = []
    for step in steps:
        if step.get("type") == _CONTAINER:
            yield before, step
            before = []
        else:
            before.append(step)


def _turn(before: Iterable[_Step], container: _Step, *, merged: dict[str, Any], source: str) -> Turn:
    """Return how a container images, by preferences as its run would have them."""
    flip, focuses = mapping_of(container.get("flip")), container.get("autofocus", True) is not False
    try:
        planner = PlannerPreferences.model_validate(merged)
    except ValidationError as error:
        raise InputError(f"{source}: planner.{'; planner.'.join(problems_of(error))}") from error
    if flip.get("enabled") is False:
        planner = planner.model_copy(update={"flip_pause_min": 0.0, "flip_after_min": NEVER_FLIPS_MIN})
    every = container.get("autofocus_every_exposures", 0)
    ways = Ways(
        focuses_first=focuses,
        focuses_after_flip=focuses and flip.get("autofocus") is True,
        focus_every_exposures=every if focuses and isinstance(every, int) else 0,
    )
    waits = [_until(step.get("until"), source=source) for step in before if step.get("type") == _WAIT]
    until = container.get("until")
    return Turn(planner, ways, tuple(waits), None if until is None else _until(until, source=source))


def _until(given: object, *, source: str) -> Until:
    try:
        return Until.model_validate(given)
    except ValidationError as error:
        raise InputError(f"{source}: until: {'; '.join(problems_of(error))}") from error


def _merged(profile: Profile, container: _Step, *, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return preferences as a run of the sequence would have them."""
    base = profile.planner.model_dump()
    merged = {**base, **given}
    for name in ("overheads", "weather_limits"):
        merged[name] = {**base[name], **mapping_of(given.get(name))}
    flip = mapping_of(container.get("flip"))
    for name in ("after_min", "pause_min"):
        if flip.get(name) is not None:
            merged[f"flip_{name}"] = flip[name]
    focuses = container.get("autofocus", True) is not False
    every_min = container.get("autofocus_every_min", _FOCUS_EVERY_MIN)
    merged["overheads"]["autofocus_every_min"] = every_min if focuses else 0.0
    return merged


def _left_out(before: Sequence[_Step], container: _Step) -> Iterator[str]:
    """Yield what a preview does not reckon with, of a container and what is done before it."""
    kinds = [str(step.get("type")) for step in before]
    # Whatever is done before a wait is done when it ends.
    since = kinds[len(kinds) - kinds[::-1].index(_WAIT) :] if _WAIT in kinds else kinds
    slow = [kind for kind in dict.fromkeys(since) if kind not in _QUICK]
    if slow:
        yield f"what the sequence does before it images takes no time here: {', '.join(slow)}"
    if container.get("events"):
        yield "what the sequence does at its events takes no time here"
    if container.get("immediate_flats") is not None:
        yield "immediate flats take no time here"


def _loops_freely(run: object) -> bool:
    """Return whether a loop that images has no count."""
    if not isinstance(run, list):
        return False
    loops = [item for item in map(mapping_of, run) if item.get("type") == "loop" and item.get("count") is None]
    return any(step.get("type") == _CONTAINER for loop in loops for step in _steps(loop.get("run")))
