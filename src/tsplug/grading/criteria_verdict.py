"""The criteria grader's verdict: the band of a frame against the least that its template asks for."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.grading.criteria import Criteria, FrameScores, columns_of, score_frames
from tsplug.grading.criteria_baseline import Baselines, baselines_of
from tsplug.grading.criteria_card import ScoreCard, card_at, reaching
from tsplug.model import AcquiredImage, Band, GraderVerdict, VerdictStatus

GRADER = "criteria"
VERSION = "1"


class FrameJudge:
    """Scores all frames of a plan at once, and then tells of each what was found.

    Args:
        criteria: a valid set.
        images: all frames of the plan; the accepted ones make each other's baselines.
    """

    def __init__(self, criteria: Criteria, images: Sequence[AcquiredImage]) -> None:
        self._criteria = criteria
        self._baselines = baselines_of(criteria, images)
        self._scores = score_images(criteria, images, baselines=self._baselines)
        self._places = {image.guid: place for place, image in enumerate(images)}

    def card(self, image: AcquiredImage) -> ScoreCard:
        """Return the card of one of the frames."""
        return card_at(self._scores, self._places[image.guid])

    def verdict(self, image: AcquiredImage, *, minimum: Band) -> GraderVerdict:
        """Return the verdict of one of the frames: a band below the minimum rejects, no score abstains."""
        card = self.card(image)
        status, reason = _conclusion(card, minimum)
        return GraderVerdict(
            image_guid=image.guid,
            grader=GRADER,
            version=VERSION,
            status=status,
            reason=reason,
            score=card.score,
            band=card.band,
            inputs=self._inputs(card, self._places[image.guid], minimum=minimum),
        )

    def _inputs(self, card: ScoreCard, place: int, *, minimum: Band) -> dict[str, object]:
        whole = self._criteria.set
        samples = self._baselines.samples
        rows = [
            {**row.__dict__, "samples": int(samples[row.metric][place]) if row.metric in samples else 0}
            for row in card.rows
        ]
        return {
            "set": whole.name,
            "set_guid": whole.guid,
            "minimum_grade": str(minimum),
            "thresholds": {str(band): least for band, least in self._criteria.thresholds.items()},
            "unrounded": card.unrounded,
            "coverage": card.coverage,
            "rows": rows,
            "missing": list(card.missing),
            "gated": list(card.gated),
            "detail": _detail(card),
            "would_pass": _would_pass(card, self._criteria, minimum=minimum),
        }


def score_images(criteria: Criteria, images: Sequence[AcquiredImage], *, baselines: Baselines) -> FrameScores:
    """Return the scores of frames against their baselines."""
    values = columns_of([image.metrics for image in images], [row.metric for row in criteria.rows])
    return score_frames(criteria, values, baselines=baselines.values)


def ungraded(image_guid: str, why: str) -> GraderVerdict:
    """Return the verdict of a frame that no criteria are held against: an abstention, not the lowest band."""
    return GraderVerdict(
        image_guid=image_guid, grader=GRADER, version=VERSION, status=VerdictStatus.ABSTAIN, reason=why
    )


def counts_for(band: Band, minimum: Band) -> bool:
    """Return whether a band is at least the one asked for."""
    return band.value <= minimum.value


def _conclusion(card: ScoreCard, minimum: Band) -> tuple[VerdictStatus, str]:
    if card.band is None:
        return VerdictStatus.ABSTAIN, card.reason
    if counts_for(card.band, minimum):
        return VerdictStatus.ACCEPT, ""
    return VerdictStatus.REJECT, f"Grade {card.band} < {minimum}"


def _detail(card: ScoreCard) -> str:
    if card.reason:
        return card.reason
    least = min(card.rows, key=lambda row: (row.score, row.metric))
    return f"score {card.score}, worst is {least.metric} {least.value:.4g} with {least.score:.0f} of 100"


def _would_pass(card: ScoreCard, criteria: Criteria, *, minimum: Band) -> dict[str, float | None]:
    """Return for each metric of a frame below the minimum the value that alone would have made it count."""
    if card.band is None or card.gated or counts_for(card.band, minimum):
        return {}
    return reaching(card, criteria, band=minimum).values
