"""A second camera on the mount: what it exposes while the first one exposes, for the same plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from tsplug.model import (
    Contribution,
    Expose,
    ExposureTemplate,
    FittedExposures,
    Project,
    SetReadoutMode,
    Step,
    SwitchFilter,
    TakeExposure,
)
from tsplug.model.night import Night, night_of
from tsplug.planning import NightOutlook, Place, SkyTarget, night_tables
from tsplug.planning.beside import fitting, permitted_until
from tsplug.ports import Context, Store
from tsplug.services.contributions import contributes_to
from tsplug.services.leases import lease_beside
from tsplug.services.rigs import Rig, load_rig


def fit_exposures(decision: TakeExposure, context: Context, *, profile_guid: str) -> FittedExposures:
    """Return what the camera of another profile takes during an exposure that has been decided.

    It uses the template of its own profile that has the same name, with that one's filter, settings and length; without
    one it takes nothing. As many are taken as fit wholly into the first camera's exposure, downloads between them
    included, at least one, but no more than the plan wants beside that exposure and what other rigs are taking. None
    outlasts the first camera's plan, nor what its own template wants of Sun and Moon. Other rigs do not get them for as
    long as the first camera holds its own.

    Raises:
        NotFoundError: there is no such profile, or the plan is gone.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        profile = rig.profile
        template = unit.find(ExposureTemplate, profile_id=profile.id, name=decision.template_name)
        if template is None:
            return _nothing(f"profile {profile.name!r} has no template {decision.template_name!r}", amiss=True)
        if profile.filters and template.filter_name not in profile.filters:
            what = f"filter {template.filter_name!r} is not in the wheel of profile {profile.name!r}"
            return _nothing(what, amiss=True)
    now, own_s = context.clock.now(), template.default_exposure_s
    permitted = _permitted_until(decision, template, rig=rig, now=now)
    if permitted is None or now + timedelta(seconds=own_s) > permitted:
        return _nothing(f"{own_s:g} s of it would end when its template {template.name!r} does not permit it any more")
    lost = decision.plan_until or decision.until
    first_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
    between_s, room_s = profile.planner.overheads.download_s, (min(lost, permitted) - now).total_seconds()
    fits = fitting(first_s, own_s, between_s=between_s, room_s=room_s)
    if fits == 0:
        return _nothing(f"{own_s:g} s of it would end after {decision.target_name} is lost")
    with context.store.write() as unit:
        seconds = max(first_s, fits * (own_s + between_s))
        count = lease_beside(unit, decision, count=fits, seconds=seconds, now=now)
    if count == 0:
        return _nothing("the plan wants no more beside the first camera's exposure")
    return _fitted(decision, template, profile_guid=profile_guid, count=count)


def _permitted_until(decision: TakeExposure, template: ExposureTemplate, *, rig: Rig, now: datetime) -> datetime | None:
    target = SkyTarget(decision.target_guid, decision.ra_hours, decision.dec_deg)
    outlook = _sky(Place.of(rig.site), night_of(now, rig.site), target=target)
    age = rig.profile.planner.moon_age
    return permitted_until(outlook, template, target_guid=target.guid, now=now, age=age)


@lru_cache(maxsize=4)
def _sky(place: Place, night: Night, *, target: SkyTarget) -> NightOutlook:
    """Return the night of one target, which is asked for beside each of its exposures."""
    return NightOutlook(night_tables(place, night, targets=[target]))


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


def _fitted(decision: TakeExposure, template: ExposureTemplate, *, profile_guid: str, count: int) -> FittedExposures:
    roi_percent = next((step.roi_percent for step in decision.steps if isinstance(step, Expose)), 100.0)
    steps: list[Step] = [SwitchFilter(filter_name=template.filter_name)]
    if template.readout_mode is not None:
        steps.append(SetReadoutMode(readout_mode=template.readout_mode))
    steps.append(
        Expose(
            exposure_s=template.default_exposure_s,
            gain=template.gain,
            offset=template.offset,
            binning=template.binning,
            roi_percent=roi_percent,
        )
    )
    changed = {
        "profile_guid": profile_guid,
        "filter_name": template.filter_name,
        "steps": tuple(steps),
        "rejected": (),
        "beside": True,
    }
    return FittedExposures(count=count, exposure=decision.model_copy(update=changed))


def _nothing(reason: str, *, amiss: bool = False) -> FittedExposures:
    return FittedExposures(count=0, reason=reason, amiss=amiss)
