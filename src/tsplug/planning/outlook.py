"""What each target can get in a night: constraints as masks over the night, remembered while limits stay the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from tsplug.model import ExposureTemplate, MoonAge, PlannerPreferences, Project, Twilight
from tsplug.planning.arrays import FloatArray, IndexArray, Mask
from tsplug.planning.candidates import CandidatePlan
from tsplug.planning.ephemeris import STEP, NightTables
from tsplug.planning.horizon import AltitudeLimits, horizon_at
from tsplug.planning.meridian import MeridianLimits, minutes_from_transit
from tsplug.planning.moon import MoonRule, avoidance_deg, moon_allows
from tsplug.planning.runs import any_of_each, lasts, next_true, run_ends
from tsplug.planning.twilight import dark_enough


class PlanLimits(NamedTuple):
    """What a plan needs of the sky: darkness, distance from the Moon, and room for one exposure (in samples)."""

    twilight: Twilight
    twilight_offset_min: int
    moon: MoonRule | None
    exposure_samples: int

    @classmethod
    def of(cls, item: CandidatePlan, *, lead_s: float = 0.0, age: MoonAge = MoonAge.ECLIPTIC) -> PlanLimits:
        """Return the limits of a plan and its template; ``lead_s`` passes before the exposure begins."""
        return cls.of_template(item.template, seconds=item.exposure_s + lead_s, age=age)

    @classmethod
    def of_template(cls, template: ExposureTemplate, *, seconds: float, age: MoonAge) -> PlanLimits:
        """Return the limits of a template for an exposure that takes so long with what comes before it."""
        return cls(
            template.twilight,
            template.twilight_offset_min,
            MoonRule.of(template, age=age),
            -(timedelta(seconds=-seconds) // STEP),
        )


class TargetLimits(NamedTuple):
    """What a target needs of the sky whatever is exposed: its altitude, and its distance from the meridian."""

    altitude: AltitudeLimits
    meridian: MeridianLimits

    @classmethod
    def of(cls, project: Project, planner: PlannerPreferences) -> TargetLimits:
        """Return the limits of a project on a rig."""
        return cls(AltitudeLimits.of(project), MeridianLimits.of(project, planner))


class Wanted(NamedTuple):
    """What is asked of the night for one target.

    Attributes:
        row: the target's row in the tables.
        limits: its own limits.
        plans: those of its open plans, each once, at least one.
        minimum_samples: how long a fresh visit must be possible (the minimum imaging time).
    """

    row: int
    limits: TargetLimits
    plans: tuple[PlanLimits, ...]
    minimum_samples: int


@dataclass(frozen=True, eq=False)
class Visit:
    """When a target can be imaged with any of its open plans.

    Attributes:
        ends: for every sample the last one up to which imaging may go on; -1 where it is not possible.
        plan_ends: the same for each of its plans' limits, a row each.
        next_start: for each of them and every sample the first one from which a fresh visit with such a plan can start;
            the number of samples where there is none.
    """

    ends: IndexArray
    plan_ends: IndexArray
    next_start: IndexArray


class AttachedMask(NamedTuple):
    """A constraint that was attached to a target or project: what it is called, and where it permits exposures."""

    name: str
    allowed: Mask


class NightOutlook:
    """The tables of a night, and what follows from them for the limits asked about so far.

    Every answer depends on the arguments alone; remembering saves time and changes nothing.
    """

    def __init__(
        self,
        tables: NightTables,
        attached: Mapping[str, Sequence[AttachedMask]] | None = None,
        *,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Look at a night through its tables, with the constraints attached to targets by their guid.

        ``notes`` tell of constraints that had no answer.
        """
        self.tables = tables
        self.notes = notes
        self._attached = {tables.rows[guid]: tuple(masks) for guid, masks in (attached or {}).items()}
        self._visits: dict[Wanted, Visit] = {}
        self._dark: dict[tuple[Twilight, int], Mask] = {}
        self._asks: dict[MoonRule, FloatArray] = {}

    def lowest_deg(self, row: int, limits: AltitudeLimits) -> FloatArray:
        """Return the altitude that the target of a row must exceed, a value for each sample."""
        horizon = None
        if limits.custom_horizon and self.tables.place.horizon:
            horizon = horizon_at(self.tables.azimuth_of(np.array([row]))[0], self.tables.place.horizon)
        return np.broadcast_to(limits.lowest(horizon), self.tables.samples)

    def moon_asks_deg(self, rule: MoonRule) -> FloatArray:
        """Return the distance from the Moon that a rule asks for, a value for each sample."""
        if rule not in self._asks:
            ages = self.tables.moon_age_days
            ages = self.tables.moon_age_reference_days if rule.age is MoonAge.REFERENCE else ages
            self._asks[rule] = avoidance_deg(rule, age_days=ages, altitude_deg=self.tables.moon_altitude_deg)
        return self._asks[rule]

    def dark(self, limits: PlanLimits) -> Mask:
        """Return where it is dark enough for a plan."""
        key = (limits.twilight, limits.twilight_offset_min)
        if key not in self._dark:
            level, offset_min = key
            self._dark[key] = dark_enough(self.tables.sun_altitude_deg, level, offset_min=offset_min)
        return self._dark[key]

    def moon(self, rows: IndexArray, rule: MoonRule, *, window: slice = slice(None)) -> Mask:
        """Return where in a window, all the night if not said, the Moon lets a plan expose the targets of some rows."""
        return moon_allows(
            rule,
            asked_deg=self.moon_asks_deg(rule)[window],
            altitude_deg=self.tables.moon_altitude_deg[window],
            separation_deg=self.tables.moon_separation_deg[rows, window],
        )

    def attached(self, row: int) -> tuple[AttachedMask, ...]:
        """Return the constraints attached to the target of a row."""
        return self._attached.get(row, ())

    def visits(self, wanted: Sequence[Wanted]) -> list[Visit]:
        """Return for each target when it can be imaged; what was not asked before is worked out at one go."""
        missing = list(dict.fromkeys(each for each in wanted if each not in self._visits))
        if missing:
            self._visits.update(zip(missing, self._compute(missing), strict=True))
        return [self._visits[each] for each in wanted]

    def target_masks(self, rows: IndexArray, limits: Sequence[TargetLimits], *, window: slice = slice(None)) -> Mask:
        """Return where the targets of some rows can be imaged as far as altitude, meridian and attached masks go.

        Samples are those of a window, all of the night if not said.
        """
        altitude = self.tables.altitude_deg[rows, window]
        lowest = np.array([each.altitude.minimum_deg for each in limits])[:, None]
        highest = np.array([each.altitude.highest() for each in limits])[:, None]
        mask = (altitude > lowest) & (altitude <= highest)
        for place, (row, each) in enumerate(zip(rows.tolist(), limits, strict=True)):
            if each.altitude.custom_horizon and self.tables.place.horizon:
                mask[place] &= altitude[place] > self.lowest_deg(row, each.altitude)[window]
            if each.meridian.window_min > 0 or each.meridian.pause_min > 0:
                minutes = minutes_from_transit(self.tables.hour_angle_of(row, window))
                mask[place] &= each.meridian.in_window(minutes) & each.meridian.can_track(minutes)
            for attached in self.attached(row):
                mask[place] &= attached.allowed[window]
        return np.asarray(mask)

    def _compute(self, wanted: Sequence[Wanted]) -> list[Visit]:
        """Return visits: of all targets and plans at once, for the number of numpy calls must not grow with theirs.

        Only the samples between the first and the last that are dark enough for some plan are looked at.
        """
        counts = np.array([len(each.plans) for each in wanted])
        first = np.concatenate(([0], np.cumsum(counts)))
        owner = np.repeat(np.arange(len(wanted)), counts)
        rows = np.array([each.row for each in wanted])
        plans = [plan for each in wanted for plan in each.plans]
        window = self._window(plans)
        masks = self._plan_masks(rows[owner], plans, window=window)
        masks &= self.target_masks(rows, [each.limits for each in wanted], window=window)[owner]
        ends, plan_ends = run_ends(any_of_each(masks, counts)), run_ends(masks)
        minimum = np.array([each.minimum_samples for each in wanted])[:, None]
        exposures = np.array([plan.exposure_samples for plan in plans])[:, None]
        next_start = next_true(lasts(ends, minimum)[owner] & lasts(plan_ends, exposures))
        ends, plan_ends, next_start = self._whole(ends, plan_ends, next_start, window=window)
        return [
            Visit(ends[place], plan_ends[begin:end], next_start[begin:end])
            for place, (begin, end) in enumerate(zip(first[:-1].tolist(), first[1:].tolist(), strict=True))
        ]

    def _window(self, plans: Sequence[PlanLimits]) -> slice:
        """Return the samples from the first to the last that are dark enough for any of some plans."""
        dark = np.logical_or.reduce([self.dark(each) for each in dict.fromkeys(plans)])
        places = np.flatnonzero(dark)
        return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 0)

    def _whole(self, *found: IndexArray, window: slice) -> tuple[IndexArray, IndexArray, IndexArray]:
        """Return ends, ends of plans and next starts by the samples of the whole night."""
        ends, plan_ends, next_start = found
        samples, size = self.tables.samples, window.stop - window.start
        wider = np.full((2, len(plan_ends), samples), -1, dtype=ends.dtype)
        of_targets = np.full((len(ends), samples), -1, dtype=ends.dtype)
        of_targets[:, window] = np.where(ends < 0, ends, ends + ends.dtype.type(window.start))
        wider[0][:, window] = np.where(plan_ends < 0, plan_ends, plan_ends + ends.dtype.type(window.start))
        wider[1][:, window.stop :] = samples
        if size:
            starts = np.where(next_start == size, samples, next_start + window.start).astype(ends.dtype)
            wider[1][:, window] = starts
            wider[1][:, : window.start] = starts[:, :1]
        return of_targets, wider[0], wider[1]

    def _plan_masks(self, rows: IndexArray, plans: Sequence[PlanLimits], *, window: slice) -> Mask:
        """Return where in a window Sun and Moon permit plans, a row for each."""
        levels = {(each.twilight, each.twilight_offset_min): each for each in plans}
        number = {key: place for place, key in enumerate(levels)}
        dark = np.array([self.dark(each)[window] for each in levels.values()])
        masks = dark[[number[each.twilight, each.twilight_offset_min] for each in plans]]
        by_rule: dict[MoonRule, list[int]] = {}
        for place, each in enumerate(plans):
            if each.moon is not None:
                by_rule.setdefault(each.moon, []).append(place)
        for rule, places in by_rule.items():
            masks[places] &= self.moon(rows[places], rule, window=window)
        return np.asarray(masks)
