"""Statuses set by hand: who may be graded so, one image or many at once, and taking the last such change back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import Field

from tsplug.model import (
    MANUAL,
    AcquiredImage,
    ExposurePlan,
    GradingStatus,
    ManualGrading,
    Project,
    StatusChange,
    Target,
    Value,
)
from tsplug.ports import Clock, Store, Unit

BY = "user"
"""Who changed a status, in the audit trail, where nobody gave a name."""

_PAGE = 500


class RefusalCode(StrEnum):
    """Why an image cannot be graded by hand."""

    NO_PLAN = "no-plan"
    PLAN_GONE = "plan-gone"
    GRADING_OFF = "grading-off"
    CHANGED = "changed"
    GONE = "gone"


class Refusal(Value):
    """Why an image is not changed: a code for programs, a reason for people."""

    image_id: int
    guid: str
    code: RefusalCode
    reason: str


class GradedImage(Value):
    """One image whose status changed."""

    image_id: int
    guid: str
    from_status: GradingStatus
    to_status: GradingStatus


class ManualOutcome(Value):
    """What became of a change by hand: which images changed, how many had the status already, which were refused.

    ``batch`` is the guid under which the change can be undone, None where nothing changed. ``standing`` has the guids
    of those that had the status already: their files may not have followed it yet. It is not part of documents.
    """

    to_status: GradingStatus
    changed: tuple[GradedImage, ...] = ()
    unchanged: int = 0
    refused: tuple[Refusal, ...] = ()
    batch: str | None = None
    dry_run: bool = False
    standing: tuple[str, ...] = Field(default=(), exclude=True)


class ManualGrade(Value):
    """A status wanted for images, by whom and why.

    ``expected`` is the status that was seen when the change was asked for: an image that has another by now is refused.
    """

    to_status: GradingStatus
    by: str = BY
    why: str = ""
    expected: GradingStatus | None = None
    dry_run: bool = False


def may_grade(unit: Unit, images: Sequence[AcquiredImage]) -> list[Refusal | None]:
    """Return for each image why it cannot be graded by hand, or None where it can.

    An image needs an exposure plan that is still there, in a project that has grading on now.
    """
    plans = {plan.id: plan for plan in unit.list(ExposurePlan, id=_ids(image.plan_id for image in images))}
    targets = {target.id: target for target in unit.list(Target, id=_ids(plan.target_id for plan in plans.values()))}
    wanted = _ids(target.project_id for target in targets.values())
    projects = {project.id: project for project in unit.list(Project, id=wanted)}

    def project_of(image: AcquiredImage) -> Project | None:
        plan = plans.get(image.plan_id)
        return None if plan is None else projects[targets[plan.target_id].project_id]

    return [refusal_of(image, project_of(image)) for image in images]


def refusal_of(image: AcquiredImage, project: Project | None) -> Refusal | None:
    """Return why an image cannot be graded by hand, given the project of its plan; None where it can.

    Args:
        image: a stored image.
        project: the project that the image's plan belongs to; None where the plan is not there.
    """
    if image.plan_id is None:
        why = f"it was recorded without an exposure plan, which alone counts it: {_link(image)}"
        return refusal(image, RefusalCode.NO_PLAN, reason=why)
    if project is None:
        why = f"its exposure plan {image.plan_id} is gone, so nothing counts it: {_link(image)}"
        return refusal(image, RefusalCode.PLAN_GONE, reason=why)
    if not project.grading_enabled:
        turn_on = f"tsplug project edit {project.name!r} grading_enabled=yes"
        return refusal(image, RefusalCode.GRADING_OFF, reason=f"grading is off for project {project.name!r}: {turn_on}")
    return None


def _link(image: AcquiredImage) -> str:
    return f"tsplug images link {image.id} --plan TARGET/TEMPLATE"


def grade_manually(ids: Sequence[int], wanted: ManualGrade, *, store: Store, clock: Clock) -> ManualOutcome:
    """Set the status of images by hand, all in one transaction with counters and audit trail.

    An image that has the status already is left as it is. A status that another changed meanwhile is not overwritten.
    """
    with store.read() if wanted.dry_run else store.write() as unit:
        change = _Change(unit, wanted, clock=clock)
        for place in range(0, len(ids), _PAGE):
            change.take(ids[place : place + _PAGE])
        return change.outcome()


class _Change:
    """One change by hand on its way through its images."""

    def __init__(self, unit: Unit, wanted: ManualGrade, *, clock: Clock) -> None:
        self._unit = unit
        self._wanted = wanted
        self._made = ManualGrading(to_status=wanted.to_status, by=wanted.by, at=clock.now())
        self._changed: list[GradedImage] = []
        self._refused: list[Refusal] = []
        self._standing: list[str] = []

    def take(self, ids: Sequence[int]) -> None:
        """Change some images, or note why not."""
        images = self._unit.list(AcquiredImage, id=list(ids))
        there = {image.id for image in images}
        self._refused += [_gone(key) for key in ids if key not in there]
        for image, refusal in zip(images, may_grade(self._unit, images), strict=True):
            if refusal is not None:
                self._refused.append(refusal)
            elif self._wanted.expected not in (None, image.status):
                self._refused.append(_changed_meanwhile(image))
            elif image.status is self._wanted.to_status:
                self._standing.append(image.guid)
            else:
                self._apply(image)

    def outcome(self) -> ManualOutcome:
        """Return what became of all of them."""
        stored = bool(self._changed) and not self._wanted.dry_run
        if stored:
            self._unit.add(self._made)
        return ManualOutcome(
            to_status=self._wanted.to_status,
            changed=tuple(self._changed),
            unchanged=len(self._standing),
            refused=tuple(self._refused),
            batch=self._made.guid if stored else None,
            dry_run=self._wanted.dry_run,
            standing=tuple(self._standing),
        )

    def _apply(self, image: AcquiredImage) -> None:
        to = self._wanted.to_status
        line = StatusChange(
            image_id=image.id or 0,
            from_status=image.status,
            to_status=to,
            by=self._wanted.by,
            why=self._wanted.why or (MANUAL if to is GradingStatus.REJECTED else "by hand"),
            at=self._made.at,
            manual=to is not GradingStatus.PENDING,
            batch=self._made.guid,
        )
        if self._wanted.dry_run or self._unit.set_status(image, line, reason=MANUAL) is not None:
            self._changed.append(graded(image, to))
        else:
            self._refused.append(_changed_meanwhile(image))


def graded(image: AcquiredImage, to_status: GradingStatus) -> GradedImage:
    """Return what changed of an image as it was."""
    return GradedImage(image_id=image.id or 0, guid=image.guid, from_status=image.status, to_status=to_status)


def refusal(image: AcquiredImage, code: RefusalCode, *, reason: str) -> Refusal:
    """Return why an image is not changed."""
    return Refusal(image_id=image.id or 0, guid=image.guid, code=code, reason=reason)


def _changed_meanwhile(image: AcquiredImage) -> Refusal:
    return refusal(image, RefusalCode.CHANGED, reason=f"it is {image.status} by now: look at it again")


def _gone(key: int) -> Refusal:
    return Refusal(image_id=key, guid="", code=RefusalCode.GONE, reason="it is no longer stored")


def _ids(values: Iterable[int | None]) -> list[int]:
    return sorted({value for value in values if value is not None})
