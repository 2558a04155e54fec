"""Grades simulated nights frame by frame, as a night goes, and counts what was right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reference_rule import reference_accepts
from simulated_nights import SCALE_ARCSEC, Quality

from tsplug.grading.combine import combine
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, population_of
from tsplug.grading.statistical import judge
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus, MetricPreferences, UngradedPolicy

Accepts = Callable[[AcquiredImage, Sequence[AcquiredImage], bool], bool | None]
"""Whether a frame is accepted among frames, None where it stays pending; True at the end asks for an answer."""

DELAY_PERCENT = 80
MAX_SAMPLES = 10


class Judged(Protocol):
    """A frame of which it is known what it is worth."""

    @property
    def image(self) -> AcquiredImage:
        """Return its record."""
        ...

    @property
    def quality(self) -> Quality:
        """Return what it is worth."""
        ...


@dataclass(frozen=True)
class Confusion:
    """How many bad and good frames there were, and how many of each were rejected."""

    bad: int
    bad_rejected: int
    good: int
    good_rejected: int

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(
            self.bad + other.bad,
            self.bad_rejected + other.bad_rejected,
            self.good + other.good,
            self.good_rejected + other.good_rejected,
        )

    def __str__(self) -> str:
        return f"{self.bad_rejected:3d}/{self.bad:<3d} {self.good_rejected:3d}/{self.good:<3d}"


def ours(mode: GraderMode, *, immediate: bool, metrics: Sequence[str] = ()) -> Accepts:
    """Return tsplug's statistical grader with the defaults of a profile of a mode, and with other metrics graded."""
    preferences = GraderPreferences(mode=mode, metrics={key: MetricPreferences(grade=True) for key in metrics})
    choice = Choice(mode=mode, max_samples=MAX_SAMPLES if immediate else None)

    def accepts(image: AcquiredImage, frames: Sequence[AcquiredImage], final: bool) -> bool | None:
        case = Case(image, population_of(image, frames, choice=choice), preferences, SCALE_ARCSEC, final)
        status = combine([judge(case)], UngradedPolicy.COUNT).status
        return None if status is GradingStatus.PENDING else status is GradingStatus.ACCEPTED

    return accepts


def reference(*, immediate: bool) -> Accepts:
    """Return the reference's rule; of its newest samples one is the image itself."""

    def accepts(image: AcquiredImage, frames: Sequence[AcquiredImage], final: bool) -> bool:
        newest = sorted(frames, key=lambda frame: frame.started, reverse=True)
        matching = newest[:MAX_SAMPLES] if immediate else newest
        others = [frame for frame in matching if frame.guid != image.guid]
        return reference_accepts(image, others, scale_arcsec=SCALE_ARCSEC)

    return accepts


def graded(frames: Sequence[Judged], accepts: Accepts, *, immediate: bool) -> dict[str, bool]:
    """Return which frames, by guid, were accepted as they came in.

    Immediately each on its own; else all that are pending as soon as 80 % of the frames are there, and again with each
    that follows. All that are pending at a time are judged against the same state. What is pending in the end is judged
    once more, without waiting for later frames.
    """
    taken: list[AcquiredImage] = []
    for frame in frames:
        taken.append(frame.image)
        if not immediate and len(taken) * 100 < DELAY_PERCENT * len(frames):
            continue
        taken = _judged(taken, accepts, final=False)
    taken = _judged(taken, accepts, final=True)
    return {image.guid: image.status is GradingStatus.ACCEPTED for image in taken}


def _judged(taken: Sequence[AcquiredImage], accepts: Accepts, *, final: bool) -> list[AcquiredImage]:
    pending = [image for image in taken if image.status is GradingStatus.PENDING]
    verdicts = {image.guid: accepts(image, taken, final) for image in pending}
    return [_with(image, verdicts.get(image.guid)) for image in taken]


def confusion(frames: Sequence[Judged], accepted: dict[str, bool]) -> Confusion:
    """Count bad and good frames, and those of them that were rejected; what lies between counts as neither."""
    kinds = {
        kind: [accepted[frame.image.guid] for frame in frames if frame.quality == kind]
        for kind in (Quality.BAD, Quality.GOOD)
    }
    bad, good = kinds[Quality.BAD], kinds[Quality.GOOD]
    return Confusion(len(bad), bad.count(False), len(good), good.count(False))


def _with(image: AcquiredImage, accepted: bool | None) -> AcquiredImage:
    if accepted is None:
        return image
    return image.model_copy(update={"status": GradingStatus.ACCEPTED if accepted else GradingStatus.REJECTED})
