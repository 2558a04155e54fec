"""What is judged anew in a plan: which of its images, by whom, and what was said of them before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tsplug.model import AcquiredImage, GraderVerdict, Profile
from tsplug.model.json_text import decoded
from tsplug.ports import Unit, VerdictRow
from tsplug.services.criteria_grader import CriteriaGrader
from tsplug.services.graders import GRADERS, Grader
from tsplug.services.other_graders import still_counting
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_decisions import Judging, regrade_plans
from tsplug.services.regrade_outcomes import OURS, Decided, decided
from tsplug.services.regrade_scope import Scope
from tsplug.services.standing_verdicts import StandingGrader
from tsplug.services.statistical_grader import StatisticalGrader

Stored = Mapping[int, Sequence[VerdictRow]]


class Judges:
    """The graders of one run; what they look up for all plans they look up once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._criteria = CriteriaGrader(scope.request.criteria, once=True)

    @property
    def criteria(self) -> CriteriaGrader:
        """Return the grader that scores by criteria, which looks every set up once."""
        return self._criteria

    def decide(self, plans: Sequence[PlanImages], unit: Unit) -> list[Decided]:
        """Return what the images of plans come to, those of the scope."""
        stored: defaultdict[int, list[VerdictRow]] = defaultdict(list)
        for row in unit.verdict_rows([plan.plan.id or 0 for plan in plans]):
            stored[row.image_id].append(row)
        asked = [self._asked(plan, unit, stored=stored) for plan in plans]
        regraded = iter(regrade_plans([(plan, judging) for plan, judging, _ in asked if judging.images], unit=unit))
        return [
            decided(replace(plan, images=()), next(regraded) if judging.images else (), stored=stored, by_hand=by_hand)
            for plan, judging, by_hand in asked
        ]

    def _asked(self, plan: PlanImages, unit: Unit, *, stored: Stored) -> tuple[PlanImages, Judging, int]:
        """Return a plan, what is to be judged of it, and how many of its frames stand by hand."""
        wanted = [image for image in plan.images if self._scope.includes(image, plan)]
        images = tuple(image for image in wanted if self._scope.request.include_manual or not image.manual)
        said = _said_by_others(images, stored, plan_id=plan.plan.id or 0, unit=unit)
        return plan, Judging(images, said, self._graders(images, stored)), len(wanted) - len(images)

    def _graders(self, images: Sequence[AcquiredImage], stored: Stored) -> Sequence[Grader]:
        others = [each for each in GRADERS if each.name != self._criteria.name]
        graders = [
            self._going_on(each, images, stored=stored) if isinstance(each, StatisticalGrader) else each
            for each in others
        ]
        return (*graders, self._criteria)

    def _going_on(self, grader: StatisticalGrader, images: Sequence[AcquiredImage], *, stored: Stored) -> Grader:
        """Return the grader with what it said before: kept whatever changed, or while it rests on the same."""
        earlier = {
            image.guid: verdict
            for image in images
            for verdict in stored.get(image.id or 0, ())
            if verdict.grader == grader.name
        }
        if self._scope.request.keep_statistics:
            return Kept(
                grader, {image.guid: _said(image, earlier[image.guid]) for image in images if image.guid in earlier}
            )
        return StandingGrader(grader, earlier)


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


def _said_by_others(
    images: Sequence[AcquiredImage], stored: Stored, *, plan_id: int, unit: Unit
) -> dict[str, list[GraderVerdict]]:
    by_id = {image.id or 0: image for image in images}
    others = {key: rows for key in by_id if (rows := [each for each in stored.get(key, ()) if each.grader not in OURS])}
    counting = still_counting(others, by_id, plan_id=plan_id, unit=unit)
    return {by_id[key].guid: [_said(by_id[key], each) for each in rows] for key, rows in counting.items()}


def _said(image: AcquiredImage, verdict: VerdictRow) -> GraderVerdict:
    return GraderVerdict(
        image_guid=image.guid,
        grader=verdict.grader,
        version=verdict.version,
        status=verdict.status,
        reason=verdict.reason,
        score=verdict.score,
        band=verdict.band,
        inputs=decoded(verdict.inputs),
    )
