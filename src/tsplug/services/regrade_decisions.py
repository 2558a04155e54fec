"""What regrading a plan would come to: every frame judged anew until the frames it is compared with stay the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tsplug.grading.combine import Combination, combine
from tsplug.model import AcquiredImage, Band, GraderVerdict, GradingStatus
from tsplug.ports import Unit
from tsplug.services.graders import GRADERS, NOBODY, Grader, prepared_graders, verdicts_of
from tsplug.services.plan_images import PlanImages

Statuses = tuple[GradingStatus, ...]


@dataclass(frozen=True)
class Regraded:
    """What a frame comes to: its verdicts, those of other graders apart, the status and the score."""

    image: AcquiredImage
    verdicts: tuple[GraderVerdict, ...]
    combination: Combination
    score: float | None
    band: Band | None

    @property
    def reason(self) -> str:
        """Return the reject reason that the frame will have."""
        return self.combination.reason if self.combination.status is GradingStatus.REJECTED else ""

    @property
    def status_changes(self) -> bool:
        """Return whether status or reject reason differ from what is stored, or a status by hand is given up."""
        stored = (self.image.status, self.image.reject_reason, self.image.manual)
        return stored != (self.combination.status, self.reason, False)

    @property
    def score_changes(self) -> bool:
        """Return whether score or band differ from what is stored."""
        return (self.image.score, self.image.band) != (self.score, self.band)


@dataclass(frozen=True)
class Judging:
    """Who judges which frames of a plan, and what else was said of them.

    ``images`` are those to regrade; all others are only what they are compared with. ``said`` has the verdicts that
    stay, by guid: those of graders that are not built in, and those of ``graders`` left out.
    """

    images: tuple[AcquiredImage, ...]
    said: Mapping[str, Sequence[GraderVerdict]]
    graders: Sequence[Grader] = GRADERS


def regrade_plan(plan: PlanImages, judging: Judging, *, unit: Unit) -> list[Regraded]:
    """Return what every frame to regrade comes to, in their order.

    A frame is judged against the statuses of its peers, which the same run changes. So all are judged against one
    state, and again against the state that this leads to, until it leads to itself: then another run changes nothing.
    Where states follow each other in a circle the one that sorts first is taken, which another run takes too.
    """
    seen: list[Statuses] = [tuple(image.status for image in judging.images)]
    results: list[list[Regraded]] = []
    while True:
        results.append(_judged(_as_if(plan, judging, statuses=seen[-1]), judging, unit=unit))
        reached = tuple(each.combination.status for each in results[-1])
        if reached in seen:
            circle = range(seen.index(reached), len(seen))
            chosen = min(circle, key=lambda place: tuple(each.combination.status for each in results[place]))
            return results[chosen]
        seen.append(reached)


def _as_if(plan: PlanImages, judging: Judging, *, statuses: Statuses) -> PlanImages:
    """Return the plan as if its frames had statuses; those to regrade have no say by hand."""
    changed = {
        image.guid: status for image, status in zip(judging.images, statuses, strict=True) if image.status is not status
    }
    if not changed:
        return plan
    images = [
        image.model_copy(update={"status": changed[image.guid]}) if image.guid in changed else image
        for image in plan.images
    ]
    return replace(plan, images=images)


def _judged(plan: PlanImages, judging: Judging, *, unit: Unit) -> list[Regraded]:
    graders = prepared_graders(plan, unit, graders=judging.graders, images=judging.images)
    judged = []
    for image in judging.images:
        others = judging.said.get(image.guid, ())
        fresh = verdicts_of(image, plan, graders=graders)
        if others:
            fresh = [each for each in fresh if each.grader != NOBODY]
        policy = plan.profile_of(image).grader.ungraded
        scored = [each for each in (*others, *fresh) if each.score is not None or each.band is not None]
        judged.append(
            Regraded(
                image=image,
                verdicts=tuple(fresh),
                combination=combine([*fresh, *others], policy),
                score=scored[-1].score if scored else None,
                band=scored[-1].band if scored else None,
            )
        )
    return judged
