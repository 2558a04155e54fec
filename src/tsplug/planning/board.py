"""All targets of a night side by side: what each can get when, asked for any moment at the cost of a few look-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from tsplug.model import Profile
from tsplug.planning.arrays import FloatArray, IndexArray, Mask
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.ephemeris import SIDEREAL_DEG_PER_MINUTE, STEP
from tsplug.planning.exposures import in_order, written
from tsplug.planning.outlook import NightOutlook, PlanLimits, TargetLimits, Visit, Wanted
from tsplug.planning.progress import mean_share, remaining, share_of, target_shares
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule, uneven_words, weights_of

WEATHER_PAUSE = timedelta(minutes=15)
"""After how long a plan that the weather forbids is looked at again: weather is not predicted."""

START_TOLERANCE = 2 * STEP
"""By how much a fresh visit may fall short of its minimum time: a step for the grid, another for a host that is late.

A run of samples is up to a step shorter than what it samples, and nobody asks at the very moment that was waited for.
"""

_MINUTE_S = 60.0


@dataclass(eq=False)
class Entry:
    """A target with open plans.

    Attributes:
        number: its number on the board.
        candidate: the target as it is.
        guids: the plans that were open when the board was laid out, in order.
        limits: the limits of those that are open still, by guid.
        wanted: what was asked of the night when the board was laid out.
        visit: the answer to what is asked now; None when nothing is open any more.
    """

    number: int
    candidate: Candidate
    guids: tuple[str, ...]
    limits: dict[str, PlanLimits]
    wanted: Wanted
    visit: Visit | None

    def items(self) -> list[CandidatePlan]:
        """Return the plans that were open at first, in order."""
        by_guid = {item.plan.guid: item for item in self.candidate.plans}
        return [by_guid[guid] for guid in self.guids]


class Board:
    """The targets of a night as a rig sees them, in the documented order of equals.

    Built from a night's outlook and candidates alone; `change` brings one target up to date.
    """

    def __init__(
        self,
        outlook: NightOutlook,
        candidates: Sequence[Candidate],
        *,
        profile: Profile,
        rules: Mapping[str, ScoringRule] = RULES,
    ) -> None:
        """Lay out the night."""
        self.outlook = outlook
        self.profile = profile
        self.rules = rules
        # Our own rules read no counters of plans, so the records of a previewed night are written out for others alone.
        self._writes = any(rule is not RULES.get(name) for name, rule in rules.items())
        self._known_limits: dict[tuple[int, float], PlanLimits] = {}
        self.candidates = sorted(candidates, key=lambda each: each.tie_key)
        self.number = {each.target.guid: place for place, each in enumerate(self.candidates)}
        self._shares = [target_shares(each, profile) for each in self.candidates]
        self.progress = np.array([mean_share(shares) for shares in self._shares], dtype=np.float64)
        self._panels = self._mosaics()
        self._lay_out()

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Return what lacks or fails in this night, a line each: constraints that abstain, horizons that lack.

        And that the weights of projects differ so much that one wins nearly always.
        """
        sums = self.weights.sum(axis=0).tolist()
        by_project = {each.candidate.project.guid: place for place, each in enumerate(self.entries)}
        uneven = uneven_words(
            {self.entries[place].candidate.project.name: sums[place] for place in by_project.values()}
        )
        return (*self.lacking, *filter(None, [uneven]))

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return which constraints abstain, and which horizons lack, a line each."""
        asking = {} if self.outlook.tables.place.horizon else {each.project.name: each for each in self.candidates}
        lacking = [name for name, each in asking.items() if each.is_open and each.project.use_custom_horizon]
        if not lacking:
            return self.outlook.notes
        said = (
            f"the site has no horizon, which {', '.join(lacking)} would keep above: the minimum altitude counts alone"
        )
        return (*self.outlook.notes, said)

    def change(self, candidate: Candidate) -> None:
        """Put a target, of which exposures were taken, in the place of the one of the same guid.

        Plans that want no more are closed; only what follows from that is worked out anew.
        """
        number = self.number[candidate.target.guid]
        before, self.candidates[number] = self.candidates[number], candidate
        pairs = zip(candidate.plans, before.plans, strict=True)
        taken = [(slot, item) for slot, (item, was) in enumerate(pairs) if item is not was]
        for slot, item in taken:
            shared = share_of(item, candidate.project, profile=candidate.owner or self.profile)
            self._shares[number][slot] = shared
        self.progress[number] = mean_share(self._shares[number])
        place = self._place_of.get(number)
        if place is None:
            return
        entry = self.entries[place]
        entry.candidate = candidate
        if any(self._wants(candidate, item) != (item.plan.guid in entry.limits) for _, item in taken):
            entry.limits = self._open_limits(candidate)
            self._close(place, entry)

    def _close(self, place: int, entry: Entry) -> None:
        samples = self.outlook.tables.samples
        wanted = self._wanted(entry.candidate, entry.limits) if entry.limits else None
        entry.visit = visit = None if wanted is None else self.outlook.visits([wanted])[0]
        self._ends[place] = -1 if visit is None else visit.ends
        for slot, plan in enumerate(entry.wanted.plans, start=int(self._first_slot[place])):
            row = wanted.plans.index(plan) if wanted is not None and plan in wanted.plans else None
            self._plan_ends[slot] = -1 if visit is None or row is None else visit.plan_ends[row]
            self._next_start[slot] = samples if visit is None or row is None else visit.next_start[row]
        self.opened[self.plans_of(place)] = [guid in entry.limits for guid in entry.guids]

    def rated(self, place: int) -> Candidate:
        """Return the target of an entry as scoring rules see it: its records as they would stand by now."""
        candidate = self.entries[place].candidate
        return written(candidate, night=self.outlook.tables.night.date) if self._writes else candidate

    def place_of(self, guid: str | None) -> int | None:
        """Return the place among the entries of a target, None where it has no open plans or is not here."""
        number = self.number.get(guid or "")
        return None if number is None else self._place_of.get(number)

    def rooms_of(self, place: int, now: datetime, *, until: datetime | None) -> list[float]:
        """Return how long each plan of one entry holds from a moment on, in seconds, as `room_s` does for all."""
        sample, passed_s = self._since_noon(now)
        last = np.inf if until is None else self._last_s(until)
        ends: list[int] = self._plan_ends[self._slot[self.plans_of(place)], sample].tolist()
        return [min(end * _MINUTE_S, last) - passed_s for end in ends]

    def _last_s(self, until: datetime) -> float:
        return (until - self.outlook.tables.night.start).total_seconds()

    def room_s(self, now: datetime, until: datetime | None) -> tuple[FloatArray, FloatArray]:
        """Return how long each entry and each plan's limits hold from a moment on, in seconds; negative where not.

        A host's limit ends them all.
        """
        sample, passed_s = self._since_noon(now)
        last = np.inf if until is None else self._last_s(until)
        entries = np.minimum(self._ends[:, sample] * _MINUTE_S, last) - passed_s
        plans = np.minimum(self._plan_ends[:, sample] * _MINUTE_S, last) - passed_s
        return entries, plans[self._slot]

    def next_starts(self, now: datetime, until: datetime | None, *, permitted: Mask, current: int | None) -> IndexArray:
        """Return for each entry the sample of its next fresh visit; the number of samples where there is none.

        Args:
            now: the moment, at which nothing is possible.
            until: the host's limit, which every visit must fit.
            permitted: the plans that the weather permits now; the others are looked at after a while.
            current: the entry imaged last, if any.
        """
        tables = self.outlook.tables
        first = np.full(len(self._next_start), min(tables.sample_after(now), tables.samples - 1))
        if current is not None:
            own = slice(int(self._first_slot[current]), int(self._first_slot[current]) + self._slots_of(current))
            ends = self._plan_ends[own, tables.sample_before(now)].astype(np.int64)
            first[own] = np.minimum(tables.samples - 1, np.maximum(first[own], after_run(ends)))
        if not permitted.all():
            later = min(tables.sample_after(now + WEATHER_PAUSE), tables.samples - 1)
            free = np.zeros(len(first), dtype=np.bool_)
            np.logical_or.at(free, self._slot, permitted & self.opened)
            first[~free] = later
        starts = self._next_start[np.arange(len(first)), first].astype(np.int64)
        if until is not None:
            fits = starts * _MINUTE_S + self._needed_s <= self._last_s(until)
            starts = np.where(fits, starts, tables.samples)
        return np.asarray(np.minimum.reduceat(starts, self._first_slot)) if len(starts) else starts

    def _slots_of(self, place: int) -> int:
        return len(self.entries[place].wanted.plans)

    def any_plan(self, fits: Mask) -> Mask:
        """Return for each entry whether any of its plans is among those marked."""
        return np.asarray(np.logical_or.reduceat(fits, self._first_plan)) if len(fits) else fits

    def highest_moon_score(self, fits: Mask) -> FloatArray:
        """Return for each entry the highest Moon score of its plans that are marked."""
        scores = np.where(fits, self._moon_scores, 0.0)
        return np.asarray(np.maximum.reduceat(scores, self._first_plan)) if len(fits) else scores

    def plans_of(self, place: int) -> slice:
        """Return where the plans of an entry stand among all."""
        return slice(int(self._first_plan[place]), int(self._first_plan[place]) + len(self.entries[place].guids))

    def others_progress(self) -> FloatArray:
        """Return for each entry the mean progress of the other panels of its mosaic; NaN for what is none."""
        others = np.full(len(self.candidates), np.nan)
        for members in self._panels:
            total = self.progress[members].sum()
            others[members] = (total - self.progress[members]) / (len(members) - 1)
        return np.asarray(others[self.numbers])

    def transit_min(self, now: datetime) -> FloatArray:
        """Return for each entry the minutes until its nearest transit, negative after it."""
        angles = (self._sidereal_deg(now) - self.outlook.tables.ra_deg[self._rows] + 180.0) % 360.0 - 180.0
        return np.asarray(-angles / SIDEREAL_DEG_PER_MINUTE)

    def to_transit_min(self, place: int, now: datetime) -> float:
        """Return the minutes until the nearest transit of one entry, as `transit_min` does for all."""
        ra_deg = float(self.outlook.tables.ra_deg[self._rows[place]])
        angle = (self._sidereal_deg(now) - ra_deg + 180.0) % 360.0 - 180.0
        return -angle / SIDEREAL_DEG_PER_MINUTE

    def ends_h(self, now: datetime) -> FloatArray:
        """Return until when each entry can be imaged, in hours after the night's noon."""
        return np.asarray(self._ends[:, self._since_noon(now)[0]] / _MINUTE_S)

    def _sidereal_deg(self, now: datetime) -> float:
        sample, passed_s = self._since_noon(now)
        # Steps that begin in the night may end after it, where there are no samples any more.
        sample = min(sample, self.outlook.tables.samples - 1)
        turned = (passed_s / _MINUTE_S - sample) * SIDEREAL_DEG_PER_MINUTE
        return float(self.outlook.tables.sidereal_deg[sample]) + turned

    def _since_noon(self, now: datetime) -> tuple[int, float]:
        passed_s = (now - self.outlook.tables.night.start).total_seconds()
        return int(passed_s // _MINUTE_S), passed_s

    def _open_limits(self, candidate: Candidate) -> dict[str, PlanLimits]:
        """Return the limits of the plans that want exposures of this rig, by guid."""
        return {item.plan.guid: self._limits_of(item) for item in candidate.plans if self._wants(candidate, item)}

    def _wants(self, candidate: Candidate, item: CandidatePlan) -> bool:
        return wants_exposures(candidate, item, profile=self.profile)

    def _limits_of(self, item: CandidatePlan) -> PlanLimits:
        """Return the limits of a plan; those of plans of one template are the same."""
        key = (id(item.template), item.exposure_s)
        if key not in self._known_limits:
            planner = self.profile.planner
            lead_s = planner.overheads.new_target_s + planner.overheads.filter_change_s
            self._known_limits[key] = PlanLimits.of(item, lead_s=lead_s, age=planner.moon_age)
        return self._known_limits[key]

    def _mosaics(self) -> list[list[int]]:
        panels: dict[int | str, list[int]] = {}
        for place, each in enumerate(self.candidates):
            if each.project.is_mosaic and each.target.enabled:
                panels.setdefault(each.project.id or each.project.guid, []).append(place)
        return [members for members in panels.values() if len(members) > 1]

    def _lay_out(self) -> None:
        opened = [(number, each, self._open_limits(each)) for number, each in enumerate(self.candidates)]
        opened = [each for each in opened if each[2]]
        wanted = [self._wanted(candidate, limits) for _, candidate, limits in opened]
        visits = self.outlook.visits(wanted)
        self.entries = [
            Entry(number, candidate, tuple(limits), limits, want, visit)
            for (number, candidate, limits), want, visit in zip(opened, wanted, visits, strict=True)
        ]
        self.numbers = np.array([each.number for each in self.entries], dtype=np.int64)
        self._place_of = {each.number: place for place, each in enumerate(self.entries)}
        self._stack(visits)
        self._list_plans()

    def _stack(self, visits: Sequence[Visit]) -> None:
        entries = self.entries
        empty = [np.zeros((0, self.outlook.tables.samples), dtype=np.int16)]
        self._ends = np.concatenate([each.ends[None] for each in visits] or empty)
        self._plan_ends = np.concatenate([each.plan_ends for each in visits] or empty)
        self._next_start = np.concatenate([each.next_start for each in visits] or empty)
        self._rows = np.array([each.wanted.row for each in entries], dtype=np.int64)
        self._first_slot = _firsts([len(each.wanted.plans) for each in entries])
        self._first_plan = _firsts([len(each.guids) for each in entries])
        slots = zip(self._first_slot.tolist(), entries, strict=True)
        self._slot = np.array(
            [first + each.wanted.plans.index(limits) for first, each in slots for limits in each.limits.values()],
            dtype=np.int64,
        )
        needed = [
            max(each.wanted.minimum_samples, plan.exposure_samples) for each in entries for plan in each.wanted.plans
        ]
        self._needed_s = np.array(needed, dtype=np.float64) * _MINUTE_S

    def _list_plans(self) -> None:
        items = [item for each in self.entries for item in each.items()]
        self.opened = np.ones(len(items), dtype=np.bool_)
        self.owner = np.repeat(np.arange(len(self.entries)), [len(each.guids) for each in self.entries])
        self.filters = np.array([item.template.filter_name for item in items], dtype=np.object_)
        self.exposure_s = np.array([item.exposure_s for item in items], dtype=np.float64)
        self.humidity_limit = np.array([item.template.maximum_humidity_percent for item in items], dtype=np.float64)
        moons = [limits.moon for each in self.entries for limits in each.limits.values()]
        self._moon_scores = np.array([0.0 if rule is None else rule.score for rule in moons], dtype=np.float64)
        minutes = [each.candidate.project.minimum_time_min for each in self.entries]
        self.minimum_s = np.array(minutes, dtype=np.float64) * _MINUTE_S
        self.enough_s = np.maximum(0.0, self.minimum_s - START_TOLERANCE.total_seconds())
        self.weights = weights_of([each.candidate for each in self.entries], self.rules)

    def _wanted(self, candidate: Candidate, limits: Mapping[str, PlanLimits]) -> Wanted:
        return Wanted(
            self.outlook.tables.rows[candidate.target.guid],
            TargetLimits.of(candidate.project, self.profile.planner),
            tuple(dict.fromkeys(limits.values())),
            # What is waited for must still be possible when the host is late.
            max(0, candidate.project.minimum_time_min - 1),
        )


def after_run(ends: IndexArray) -> IndexArray:
    """Return the first samples behind runs, for plans of the target imaged last, from the last samples of these.

    What did not fit into the rest of a run behind a dither or a flip is not begun anew in it, without them.
    """
    return np.asarray(ends + 1)


def wants_exposures(candidate: Candidate, item: CandidatePlan, *, profile: Profile) -> bool:
    """Return whether a plan wants exposures of a rig, whatever the sky is like."""
    if not (item.plan.enabled and candidate.is_open):
        return False
    planner = (candidate.owner or profile).planner
    if remaining(item, candidate.project, planner=planner) <= item.given_away:
        return False
    if candidate.owner is not None and item.template.filter_name not in profile.filters:
        return False
    target = candidate.target
    return not target.override_order or in_order(target, candidate.project, plan_guid=item.plan.guid)


def _firsts(counts: Sequence[int]) -> IndexArray:
    return np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64) if counts else np.zeros(0, dtype=np.int64)
