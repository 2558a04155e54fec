"""Gives a plan to a rig for one exposure, so that two rigs do not both take the last one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tsplug.errors import NotFoundError
from tsplug.model import Contribution, Expose, ExposurePlan, Lease, Profile, Project, TakeExposure, Target
from tsplug.planning.progress import remaining
from tsplug.ports import Context, Unit
from tsplug.services.rigs import no_profile
from tsplug.services.sharing import Holder, end_leases

SPARE_TIME = timedelta(minutes=10)
"""How much longer than its exposure a lease lasts: to slew and focus before it, to download and grade after it.

A host that takes longer before it begins keeps its lease with `keep_lease`.
"""


def take_lease(unit: Unit, plan_guid: str, *, holder: Holder, exposure_s: float, now: datetime) -> bool:
    """Give a plan to a rig for one exposure, if it wants one more than others are taking; return whether.

    What the rig held before ends: it takes one exposure at a time.
    """
    end_leases(unit, holder)
    plan = unit.find(ExposurePlan, guid=plan_guid)
    if plan is None or plan.id is None or holder.profile.id is None:
        return False
    _drop_ended(unit.list(Lease, plan_id=plan.id), unit, now=now)
    project = unit.get(Project, unit.get(Target, plan.target_id).project_id)
    wanted = remaining(plan, project, planner=unit.get(Profile, project.profile_id).planner)
    if unit.count(Lease, plan_id=plan.id) >= wanted:
        return False
    until = now + timedelta(seconds=exposure_s) + SPARE_TIME
    unit.add(_lease(plan.id, holder, until=until))
    return True


def keep_lease(decision: TakeExposure, context: Context) -> bool:
    """Let a rig have the exposure that was decided for as long as it takes from now on; return whether it still may.

    For when the exposure begins, or begins again: slewing, focusing or a camera that failed may have taken longer than
    the lease lasts. What ended meanwhile is given anew, unless other rigs are taking all that is wanted. Nothing is
    written where no rig shares and no host has a name; there, and where the plan is gone, it always may.
    """
    with context.store.read() as unit:
        profile, plan = unit.find(Profile, guid=decision.profile_guid), unit.find(ExposurePlan, guid=decision.plan_guid)
        target = None if plan is None else unit.get(Target, plan.target_id)
        shared = target is not None and unit.find(Contribution, project_id=target.project_id) is not None
    if profile is None or target is None or not (shared or decision.host):
        return True
    holder = Holder(profile, decision.host)
    exposure_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
    now = context.clock.now()
    with context.store.write() as unit:
        if _renewed(unit, decision.plan_guid, holder=holder, now=now, exposure_s=exposure_s):
            return True
        return take_lease(unit, decision.plan_guid, holder=holder, exposure_s=exposure_s, now=now)


def lease_beside(unit: Unit, decision: TakeExposure, *, count: int, seconds: float, now: datetime) -> int:
    """Give a mount further exposures of a plan beside the one it has been given, for a second camera; return how many.

    No more than the plan wants beside what any rig is taking. They are held in the name of the first camera's profile,
    and end with its lease: the two go on together. What was given so beside an earlier exposure ends.

    Args:
        unit: a writing one.
        decision: the first camera's exposure.
        count: how many are asked for.
        seconds: how long both cameras take.
        now: the moment.

    Raises:
        NotFoundError: there is no such profile, or the plan is gone.
    """
    plan, profile = unit.find(ExposurePlan, guid=decision.plan_guid), unit.find(Profile, guid=decision.profile_guid)
    if plan is None or plan.id is None:
        raise NotFoundError(f"plan {decision.plan_guid} is not in the store any more")
    if profile is None or profile.id is None:
        raise no_profile(decision.profile_guid)
    _drop_ended(unit.list(Lease, plan_id=plan.id), unit, now=now)
    holder = Holder(profile, decision.host)
    for lease in unit.list(Lease, plan_id=plan.id, **holder.fields)[1:]:
        unit.delete(lease)
    others = unit.count(Lease, plan_id=plan.id) - unit.count(Lease, plan_id=plan.id, **holder.fields)
    project = unit.get(Project, unit.get(Target, plan.target_id).project_id)
    wanted = remaining(plan, project, planner=unit.get(Profile, project.profile_id).planner)
    given = min(count, max(0, wanted - others - 1))
    until = now + timedelta(seconds=seconds) + SPARE_TIME
    for _ in range(given):
        unit.add(_lease(plan.id, holder, until=until))
    return given


def _lease(plan_id: int, holder: Holder, *, until: datetime) -> Lease:
    profile = holder.profile
    return Lease(plan_id=plan_id, profile_id=profile.id or 0, owner=holder.host or profile.name, until=until)


def _renewed(unit: Unit, plan_guid: str, *, holder: Holder, now: datetime, exposure_s: float) -> bool:
    """Put off the end of what a rig has of a plan; return whether it had anything that has not ended."""
    plan = unit.find(ExposurePlan, guid=plan_guid)
    held = [] if plan is None else unit.list(Lease, plan_id=plan.id, **holder.fields)
    until = now + timedelta(seconds=exposure_s) + SPARE_TIME
    for lease in held:
        if lease.until > now:
            unit.update(lease.model_copy(update={"until": max(lease.until, until)}))
    return any(lease.until > now for lease in held)


def _drop_ended(leases: Iterable[Lease], unit: Unit, *, now: datetime) -> None:
    for lease in leases:
        if lease.until <= now:
            unit.delete(lease)
