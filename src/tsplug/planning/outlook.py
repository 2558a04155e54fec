"""What each target can get in a night: constraints as masks over the night, remembered while limits stay the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from tsplug.model import Twilight
from tsplug.planning.arrays import FloatArray, IndexArray, Mask
from tsplug.planning.candidates import CandidatePlan
from tsplug.planning.ephemeris import STEP, NightTables
from tsplug.planning.horizon import AltitudeLimits, horizon_at
from tsplug.planning.moon import MoonRule, avoidance_deg, moon_allows
from tsplug.planning.runs import lasts, next_true, run_ends
from tsplug.planning.twilight import dark_enough

T = TypeVar("T")


class PlanLimits(NamedTuple):
    """What a plan needs of the sky: darkness, distance from the Moon, and room for one exposure (in samples)."""

    twilight: Twilight
    twilight_offset_min: int
    moon: MoonRule | None
    exposure_samples: int

    @classmethod
    def of(cls, item: CandidatePlan) -> PlanLimits:
        """Return the limits of a plan and its template."""
        return cls(
            item.template.twilight,
            item.template.twilight_offset_min,
            MoonRule.of(item.template),
            -(timedelta(seconds=-item.exposure_s) // STEP),
        )


@dataclass(frozen=True, eq=False)
class PlanOutlook:
    """When a plan can be exposed.

    Attributes:
        dark: where twilight permits.
        moon: where the Moon permits.
        ends: for every sample the last one up to which an exposure may go on; -1 where none is possible.
        next_start: for every sample the first one from which a fresh visit with this plan can start; the number of
            samples where there is none.
    """

    dark: Mask
    moon: Mask
    ends: IndexArray
    next_start: IndexArray


@dataclass(frozen=True, eq=False)
class TargetOutlook:
    """When a target can be imaged with any of its open plans; ``ends`` as in `PlanOutlook`, plans as given."""

    high_enough: Mask
    ends: IndexArray
    plans: tuple[PlanOutlook, ...]


class NightOutlook:
    """The tables of a night, and what follows from them for the limits asked about so far.

    Every answer depends on the arguments alone; remembering saves time and changes nothing.
    """

    def __init__(self, tables: NightTables) -> None:
        """Look at a night through its tables."""
        self.tables = tables
        self._horizon_deg = horizon_at(tables.azimuth_deg, tables.place.horizon)
        self._known: dict[tuple[Any, ...], object] = {}

    def lowest_deg(self, row: int, limits: AltitudeLimits) -> FloatArray:
        """Return the altitude that the target of a row must exceed, a value for each sample."""
        horizon = None if self._horizon_deg is None else self._horizon_deg[row]
        return np.broadcast_to(limits.lowest(horizon), self.tables.samples)

    def moon_asks_deg(self, rule: MoonRule, sample: int) -> float:
        """Return the distance from the Moon that a rule asks for at a sample."""
        return float(self._moon_asks(rule)[sample])

    def high_enough(self, row: int, limits: AltitudeLimits) -> Mask:
        """Return where the target of a row is within its project's altitudes."""

        def compute() -> Mask:
            altitude = self.tables.altitude_deg[row]
            return np.asarray((altitude > self.lowest_deg(row, limits)) & (altitude <= limits.highest()))

        return self._remember(("high", row, limits), compute)

    def dark(self, limits: PlanLimits) -> Mask:
        """Return where it is dark enough for a plan."""
        level, offset_min = limits.twilight, limits.twilight_offset_min
        return self._remember(
            ("dark", level, offset_min), lambda: dark_enough(self.tables.sun_altitude_deg, level, offset_min=offset_min)
        )

    def moon(self, row: int, rule: MoonRule | None) -> Mask:
        """Return where the Moon lets a plan expose the target of a row."""

        def compute() -> Mask:
            if rule is None:
                return np.ones(self.tables.samples, dtype=np.bool_)
            return moon_allows(
                rule,
                asked_deg=self._moon_asks(rule),
                altitude_deg=self.tables.moon_altitude_deg,
                separation_deg=self.tables.moon_separation_deg[row],
            )

        return self._remember(("moon", row, rule), compute)

    def target(
        self, row: int, limits: AltitudeLimits, *, plans: tuple[PlanLimits, ...], visit_samples: int
    ) -> TargetOutlook:
        """Return when the target of a row can be imaged.

        Args:
            row: the target's row in the tables.
            limits: the altitudes of its project.
            plans: the limits of its open plans.
            visit_samples: how long a fresh visit must be possible (the minimum imaging time).
        """

        def compute() -> TargetOutlook:
            high = self.high_enough(row, limits)
            masks = [high & self.dark(plan) & self.moon(row, plan.moon) for plan in plans]
            ends = run_ends(np.logical_or.reduce(masks))
            visit = lasts(ends, visit_samples)
            outlooks = [
                self._plan_outlook(row, plan, mask=mask, visit=visit) for plan, mask in zip(plans, masks, strict=True)
            ]
            return TargetOutlook(high, ends, tuple(outlooks))

        return self._remember(("target", row, limits, plans, visit_samples), compute)

    def _moon_asks(self, rule: MoonRule) -> FloatArray:
        def compute() -> FloatArray:
            age_days, altitude_deg = self.tables.moon_age_days, self.tables.moon_altitude_deg
            return avoidance_deg(rule, age_days=age_days, altitude_deg=altitude_deg)

        return self._remember(("asks", rule), compute)

    def _plan_outlook(self, row: int, plan: PlanLimits, *, mask: Mask, visit: Mask) -> PlanOutlook:
        ends = run_ends(mask)
        startable = visit & lasts(ends, plan.exposure_samples)
        return PlanOutlook(self.dark(plan), self.moon(row, plan.moon), ends, next_true(startable))

    def _remember(self, key: tuple[Any, ...], compute: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = compute()
        return cast(T, self._known[key])
