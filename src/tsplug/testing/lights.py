"""Lights in a store, for tests that begin where exposures have been recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tsplug.errors import NotFoundError
from tsplug.model import AcquiredImage, ExposurePlan, ExposureTemplate, Profile, Project, Target
from tsplug.ports import Store, Unit


def store_light(
    store: Store, target_name: str, *, filter_name: str, started: datetime, **changes: Any
) -> AcquiredImage:
    """Store a light of a target of the catalogue, with the settings of its plan's template; no file is written.

    Args:
        store: where the target's catalogue is.
        target_name: the target.
        filter_name: the filter of one of its plans.
        started: the beginning of the exposure.
        changes: fields of the record that differ, for example ``rotation_deg=12.5``.

    Raises:
        NotFoundError: no such target, or it has no plan in this filter.
    """
    with store.write() as unit:
        image = _light(unit, target_name, filter_name=filter_name, started=started)
        return unit.add_image(AcquiredImage(**(image.model_dump(exclude={"id"}) | changes)))


def _light(unit: Unit, target_name: str, *, filter_name: str, started: datetime) -> AcquiredImage:
    target = unit.find(Target, name=target_name)
    if target is None:
        raise NotFoundError(f"no target {target_name!r} in the store")
    project = unit.get(Project, target.project_id)
    profile = unit.get(Profile, project.profile_id)
    plan, template = _plan(unit, target, filter_name=filter_name)
    seconds = plan.exposure_s or template.default_exposure_s
    return AcquiredImage(
        profile_id=profile.id,
        profile_name=profile.name,
        project_id=project.id,
        project_name=project.name,
        target_id=target.id,
        target_name=target.name,
        plan_id=plan.id,
        template_name=template.name,
        filter_name=filter_name,
        file=f"lights/{target_name}_{filter_name}_{started:%Y%m%dT%H%M%S}.fits",
        started=started,
        acquired=started + timedelta(seconds=seconds),
        exposure_s=seconds,
        gain=template.gain,
        offset=template.offset,
        binning=template.binning,
        readout_mode=template.readout_mode,
    )


def _plan(unit: Unit, target: Target, *, filter_name: str) -> tuple[ExposurePlan, ExposureTemplate]:
    for plan in unit.list(ExposurePlan, target_id=target.id):
        template = unit.get(ExposureTemplate, plan.template_id)
        if template.filter_name == filter_name:
            return plan, template
    raise NotFoundError(f"target {target.name!r} has no plan in filter {filter_name!r}")
