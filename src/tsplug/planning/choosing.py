"""The choice at a moment: which target, which of its plans, or how long to wait; values only, no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from tsplug.planning.arrays import FloatArray, IndexArray, Mask
from tsplug.planning.board import Board
from tsplug.planning.candidates import CandidatePlan
from tsplug.planning.exposures import Selection, order_of, select
from tsplug.planning.leads import lead_times_s, staying_lead_times_s
from tsplug.planning.order_state import OrderState
from tsplug.planning.scoring import Answers, Contest, values_of
from tsplug.planning.situation import Asked

HUMIDITY = "humidity"


@dataclass(frozen=True, eq=False)
class Moment:
    """What is possible at a moment, for each entry of a board and each of its plans; worked out when it is asked for.

    Exposures end while their limits hold, fresh visits last long enough. Where a reading exceeds one of the rig's
    weather limits nothing is possible. The board must stay as it is while the moment is in use.

    Attributes:
        board: the targets.
        now: the moment.
        request: what the host said.
    """

    board: Board
    now: datetime
    request: Asked

    @cached_property
    def _rooms(self) -> tuple[FloatArray, FloatArray]:
        return self.board.room_s(self.now, self.request.until)

    @property
    def room_s(self) -> FloatArray:
        """Return how long each entry holds; negative where it does not."""
        return self._rooms[0]

    @property
    def plan_room_s(self) -> FloatArray:
        """Return how long each plan holds."""
        return self._rooms[1]

    @cached_property
    def current(self) -> int | None:
        """Return the place of the target imaged last, None where it has no open plans."""
        return self.board.place_of(self.request.current_target_guid)

    @cached_property
    def dry(self) -> Mask:
        """Return the plans that the weather permits."""
        return weather_permits(self.board, self.request)

    @cached_property
    def fits(self) -> Mask:
        """Return the plans that can be exposed now."""
        board = self.board
        return np.asarray(board.opened & self.dry & (self.plan_room_s >= board.exposure_s + self.lead_s))

    @cached_property
    def lead_s(self) -> FloatArray:
        """Return how long the steps before an exposure of each plan take at most."""
        return lead_times_s(self.board, self.now, request=self.request, current=self.current)

    @cached_property
    def ready(self) -> Mask:
        """Return the entries that can be imaged now."""
        lasts = self.room_s >= self.board.enough_s
        if self.current is not None:
            lasts[self.current] = True
        return np.asarray(self.board.any_plan(self.fits) & lasts)

    def choices(self, place: int) -> list[CandidatePlan]:
        """Return the plans of an entry that can be exposed now, in order; for the current one nothing else is asked."""
        marks = self._staying_fits(place) if place == self.current else self.fits[self.board.plans_of(place)].tolist()
        return [item for item, fits in zip(self.board.entries[place].items(), marks, strict=True) if fits]

    def room_of(self, place: int, item: CandidatePlan) -> float:
        """Return how long one of an entry's plans holds, in seconds."""
        guids, rooms_s = self.board.entries[place].guids, self.plan_room_s[self.board.plans_of(place)]
        return float(rooms_s[guids.index(item.plan.guid)])

    def needs_s(self, place: int, item: CandidatePlan) -> float:
        """Return how long one of an entry's plans takes at most, with the steps before its exposure, in seconds."""
        leads_s = self.lead_s[self.board.plans_of(place)]
        return item.exposure_s + float(leads_s[self.board.entries[place].guids.index(item.plan.guid)])

    def _staying_fits(self, place: int) -> list[bool]:
        board, entry = self.board, self.board.entries[place]
        rooms_s = board.rooms_of(place, self.now, until=self.request.until)
        leads_s = staying_lead_times_s(board, place, now=self.now, request=self.request)
        own = zip(entry.items(), rooms_s, leads_s, strict=True)
        fits = [item.plan.guid in entry.limits and room_s >= item.exposure_s + lead_s for item, room_s, lead_s in own]
        if not self.request.weather:
            return fits
        return [bool(both) for both in self.dry[board.plans_of(place)] & fits]


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
        troubles: why rules abstained, a line each.
    """

    place: int
    selection: Selection
    order: OrderState
    stays_until: datetime
    ready: tuple[int, ...]
    values: FloatArray | None
    troubles: tuple[str, ...] = ()


def look(board: Board, now: datetime, *, request: Asked) -> Moment:
    """Return what is possible at a moment."""
    return Moment(board, now, request)


def weather_permits(board: Board, request: Asked) -> Mask:
    """Return which plans the weather permits; what is not measured permits everything."""
    if over_limit(board, request) is not None:
        return np.zeros(len(board.opened), dtype=np.bool_)
    humidity = request.weather.get(HUMIDITY, 0.0)
    return np.asarray((board.humidity_limit <= 0) | (humidity <= board.humidity_limit))


def over_limit(board: Board, request: Asked) -> str | None:
    """Return the first reading that exceeds the rig's weather limits, None where none does."""
    if not request.weather:
        return None
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
    values, troubles = Answers(np.zeros((len(board.rules), len(ready))))
    best = 0
    if len(ready) > 1 or moment.request.explain:
        values, troubles = rule_values(board, moment, ready=ready)
        best = int(np.argmax(rounded_scores(values, board.weights[:, ready])))
    place = int(ready[best])
    selection, order = _selected(board, moment.choices(place), place=place)
    stays_until = _promise(board, moment, place=place)
    return Choice(place, selection, order, stays_until, tuple(ready.tolist()), values, troubles)


def rule_values(board: Board, moment: Moment, *, ready: IndexArray) -> Answers:
    """Return what the rules give some entries that can be imaged."""
    return values_of(_contest(board, moment, ready=ready), board.weights[:, ready], rules=board.rules)


def rounded_scores(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return scores to a billionth, so that equals are equal whatever the order of summation; NaN counts nothing."""
    return np.asarray(np.round(np.nansum(values * weights, axis=0) / 100.0, 9))


def next_start(board: Board, moment: Moment) -> tuple[int, datetime] | None:
    """Return which entry can be imaged first after a moment at which nothing is possible, and when; None for none.

    Weather is not predicted: what it forbids now is looked at again after a while.
    """
    starts = board.next_starts(moment.now, moment.request.until, permitted=moment.dry, current=moment.current)
    tables = board.outlook.tables
    if not len(starts) or int(starts.min()) >= tables.samples:
        return None
    place = int(np.argmin(starts))
    return place, tables.moment(int(starts[place]))


def _selected(board: Board, choices: list[CandidatePlan], *, place: int) -> tuple[Selection, OrderState]:
    candidate = board.entries[place].candidate
    order = order_of(candidate, night=board.outlook.tables.night.date)
    return select(candidate, choices, state=order), order


def _kept(board: Board, moment: Moment) -> Choice | None:
    """Return the next exposure of the current target if it ends within what it was promised (planner a.4)."""
    place, promised = moment.current, moment.request.stays_until
    if place is None or promised is None:
        return None
    choices = moment.choices(place)
    if not choices:
        return None
    selection, order = _selected(board, choices, place=place)
    if moment.now + timedelta(seconds=selection.item.exposure_s) > promised:
        return None
    return Choice(place, selection, order, promised, (place,), None)


def _promise(board: Board, moment: Moment, *, place: int) -> datetime:
    """Return until when a chosen target is kept: its minimum time, and a rest that is too short for another."""
    minimum = timedelta(seconds=float(board.minimum_s[place]))
    ends = moment.now + timedelta(seconds=float(moment.room_s[place]))
    promised = moment.now + minimum
    return ends if ends - promised < minimum else promised


def _contest(board: Board, moment: Moment, *, ready: IndexArray) -> Contest:
    is_current = np.zeros(len(board.entries), dtype=np.bool_)
    if moment.current is not None:
        is_current[moment.current] = True
    return Contest(
        candidates=tuple(board.rated(place) for place in ready.tolist()),
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
