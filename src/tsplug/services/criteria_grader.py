"""The criteria grader in the store: finds the set that each rig grades by, and lets `tsplug.grading` judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tsplug.errors import NotFoundError
from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_verdict import GRADER, FrameJudge, ungraded
from tsplug.model import AcquiredImage, GraderVerdict, Profile
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

    def prepare(self, plan: PlanImages, unit: Unit) -> Callable[[AcquiredImage], GraderVerdict]:
        """Look up the sets of the rigs, score all of the plan's images, and return what tells of each."""
        rigs = {id(profile): profile for profile in map(plan.profile_of, plan.images)}.values()
        sets = {rig.grader.criteria_set: self._set_of(rig, unit) for rig in rigs if self.enabled(rig)}
        judges = {name: FrameJudge(found, plan.images) for name, found in sets.items() if isinstance(found, Criteria)}
        missing = {name: found for name, found in sets.items() if isinstance(found, str)}
        return lambda image: self._judge(image, plan, judges=judges, missing=missing)

    def _set_of(self, rig: Profile, unit: Unit) -> Criteria | str:
        if self._instead is not None:
            return self._instead
        name = rig.grader.criteria_set
        if self._known is None:
            return _stored_set(rig, unit)
        if name not in self._known:
            self._known[name] = _stored_set(rig, unit)
        return self._known[name]

    def _judge(
        self, image: AcquiredImage, plan: PlanImages, *, judges: Mapping[str, FrameJudge], missing: Mapping[str, str]
    ) -> GraderVerdict:
        rig = plan.profile_of(image)
        if not (rig.grader.auto_grade or self._instead is not None):
            return ungraded(image.guid, f"auto grading is off for profile {rig.name!r}")
        if rig.grader.criteria_set in missing:
            return ungraded(image.guid, missing[rig.grader.criteria_set])
        return judges[rig.grader.criteria_set].verdict(image, minimum=plan.template.minimum_grade)


def _stored_set(rig: Profile, unit: Unit) -> Criteria | str:
    """Return the set that a rig grades by, or why there is none."""
    try:
        return load_criteria(unit, rig.grader.criteria_set)
    except NotFoundError:
        return f"criteria set {rig.grader.criteria_set!r} of profile {rig.name!r} is not stored"
