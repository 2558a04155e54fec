"""Which plans have lights that waited for a night that is over by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tsplug.grading.delay import waiting_text
from tsplug.model import Contribution, ExposurePlan, GradingStatus, Profile, Project, ProjectState, Target
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.noons import Noons, noons_at


def plans_that_waited(profile_guid: str, context: Context) -> list[str]:
    """Return the guids of plans that are graded by now and have pending lights of nights that are over.

    They are those of active projects of a rig, and of others that it contributes to. Until they are graded, what they
    still want is told too high.
    """
    with context.store.read() as unit:
        profiles = {each.id or 0: each for each in unit.list(Profile)}
        rig = next((each for each in profiles.values() if each.guid == profile_guid), None)
        if rig is None:
            return []
        noons = noons_at(context.clock.now(), profiles.values(), unit=unit)
        graded = _graded_plans(unit, rig, profiles=profiles)
        return [plan.guid for plan, owner in graded if _waited(unit, plan, owner=owner, rigs=profiles, noons=noons)]


def _graded_plans(
    unit: Unit, rig: Profile, *, profiles: Mapping[int, Profile]
) -> Iterator[tuple[ExposurePlan, Profile]]:
    """Yield plans whose delay is over, with the rigs that their projects belong to."""
    helped = {link.project_id for link in unit.list(Contribution, profile_id=rig.id)}
    active = unit.list(Project, state=ProjectState.ACTIVE, grading_enabled=True)
    owners = {each.id: profiles[each.profile_id] for each in active if each.profile_id == rig.id or each.id in helped}
    targets = {each.id: each for each in unit.list(Target, project_id=list(owners))}
    for plan in unit.list(ExposurePlan, target_id=list(targets)):
        owner = owners[targets[plan.target_id].project_id]
        if not waiting_text(plan, owner.grader.delay_percent):
            yield plan, owner


def _waited(unit: Unit, plan: ExposurePlan, *, owner: Profile, rigs: Mapping[int, Profile], noons: Noons) -> bool:
    pending = unit.images(ImageQuery(plan_id=plan.id, status=GradingStatus.PENDING))
    return any(noons.has_passed(image, rigs.get(image.profile_id or 0, owner)) for image in pending)
