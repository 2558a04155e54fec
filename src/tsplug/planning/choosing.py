"""The choice at a moment: which target, which of its plans, or how long to wait; values only, no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tsplug.model import DecisionRequest
from tsplug.planning.arrays import FloatArray, Mask
from tsplug.planning.board import Board
from tsplug.planning.candidates import CandidatePlan
from tsplug.planning.exposures import OrderState, Selection, select, state_of
from tsplug.planning.scoring import Contest, values_of

HUMIDITY = "humidity"


@dataclass(frozen=True, eq=False)
class Moment:
    """What is possible at a moment, for each entry of a board and each of its plans.

    Attributes:
        now: the moment.
        request: what the host said.
        room_s: how long each entry holds; negative where it does not.
        plan_room_s: the same of each plan.
        dry: the plans that the weather permits.
        fits: the plans that can be exposed now.
        ready: the entries that can be imaged now.
    """

    now: datetime
    request: DecisionRequest
    room_s: FloatArray
    plan_room_s: FloatArray
    dry: Mask
    fits: Mask
    ready: Mask


@dataclass(frozen=True, eq=False)
class Choice:
    """The exposure that is chosen.

    Attributes:
        place: the entry of the board.
        selection: the plan, and whether its order asks for a dither.
        order: how far the target's order came before it.
        stays_until: until when the target is kept whatever others score.
        ready: the places of all entries that could be imaged.
        values: what each rule (a row each) gave each of those; None where the target was kept unasked.
    """

    place: int
    selection: Selection
    order: OrderState
    stays_until: datetime
    ready: tuple[int, ...]
    values: FloatArray | None


def look(board: Board, now: datetime, *, request: DecisionRequest) -> Moment:
    """Return what is possible at a moment: exposures end while their limits hold, fresh visits last long enough.

    Where a reading exceeds one of the rig's weather limits nothing is possible.
    """
    room_s, plan_room_s = board.room_s(now, request.until)
    current = board.place_of(request.current_target_guid)
    lead_s = np.full(len(board.entries), board.profile.planner.overheads.new_target_s)
    stays = np.zeros(len(board.entries), dtype=np.bool_)
    if current is not None:
        lead_s[current], stays[current] = 0.0, True
    dry = weather_permits(board, request)
    fits = board.opened & dry & (plan_room_s >= board.exposure_s + lead_s[board.owner])
    ready = board.any_plan(fits) & ((room_s >= board.minimum_s) | stays)
    return Moment(now, request, room_s, plan_room_s, dry, fits, ready)


def weather_permits(board: Board, request: DecisionRequest) -> Mask:
    """Return which plans the weather permits; what is not measured permits everything."""
    if over_limit(board, request) is not None:
        return np.zeros(len(board.opened), dtype=np.bool_)
    humidity = request.weather.get(HUMIDITY, 0.0)
    return np.asarray((board.humidity_limit <= 0) | (humidity <= board.humidity_limit))


def over_limit(board: Board, request: DecisionRequest) -> str | None:
    """Return the first reading that exceeds the rig's weather limits, None where none does."""
    limits = sorted(board.profile.planner.weather_limits.items())
    over = (name for name, limit in limits if limit is not None and request.weather.get(name, limit) > limit)
    return next(over, None)


def choose(board: Board, moment: Moment) -> Choice | None:
    """Return the exposure to take at a moment, None where nothing is possible.

    The current target is kept while its promised time lasts; otherwise the highest score wins, the first of equals.
    """
    kept = _kept(board, moment)
    if kept is not None:
        return kept
    ready = np.flatnonzero(moment.ready)
    if not len(ready):
        return None
    values = np.zeros((len(board.rules), len(ready)))
    best = 0
    if len(ready) > 1 or moment.request.explain:
        weights = board.weights[:, ready]
        values = values_of(_contest(board, moment, ready=ready), weights, rules=board.rules)
        best = int(np.argmax(rounded_scores(values, weights)))
    place = int(ready[best])
    selection, order = _selected(board, moment, place=place)
    stays_until = _promise(board, moment, place=place)
    return Choice(place, selection, order, stays_until, tuple(ready.tolist()), values)


def rounded_scores(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return scores to a billionth, so that equals are equal whatever the order of summation."""
    return np.asarray(np.round((values * weights).sum(axis=0) / 100.0, 9))


def next_start(board: Board, moment: Moment) -> tuple[int, datetime] | None:
    """Return which entry can be imaged first after a moment at which nothing is possible, and when; None for none.

    Weather is not predicted: what it forbids now is looked at again after a while.
    """
    starts = board.next_starts(moment.now, moment.request.until, paused=board.opened & ~moment.dry)
    tables = board.outlook.tables
    if not len(starts) or int(starts.min()) >= tables.samples:
        return None
    place = int(np.argmin(starts))
    return place, tables.moment(int(starts[place]))


def choices_of(board: Board, moment: Moment, *, place: int) -> list[CandidatePlan]:
    """Return the plans of an entry that can be exposed at a moment, in order."""
    marks = moment.fits[board.plans_of(place)].tolist()
    return [item for item, fits in zip(board.entries[place].items(), marks, strict=True) if fits]


def _selected(board: Board, moment: Moment, *, place: int) -> tuple[Selection, OrderState]:
    candidate = board.entries[place].candidate
    night = board.outlook.tables.night.date
    order = state_of(candidate.project, candidate.target, plan_guids=candidate.plan_guids, night=night)
    return select(candidate, choices_of(board, moment, place=place), state=order), order


def _kept(board: Board, moment: Moment) -> Choice | None:
    """Return the next exposure of the current target if it ends within what it was promised (planner a.4)."""
    place, promised = board.place_of(moment.request.current_target_guid), moment.request.stays_until
    if place is None or promised is None or not moment.ready[place]:
        return None
    selection, order = _selected(board, moment, place=place)
    if moment.now + timedelta(seconds=selection.item.exposure_s) > promised:
        return None
    return Choice(place, selection, order, promised, (place,), None)


def _promise(board: Board, moment: Moment, *, place: int) -> datetime:
    """Return until when a chosen target is kept: its minimum time, and a rest that is too short for another."""
    minimum = timedelta(seconds=float(board.minimum_s[place]))
    ends = moment.now + timedelta(seconds=float(moment.room_s[place]))
    promised = moment.now + minimum
    return ends if ends - promised < minimum else promised


def _contest(board: Board, moment: Moment, *, ready: np.ndarray) -> Contest:
    is_current = np.zeros(len(board.entries), dtype=np.bool_)
    current = board.place_of(moment.request.current_target_guid)
    if current is not None:
        is_current[current] = True
    return Contest(
        candidates=[board.entries[place].candidate for place in ready.tolist()],
        now=moment.now,
        night_start=board.outlook.tables.night.start,
        progress=board.progress[board.numbers[ready]],
        ends_h=board.ends_h(moment.now)[ready],
        is_current=is_current[ready],
        transit_min=board.transit_min(moment.now)[ready],
        flip_after_min=board.profile.planner.flip_after_min,
        moon_score=board.highest_moon_score(moment.fits)[ready],
        others_progress=board.others_progress()[ready],
    )
