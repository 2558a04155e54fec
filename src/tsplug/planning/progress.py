"""How far a plan and a target are (SEMANTICS, Counts), in integers where it decides."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model import ExposurePlan, PlannerPreferences, Profile, Project
from tsplug.planning.candidates import Candidate


def remaining(plan: ExposurePlan, project: Project, *, planner: PlannerPreferences) -> int:
    """Return how many exposures a plan still wants, by what is accepted, or without grading by what is acquired."""
    if project.grading_enabled:
        return max(0, plan.desired - plan.accepted)
    return max(0, exposure_limit(plan, planner) - plan.acquired)


def exposure_limit(plan: ExposurePlan, planner: PlannerPreferences) -> int:
    """Return how many exposures a plan gets without grading: floor(desired x throttle / 100)."""
    return plan.desired * planner.exposure_throttle_percent // 100


def plan_progress(plan: ExposurePlan, project: Project, *, profile: Profile) -> float:
    """Return a plan's progress from 0 to 1; a plan that wants nothing is done."""
    if project.grading_enabled:
        counted = plan.acquired if plan.is_provisional(profile.grader.delay_percent) else plan.accepted
        limit = plan.desired
    else:
        counted, limit = plan.acquired, exposure_limit(plan, profile.planner)
    return min(1.0, counted / limit) if limit > 0 else 1.0


def mean_progress(plans: Iterable[ExposurePlan], project: Project, *, profile: Profile) -> float:
    """Return the mean progress of the enabled ones of a target's plans, 0 to 1; 0 without any."""
    shares = [plan_progress(plan, project, profile=profile) for plan in plans if plan.enabled]
    return sum(shares) / len(shares) if shares else 0.0


def target_progress(candidate: Candidate, profile: Profile) -> float:
    """Return the mean progress of a target's enabled plans for a rig, 0 to 1; 0 without any."""
    plans = (item.plan for item in candidate.plans)
    return mean_progress(plans, candidate.project, profile=candidate.owner or profile)
