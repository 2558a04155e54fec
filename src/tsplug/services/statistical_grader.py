"""The statistical grader in the store: finds each frame's peers and optics, and lets `tsplug.grading` judge."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.grading.checks import wanted_checks
from tsplug.grading.combine import Conclusion
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, PlanPopulations
from tsplug.grading.provenance import Marks, asked_of
from tsplug.grading.statistical import GRADER, conclude, judge, made_from
from tsplug.grading.statistical_text import told
from tsplug.grading.told import ToldVerdict
from tsplug.model import AcquiredImage, GraderVerdict, Profile
from tsplug.ports import Unit
from tsplug.services.plan_images import PlanImages


class StatisticalGrader:
    """Compares each frame with those of its plan that were taken alike."""

    name = GRADER

    def enabled(self, profile: Profile) -> bool:
        """Return whether the rig's frames are compared with their peers."""
        return profile.grader.statistical

    def prepare(self, plan: PlanImages, unit: Unit, *, marks: Marks | None = None) -> StatisticalJudge:
        """Return what judges the plan's images; nothing more is looked up than the plan itself.

        ``marks`` are digests of frames, where the same plan is prepared again with other statuses.
        """
        return StatisticalJudge(plan, marks)


class StatisticalJudge:
    """Judges the images of one plan; what they share is found once."""

    def __init__(self, plan: PlanImages, marks: Marks | None = None) -> None:
        self._plan = plan
        self._populations = PlanPopulations(plan.images, marks)
        self._rigs: dict[int, _Rig] = {}
        self._cases: dict[str, Case] = {}

    def __call__(self, image: AcquiredImage) -> GraderVerdict:
        """Return the verdict of an image."""
        return judge(self._case_of(image))

    def briefly(self, image: AcquiredImage) -> Conclusion:
        """Return what the verdict of an image concludes."""
        return conclude(self._case_of(image), self._rig_of(image).checks)

    def told(self, image: AcquiredImage) -> ToldVerdict:
        """Return the verdict of an image as it is stored."""
        return told(self._case_of(image), self._rig_of(image).checks)

    def foresee(self, images: Iterable[AcquiredImage]) -> list[Case]:
        """Return what is to be judged of images, whose peers `tsplug.grading.foreseen` may find together."""
        return [self._case_of(image) for image in images]

    def made_from(self, image: AcquiredImage) -> str:
        """Return the digest of all that the verdict of an image rests on."""
        return made_from(self._case_of(image))

    def _case_of(self, image: AcquiredImage) -> Case:
        found = self._cases.get(image.guid)
        if found is None or found.image is not image:
            found = self._cases[image.guid] = self._case(image)
        return found

    def _case(self, image: AcquiredImage) -> Case:
        rig = self._rig_of(image)
        population = self._populations.of(image, rig.choice)
        return Case(
            image, population, rig.grader, rig.scale_arcsec(image.binning), self._plan.is_settled(image), rig.asked
        )

    def _rig_of(self, image: AcquiredImage) -> _Rig:
        profile = self._plan.profile_of(image)
        found = self._rigs.get(id(profile))
        if found is None:
            found = self._rigs[id(profile)] = _Rig(profile, self._plan.owner)
        return found


def peers_wanted(profile: Profile, owner: Profile) -> Choice:
    """Return how peers are chosen for frames of a rig, for plans of the rig that owns their project."""
    wanted = profile.grader
    newest = None if owner.grader.delay_percent > 0 else wanted.max_samples
    return Choice(wanted.mode, newest, wanted.rotation_tolerance_deg)


class _Rig:
    """What the preferences of a rig come to, for all of its frames; the rig itself is kept as long."""

    def __init__(self, profile: Profile, owner: Profile) -> None:
        self.profile, self.grader = profile, profile.grader
        self.checks = wanted_checks(profile.grader)
        self.choice = peers_wanted(profile, owner)
        self.asked = asked_of(profile.grader)
        self._scales: dict[int, float | None] = {}

    def scale_arcsec(self, binning: int) -> float | None:
        """Return the scale of the pixels of a frame."""
        if binning not in self._scales:
            self._scales[binning] = self.profile.frame_scale_arcsec(binning)
        return self._scales[binning]
