"""The criteria grader's verdict: the band of a frame against the least that its template asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from pydantic_core import to_json

from tsplug.grading.combine import Conclusion
from tsplug.grading.criteria import Criteria, FrameScores, columns_of, score_frames
from tsplug.grading.criteria_baseline import Baselines, baselines_of
from tsplug.grading.criteria_card import Cards, ScoreCard, reaching
from tsplug.grading.criteria_text import CriteriaTexts
from tsplug.grading.told import ToldVerdict, is_finite_text
from tsplug.model import AcquiredImage, Band, GraderVerdict, VerdictStatus
from tsplug.model.json_text import JsonText

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
        self._cards = Cards(self._scores)
        self._thresholds = {str(band): least for band, least in criteria.thresholds.items()}
        self._places = {image.guid: place for place, image in enumerate(images)}

    def card(self, image: AcquiredImage) -> ScoreCard:
        """Return the card of one of the frames."""
        return self._cards.at(self._places[image.guid])

    def conclusion(self, image: AcquiredImage, *, minimum: Band) -> Conclusion:
        """Return what `verdict` concludes of one of the frames."""
        score, band = self._cards.conclusion(self._places[image.guid])
        status, reason = _conclusion(band, minimum) if band is not None else _abstention(self.card(image))
        return Conclusion(GRADER, status, reason, score, band)

    def verdict(self, image: AcquiredImage, *, minimum: Band) -> GraderVerdict:
        """Return the verdict of one of the frames: a band below the minimum rejects, no score abstains."""
        card = self.card(image)
        status, reason = _conclusion(card.band, minimum) if card.band is not None else _abstention(card)
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

    def told(self, image: AcquiredImage, *, minimum: Band) -> GraderVerdict | ToldVerdict:
        """Return `verdict` as it is stored, where there is a score that no gate fails."""
        place = self._places[image.guid]
        score, band = self._cards.conclusion(place)
        if score is None or band is None or self._cards.is_gated(place):
            return self.verdict(image, minimum=minimum)
        status, reason = _conclusion(band, minimum)
        would_pass = "{}"
        if status is VerdictStatus.REJECT:
            would_pass = to_json(_would_pass(self._cards.at(place), self._criteria, minimum=minimum)).decode()
        text = self._texts.text(place, score=score, minimum=minimum, would_pass=would_pass)
        if not is_finite_text(text):
            return self.verdict(image, minimum=minimum)
        return ToldVerdict(GRADER, VERSION, status, reason, JsonText(text), float(score), band)

    @cached_property
    def _texts(self) -> CriteriaTexts:
        return CriteriaTexts(self._criteria, self._scores, baselines=self._baselines)

    def _samples_of(self, metric: str, place: int) -> int:
        samples = self._baselines.samples.get(metric)
        return 0 if samples is None else int(samples[place])

    def _inputs(self, card: ScoreCard, place: int, *, minimum: Band) -> dict[str, object]:
        whole = self._criteria.set
        rows = [{**row._asdict(), "samples": self._samples_of(row.metric, place)} for row in card.rows]
        return {
            "set": whole.name,
            "set_guid": whole.guid,
            "minimum_grade": str(minimum),
            "thresholds": dict(self._thresholds),
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
    return str.__le__(band, minimum)


def _conclusion(band: Band, minimum: Band) -> tuple[VerdictStatus, str]:
    if counts_for(band, minimum):
        return VerdictStatus.ACCEPT, ""
    return VerdictStatus.REJECT, f"Grade {band} < {minimum}"


def _abstention(card: ScoreCard) -> tuple[VerdictStatus, str]:
    return VerdictStatus.ABSTAIN, card.reason


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
