"""Verdicts that stand: what the statistical grader said of a frame, where it would say the same from the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tsplug.grading.combine import Conclusion
from tsplug.grading.finding import Case
from tsplug.grading.provenance import MADE_FROM_INPUT, Marks
from tsplug.grading.statistical import VERSION
from tsplug.grading.told import ToldVerdict
from tsplug.model import AcquiredImage, GraderVerdict, Profile, VerdictStatus
from tsplug.model.json_text import decoded
from tsplug.ports import Unit, VerdictRow
from tsplug.services.plan_images import PlanImages
from tsplug.services.statistical_grader import StatisticalGrader, StatisticalJudge


class StandingVerdict(GraderVerdict):
    """A verdict that is stored as it is; its inputs are left there, but for what an abstention needs."""


class StandingGrader:
    """The statistical grader, which finds nothing again that it found already from the same frames and preferences.

    Args:
        grader: the grader.
        stored: its verdicts by the guids of their images.
    """

    def __init__(self, grader: StatisticalGrader, stored: Mapping[str, VerdictRow]) -> None:
        self._grader = grader
        self._stored = stored
        self._marks = Marks()

    @property
    def name(self) -> str:
        """Return the grader's name."""
        return self._grader.name

    def enabled(self, profile: Profile) -> bool:
        """Return whether a rig wants the grader."""
        return self._grader.enabled(profile)

    def prepare(self, plan: PlanImages, unit: Unit) -> StandingJudge:
        """Return what judges the plan's images, those whose verdicts do not stand."""
        return StandingJudge(self._grader.prepare(plan, unit, marks=self._marks), self._stored)


class StandingJudge:
    """Judges the images of one plan."""

    def __init__(self, judge: StatisticalJudge, stored: Mapping[str, VerdictRow]) -> None:
        self._judge = judge
        self._stored = stored
        self._found: dict[str, tuple[AcquiredImage, StandingVerdict | None]] = {}

    def __call__(self, image: AcquiredImage) -> GraderVerdict:
        """Return the verdict of an image, a `StandingVerdict` where what is stored is what it would be."""
        return self._standing(image) or self._judge(image)

    def told(self, image: AcquiredImage) -> GraderVerdict | ToldVerdict:
        """Return the verdict of an image as it is stored, or as it stands."""
        return self._standing(image) or self._judge.told(image)

    def briefly(self, image: AcquiredImage) -> GraderVerdict | Conclusion:
        """Return what the verdict of an image concludes."""
        return self._standing(image) or self._judge.briefly(image)

    def foresee(self, images: Iterable[AcquiredImage]) -> list[Case]:
        """Return what is to be judged of images, those whose verdicts do not stand."""
        return self._judge.foresee(image for image in images if self._standing(image) is None)

    def _standing(self, image: AcquiredImage) -> StandingVerdict | None:
        """Return what is said again, remembered for who concludes briefly at first; None where that is not known."""
        known = self._found.get(image.guid)
        if known is None or known[0] is not image:
            known = self._found[image.guid] = image, self._looked_up(image)
        return known[1]

    def _looked_up(self, image: AcquiredImage) -> StandingVerdict | None:
        row = self._stored.get(image.guid)
        if row is None or row.version != VERSION or MADE_FROM_INPUT not in row.inputs:
            return None
        # The digits alone are looked for: databases differ in the spaces that they leave in JSON.
        if f'"{self._judge.made_from(image)}"' not in row.inputs:
            return None
        return StandingVerdict.model_construct(
            image_guid=image.guid,
            grader=row.grader,
            version=row.version,
            status=row.status,
            reason=row.reason,
            score=row.score,
            band=row.band,
            inputs=decoded(row.inputs) if row.status is VerdictStatus.ABSTAIN else {},
        )
