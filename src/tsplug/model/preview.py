"""A night ahead, exposure by exposure, and the nights ahead, hour by hour."""

from __future__ import annotations

from datetime import date
from typing import Literal

from tsplug.model.base import UtcDatetime, Value


class PreviewExposure(Value):
    """One exposure to come: when its shutter opens, in what filter, for how many seconds, and what precedes it.

    ``beside`` is how many a second camera takes meanwhile.
    """

    start: UtcDatetime
    filter: str
    exposure_s: float
    dither: bool
    flip: bool = False
    focus: bool = False
    template: str = ""
    plan_guid: str = ""
    beside: int = 0


class PreviewSpan(Value):
    """One visit of a target, or one wait with its reason and the target waited for.

    ``cause`` is the reason in a word or two: the rule, the constraints by name, or the rules of its plans.
    """

    start: UtcDatetime
    end: UtcDatetime
    kind: Literal["wait", "target"]
    project: str
    target: str
    target_guid: str
    reason: str = ""
    cause: str = ""
    exposures: tuple[PreviewExposure, ...] = ()


class IdleTarget(Value):
    """A target that gets nothing, or nothing more, in a night: the rule that keeps it, and its numbers in words.

    ``cause`` is the same in a word or two, as of a `PreviewSpan`.
    """

    project: str
    target: str
    target_guid: str
    rule: str
    detail: str
    cause: str = ""


class NightPreview(Value):
    """What a rig would do in a night, why it would end, and what lacks or fails in it."""

    date: date
    profile: str
    spans: tuple[PreviewSpan, ...]
    ends_because: str
    notes: tuple[str, ...] = ()


class PreviewDocument(Value):
    """A previewed night with all that is told of it: whose, where, in which time zone, and what gets nothing.

    ``starts`` is when the preview begins: the night's noon, or the moment that was asked for. ``unfinished`` are the
    targets that are imaged and want more than the night gives.
    """

    date: date
    profile: str
    site: str
    time_zone: str
    starts: UtcDatetime
    spans: tuple[PreviewSpan, ...]
    ends_because: str
    notes: tuple[str, ...] = ()
    idle: tuple[IdleTarget, ...] = ()
    unfinished: tuple[IdleTarget, ...] = ()


class SeasonNight(Value):
    """What one night offers a target, in hours: what is possible, and what it would leave to be done.

    ``hours`` counts those in which some plan that still wants exposures can be exposed, in visits that last the
    project's minimum time; nobody else competes for them.
    """

    date: date
    hours: float
    left_hours: float


class TargetSeason(Value):
    """The nights ahead of one target: the exposure hours it still wants, and when it would be complete.

    ``why`` tells what forbids a target that gets nothing in any of them, in the first one.
    """

    project: str
    target: str
    target_guid: str
    wanted_hours: float
    complete_on: date | None
    nights: tuple[SeasonNight, ...]
    why: str = ""
