"""Why targets and plans are out of the question whatever the sky is like: state, counters, filters, orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tsplug.model import Profile, ProjectState, Rejection
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.exposures import in_order
from tsplug.planning.progress import exposure_limit, remaining
from tsplug.planning.reasons import Reason


def rejection(
    candidate: Candidate,
    reason: Reason,
    *,
    detail: str,
    plan: CandidatePlan | None = None,
    told: Mapping[str, float] | datetime | None = None,
) -> Rejection:
    """Return a rejection of a target, or of a plan of it, with its numbers or when it is possible again."""
    return Rejection(
        target_name=candidate.target.name,
        target_guid=candidate.target.guid,
        plan="" if plan is None else plan.template.name,
        rule=reason.value,
        detail=detail,
        numbers=dict(told) if isinstance(told, Mapping) else {},
        again_at=told if isinstance(told, datetime) else None,
    )


def standing_reason(candidate: Candidate) -> Rejection | None:
    """Return why a target is not looked at at all, None where it is."""
    project = candidate.project
    if project.state is not ProjectState.ACTIVE:
        detail = f"project {project.name} is {project.state.value}"
        return rejection(candidate, Reason.PROJECT_STATE, detail=detail)
    if not candidate.target.enabled:
        return rejection(candidate, Reason.DISABLED, detail="the target is disabled")
    return None


def plan_standing(candidate: Candidate, item: CandidatePlan, *, profile: Profile) -> Rejection | None:
    """Return why a plan wants nothing of a rig, whatever the sky is like, or None where it does."""
    if not item.plan.enabled:
        return rejection(candidate, Reason.DISABLED, detail="the plan is disabled", plan=item)
    if not in_order(candidate.target, candidate.project, plan_guid=item.plan.guid):
        detail = "the target's override order does not name the plan"
        return rejection(candidate, Reason.NOT_IN_ORDER, detail=detail, plan=item)
    wanted = remaining(item, candidate.project, planner=(candidate.owner or profile).planner)
    if wanted == 0:
        return _complete(candidate, item, profile=profile)
    if candidate.owner is not None and item.template.filter_name not in profile.filters:
        detail = f"{item.template.filter_name} is none of {', '.join(profile.filters) or 'no filters'}"
        return rejection(candidate, Reason.NO_FILTER, detail=detail, plan=item)
    if item.given_away >= wanted:
        detail = f"the last {wanted} of {item.plan.desired} are being taken"
        return rejection(candidate, Reason.GIVEN_AWAY, detail=detail, plan=item, told=item.given_until)
    return None


def nothing_open(candidate: Candidate, closed: tuple[Rejection, ...]) -> Rejection:
    """Return why a target is not imaged of which no plan wants anything of this rig now."""
    for reason in (Reason.GIVEN_AWAY, Reason.NO_FILTER, Reason.NOT_IN_ORDER):
        these = [each for each in closed if each.rule == reason]
        if these:
            again_at = min((each.again_at for each in these if each.again_at is not None), default=None)
            return rejection(candidate, reason, detail=in_words(these), told=again_at)
    return rejection(candidate, Reason.COMPLETE, detail=f"none of {len(candidate.plans)} plans wants more exposures")


def in_words(plans: Sequence[Rejection]) -> str:
    """Return why plans are refused, those with the same words told together."""
    by_detail: dict[str, list[str]] = {}
    for each in plans:
        by_detail.setdefault(each.detail, []).append(each.plan)
    return "; ".join(f"{', '.join(names)}: {detail}" for detail, names in by_detail.items())


def _complete(candidate: Candidate, item: CandidatePlan, *, profile: Profile) -> Rejection:
    plan, planner = item, (candidate.owner or profile).planner
    if candidate.project.grading_enabled:
        detail = f"accepted {plan.accepted} of {plan.desired}"
        told = {"accepted": float(plan.accepted), "desired": float(plan.desired)}
    else:
        throttle, limit = planner.exposure_throttle_percent, exposure_limit(plan, planner)
        detail = f"acquired {plan.acquired} of {limit} ({throttle} % of {plan.desired})"
        told = {"acquired": float(plan.acquired), "limit": float(limit), "throttle_percent": float(throttle)}
    return rejection(candidate, Reason.COMPLETE, detail=detail, plan=item, told=told)
