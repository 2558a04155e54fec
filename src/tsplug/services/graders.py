"""The built-in graders, in the order in which they are asked, and how one that fails costs nobody else a verdict.

To add a grader: write a class with the three members of `Grader` and name an instance in `GRADERS`. Its rules belong
into `tsplug.grading`, pure; only what it must look up in the store stays here, in ``prepare``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tsplug.errors import StoreError
from tsplug.grading.combine import Said, failure
from tsplug.grading.finding import Case
from tsplug.grading.foreseen import foresee
from tsplug.grading.told import ToldVerdict
from tsplug.model import AcquiredImage, GraderVerdict, Profile, VerdictStatus
from tsplug.ports import Unit
from tsplug.services.criteria_grader import CriteriaGrader, CriteriaJudge
from tsplug.services.plan_images import PlanImages
from tsplug.services.statistical_grader import StatisticalGrader

S = TypeVar("S")

Judge = Callable[[AcquiredImage], GraderVerdict]
"""Judges one pending image of the plan it was prepared for; does no I/O."""


class BriefJudge(Protocol):
    """A judge that can leave out what explains its verdict, which takes much longer than to come to it.

    It need not: who has no ``briefly`` is asked for the verdict.
    """

    def __call__(self, image: AcquiredImage) -> GraderVerdict:
        """Return the verdict of an image."""
        ...

    def briefly(self, image: AcquiredImage) -> Said:
        """Return the same conclusion."""
        ...


class Grader(Protocol):
    """One built-in grader: it judges each pending image on its own and never sees what another grader said."""

    @property
    def name(self) -> str:
        """Return the name under which its verdicts are stored; no two graders share one."""
        ...

    def enabled(self, profile: Profile) -> bool:
        """Return whether a rig wants its frames judged by this grader."""
        ...

    def prepare(self, plan: PlanImages, unit: Unit) -> Judge:
        """Look up what judging needs (reading only) and return what judges.

        Whatever it raises, but for a store that fails, makes this grader abstain on the plan's images; whatever the
        judge raises, on that image.
        """
        ...


NOBODY = "tsplug"
"""The name under which it is said that no grader is switched on."""

GRADERS: tuple[Grader, ...] = (StatisticalGrader(), CriteriaGrader())
"""Every built-in grader in the order in which they are asked; the combination does not depend on it."""


@dataclass(frozen=True)
class PreparedGrader:
    """A grader that is ready to judge the images of one plan, or the error that keeps it from it."""

    grader: Grader
    judge: Judge | None
    error: str = ""

    def cases(self, images: Sequence[AcquiredImage]) -> Sequence[Case]:
        """Return what of images can be found for many at once, before they are judged; nothing where that fails."""
        foresee: Callable[[Sequence[AcquiredImage]], Sequence[Case]] | None = getattr(self.judge, "foresee", None)
        try:
            return () if foresee is None else foresee(images)
        except Exception:  # noqa: BLE001 - whichever frame it fails on fails again when it is judged, alone
            return ()

    def verdict(self, image: AcquiredImage) -> GraderVerdict:
        """Return the grader's verdict of an image; an error abstains."""
        return self._of(image, self.judge)

    def told(self, image: AcquiredImage) -> GraderVerdict | ToldVerdict:
        """Return the same verdict as it is stored, where the grader can tell it so; an error abstains."""
        tell: Callable[[AcquiredImage], GraderVerdict | ToldVerdict] | None = getattr(self.judge, "told", self.judge)
        return self._of(image, tell)

    def conclusion(self, image: AcquiredImage) -> Said:
        """Return what the verdict of an image concludes, as shortly as the grader can; an error abstains."""
        briefly: Callable[[AcquiredImage], Said] | None = getattr(self.judge, "briefly", self.judge)
        return self._of(image, briefly)

    def _of(self, image: AcquiredImage, judge: Callable[[AcquiredImage], S] | None) -> S | GraderVerdict:
        if judge is None:
            return failure(self.grader.name, image.guid, error=self.error)
        try:
            return judge(image)
        except Exception as error:  # noqa: BLE001 - one frame's fault must neither reject it nor cost the others theirs
            return failure(self.grader.name, image.guid, error=f"grading failed: {type(error).__name__}: {error}")


def prepared_graders(
    plan: PlanImages,
    unit: Unit,
    *,
    graders: Sequence[Grader] = GRADERS,
    images: Sequence[AcquiredImage] | None = None,
) -> list[PreparedGrader]:
    """Return every grader that a rig of the images to judge wants, ready to judge; None judges the pending ones."""
    judged = plan.pending if images is None else images
    rigs = {id(profile): profile for profile in map(plan.profile_of, judged)}.values()
    wanted = [grader for grader in graders if any(grader.enabled(profile) for profile in rigs)]
    return [_prepared(grader, plan, unit=unit) for grader in wanted]


def foresee_all(asked: Sequence[tuple[Sequence[PreparedGrader], Sequence[AcquiredImage]]]) -> None:
    """Find for many images of many plans at once what judging them looks up; without it they are judged alike."""
    cases = [case for graders, images in asked for grader in graders for case in grader.cases(images)]
    judges = [grader.judge for graders, _ in asked for grader in graders]
    scoring = [judge for judge in judges if isinstance(judge, CriteriaJudge)]
    _attempt(lambda: foresee(cases))
    _attempt(lambda: CriteriaJudge.score_together(scoring))


def _attempt(find: Callable[[], None]) -> None:
    try:
        find()
    except Exception:  # noqa: BLE001 - who fails on it fails again when it is judged, and costs nobody else a verdict
        return


def verdicts_of(image: AcquiredImage, plan: PlanImages, *, graders: Sequence[PreparedGrader]) -> list[GraderVerdict]:
    """Return what every grader says that the rig of an image wants; an abstention where it wants none."""
    profile = plan.profile_of(image)
    said = [prepared.verdict(image) for prepared in graders if prepared.grader.enabled(profile)]
    return said or [_nobody(image)]


def told_of(
    image: AcquiredImage, plan: PlanImages, *, graders: Sequence[PreparedGrader]
) -> list[GraderVerdict | ToldVerdict]:
    """Return the verdicts of `verdicts_of` as they are stored."""
    profile = plan.profile_of(image)
    said = [prepared.told(image) for prepared in graders if prepared.grader.enabled(profile)]
    return said or [_nobody(image)]


def conclusions_of(image: AcquiredImage, plan: PlanImages, *, graders: Sequence[PreparedGrader]) -> list[Said]:
    """Return what the verdicts of `verdicts_of` conclude."""
    profile = plan.profile_of(image)
    said = [prepared.conclusion(image) for prepared in graders if prepared.grader.enabled(profile)]
    return said or [_nobody(image)]


def _prepared(grader: Grader, plan: PlanImages, *, unit: Unit) -> PreparedGrader:
    try:
        return PreparedGrader(grader, grader.prepare(plan, unit))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a grader that cannot start must not cost the others their verdicts
        return PreparedGrader(grader, None, f"grading could not start: {type(error).__name__}: {error}")


def _nobody(image: AcquiredImage) -> GraderVerdict:
    return GraderVerdict(
        image_guid=image.guid,
        grader=NOBODY,
        version="1",
        status=VerdictStatus.ABSTAIN,
        reason="no grader is switched on",
    )
