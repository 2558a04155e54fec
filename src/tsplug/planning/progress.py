"""How far a plan and a target are (SEMANTICS, Counts), in integers where it decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tsplug.model import PlannerPreferences, Profile, Project
from tsplug.planning.candidates import Candidate


class Counted(Protocol):
    """What has counters: an `ExposurePlan`, or a `CandidatePlan` in the course of a previewed night."""

    @property
    def enabled(self) -> bool:
        """Return whether it may be exposed."""
        ...

    @property
    def desired(self) -> int:
        """Return how many exposures it wants."""
        ...

    @property
    def acquired(self) -> int:
        """Return how many were taken."""
        ...

    @property
    def accepted(self) -> int:
        """Return how many were accepted."""
        ...

    def is_provisional(self, delay_percent: int) -> bool:
        """Return whether delayed grading has not been reached."""
        ...


def remaining(plan: Counted, project: Project, *, planner: PlannerPreferences) -> int:
    """Return how many exposures a plan still wants, by what is accepted, or without grading by what is acquired."""
    if project.grading_enabled:
        return max(0, plan.desired - plan.accepted)
    return max(0, exposure_limit(plan, planner) - plan.acquired)


def exposure_limit(plan: Counted, planner: PlannerPreferences) -> int:
    """Return how many exposures a plan gets without grading: floor(desired x throttle / 100)."""
    return plan.desired * planner.exposure_throttle_percent // 100


def plan_progress(plan: Counted, project: Project, *, profile: Profile) -> float:
    """Return a plan's progress from 0 to 1; a plan that wants nothing is done."""
    if project.grading_enabled:
        counted = plan.acquired if plan.is_provisional(profile.grader.delay_percent) else plan.accepted
        limit = plan.desired
    else:
        counted, limit = plan.acquired, exposure_limit(plan, profile.planner)
    return min(1.0, counted / limit) if limit > 0 else 1.0


def mean_progress(plans: Iterable[Counted], project: Project, *, profile: Profile) -> float:
    """Return the mean progress of the enabled ones of a target's plans, 0 to 1; 0 without any."""
    return mean_share(share_of(plan, project, profile=profile) for plan in plans)


def share_of(plan: Counted, project: Project, *, profile: Profile) -> float | None:
    """Return a plan's progress as it counts for its target: None of a disabled one, which does not."""
    return plan_progress(plan, project, profile=profile) if plan.enabled else None


def mean_share(shares: Iterable[float | None]) -> float:
    """Return the mean of those shares that count, 0 without any."""
    counting = [share for share in shares if share is not None]
    return sum(counting) / len(counting) if counting else 0.0


def target_progress(candidate: Candidate, profile: Profile) -> float:
    """Return the mean progress of a target's enabled plans for a rig, 0 to 1; 0 without any."""
    return mean_progress(candidate.plans, candidate.project, profile=candidate.owner or profile)


def target_shares(candidate: Candidate, profile: Profile) -> list[float | None]:
    """Return what `target_progress` is the mean of, a share for each plan."""
    judged_by = candidate.owner or profile
    return [share_of(item, candidate.project, profile=judged_by) for item in candidate.plans]
