"""Whether a target can be imaged now, with which of its plans, and if not: why, and when it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tsplug.model import Rejection
from tsplug.model.clock import clock_words
from tsplug.planning.board import WEATHER_PAUSE, Board, Entry, after_run
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.choosing import HUMIDITY, Moment, look, over_limit
from tsplug.planning.horizon import AltitudeLimits
from tsplug.planning.meridian import minutes_from_transit
from tsplug.planning.outlook import PlanLimits
from tsplug.planning.reasons import Reason
from tsplug.planning.situation import Situation
from tsplug.planning.standing import in_words, nothing_open, plan_standing, standing_reason
from tsplug.planning.twilight import SUN_LIMIT_DEG

PERMITS = "_permits_min"
"""What the numbers of a refused constraint are called, behind its name."""

Told = tuple[Reason, str, dict[str, float]]
"""A reason, its words and its numbers."""


@dataclass(frozen=True)
class Ready:
    """A target that can be imaged now: until when tonight, and with which plans (in order, never empty)."""

    candidate: Candidate
    ends: datetime
    choices: tuple[CandidatePlan, ...]
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True)
class Refused:
    """A target that cannot be imaged now; the first rejection is the target's own, the others are its plans'."""

    candidate: Candidate
    rejected: tuple[Rejection, ...]

    @property
    def again_at(self) -> datetime | None:
        """Return when the target can be imaged, None in this night no more."""
        return self.rejected[0].again_at


def cause_of(view: Ready | Refused) -> str:
    """Return why a target, or of a ready one its first plan, cannot be imaged, in a word or two.

    The rule, attached constraints by their names, or the rules of its plans where these differ.
    """
    own, *plans = view.rejected
    if own.rule == Reason.CONSTRAINT:
        return ", ".join(name.removesuffix(PERMITS) for name in own.numbers)
    if own.rule == Reason.ALL_PLANS:
        open_ones = [each.rule for each in plans if not Reason(each.rule).is_final]
        return ", ".join(sorted(set(open_ones))) or own.rule
    return own.rule


def assess(candidate: Candidate, situation: Situation) -> Ready | Refused:
    """Return whether a target can be imaged now, and why not where it cannot.

    A target that was not imaged last must be possible for its project's minimum time; every exposure must end while its
    plan's limits hold.
    """
    board = Board(situation.outlook, [candidate], profile=situation.profile)
    return explain(board, look(board, situation.now, request=situation.request), number=0)


def explain(board: Board, moment: Moment, *, number: int) -> Ready | Refused:
    """Return what a target of a board can do at a moment, and why not what it cannot."""
    candidate = board.candidates[number]
    standing = standing_reason(candidate)
    if standing is not None:
        return Refused(candidate, (standing,))
    refusals = (plan_standing(candidate, item, profile=board.profile) for item in candidate.plans)
    closed = tuple(each for each in refusals if each is not None)
    place = board.place_of(candidate.target.guid)
    if place is None or board.entries[place].visit is None:
        return Refused(candidate, (nothing_open(candidate, closed), *closed))
    return _Look(board, moment, place=place).result(closed)


class _Look:
    """One target, with its open plans, at one moment."""

    def __init__(self, board: Board, moment: Moment, *, place: int) -> None:
        self._board, self._moment = board, moment
        self._outlook = board.outlook
        self._entry: Entry = board.entries[place]
        self._candidate = self._entry.candidate
        self._row = self._entry.wanted.row
        self._sample = board.outlook.tables.sample_before(moment.now)
        own = board.plans_of(place)
        self._items = dict(zip(self._entry.guids, self._entry.items(), strict=True))
        self._fits = dict(zip(self._entry.guids, moment.fits[own].tolist(), strict=True))
        self._room_s = dict(zip(self._entry.guids, moment.plan_room_s[own].tolist(), strict=True))
        self._lead_s = dict(zip(self._entry.guids, moment.lead_s[own].tolist(), strict=True))
        self._dry = dict(zip(self._entry.guids, moment.dry[own].tolist(), strict=True))
        self._slots = {limits: slot for slot, limits in enumerate(dict.fromkeys(self._entry.limits.values()))}
        self._skies: dict[PlanLimits, tuple[bool, bool]] = {}
        self._target_room_s = float(moment.room_s[place])
        self._ready = bool(moment.ready[place])
        self._is_current = place == moment.current

    def result(self, closed: tuple[Rejection, ...]) -> Ready | Refused:
        refused: dict[str, Rejection] = {}
        blocked = None if self._ready else self._target_trouble()
        for guid in self._entry.limits:
            if not self._fits[guid]:
                told = self._plan_trouble(guid)
                if told is None and blocked is None:
                    told = self._time_told(self._items[guid], self._room_s[guid])
                if told is not None:
                    refused[guid] = self._refuse(told, guid=guid)
        if self._ready:
            choices = tuple(self._items[guid] for guid in self._entry.limits if self._fits[guid])
            ends = self._outlook.tables.moment(int(self._ends()[self._sample]))
            return Ready(self._candidate, ends, choices, (*closed, *refused.values()))
        told = blocked or self._own_trouble(tuple(refused.values()))
        return Refused(self._candidate, (self._refuse(told), *closed, *refused.values()))

    def _ends(self) -> np.ndarray:
        assert self._entry.visit is not None
        return self._entry.visit.ends

    def _target_trouble(self) -> Told | None:
        """Return what forbids the target whatever is exposed: weather, altitude, attached constraints, meridian."""
        over = over_limit(self._board, self._moment.request)
        if over is not None:
            reading = self._moment.request.weather[over]
            limit = self._board.profile.planner.weather_limits[over] or 0.0
            return Reason.WEATHER, f"{over} {reading:g}, at most {limit:g}", {over: reading, "limit": limit}
        return self._altitude_trouble() or self._attached_trouble() or self._meridian_trouble()

    def _own_trouble(self, plans: Sequence[Rejection]) -> Told:
        """Return why a target within its own limits cannot be imaged."""
        rules = {each.rule for each in plans}
        if len(plans) == len(self._entry.limits):
            reason = Reason(rules.pop()) if len(rules) == 1 else Reason.ALL_PLANS
            numbers = plans[0].numbers if len(plans) == 1 else {}
            return reason, in_words(plans), numbers
        minutes, wanted = self._target_room_s / 60.0, self._candidate.project.minimum_time_min
        until = self._moment.now + timedelta(seconds=self._target_room_s)
        detail = f"possible until {self._clock(until)}, {minutes:.1f} min, needs {wanted} min"
        return Reason.MINIMUM_TIME, detail, {"possible_min": minutes, "minimum_time_min": float(wanted)}

    def _altitude_trouble(self) -> Told | None:
        limits = self._entry.wanted.limits.altitude
        altitudes = self._outlook.tables.altitude_deg[self._row]
        altitude = float(altitudes[self._sample])
        lowest, highest = float(self._outlook.lowest_deg(self._row, limits)[self._sample]), limits.highest()
        if lowest < altitude <= highest:
            return None
        top = float(altitudes.max())
        numbers = {"altitude_deg": altitude, "lowest_deg": lowest, "highest_deg": highest, "culminates_deg": top}
        if top <= 0:
            return Reason.NEVER_RISES, f"culminates at {top:.1f} deg", numbers
        if altitude <= lowest:
            bound = f"{lowest:.1f} deg{self._horizon_words(limits, lowest)}"
            detail = f"altitude {altitude:.1f} deg, must exceed {bound} (culminates at {top:.1f} deg)"
            return Reason.MINIMUM_ALTITUDE, detail, numbers
        return Reason.MAXIMUM_ALTITUDE, f"altitude {altitude:.1f} deg, at most {highest:.1f} deg", numbers

    def _horizon_words(self, limits: AltitudeLimits, lowest_deg: float) -> str:
        if not limits.custom_horizon:
            return ""
        if not self._outlook.tables.place.horizon:
            return ", for the site has no horizon"
        return ", the horizon there" if lowest_deg > limits.minimum_deg else ""

    def _attached_trouble(self) -> Told | None:
        attached = self._outlook.attached(self._row)
        against = [each for each in attached if not each.allowed[self._sample]]
        if not against:
            return None
        numbers = {f"{each.name}{PERMITS}": float(each.allowed.sum()) for each in against}
        said = (f"{each.name} (permits {each.allowed.sum():d} min of this night)" for each in against)
        return Reason.CONSTRAINT, f"not permitted by {', '.join(said)}", numbers

    def _meridian_trouble(self) -> Told | None:
        limits = self._entry.wanted.limits.meridian
        angles = self._outlook.tables.hour_angle_of(self._row, slice(self._sample, self._sample + 1))
        minutes = minutes_from_transit(angles)
        passed = float(minutes[0])
        where = f"{abs(passed):.1f} min {'before' if passed < 0 else 'after'} transit"
        if not limits.in_window(minutes)[0]:
            detail = f"{where}, the window is {limits.window_min:g} min each side"
            return Reason.MERIDIAN_WINDOW, detail, {"from_transit_min": passed, "window_min": limits.window_min}
        if not limits.can_track(minutes)[0]:
            first, last = limits.unsafe_min
            detail = f"{where}, no exposures from {-first:g} min before to {last:g} min after it"
            return Reason.MERIDIAN_FLIP, detail, {"from_transit_min": passed, "from_min": first, "to_min": last}
        return None

    def _plan_trouble(self, guid: str) -> Told | None:
        """Return what forbids a plan as far as Sun, Moon and humidity are concerned."""
        item, limits = self._items[guid], self._entry.limits[guid]
        dark, far = self._sky(limits)
        if not dark:
            return self._twilight_told(item)
        if not far:
            return self._moon_told(item, limits)
        if not self._dry[guid] and over_limit(self._board, self._moment.request) is None:
            reading, most = self._moment.request.weather[HUMIDITY], item.template.maximum_humidity_percent
            numbers = {"humidity_percent": reading, "maximum_percent": most}
            return Reason.HUMIDITY, f"humidity {reading:.0f} %, at most {most:g} %", numbers
        return None

    def _sky(self, limits: PlanLimits) -> tuple[bool, bool]:
        """Return whether it is dark enough and the Moon far enough; plans of the same limits are looked at once."""
        if limits not in self._skies:
            now = slice(self._sample, self._sample + 1)
            rows = np.array([self._row])
            far = limits.moon is None or bool(self._outlook.moon(rows, limits.moon, window=now)[0, 0])
            self._skies[limits] = bool(self._outlook.dark(limits)[self._sample]), far
        return self._skies[limits]

    def _time_told(self, item: CandidatePlan, room_s: float) -> Told:
        needed_s = item.exposure_s + self._lead_s[item.plan.guid]
        done, latest = (self._moment.now + timedelta(seconds=seconds) for seconds in (needed_s, room_s))
        ends = self._clock(done).partition(" ")[0]
        detail = f"{item.exposure_s:g} s would end at {ends}, must end by {self._clock(latest)}"
        return Reason.EXPOSURE_TIME, detail, {"needed_s": needed_s, "possible_s": room_s}

    def _clock(self, moment: datetime) -> str:
        return clock_words(moment, self._outlook.tables.place.time_zone)

    def _twilight_told(self, item: CandidatePlan) -> Told:
        sun_deg = float(self._outlook.tables.sun_altitude_deg[self._sample])
        level, offset = item.template.twilight, item.template.twilight_offset_min
        shift = f" and {offset:+d} min" if offset else ""
        detail = f"Sun at {sun_deg:.1f} deg, {level.value} needs below {SUN_LIMIT_DEG[level]:g} deg{shift}"
        numbers = {"sun_deg": sun_deg, "limit_deg": SUN_LIMIT_DEG[level], "offset_min": float(offset)}
        return Reason.TWILIGHT, detail, numbers

    def _moon_told(self, item: CandidatePlan, limits: PlanLimits) -> Told:
        tables = self._outlook.tables
        asked = 0.0 if limits.moon is None else float(self._outlook.moon_asks_deg(limits.moon)[self._sample])
        separation = float(tables.moon_separation_deg[self._row, self._sample])
        age, altitude = float(tables.moon_age_days[self._sample]), float(tables.moon_altitude_deg[self._sample])
        down = ", must be down" if item.template.moon_must_be_down else ""
        detail = (
            f"{separation:.1f} deg from the Moon, needs {asked:.1f} deg "
            f"(Moon {age:.1f} days old at {altitude:.1f} deg altitude{down})"
        )
        numbers = {"separation_deg": separation, "asked_deg": asked, "age_days": age, "moon_altitude_deg": altitude}
        return Reason.MOON, detail, numbers

    def _refuse(self, told: Told, *, guid: str | None = None) -> Rejection:
        reason, detail, numbers = told
        starts = [self._again(each) for each in (self._entry.limits if guid is None else (guid,))]
        return Rejection(
            target_name=self._candidate.target.name,
            target_guid=self._candidate.target.guid,
            plan="" if guid is None else self._items[guid].template.name,
            rule=reason.value,
            detail=detail,
            numbers=numbers,
            again_at=min((each for each in starts if each is not None), default=None),
        )

    def _again(self, guid: str) -> datetime | None:
        """Return when a fresh visit can next start with a plan; None in this night no more."""
        assert self._entry.visit is not None
        tables, until, visit = self._outlook.tables, self._moment.request.until, self._entry.visit
        row = self._slots[self._entry.limits[guid]]
        if not self._dry[guid]:
            first = tables.sample_after(self._moment.now + WEATHER_PAUSE)
        elif self._is_current:
            first = max(tables.sample_after(self._moment.now), int(after_run(visit.plan_ends[row, self._sample])))
        else:
            first = tables.sample_after(self._moment.now)
        sample = int(visit.next_start[row, min(first, tables.samples - 1)])
        if sample >= tables.samples:
            return None
        start = tables.moment(sample)
        minutes = max(self._entry.wanted.minimum_samples, self._entry.limits[guid].exposure_samples)
        return start if until is None or start + timedelta(minutes=minutes) <= until else None
