"""Grading a plan: judge what is pending, then record verdicts, status and counters together."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.errors import InputError
from tsplug.grading.combine import Combination, combine, failure
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
from tsplug.services.graders import foresee_all, prepared_graders, verdicts_of
from tsplug.services.measuring import measure_before_grading
from tsplug.services.plan_images import find_plan, load_plan_images

__all__ = ["apply_grades", "judge_plan", "measure_before_grading"]


_CONCLUSION = {"version", "status", "score", "band", "reason"}


def judge_plan(event: GradePlan, context: Context) -> PlanGrades:
    """Let every built-in grader judge the plan's pending images, in order of their start; writes nothing.

    All are judged against the same state of the store, so their order does not matter. `tsplug.services.graders` lists
    the graders; one that fails abstains alone.

    Returns:
        For each pending image the verdict of every grader that its rig wants, or in ``waiting`` why it is not time yet.

    Raises:
        NotFoundError: there is no such plan.
    """
    with context.store.read() as unit:
        loaded = load_plan_images(event, unit, now=context.clock.now())
        graders = prepared_graders(loaded, unit)
    foresee_all([(graders, loaded.pending)])
    verdicts = [each for image in loaded.pending for each in verdicts_of(image, loaded, graders=graders)]
    return PlanGrades(
        plan_guid=loaded.plan.guid,
        verdicts=tuple(verdicts),
        waiting=loaded.waiting,
        acquired=loaded.plan.acquired,
        accepted=loaded.plan.accepted,
    )


def failure_of_all(event: GradePlan, context: Context, *, error: str) -> PlanGrades:
    """Return the failure of a grader of others on every pending image of a plan.

    Raises:
        NotFoundError: there is no such plan.
    """
    with context.store.read() as unit:
        plan = find_plan(event.plan_guid, unit)
        pending = unit.images(ImageQuery(plan_id=plan.id, status=GradingStatus.PENDING))
    verdicts = tuple(failure("plugin", image.guid, error=error) for image in pending)
    return PlanGrades(plan_guid=plan.guid, verdicts=verdicts, acquired=plan.acquired, accepted=plan.accepted)


def apply_grades(grades: PlanGrades, context: Context) -> PlanGrades:
    """Record the verdicts, combine them, and change the status of pending images, all in one transaction.

    An image that is not pending (any more) keeps its status and its verdicts; an image that is gone is passed over.

    Returns:
        The grades with each image's status, and the plan's counters as they are now.

    Raises:
        NotFoundError: there is no such plan.
        InputError: a verdict is about an image of another plan. Nothing is recorded then.
    """
    with context.store.write() if grades.verdicts else context.store.read() as unit:
        results = [_apply(image, said, unit=unit, context=context) for image, said in _judged(grades, unit)]
        plan = find_plan(grades.plan_guid, unit)
    return grades.model_copy(update={"grades": tuple(results), "acquired": plan.acquired, "accepted": plan.accepted})


def preview_grades(grades: PlanGrades, context: Context) -> PlanGrades:
    """Return what `apply_grades` would make of verdicts; nothing is written.

    Raises:
        NotFoundError: there is no such plan.
        InputError: a verdict is about an image of another plan.
    """
    with context.store.read() as unit:
        results = [_grade(image, said, unit=unit)[0] for image, said in _judged(grades, unit)]
    return grades.model_copy(update={"grades": tuple(results)})


def _judged(grades: PlanGrades, unit: Unit) -> list[tuple[AcquiredImage, list[GraderVerdict]]]:
    """Return the plan's images with what was said of each; one that is gone is passed over."""
    plan = find_plan(grades.plan_guid, unit)
    by_image: dict[str, list[GraderVerdict]] = {}
    for verdict in grades.verdicts:
        by_image.setdefault(verdict.image_guid, []).append(verdict)
    found = []
    for guid, verdicts in by_image.items():
        image = unit.find(AcquiredImage, guid=guid)
        if image is not None and image.plan_id != plan.id:
            raise InputError(
                f"grader {verdicts[0].grader!r} judged image {guid}, which is not of plan {plan.guid}; "
                "nothing was recorded"
            )
        if image is not None:
            found.append((image, verdicts))
    return found


def _grade(
    image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit
) -> tuple[ImageGrade, Combination | None]:
    """Return what verdicts come to; None where the image is not pending, so that nothing is to be decided."""
    if image.status is not GradingStatus.PENDING:
        return ImageGrade(image_guid=image.guid, status=image.status, reason=image.reject_reason), None
    profile = None if image.profile_id is None else unit.find(Profile, id=image.profile_id)
    combination = combine(verdicts, (profile or _owner(image, unit)).grader.ungraded)
    grade = ImageGrade(
        image_guid=image.guid,
        status=combination.status,
        reason=_told(combination, verdicts),
        changed=combination.status is not GradingStatus.PENDING,
    )
    return grade, combination


def _apply(image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit, context: Context) -> ImageGrade:
    grade, combination = _grade(image, verdicts, unit=unit)
    if combination is None:
        return grade
    for verdict in verdicts:
        _record(image, verdict, unit=unit, context=context, decided=combination.status is not GradingStatus.PENDING)
    if combination.status is not GradingStatus.PENDING:
        _drop_others(image, verdicts, unit=unit)
    _record_score(image, verdicts, unit=unit)
    stored = _change_status(image, combination, unit=unit, context=context)
    return grade.model_copy(update={"status": stored.status, "changed": stored.status is not GradingStatus.PENDING})


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


def _drop_others(image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit) -> None:
    """Remove what graders said that were not asked this time: it did not decide, and must not at the next regrade."""
    answered = {each.grader for each in verdicts}
    for stored in unit.list(Verdict, image_id=image.id):
        if stored.grader not in answered:
            unit.delete(stored)


def _record_score(image: AcquiredImage, verdicts: Sequence[GraderVerdict], *, unit: Unit) -> None:
    """Give an image the last score that a grader has for it; where none has, an earlier one no longer holds."""
    scored = [(each.score, each.band) for each in verdicts if each.score is not None or each.band is not None]
    score, band = scored[-1] if scored else (None, None)
    if (image.score, image.band) != (score, band):
        image.score, image.band = score, band
        unit.update(image)


def _told(combination: Combination, verdicts: Sequence[GraderVerdict]) -> str:
    """Return the reason of a grade with the numbers behind it."""
    if combination.status is not GradingStatus.REJECTED:
        return combination.reason
    rejecting = [verdict for verdict in verdicts if verdict.status is VerdictStatus.REJECT]
    details = [str(verdict.inputs["detail"]) for verdict in rejecting if verdict.inputs.get("detail")]
    return ": ".join(part for part in (combination.reason, "; ".join(details)) if part)
