"""Which images a regrade is about: of which targets, rigs and nights; projects that are closed or ungraded are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tsplug.errors import InputError
from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_verdict import VERSION as CRITERIA
from tsplug.grading.statistical import VERSION as STATISTICAL
from tsplug.model import (
    AcquiredImage,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    GradingStatus,
    Profile,
    Project,
    ProjectState,
    Target,
)
from tsplug.ports import Unit
from tsplug.services.criteria import load_rows
from tsplug.services.criteria_documents import document_of
from tsplug.services.lookup import find_named
from tsplug.services.noons import NO_NOONS, Noons, noons_at
from tsplug.services.plan_images import PlanImages

Bound = date | datetime | None
"""A night by its date, or a moment of the start of an exposure."""


@dataclass(frozen=True)
class RegradeRequest:
    """What to regrade: names, ids or guids; one of ``target``, ``profile`` and ``everything``, or several that narrow.

    ``first`` and ``last`` are nights, both inclusive, or moments, the last one exclusive. ``criteria`` stands in for
    the sets of the rigs. ``keep_statistics`` leaves what the statistical grader said where it said something, and
    ``leave_pending`` leaves pending images to the next grading, for which graders of other packages are asked, too.
    """

    target: str = ""
    profile: str = ""
    everything: bool = False
    first: Bound = None
    last: Bound = None
    criteria: Criteria | None = None
    include_manual: bool = False
    keep_statistics: bool = False
    leave_pending: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Scope:
    """The targets to regrade by id, what their plans need, and the projects that are left alone and why.

    ``noons`` tells which nights are over, so that frames of theirs wait for nothing.
    """

    request: RegradeRequest
    targets: tuple[Target, ...]
    projects: dict[int, Project]
    profiles: dict[int, Profile]
    rig: Profile | None
    left_alone: tuple[dict[str, str], ...]
    noons: Noons = NO_NOONS
    said: dict[str, Any] = field(default_factory=dict)

    def owner_of(self, project: Project) -> Profile:
        """Return the rig that a project belongs to."""
        return self.profiles[project.profile_id]

    def includes(self, image: AcquiredImage, plan: PlanImages) -> bool:
        """Return whether an image is to be regraded; a status by hand is another matter."""
        if self.rig is not None and plan.profile_of(image).id != self.rig.id:
            return False
        if self.request.leave_pending and image.status is GradingStatus.PENDING:
            return False
        return not (_is_before(image, self.request.first) or _is_after(image, self.request.last))


def scope_of(request: RegradeRequest, unit: Unit, *, now: datetime | None = None) -> Scope:
    """Return what a request is about at a moment; None is in the middle of every night.

    Raises:
        NotFoundError: there is no such target or profile.
        InputError: nothing is named, or the last night lies before the first.
    """
    if not (request.target or request.profile or request.everything):
        raise InputError("give a target, a profile, or all")
    _check_bounds(request)
    target = find_named(unit, Target, name=request.target) if request.target else None
    rig = find_named(unit, Profile, name=request.profile) if request.profile else None
    targets = unit.list(Target) if target is None else [target]
    projects = {each.id or 0: each for each in unit.list(Project)}
    profiles = {each.id or 0: each for each in unit.list(Profile)}
    used = sorted({each.project_id for each in targets})
    left = {key: why for key in used if (why := _why_left(projects[key]))}
    return Scope(
        request=request,
        targets=tuple(each for each in targets if each.project_id not in left),
        projects=projects,
        profiles=profiles,
        rig=rig,
        noons=NO_NOONS if now is None else noons_at(now, profiles.values(), unit=unit),
        left_alone=tuple({"project": projects[key].name, "why": why} for key, why in left.items()),
        said=_said(request, target=target, rig=rig)
        | {"sets": _sets(unit, profiles.values()), "rules": _rules(unit, profiles.values(), left=left)},
    )


PAGE = 2000
"""About how many images are read together; a plan is never divided."""


def pages_of(scope: Scope, targets: Sequence[Target], *, unit: Unit) -> Iterator[list[PlanImages]]:
    """Yield the plans of targets without their images, a few at a time."""
    plans = unit.list(ExposurePlan, target_id=[each.id for each in targets])
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])}
    by_id = {each.id: each for each in targets}
    for page in _pages(plans):
        yield [_plan_images(scope, plan, target=by_id[plan.target_id], templates=templates) for plan in page]


def with_images(plans: Sequence[PlanImages], unit: Unit) -> list[PlanImages]:
    """Return plans with all their images, oldest first."""
    images: dict[int | None, list[AcquiredImage]] = {each.plan.id: [] for each in plans}
    for image in unit.list(AcquiredImage, plan_id=list(images)) if images else ():
        images[image.plan_id].append(image)
    return [
        replace(each, images=sorted(images[each.plan.id], key=lambda image: (image.started, image.id or 0)))
        for each in plans
    ]


def _pages(plans: Sequence[ExposurePlan]) -> Iterator[list[ExposurePlan]]:
    page: list[ExposurePlan] = []
    for plan in plans:
        if page and sum(each.acquired for each in page) + plan.acquired > PAGE:
            yield page
            page = []
        page.append(plan)
    if page:
        yield page


def _plan_images(
    scope: Scope,
    plan: ExposurePlan,
    *,
    target: Target,
    templates: Mapping[int | None, ExposureTemplate],
) -> PlanImages:
    project = scope.projects[target.project_id]
    return PlanImages(
        plan=plan,
        template=templates[plan.template_id],
        target=target,
        project=project,
        owner=scope.owner_of(project),
        profiles=scope.profiles,
        images=(),
        noons=scope.noons,
    )


def _why_left(project: Project) -> str:
    if project.state is ProjectState.CLOSED:
        return "it is closed"
    return "" if project.grading_enabled else "grading is off for it"


def _said(request: RegradeRequest, *, target: Target | None, rig: Profile | None) -> dict[str, Any]:
    """Return a request as JSON types, so that the same one can be recognised."""
    return {
        "target": target.guid if target else None,
        "profile": rig.guid if rig else None,
        "from": str(request.first) if request.first else None,
        "to": str(request.last) if request.last else None,
        "include_manual": request.include_manual,
        "keep_statistics": request.keep_statistics,
        "leave_pending": request.leave_pending,
        "criteria": None if request.criteria is None else document_of(request.criteria),
    }


def _sets(unit: Unit, profiles: Iterable[Profile]) -> dict[str, Any]:
    """Return the sets that rigs grade by, which a run that goes on must find as they were."""
    found: dict[str, Any] = {}
    for profile in profiles:
        name = profile.grader.criteria_set
        whole = unit.find(CriteriaSet, name=name) if name and profile.grader.auto_grade else None
        found[profile.guid] = None if whole is None else document_of(load_rows(unit, whole))
    return found


def _rules(unit: Unit, profiles: Iterable[Profile], *, left: Iterable[int]) -> dict[str, Any]:
    """Return what else decides of frames, which a run that goes on must find as it was."""
    return {
        "versions": [STATISTICAL, CRITERIA],
        "left": sorted(left),
        "preferences": {each.guid: each.grader.model_dump(mode="json") for each in profiles},
        "minimum_grades": {each.guid: str(each.minimum_grade) for each in unit.list(ExposureTemplate)},
    }


def _check_bounds(request: RegradeRequest) -> None:
    first, last = request.first, request.last
    if first is None or last is None:
        return
    if _noon(first) > _noon(last):
        raise InputError(f"nothing lies from {first} to {last}: the end comes before the beginning")


def _noon(bound: date | datetime) -> datetime:
    return bound if isinstance(bound, datetime) else datetime(bound.year, bound.month, bound.day, 12, tzinfo=UTC)


def _night(image: AcquiredImage) -> date:
    return image.session_date or (image.started - timedelta(hours=12)).date()


def _is_before(image: AcquiredImage, bound: Bound) -> bool:
    if bound is None:
        return False
    return image.started < bound if isinstance(bound, datetime) else _night(image) < bound


def _is_after(image: AcquiredImage, bound: Bound) -> bool:
    if bound is None:
        return False
    return image.started >= bound if isinstance(bound, datetime) else _night(image) > bound
