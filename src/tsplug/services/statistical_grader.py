"""The statistical grader in the store: finds each frame's peers and optics, and lets `tsplug.grading` judge."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.grading.checks import wanted_checks
from tsplug.grading.combine import Conclusion
from tsplug.grading.finding import Case, Check
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.statistical import GRADER, conclude, judge
from tsplug.model import AcquiredImage, GraderVerdict, Profile
from tsplug.ports import Unit
from tsplug.services.plan_images import PlanImages


class StatisticalGrader:
    """Compares each frame with those of its plan that were taken alike."""

    name = GRADER

    def enabled(self, profile: Profile) -> bool:
        """Return whether the rig's frames are compared with their peers."""
        return profile.grader.statistical

    def prepare(self, plan: PlanImages, unit: Unit) -> StatisticalJudge:
        """Return what judges the plan's images; nothing more is looked up than the plan itself."""
        return StatisticalJudge(plan)


class StatisticalJudge:
    """Judges the images of one plan; what they share is found once."""

    def __init__(self, plan: PlanImages) -> None:
        self._plan = plan
        self._populations = PlanPopulations(plan.images)
        self._wanted: dict[int, tuple[Profile, Sequence[Check]]] = {}
        self._cases: dict[str, Case] = {}

    def __call__(self, image: AcquiredImage) -> GraderVerdict:
        """Return the verdict of an image."""
        return judge(self._case_of(image))

    def briefly(self, image: AcquiredImage) -> Conclusion:
        """Return what the verdict of an image concludes."""
        return conclude(self._case_of(image), self._checks_of(self._plan.profile_of(image)))

    def _case_of(self, image: AcquiredImage) -> Case:
        found = self._cases.get(image.guid)
        if found is None or found.image is not image:
            found = self._cases[image.guid] = _case(image, self._plan, populations=self._populations)
        return found

    def _checks_of(self, profile: Profile) -> Sequence[Check]:
        found = self._wanted.get(id(profile))
        if found is None:
            found = self._wanted[id(profile)] = profile, wanted_checks(profile.grader)
        return found[1]


def _case(image: AcquiredImage, plan: PlanImages, *, populations: PlanPopulations) -> Case:
    profile = plan.profile_of(image)
    delayed = plan.owner.grader.delay_percent > 0
    choice = Choice(
        mode=profile.grader.mode,
        max_samples=None if delayed else profile.grader.max_samples,
        rotation_tolerance_deg=profile.grader.rotation_tolerance_deg,
    )
    population = populations.of(image, choice)
    return Case(image, population, profile.grader, profile.frame_scale_arcsec(image.binning), plan.final)
