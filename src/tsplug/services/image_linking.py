"""Lets images that count nowhere count for a plan: records that were made without one, or whose plan is gone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    GradingStatus,
    Profile,
    Project,
    StatusChange,
    Target,
    Value,
    Verdict,
)
from tsplug.ports import Clock, ImageQuery, Store, Unit
from tsplug.services.lookup import find_named
from tsplug.services.manual_grading import BY
from tsplug.services.sharing import counts_for

_SECONDS = 0.01


class LinkRefusalCode(StrEnum):
    """Why an image cannot count for a plan."""

    HAS_PLAN = "has-plan"
    OTHER_TARGET = "other-target"
    OTHER_FILTER = "other-filter"
    NO_PROFILE = "no-profile"
    OTHER_PROFILE = "other-profile"


class LinkRefusal(Value):
    """Why an image is not linked: a code for programs, a reason for people."""

    image_id: int
    code: LinkRefusalCode
    reason: str


class LinkedImage(Value):
    """One image that counts for the plan now, with the status it had and has."""

    image_id: int
    guid: str
    from_status: GradingStatus
    to_status: GradingStatus


class LinkOutcome(Value):
    """What became of linking images to a plan; ``unchanged`` counted for it already.

    ``acquired`` and ``accepted`` are the plan's counters, as they are or, in a dry run, as they would be.
    """

    plan_id: int
    plan: str
    linked: tuple[LinkedImage, ...] = ()
    unchanged: int = 0
    refused: tuple[LinkRefusal, ...] = ()
    acquired: int = 0
    accepted: int = 0
    dry_run: bool = False


class Link(Value):
    """Which plan (by id, guid or TARGET/TEMPLATE) images are to count for, and by whom they are linked.

    ``profile`` names the rig that took images of which no rig is known; empty leaves those out.
    """

    plan: str
    profile: str = ""
    by: str = BY
    dry_run: bool = False


def link_images(names: Sequence[str], wanted: Link, *, store: Store, clock: Clock) -> LinkOutcome:
    """Let images (by id or guid) count for a plan, all in one transaction with counters and audit trail.

    An image must count for no plan that is still there, show the plan's target or none that is stored, and be taken
    through the plan's filter by a rig that counts for its project. Its exposure, gain and binning may differ. It has
    the status of a light just recorded, pending where the project grades, unless it was graded before.

    Raises:
        NotFoundError: there is no such plan, profile or image. Nothing is linked then.
    """
    with store.read() if wanted.dry_run else store.write() as unit:
        linking = _Linking(unit, wanted, clock=clock)
        images = [find_named(unit, AcquiredImage, name=name) for name in names]
        linking.take(list({image.id: image for image in images}.values()))
        return linking.outcome()


def link_fitting(wanted: Link, *, store: Store, clock: Clock) -> LinkOutcome:
    """Let every image that counts for none count for a plan that it fits wholly: target by name, filter, all settings.

    Settings are those by which `images reconcile` finds plans: exposure, gain, offset and binning of the template.

    Raises:
        NotFoundError: there is no such plan or profile.
    """
    with store.read() if wanted.dry_run else store.write() as unit:
        linking = _Linking(unit, wanted, clock=clock)
        linking.take_fitting()
        return linking.outcome()


@dataclass(frozen=True)
class _Home:
    """A plan with what it belongs to."""

    plan: ExposurePlan
    template: ExposureTemplate
    target: Target
    project: Project

    @property
    def name(self) -> str:
        return f"{self.target.name}/{self.template.name}"

    def is_named(self, image: AcquiredImage) -> bool:
        """Return whether an image bears the names of target and filter; capitals and spaces do not matter."""
        return _is_same(image.target_name, self.target.name) and _is_same(image.filter_name, self.template.filter_name)

    def fits(self, image: AcquiredImage) -> bool:
        """Return whether an image of target and filter was exposed as the plan asks for."""
        seconds = self.plan.exposure_s or self.template.default_exposure_s
        return (
            math.isclose(seconds, image.exposure_s, rel_tol=_SECONDS, abs_tol=_SECONDS)
            and image.binning == self.template.binning
            and self.template.gain in (None, image.gain)
            and self.template.offset in (None, image.offset)
        )


class _Linking:
    """Images on their way to one plan, in one unit of work."""

    def __init__(self, unit: Unit, wanted: Link, *, clock: Clock) -> None:
        self._unit = unit
        self._wanted = wanted
        self._at = clock.now()
        plan = find_named(unit, ExposurePlan, name=wanted.plan)
        target = unit.get(Target, plan.target_id)
        template = unit.get(ExposureTemplate, plan.template_id)
        self._home = _Home(plan, template, target, unit.get(Project, target.project_id))
        self._rig = find_named(unit, Profile, name=wanted.profile) if wanted.profile else None
        self._linked: list[LinkedImage] = []
        self._refused: list[LinkRefusal] = []
        self._unchanged = 0

    def take(self, images: Sequence[AcquiredImage]) -> None:
        """Link images, or note why not."""
        for image in images:
            if image.plan_id == self._home.plan.id:
                self._unchanged += 1
            elif (refusal := self._refusal(image)) is not None:
                self._refused.append(refusal)
            else:
                self._linked.append(self._link(image))

    def take_fitting(self) -> None:
        """Link all images that fit and count for no plan that is there."""
        unit, home = self._unit, self._home
        there = {plan.id for plan in unit.list(ExposurePlan)}
        nowhere = [key for key in unit.tally(ImageQuery(), by="plan_id") if key not in there]
        planless = unit.list(AcquiredImage, plan_id=nowhere) if nowhere else []
        self.take([image for image in planless if home.is_named(image) and home.fits(image)])

    def outcome(self) -> LinkOutcome:
        """Return what became of all of them."""
        plan, planned = self._unit.get(ExposurePlan, self._home.plan.id or 0), self._wanted.dry_run
        accepted = sum(each.to_status is GradingStatus.ACCEPTED for each in self._linked)
        return LinkOutcome(
            plan_id=plan.id or 0,
            plan=self._home.name,
            linked=tuple(self._linked),
            unchanged=self._unchanged,
            refused=tuple(self._refused),
            acquired=plan.acquired + (len(self._linked) if planned else 0),
            accepted=plan.accepted + (accepted if planned else 0),
            dry_run=planned,
        )

    def _refusal(self, image: AcquiredImage) -> LinkRefusal | None:
        home, unit = self._home, self._unit
        other = None if image.plan_id is None else unit.find(ExposurePlan, id=image.plan_id)
        if other is not None:
            return _refused(image, LinkRefusalCode.HAS_PLAN, reason=f"it counts for plan {other.id} already")
        shown = None if image.target_id in (None, home.target.id) else unit.find(Target, id=image.target_id)
        if shown is not None:
            reason = f"it shows target {shown.name!r}, the plan is for {home.target.name!r}"
            return _refused(image, LinkRefusalCode.OTHER_TARGET, reason=reason)
        if not _is_same(image.filter_name, home.template.filter_name):
            reason = f"it was taken through {image.filter_name!r}, the plan is for {home.template.filter_name!r}"
            return _refused(image, LinkRefusalCode.OTHER_FILTER, reason=reason)
        return self._refusal_of_rig(image)

    def _refusal_of_rig(self, image: AcquiredImage) -> LinkRefusal | None:
        rig, project = self._rig_of(image), self._home.project
        if rig is None:
            reason = f"no profile is stored for {image.profile_name!r}: say by --profile which rig took it"
            return _refused(image, LinkRefusalCode.NO_PROFILE, reason=reason)
        if not counts_for(self._unit, project, profile=rig):
            let = f"tsplug project edit {project.name!r} contributors={rig.name}"
            reason = f"profile {rig.name!r} neither owns project {project.name!r} nor contributes to it: {let}"
            return _refused(image, LinkRefusalCode.OTHER_PROFILE, reason=reason)
        return None

    def _rig_of(self, image: AcquiredImage) -> Profile | None:
        own = None if image.profile_id is None else self._unit.find(Profile, id=image.profile_id)
        return own or self._rig

    def _link(self, image: AcquiredImage) -> LinkedImage:
        status = self._status_of(image)
        if not self._wanted.dry_run:
            self._store(image, status)
        return LinkedImage(image_id=image.id or 0, guid=image.guid, from_status=image.status, to_status=status)

    def _status_of(self, image: AcquiredImage) -> GradingStatus:
        """Return the status of a light just recorded, but leave what somebody decided."""
        decided = (
            image.manual
            or image.status is GradingStatus.REJECTED
            or (image.status is GradingStatus.ACCEPTED and self._unit.find(Verdict, image_id=image.id) is not None)
        )
        if decided:
            return image.status
        return GradingStatus.PENDING if self._home.project.grading_enabled else GradingStatus.ACCEPTED

    def _store(self, image: AcquiredImage, status: GradingStatus) -> None:
        home, rig = self._home, self._rig_of(image)
        place = {
            "profile_id": None if rig is None else rig.id,
            "profile_name": image.profile_name if rig is None else rig.name,
            "project_id": home.project.id,
            "project_name": home.project.name,
            "target_id": home.target.id,
            "target_name": home.target.name,
            "template_name": home.template.name,
        }
        moved = image.model_copy(update={**place, "plan_id": home.plan.id})
        self._unit.update(moved)
        line = StatusChange(
            image_id=image.id or 0,
            from_status=image.status,
            to_status=status,
            by=self._wanted.by,
            why=f"linked to plan {home.name}",
            at=self._at,
            manual=image.manual,
        )
        if status is image.status:
            # The status stays, and the trail still says when the image began to count.
            self._unit.add(line)
        else:
            self._unit.set_status(moved, line)


def _is_same(name: str, other: str) -> bool:
    """Return whether names are the same but for capitals and spaces, in which people and programs differ."""
    return "".join(name.split()).casefold() == "".join(other.split()).casefold()


def _refused(image: AcquiredImage, code: LinkRefusalCode, *, reason: str) -> LinkRefusal:
    return LinkRefusal(image_id=image.id or 0, code=code, reason=reason)
