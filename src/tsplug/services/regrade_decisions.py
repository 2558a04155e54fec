"""What regrading a plan would come to: every frame judged anew until the frames it is compared with stay the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from tsplug.grading.combine import Combination, Said, combine, status_by
from tsplug.grading.told import ToldVerdict
from tsplug.model import AcquiredImage, Band, GraderVerdict, GradingStatus, UngradedPolicy
from tsplug.ports import Unit
from tsplug.services.graders import (
    GRADERS,
    NOBODY,
    Grader,
    PreparedGrader,
    conclusions_of,
    foresee_all,
    prepared_graders,
    told_of,
)
from tsplug.services.plan_images import PlanImages

S = TypeVar("S", bound=Said)

Statuses = tuple[GradingStatus, ...]


class Regraded(NamedTuple):
    """What a frame comes to: its verdicts, those of other graders apart, the status and the score."""

    image: AcquiredImage
    verdicts: tuple[GraderVerdict | ToldVerdict, ...]
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
        image = self.image
        return image.status is not self.combination.status or image.manual or image.reject_reason != self.reason

    @property
    def score_changes(self) -> bool:
        """Return whether score or band differ from what is stored."""
        return self.image.score != self.score or self.image.band is not self.band


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
    """Return what every frame of a plan to regrade comes to, in their order."""
    [regraded] = regrade_plans([(plan, judging)], unit=unit)
    return regraded


def regrade_plans(plans: Sequence[tuple[PlanImages, Judging]], *, unit: Unit) -> list[list[Regraded]]:
    """Return what every frame to regrade of plans comes to, plan by plan, in their order.

    A frame is judged by its own status, which lets it wait or not, and against those of its peers; the same run
    changes both. So all are judged in one state, and again in the state that this leads to, until it leads to itself:
    then another run changes nothing. Where states follow each other in a circle the one is taken that follows from the
    fewest rejected frames, that is from the most peers, which another run takes too.
    What explains the verdicts is made once, for that one.
    No plan depends on another, but what frames are held against is found for all plans at once.
    """
    settling = [_Settling(plan, judging, unit=unit) for plan, judging in plans]
    open_ = settling
    while open_:
        foresee_all([each.bench.asked for each in open_])
        open_ = [each for each in open_ if not each.go_on()]
    return [each.bench.judged() for each in settling]


class _Settling:
    """A plan whose frames are judged in one state after the other."""

    def __init__(self, plan: PlanImages, judging: Judging, *, unit: Unit) -> None:
        self._plan, self._judging, self._unit = plan, judging, unit
        self._seen: list[Statuses] = [tuple(image.status for image in judging.images)]
        self.bench = self._bench_in(self._seen[0])

    def _bench_in(self, statuses: Statuses) -> _Bench:
        return _Bench(self._plan, self._judging, statuses=statuses, unit=self._unit)

    def go_on(self) -> bool:
        """Judge all frames, and return whether that settled them; else ``bench`` is ready to judge them again."""
        seen, reached = self._seen, self.bench.statuses()
        if reached not in seen:
            seen.append(reached)
            self.bench = self._bench_in(reached)
            return False
        start = seen.index(reached)
        # Where frames were rejected others are accepted for want of peers: who looked at more of them knows better.
        chosen = min(range(start, len(seen)), key=lambda place: (_rejected(seen[place]), seen[place]))
        if chosen < len(seen) - 1:
            self.bench = self._bench_in(seen[chosen])
            foresee_all([self.bench.asked])
        return True


def _rejected(statuses: Statuses) -> int:
    return statuses.count(GradingStatus.REJECTED)


def _as_if(images: Sequence[AcquiredImage], statuses: Statuses) -> dict[str, AcquiredImage]:
    """Return the images whose statuses are others as if they had these, by guid."""
    return {
        image.guid: image.model_copy(update={"status": status})
        for image, status in zip(images, statuses, strict=True)
        if image.status is not status
    }


class _Bench:
    """The graders of a plan in one state, and what they come to."""

    def __init__(self, plan: PlanImages, judging: Judging, *, statuses: Statuses, unit: Unit) -> None:
        changed = _as_if(judging.images, statuses)
        self._images = [changed.get(image.guid, image) for image in judging.images]
        self._plan = replace(plan, images=[changed.get(image.guid, image) for image in plan.images])
        self._judging = judging
        self._graders = prepared_graders(self._plan, unit, graders=judging.graders, images=judging.images)

    @property
    def asked(self) -> tuple[Sequence[PreparedGrader], Sequence[AcquiredImage]]:
        """Return who is to judge which frames."""
        return self._graders, self._images

    def statuses(self) -> Statuses:
        """Return the statuses that the state leads to."""
        return tuple(status_by(self._conclusions(image), self._policy(image)) for image in self._images)

    def _conclusions(self, image: AcquiredImage) -> Sequence[Said]:
        fresh = conclusions_of(image, self._plan, graders=self._graders)
        others = self._judging.said.get(image.guid, ())
        return [*_spoken(fresh), *others] if others else fresh

    def judged(self) -> list[Regraded]:
        """Return what every frame comes to, explained."""
        return [self._regraded(image, stored) for image, stored in zip(self._images, self._judging.images, strict=True)]

    def _regraded(self, image: AcquiredImage, stored: AcquiredImage) -> Regraded:
        others = self._judging.said.get(image.guid, ())
        fresh = told_of(image, self._plan, graders=self._graders)
        if others:
            fresh = _spoken(fresh)
        scored = [each for each in (*others, *fresh) if each.score is not None or each.band is not None]
        return Regraded(
            image=stored,
            verdicts=tuple(fresh),
            combination=combine([*fresh, *others], self._policy(image)),
            score=scored[-1].score if scored else None,
            band=scored[-1].band if scored else None,
        )

    def _policy(self, image: AcquiredImage) -> UngradedPolicy:
        return self._plan.profile_of(image).grader.ungraded


def _spoken(said: Sequence[S]) -> list[S]:
    """Return what graders say, without the word that there is none: others have spoken."""
    return [each for each in said if each.grader != NOBODY]
