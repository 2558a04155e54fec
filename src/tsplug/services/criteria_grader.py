"""The criteria grader in the store: finds the set that each rig grades by, and lets `tsplug.grading` judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tsplug.errors import NotFoundError
from tsplug.grading.combine import Conclusion
from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_verdict import GRADER, FrameJudge, ungraded
from tsplug.grading.told import ToldVerdict
from tsplug.model import AcquiredImage, GraderVerdict, Profile, VerdictStatus
from tsplug.ports import Unit
from tsplug.services.criteria import load_criteria
from tsplug.services.plan_images import PlanImages


class CriteriaGrader:
    """Scores each frame by the set of its rig, and holds its band against the least that its template asks for.

    Args:
        instead: a set that stands in for those of the rigs, and switches auto grading on; None takes the rigs' own.
        once: look every set up once and keep it, for a run over many plans.
    """

    name = GRADER

    def __init__(self, instead: Criteria | None = None, *, once: bool = False) -> None:
        self._instead = instead
        self._known: dict[str, Criteria | str] | None = {} if once else None

    def enabled(self, profile: Profile) -> bool:
        """Return whether a set is assigned to the rig; with auto grading off the grader abstains."""
        return self._instead is not None or bool(profile.grader.criteria_set)

    def prepare(self, plan: PlanImages, unit: Unit) -> CriteriaJudge:
        """Look up the sets of the rigs, score all of the plan's images, and return what tells of each."""
        rigs = {id(profile): profile for profile in map(plan.profile_of, plan.images)}.values()
        sets = {rig.grader.criteria_set: self.set_of(rig, unit) for rig in rigs if self.enabled(rig)}
        return CriteriaJudge(plan, sets, always=self._instead is not None)

    def set_of(self, rig: Profile, unit: Unit) -> Criteria | str:
        """Return the set that a rig's frames are scored by; a text tells why there is none."""
        if self._instead is not None:
            return self._instead
        name = rig.grader.criteria_set
        if self._known is None:
            return _stored_set(rig, unit)
        if name not in self._known:
            self._known[name] = _stored_set(rig, unit)
        return self._known[name]


class CriteriaJudge:
    """Judges the images of one plan by the sets of their rigs, by name; a text tells why there is none."""

    def __init__(self, plan: PlanImages, sets: Mapping[str, Criteria | str], *, always: bool) -> None:
        self._plan = plan
        self._always = always
        self._missing = {name: found for name, found in sets.items() if isinstance(found, str)}
        self._sets = {name: found for name, found in sets.items() if isinstance(found, Criteria)}
        self._judges: dict[int, FrameJudge | Exception] = {}

    def __call__(self, image: AcquiredImage) -> GraderVerdict:
        """Return the verdict of an image."""
        rig = self._plan.profile_of(image)
        why = self._why_ungraded(rig)
        if why:
            return ungraded(image.guid, why)
        return self._judge_of(rig).verdict(image, minimum=self._plan.template.minimum_grade)

    def told(self, image: AcquiredImage) -> GraderVerdict | ToldVerdict:
        """Return the verdict of an image as it is stored."""
        rig = self._plan.profile_of(image)
        why = self._why_ungraded(rig)
        if why:
            return ungraded(image.guid, why)
        return self._judge_of(rig).told(image, minimum=self._plan.template.minimum_grade)

    def briefly(self, image: AcquiredImage) -> Conclusion:
        """Return what the verdict of an image concludes."""
        rig = self._plan.profile_of(image)
        why = self._why_ungraded(rig)
        if why:
            return Conclusion(GRADER, VerdictStatus.ABSTAIN, why)
        return self._judge_of(rig).conclusion(image, minimum=self._plan.template.minimum_grade)

    def _judge_of(self, rig: Profile) -> FrameJudge:
        criteria = self._sets[rig.grader.criteria_set]
        found = self._judges.get(id(criteria))
        if found is None:
            found = self._judges[id(criteria)] = _scored(criteria, self._plan.images)
        if isinstance(found, Exception):
            # Without what led to it before: that would grow with each frame.
            raise found.with_traceback(None)
        return found

    @staticmethod
    def score_together(judges: Iterable[CriteriaJudge]) -> None:
        """Score the images of several plans at once; frames of other plans are nobody's peers, so nothing changes."""
        known: dict[int, Criteria] = {}
        sharing: dict[int, list[CriteriaJudge]] = {}
        for judge in judges:
            # One set may stand in for those of several rigs of a plan, whose frames count once all the same.
            for key, criteria in {id(each): each for each in judge._sets.values()}.items():
                known[key] = criteria
                sharing.setdefault(key, []).append(judge)
        for key, among in sharing.items():
            found = FrameJudge(known[key], [image for judge in among for image in judge._plan.images])
            for judge in among:
                judge._judges[key] = found

    def _why_ungraded(self, rig: Profile) -> str:
        if not (rig.grader.auto_grade or self._always):
            return f"auto grading is off for profile {rig.name!r}"
        return self._missing.get(rig.grader.criteria_set, "")


def _scored(criteria: Criteria, images: Sequence[AcquiredImage]) -> FrameJudge | Exception:
    """Return what scores a plan's images, or the error that keeps it from it, which is the same for each of them."""
    try:
        return FrameJudge(criteria, images)
    except Exception as error:  # noqa: BLE001 - raised again for every image that is to be judged by it
        return error


def _stored_set(rig: Profile, unit: Unit) -> Criteria | str:
    """Return the set that a rig grades by, or why there is none."""
    try:
        return load_criteria(unit, rig.grader.criteria_set)
    except NotFoundError:
        return f"criteria set {rig.grader.criteria_set!r} of profile {rig.name!r} is not stored"
