"""Whether a target can be imaged now, with which of its plans, and if not: why, and when it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tsplug.model import ProjectState, Rejection
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.horizon import AltitudeLimits
from tsplug.planning.outlook import PlanLimits, PlanOutlook, TargetOutlook
from tsplug.planning.progress import exposure_limit, remaining
from tsplug.planning.reasons import Reason
from tsplug.planning.situation import Situation
from tsplug.planning.twilight import SUN_LIMIT_DEG


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


def assess(candidate: Candidate, situation: Situation) -> Ready | Refused:
    """Return whether a target can be imaged now, and why not where it cannot.

    A target that was not imaged last must be possible for its project's minimum time; every exposure must end while its
    plan's limits hold.
    """
    fixed = _standing_reason(candidate)
    if fixed is not None:
        return Refused(candidate, (fixed,))
    open_plans, closed = _split(candidate, situation)
    if not open_plans:
        return Refused(candidate, (_nothing_open(candidate, closed), *closed))
    look = _Look(candidate, situation, open_plans=open_plans)
    refusals = {item.plan.guid: reason for item in open_plans if (reason := look.plan_refusal(item)) is not None}
    own = look.own_refusal(tuple(refusals.values()))
    if own is not None:
        return Refused(candidate, (own, *closed, *refusals.values()))
    choices = tuple(item for item in open_plans if item.plan.guid not in refusals)
    return Ready(candidate, look.ends, choices, (*closed, *refusals.values()))


def _rejection(
    candidate: Candidate,
    reason: Reason,
    *,
    detail: str,
    plan: CandidatePlan | None = None,
    again_at: datetime | None = None,
) -> Rejection:
    name = "" if plan is None else plan.template.name
    return Rejection(target_name=candidate.target.name, plan=name, rule=reason.value, detail=detail, again_at=again_at)


def _standing_reason(candidate: Candidate) -> Rejection | None:
    project = candidate.project
    if project.state is not ProjectState.ACTIVE:
        return _rejection(candidate, Reason.PROJECT_STATE, detail=f"project {project.name} is {project.state.value}")
    if not candidate.target.enabled:
        return _rejection(candidate, Reason.DISABLED, detail="the target is disabled")
    return None


def _split(candidate: Candidate, situation: Situation) -> tuple[tuple[CandidatePlan, ...], tuple[Rejection, ...]]:
    """Return the plans that want exposures of this rig, and why the others do not."""
    opened, closed = [], []
    for item in candidate.plans:
        refusal = _plan_refusal(candidate, item, situation=situation)
        if refusal is None:
            opened.append(item)
        else:
            closed.append(refusal)
    return tuple(opened), tuple(closed)


def _plan_refusal(candidate: Candidate, item: CandidatePlan, *, situation: Situation) -> Rejection | None:
    """Return why a plan wants nothing of this rig, whatever the sky is like, or None where it does."""
    plan, planner = item.plan, (candidate.owner or situation.profile).planner
    if not plan.enabled:
        return _rejection(candidate, Reason.DISABLED, detail="the plan is disabled", plan=item)
    wanted = remaining(plan, candidate.project, planner=planner)
    if wanted == 0 and candidate.project.grading_enabled:
        detail = f"accepted {plan.accepted} of {plan.desired}"
        return _rejection(candidate, Reason.COMPLETE, detail=detail, plan=item)
    if wanted == 0:
        throttle = planner.exposure_throttle_percent
        detail = f"acquired {plan.acquired} of {exposure_limit(plan, planner)} ({throttle} % of {plan.desired})"
        return _rejection(candidate, Reason.COMPLETE, detail=detail, plan=item)
    filters = situation.profile.filters
    if candidate.owner is not None and item.template.filter_name not in filters:
        detail = f"{item.template.filter_name} is none of {', '.join(filters) or 'no filters'}"
        return _rejection(candidate, Reason.NO_FILTER, detail=detail, plan=item)
    if item.given_away >= wanted:
        detail = f"the last {wanted} of {plan.desired} are being taken"
        return _rejection(candidate, Reason.GIVEN_AWAY, detail=detail, plan=item, again_at=item.given_until)
    return None


def _nothing_open(candidate: Candidate, closed: tuple[Rejection, ...]) -> Rejection:
    """Return why a target is not imaged of which no plan wants anything of this rig now."""
    given = [each for each in closed if each.rule == Reason.GIVEN_AWAY]
    if given:
        again_at = min(each.again_at for each in given if each.again_at is not None)
        detail = "; ".join(f"{each.plan}: {each.detail}" for each in given)
        return _rejection(candidate, Reason.GIVEN_AWAY, detail=detail, again_at=again_at)
    lacking = [each for each in closed if each.rule == Reason.NO_FILTER]
    if lacking:
        detail = "; ".join(f"{each.plan}: {each.detail}" for each in lacking)
        return _rejection(candidate, Reason.NO_FILTER, detail=detail)
    return _rejection(candidate, Reason.COMPLETE, detail=f"none of {len(candidate.plans)} plans wants more exposures")


class _Look:
    """One target, with its open plans, at one moment."""

    def __init__(self, candidate: Candidate, situation: Situation, *, open_plans: tuple[CandidatePlan, ...]) -> None:
        self._candidate = candidate
        self._situation = situation
        self._row = situation.outlook.tables.rows[candidate.target.guid]
        self._sample = situation.sample
        self._altitude_limits = AltitudeLimits.of(candidate.project)
        self._minimum_time = timedelta(minutes=candidate.project.minimum_time_min)
        self._limits = {item.plan.guid: PlanLimits.of(item) for item in open_plans}
        self._plans: dict[str, PlanOutlook] = {}
        self._outlook = self._target_outlook()
        self._next = {item.plan.guid: self._next_start(item) for item in open_plans}

    @property
    def ends(self) -> datetime:
        """Return until when the target can be imaged, whatever the host's limit."""
        return self._situation.outlook.tables.moment(int(self._outlook.ends[self._sample]))

    def plan_refusal(self, item: CandidatePlan) -> Rejection | None:
        """Return why a plan cannot be exposed now as far as Sun, Moon and time are concerned, or None."""
        outlook, moon = self._plans[item.plan.guid], self._limits[item.plan.guid].moon
        if not outlook.dark[self._sample]:
            return self._refuse(Reason.TWILIGHT, detail=self._twilight_detail(item), plan=item)
        if moon is not None and not outlook.moon[self._sample]:
            return self._refuse(Reason.MOON, detail=self._moon_detail(item), plan=item)
        if not self._outlook.high_enough[self._sample]:
            return None
        done = self._situation.now + timedelta(seconds=item.exposure_s)
        latest = self._situation.end_of(int(outlook.ends[self._sample]))
        if done > latest:
            detail = f"{item.exposure_s:g} s would end at {done:%H:%M:%S}, must end by {latest:%H:%M:%S} UTC"
            return self._refuse(Reason.EXPOSURE_TIME, detail=detail, plan=item)
        return None

    def own_refusal(self, plan_refusals: tuple[Rejection, ...]) -> Rejection | None:
        """Return why the target cannot be imaged now, or None where it can with some plan."""
        if not self._outlook.high_enough[self._sample]:
            return self._altitude_refusal()
        rules = {rejection.rule for rejection in plan_refusals}
        if len(plan_refusals) == len(self._limits):
            reason = Reason(rules.pop()) if len(rules) == 1 else Reason.ALL_PLANS
            return self._refuse(reason, detail="; ".join(f"{each.plan}: {each.detail}" for each in plan_refusals))
        if self._candidate.target.guid == self._situation.request.current_target_guid:
            return None
        until = self._situation.end_of(int(self._outlook.ends[self._sample]))
        left = until - self._situation.now
        if left >= self._minimum_time:
            return None
        minutes = left / timedelta(minutes=1)
        wanted = self._candidate.project.minimum_time_min
        detail = f"possible until {until:%H:%M:%S} UTC, {minutes:.1f} min, needs {wanted} min"
        return self._refuse(Reason.MINIMUM_TIME, detail=detail)

    def _target_outlook(self) -> TargetOutlook:
        visit = self._situation.outlook.target(
            self._row,
            self._altitude_limits,
            plans=tuple(self._limits.values()),
            visit_samples=self._candidate.project.minimum_time_min,
        )
        self._plans = dict(zip(self._limits, visit.plans, strict=True))
        return visit

    def _next_start(self, item: CandidatePlan) -> datetime | None:
        needed = max(self._minimum_time, timedelta(seconds=item.exposure_s))
        return self._situation.next_start(self._plans[item.plan.guid], needed)

    def _refuse(self, reason: Reason, *, detail: str, plan: CandidatePlan | None = None) -> Rejection:
        starts = self._next.values() if plan is None else (self._next[plan.plan.guid],)
        again_at = min((start for start in starts if start is not None), default=None)
        return _rejection(self._candidate, reason, detail=detail, plan=plan, again_at=again_at)

    def _altitude_refusal(self) -> Rejection:
        altitudes = self._situation.outlook.tables.altitude_deg[self._row]
        altitude, culmination = float(altitudes[self._sample]), float(altitudes.max())
        if culmination <= 0:
            return self._refuse(Reason.NEVER_RISES, detail=f"culminates at {culmination:.1f} deg")
        lowest = float(self._situation.outlook.lowest_deg(self._row, self._altitude_limits)[self._sample])
        if altitude <= lowest:
            detail = f"altitude {altitude:.1f} deg, must exceed {lowest:.1f} deg (culminates at {culmination:.1f} deg)"
            return self._refuse(Reason.MINIMUM_ALTITUDE, detail=detail)
        highest = self._altitude_limits.highest()
        return self._refuse(Reason.MAXIMUM_ALTITUDE, detail=f"altitude {altitude:.1f} deg, at most {highest:.1f} deg")

    def _twilight_detail(self, item: CandidatePlan) -> str:
        sun_deg = float(self._situation.outlook.tables.sun_altitude_deg[self._sample])
        level, offset = item.template.twilight, item.template.twilight_offset_min
        shift = f" and {offset:+d} min" if offset else ""
        return f"Sun at {sun_deg:.1f} deg, {level.value} needs below {SUN_LIMIT_DEG[level]:g} deg{shift}"

    def _moon_detail(self, item: CandidatePlan) -> str:
        outlook, moon = self._situation.outlook, self._limits[item.plan.guid].moon
        asked = 0.0 if moon is None else outlook.moon_asks_deg(moon, self._sample)
        separation = float(outlook.tables.moon_separation_deg[self._row, self._sample])
        age, altitude = outlook.tables.moon_age_days[self._sample], outlook.tables.moon_altitude_deg[self._sample]
        down = ", must be down" if item.template.moon_must_be_down else ""
        return (
            f"{separation:.1f} deg from the Moon, needs {asked:.1f} deg "
            f"(Moon {age:.1f} days old at {altitude:.1f} deg altitude{down})"
        )
