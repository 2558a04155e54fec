"""What is judged anew in a plan: which of its images, by whom, and what was said of them before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tsplug.model import AcquiredImage, GraderVerdict, Profile, Verdict
from tsplug.ports import Unit, ids_of
from tsplug.services.criteria_grader import CriteriaGrader
from tsplug.services.graders import GRADERS, NOBODY, Grader
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_decisions import Judging, Regraded, regrade_plan
from tsplug.services.regrade_scope import Scope
from tsplug.services.statistical_grader import StatisticalGrader

OURS = frozenset({NOBODY, *(grader.name for grader in GRADERS)})
"""Whose verdicts a regrade replaces; those of any other grader stay and are combined as they are."""


@dataclass(frozen=True)
class Decided:
    """A plan with what its images come to, what was said of them before, and how many stand by hand."""

    plan: PlanImages
    regraded: tuple[Regraded, ...]
    stored: Mapping[int, Sequence[Verdict]]
    by_hand: int


class Judges:
    """The graders of one run; what they look up for all plans they look up once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._criteria = CriteriaGrader(scope.request.criteria, once=True)

    def decide(self, plan: PlanImages, unit: Unit) -> Decided:
        """Return what a plan's images of the scope come to."""
        wanted = [image for image in plan.images if self._scope.includes(image, plan)]
        images = tuple(image for image in wanted if self._scope.request.include_manual or not image.manual)
        if not images:
            return Decided(plan, (), {}, len(wanted))
        stored = _stored(plan, unit)
        said = {
            image.guid: [_said(image, each) for each in verdicts]
            for image in images
            if (verdicts := [each for each in stored.get(image.id or 0, ()) if each.grader not in OURS])
        }
        judging = Judging(images, said, self._graders(images, stored))
        return Decided(plan, tuple(regrade_plan(plan, judging, unit=unit)), stored, len(wanted) - len(images))

    def _graders(self, images: Sequence[AcquiredImage], stored: Mapping[int, Sequence[Verdict]]) -> Sequence[Grader]:
        graders: list[Grader] = [each for each in GRADERS if each.name != self._criteria.name]
        if self._scope.request.keep_statistics:
            graders = [
                Kept(each, _earlier(each, images, stored=stored)) if isinstance(each, StatisticalGrader) else each
                for each in graders
            ]
        return (*graders, self._criteria)


class Kept:
    """A grader that says again what it said of an image; it judges only what it never judged."""

    def __init__(self, grader: Grader, earlier: Mapping[str, GraderVerdict]) -> None:
        self._grader = grader
        self._earlier = earlier

    @property
    def name(self) -> str:
        """Return the grader's name."""
        return self._grader.name

    def enabled(self, profile: Profile) -> bool:
        """Return whether a rig wants the grader."""
        return self._grader.enabled(profile)

    def prepare(self, plan: PlanImages, unit: Unit) -> Callable[[AcquiredImage], GraderVerdict]:
        """Return what says again what was said."""
        judge = self._grader.prepare(plan, unit)
        return lambda image: self._earlier.get(image.guid) or judge(image)


def _earlier(
    grader: Grader, images: Sequence[AcquiredImage], *, stored: Mapping[int, Sequence[Verdict]]
) -> dict[str, GraderVerdict]:
    return {
        image.guid: _said(image, verdict)
        for image in images
        for verdict in stored.get(image.id or 0, ())
        if verdict.grader == grader.name
    }


def _stored(plan: PlanImages, unit: Unit) -> dict[int, list[Verdict]]:
    stored: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in unit.list(Verdict, image_id=ids_of(AcquiredImage, plan_id=plan.plan.id)):
        stored[verdict.image_id].append(verdict)
    return dict(stored)


def _said(image: AcquiredImage, verdict: Verdict) -> GraderVerdict:
    return GraderVerdict(
        image_guid=image.guid,
        grader=verdict.grader,
        version=verdict.version,
        status=verdict.status,
        reason=verdict.reason,
        score=verdict.score,
        band=verdict.band,
        inputs=verdict.inputs,
    )
