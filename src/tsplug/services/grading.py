"""Grading a plan: judge what is pending, then record verdicts, status and counters together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsplug.errors import InputError, NotFoundError
from tsplug.grading.combine import Combination, combine
from tsplug.grading.delay import waiting_text
from tsplug.grading.finding import Case
from tsplug.grading.population import population_of
from tsplug.grading.statistical import abstention, judge
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    GradePlan,
    GraderVerdict,
    GradingStatus,
    ImageGrade,
    PlanGrades,
    Profile,
    Project,
    StatusChange,
    Target,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.measuring import measure_before_grading

__all__ = ["apply_grades", "judge_plan", "measure_before_grading"]


_CONCLUSION = {"version", "status", "score", "band", "reason"}


@dataclass(frozen=True)
class _PlanImages:
    """A plan with everything its grading looks at, read in one transaction; no images where there is nothing to do."""

    plan: ExposurePlan
    project: Project
    owner: Profile
    profiles: Mapping[int, Profile]
    images: Sequence[AcquiredImage]
    waiting: str

    def profile_of(self, image: AcquiredImage) -> Profile:
        """Return the rig that took an image: its own preferences grade it; the project's rig where it is gone."""
        return self.profiles.get(image.profile_id or 0, self.owner)


def judge_plan(event: GradePlan, context: Context) -> PlanGrades:
    """Judge the plan's pending images with the statistical grader, in order of their start; writes nothing.

    All are judged against the same state of the store, so their order does not matter.

    Returns:
        A verdict for each pending image, or in ``waiting`` why it is not time yet.

    Raises:
        NotFoundError: there is no such plan.
    """
    loaded = _load(event, context)
    grades = PlanGrades(plan_guid=loaded.plan.guid, acquired=loaded.plan.acquired, accepted=loaded.plan.accepted)
    if loaded.waiting:
        return grades.model_copy(update={"waiting": loaded.waiting})
    pending = [image for image in loaded.images if image.status is GradingStatus.PENDING]
    return grades.model_copy(update={"verdicts": tuple(_verdict(image, loaded) for image in pending)})


def apply_grades(grades: PlanGrades, context: Context) -> PlanGrades:
    """Record the verdicts, combine them, and change the status of pending images, all in one transaction.

    An image that is not pending (any more) keeps its status and its verdicts; an image that is gone is passed over.

    Returns:
        The grades with each image's status, and the plan's counters as they are now.

    Raises:
        NotFoundError: there is no such plan.
        InputError: a verdict is about an image of another plan. Nothing is recorded then.
    """
    by_image: dict[str, list[GraderVerdict]] = {}
    for verdict in grades.verdicts:
        by_image.setdefault(verdict.image_guid, []).append(verdict)
    with context.store.write() if by_image else context.store.read() as unit:
        plan = _plan(grades.plan_guid, unit)
        results = []
        for guid, verdicts in by_image.items():
            image = unit.find(AcquiredImage, guid=guid)
            if image is None:
                continue
            if image.plan_id != plan.id:
                raise InputError(
                    f"grader {verdicts[0].grader!r} judged image {guid}, which is not of plan {plan.guid}; "
                    "nothing was recorded"
                )
            results.append(_apply(image, verdicts, unit=unit, context=context))
        plan = _plan(grades.plan_guid, unit)
    return grades.model_copy(update={"grades": tuple(results), "acquired": plan.acquired, "accepted": plan.accepted})


def _plan(guid: str, unit: Unit) -> ExposurePlan:
    plan = unit.find(ExposurePlan, guid=guid)
    if plan is None:
        raise NotFoundError(f"no exposure plan with guid {guid!r} is stored")
    return plan


def _load(event: GradePlan, context: Context) -> _PlanImages:
    with context.store.read() as unit:
        plan = _plan(event.plan_guid, unit)
        project = unit.get(Project, unit.get(Target, plan.target_id).project_id)
        owner = unit.get(Profile, project.profile_id)
        # A plan that waits, or has nothing to grade, is asked about after every exposure: its images are left alone.
        waiting = _waiting(plan, project, owner=owner, force=event.force)
        idle = waiting or not unit.images(ImageQuery(plan_id=plan.id, status=GradingStatus.PENDING, limit=1))
        images = () if idle else unit.images(ImageQuery(plan_id=plan.id, newest_first=False))
        ids = sorted({image.profile_id for image in images if image.profile_id is not None})
        profiles = {profile.id: profile for profile in unit.list(Profile, id=ids)} if ids else {}
        return _PlanImages(
            plan=plan,
            project=project,
            owner=owner,
            profiles={key: profile for key, profile in profiles.items() if key is not None},
            images=images,
            waiting=waiting,
        )


def _waiting(plan: ExposurePlan, project: Project, *, owner: Profile, force: bool) -> str:
    if not project.grading_enabled:
        return f"grading is off for project {project.name!r}"
    return "" if force else waiting_text(plan, owner.grader.delay_percent)


def _verdict(image: AcquiredImage, loaded: _PlanImages) -> GraderVerdict:
    try:
        return judge(_case(image, loaded))
    except Exception as error:  # noqa: BLE001 - one frame's fault must neither reject it nor cost the others their grade
        return abstention(image.guid, f"grading failed: {type(error).__name__}: {error}")


def _case(image: AcquiredImage, loaded: _PlanImages) -> Case:
    profile = loaded.profile_of(image)
    delayed = loaded.owner.grader.delay_percent > 0
    population = population_of(
        image,
        loaded.images,
        mode=profile.grader.mode,
        max_samples=None if delayed else profile.grader.max_samples,
    )
    return Case(image, population, profile.grader, profile.frame_scale_arcsec(image.binning))


def _apply(image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit, context: Context) -> ImageGrade:
    if image.status is not GradingStatus.PENDING:
        return ImageGrade(image_guid=image.guid, status=image.status, reason=image.reject_reason)
    profile = None if image.profile_id is None else unit.find(Profile, id=image.profile_id)
    combination = combine(verdicts, (profile or _owner(image, unit)).grader.ungraded)
    for verdict in verdicts:
        _record(image, verdict, unit=unit, context=context, decided=combination.status is not GradingStatus.PENDING)
    _record_score(image, verdicts, unit=unit)
    stored = _change_status(image, combination, unit=unit, context=context)
    changed = stored.status is not GradingStatus.PENDING
    return ImageGrade(image_guid=image.guid, status=stored.status, reason=_told(combination, verdicts), changed=changed)


def _owner(image: AcquiredImage, unit: Unit) -> Profile:
    """Return the profile of the project whose plan an image counts for."""
    plan = unit.get(ExposurePlan, image.plan_id or 0)
    return unit.get(Profile, unit.get(Project, unit.get(Target, plan.target_id).project_id).profile_id)


def _change_status(image: AcquiredImage, combination: Combination, *, unit: Unit, context: Context) -> AcquiredImage:
    if combination.status is GradingStatus.PENDING or image.id is None:
        return image
    change = StatusChange(
        image_id=image.id,
        from_status=GradingStatus.PENDING,
        to_status=combination.status,
        by=", ".join(combination.by),
        why=combination.reason,
        at=context.clock.now(),
    )
    return unit.set_status(image, change) or unit.get(AcquiredImage, image.id)


def _record(image: AcquiredImage, verdict: GraderVerdict, *, unit: Unit, context: Context, decided: bool) -> None:
    """Store a verdict in place of the same grader's earlier one.

    The earlier one stays where it came to the same conclusion and the image stays pending, so that grading a held image
    again and again writes nothing; a verdict that decides a status is always kept with the numbers it was made from.
    """
    if image.id is None:
        return
    fresh = Verdict(
        image_id=image.id,
        grader=verdict.grader,
        version=verdict.version,
        status=verdict.status,
        score=verdict.score,
        band=verdict.band,
        reason=verdict.reason,
        inputs=verdict.inputs,
        judged_at=context.clock.now(),
    )
    earlier = unit.find(Verdict, image_id=image.id, grader=verdict.grader)
    if earlier is None:
        unit.add(fresh)
    elif decided or fresh.model_dump(include=_CONCLUSION) != earlier.model_dump(include=_CONCLUSION):
        unit.update(fresh.model_copy(update={"id": earlier.id}))


def _record_score(image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit) -> None:
    scored = [verdict for verdict in verdicts if verdict.score is not None or verdict.band is not None]
    if scored:
        image.score, image.band = scored[-1].score, scored[-1].band
        unit.update(image)


def _told(combination: Combination, verdicts: Sequence[GraderVerdict]) -> str:
    """Return the reason of a grade with the numbers behind it."""
    if combination.status is not GradingStatus.REJECTED:
        return combination.reason
    rejecting = [verdict for verdict in verdicts if verdict.status is VerdictStatus.REJECT]
    details = [str(verdict.inputs["detail"]) for verdict in rejecting if verdict.inputs.get("detail")]
    return ": ".join(part for part in (combination.reason, "; ".join(details)) if part)
