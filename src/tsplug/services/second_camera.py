"""A second camera on the mount: what it exposes while the first one exposes, for the same plan."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsplug.errors import NotFoundError
from tsplug.model import (
    Contribution,
    Expose,
    ExposurePlan,
    ExposureTemplate,
    FittedExposures,
    Lease,
    Profile,
    Project,
    SetReadoutMode,
    Step,
    SwitchFilter,
    TakeExposure,
    Target,
)
from tsplug.planning.progress import remaining
from tsplug.ports import Context, Store, Unit
from tsplug.services.contributions import contributes_to
from tsplug.services.rigs import load_rig


def fit_exposures(decision: TakeExposure, context: Context, *, profile_guid: str) -> FittedExposures:
    """Return what the camera of another profile takes during an exposure that has been decided.

    It uses the template of its own profile that has the same name, with that one's filter, settings and length; without
    one it takes nothing. As many are taken as fit wholly into the first camera's exposure, at least one, but no more
    than the plan wants beside that exposure and what other rigs are taking, and none that would outlast the target.

    Raises:
        NotFoundError: there is no such profile, or the plan is gone.
    """
    with context.store.read() as unit:
        profile = load_rig(unit, profile_guid).profile
        template = unit.find(ExposureTemplate, profile_id=profile.id, name=decision.template_name)
        if template is None:
            return _nothing(f"profile {profile.name!r} has no template {decision.template_name!r}")
        if profile.filters and template.filter_name not in profile.filters:
            return _nothing(f"filter {template.filter_name!r} is not in the wheel of profile {profile.name!r}")
        wanted = _wanted(unit, decision, profile=profile, now=context.clock.now())
    if context.clock.now() + timedelta(seconds=template.default_exposure_s) > decision.until:
        return _nothing(f"{template.default_exposure_s:g} s of it would end after {decision.target_name} is lost")
    return _fitted(decision, template, profile_guid=profile_guid, wanted=wanted)


def pair_profiles(store: Store, *, owner_guid: str, profile_guid: str) -> None:
    """Let a profile contribute to every project of another one, so that its exposures count there.

    Raises:
        NotFoundError: there is no such profile.
    """
    with store.write() as unit:
        owner, profile = (load_rig(unit, guid).profile for guid in (owner_guid, profile_guid))
        for project in unit.list(Project, profile_id=owner.id):
            if not contributes_to(unit, project, profile=profile):
                unit.add(Contribution(project_id=project.id or 0, profile_id=profile.id or 0))


def _wanted(unit: Unit, decision: TakeExposure, *, profile: Profile, now: datetime) -> int:
    plan = unit.find(ExposurePlan, guid=decision.plan_guid)
    if plan is None:
        raise NotFoundError(f"plan {decision.plan_guid} is not in the store any more")
    project = unit.get(Project, unit.get(Target, plan.target_id).project_id)
    planner = unit.get(Profile, project.profile_id).planner
    away = [each for each in unit.list(Lease, plan_id=plan.id) if each.until > now and each.profile_id != profile.id]
    # The first camera's own exposure has a lease, which is among these.
    return remaining(plan, project, planner=planner) - max(1, len(away))


def _fitted(decision: TakeExposure, template: ExposureTemplate, *, profile_guid: str, wanted: int) -> FittedExposures:
    first_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
    own_s = template.default_exposure_s
    count = min(max(1, int(first_s // own_s)), max(0, wanted))
    if count == 0:
        return _nothing("the plan wants no more beside the first camera's exposure")
    roi_percent = next((step.roi_percent for step in decision.steps if isinstance(step, Expose)), 100.0)
    steps: list[Step] = [SwitchFilter(filter_name=template.filter_name)]
    if template.readout_mode is not None:
        steps.append(SetReadoutMode(readout_mode=template.readout_mode))
    steps.append(
        Expose(
            exposure_s=own_s,
            gain=template.gain,
            offset=template.offset,
            binning=template.binning,
            roi_percent=roi_percent,
        )
    )
    changed = {"profile_guid": profile_guid, "filter_name": template.filter_name, "steps": tuple(steps), "rejected": ()}
    return FittedExposures(count=count, exposure=decision.model_copy(update=changed))


def _nothing(reason: str) -> FittedExposures:
    return FittedExposures(count=0, reason=reason)
