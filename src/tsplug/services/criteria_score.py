"""The calculator: scores values, or a stored image, with the very function that grades."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tsplug.errors import InputError
from tsplug.grading.criteria import DIGITS, Criteria
from tsplug.grading.criteria_baseline import baselines_of
from tsplug.grading.criteria_card import CardRow, ScoreCard, score_values
from tsplug.grading.setup import setup_of
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage
from tsplug.ports import ImageQuery, Unit


def score_given(criteria: Criteria, values: Mapping[str, float], *, baselines: Mapping[str, float]) -> dict[str, Any]:
    """Return the score of values by a set, as JSON types; ``notes`` tells what was given and not looked at.

    Raises:
        InputError: a name is no metric, or a value no number: all at once.
    """
    problems = [*_problems(values, "--metric"), *_problems(baselines, "--baseline")]
    if problems:
        raise InputError(";\n".join(problems))
    card = score_values(criteria, values, baselines=baselines)
    return card_row(card, criteria) | {"notes": _notes(criteria, values, baselines=baselines)}


def score_image(criteria: Criteria, image: AcquiredImage, *, unit: Unit) -> dict[str, Any]:
    """Return the score of a stored image by a set, against the frames it would be graded against; writes nothing."""
    query = ImageQuery(plan_id=image.plan_id, newest_first=False)
    among = [image] if image.plan_id is None else [each for each in unit.images(query) if _alike(each, image)]
    found = baselines_of(criteria, among)
    place = [each.guid for each in among].index(image.guid)
    baselines = {metric: float(values[place]) for metric, values in found.values.items()}
    card = score_values(criteria, image.metrics, baselines=baselines)
    few = [
        f"{metric} has no baseline: {int(found.samples[metric][place])} accepted frames of its plan and setup, 3 needed"
        for metric, value in baselines.items()
        if math.isnan(value)
    ]
    return {"image": image.id, **card_row(card, criteria), "notes": few}


def card_row(card: ScoreCard, criteria: Criteria) -> dict[str, Any]:
    """Return a card as JSON types."""
    return {
        "set": criteria.set.name,
        "score": card.score,
        "band": None if card.band is None else str(card.band),
        "unrounded": card.unrounded,
        "coverage": card.coverage,
        "rows": [_shown(row) for row in card.rows],
        "missing": list(card.missing),
        "gated": list(card.gated),
        "reason": card.reason,
        "next_band": None
        if card.next_band is None
        else {
            "band": str(card.next_band.band),
            "points": card.next_band.points,
            "values": card.next_band.values,
        },
    }


def _shown(row: CardRow) -> dict[str, Any]:
    """Return a card's row without what binary fractions leave beyond the digits that decide."""
    scores = ("threshold_score", "deviation_score", "score", "contribution")
    told = row._asdict()
    return told | {key: round(told[key], DIGITS) for key in scores if told[key] is not None}


def _alike(image: AcquiredImage, other: AcquiredImage) -> bool:
    return setup_of(image) == setup_of(other)


def _problems(given: Mapping[str, float], option: str) -> list[str]:
    unknown = [f"{option} {key}: is no metric; there are: {', '.join(METRICS)}" for key in given if key not in METRICS]
    endless = [f"{option} {key}: must be a number" for key, value in given.items() if not math.isfinite(value)]
    return unknown + endless


def _notes(criteria: Criteria, values: Mapping[str, float], *, baselines: Mapping[str, float]) -> list[str]:
    used = {row.metric for row in criteria.rows if row.enabled}
    deviating = {row.metric for row in criteria.scored_rows if row.deviation}
    notes = [f"{criteria.set.name!r} does not look at {key}" for key in values if key not in used]
    notes += [f"{key} has no deviation mode in {criteria.set.name!r}" for key in baselines if key not in deviating]
    notes += [
        f"{key} has no baseline: its threshold decides alone"
        for key in sorted((deviating & values.keys()) - baselines.keys())
    ]
    notes += [
        f"the baseline of {key} is not above 0: its threshold decides alone"
        for key in baselines
        if key in deviating and baselines[key] <= 0
    ]
    negative = [key for key in values if values[key] < 0 and key in used]
    return notes + [f"{key} cannot be negative: not looked at" for key in negative if not _may_be_negative(key)]


def _may_be_negative(key: str) -> bool:
    return METRICS[key].may_be_negative or METRICS[key].zero_is_failure
