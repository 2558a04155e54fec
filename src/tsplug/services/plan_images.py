"""A plan with everything that graders look at, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tsplug.errors import NotFoundError
from tsplug.grading.delay import waiting_text
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    GradingStatus,
    Profile,
    Project,
    Target,
)
from tsplug.ports import ImageQuery, Unit
from tsplug.services.noons import NO_NOONS, Noons, noons_at


@dataclass(frozen=True)
class PlanImages:
    """A plan, where it belongs, the rigs that imaged it and all its images, oldest first.

    ``owner`` is the profile of the plan's project. Where there is nothing to grade, or ``waiting`` says why it is not
    time yet, there are no images. ``final`` is whether graders are to decide without waiting for later images, and
    ``noons`` tells which nights are over, so that nothing is waited for in them.
    """

    plan: ExposurePlan
    template: ExposureTemplate
    target: Target
    project: Project
    owner: Profile
    profiles: Mapping[int, Profile]
    images: Sequence[AcquiredImage]
    waiting: str = ""
    final: bool = False
    noons: Noons = NO_NOONS

    @property
    def pending(self) -> tuple[AcquiredImage, ...]:
        """Return the images to judge, oldest first."""
        return tuple(image for image in self.images if image.status is GradingStatus.PENDING)

    def is_settled(self, image: AcquiredImage) -> bool:
        """Return whether graders are to decide of a pending image without waiting for later ones of its night."""
        if self.final or image.status is not GradingStatus.PENDING:
            return self.final
        return self.noons.has_passed(image, self.profile_of(image))

    def profile_of(self, image: AcquiredImage) -> Profile:
        """Return the rig that took an image: its own preferences grade it; the project's rig where it is gone."""
        return self.profiles.get(image.profile_id or 0, self.owner)

    def profile(self, profile_id: int | None) -> Profile:
        """Return a rig by its id, the project's where it is gone."""
        return self.profiles.get(profile_id or 0, self.owner)


def find_plan(guid: str, unit: Unit) -> ExposurePlan:
    """Return the plan with a guid.

    Raises:
        NotFoundError: there is none.
    """
    plan = unit.find(ExposurePlan, guid=guid)
    if plan is None:
        raise NotFoundError(f"no exposure plan with guid {guid!r} is stored")
    return plan


def load_plan_images(event: GradePlan, unit: Unit, *, now: datetime | None = None) -> PlanImages:
    """Read a plan for grading at a moment; None is in the middle of every night.

    Raises:
        NotFoundError: there is no such plan.
    """
    plan = find_plan(event.plan_guid, unit)
    target = unit.get(Target, plan.target_id)
    project = unit.get(Project, target.project_id)
    owner = unit.get(Profile, project.profile_id)
    # A plan that waits, or has nothing to grade, is asked about after every exposure: its images are left alone.
    waiting = _waiting(plan, project, owner=owner, force=event.force)
    idle = waiting or not unit.images(ImageQuery(plan_id=plan.id, status=GradingStatus.PENDING, limit=1))
    images = () if idle else unit.images(ImageQuery(plan_id=plan.id, newest_first=False))
    ids = sorted({image.profile_id for image in images if image.profile_id is not None})
    profiles = {profile.id: profile for profile in unit.list(Profile, id=ids)} if ids else {}
    profiles[owner.id] = owner
    return PlanImages(
        plan=plan,
        template=unit.get(ExposureTemplate, plan.template_id),
        target=target,
        project=project,
        owner=owner,
        profiles={key: profile for key, profile in profiles.items() if key is not None},
        images=images,
        waiting=waiting,
        final=event.force,
        noons=NO_NOONS if now is None else noons_at(now, profiles.values(), unit=unit),
    )


def _waiting(plan: ExposurePlan, project: Project, *, owner: Profile, force: bool) -> str:
    if not project.grading_enabled:
        return f"grading is off for project {project.name!r}"
    return "" if force else waiting_text(plan, owner.grader.delay_percent)
