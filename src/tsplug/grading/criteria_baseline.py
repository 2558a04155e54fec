"""What a frame's peers have: the median of the accepted frames of the same plan and setup, the frame itself apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tsplug.grading.criteria import Criteria, Numbers, columns_of, usable_samples
from tsplug.grading.setup import setup_of
from tsplug.model import AcquiredImage, GradingStatus

MINIMUM_SAMPLES = 3
"""With fewer other frames there is no baseline, and the threshold decides alone."""


@dataclass(frozen=True)
class Baselines:
    """Baselines of frames by metric, nan where there is none, and of how many frames each is the median."""

    values: dict[str, Numbers] = field(default_factory=dict)
    samples: dict[str, Numbers] = field(default_factory=dict)


def baselines_of(criteria: Criteria, images: Sequence[AcquiredImage]) -> Baselines:
    """Return the baselines of frames for the rows that look at deviation.

    Args:
        criteria: which rows.
        images: all frames of a plan; those that are accepted make the baselines, all get one.
    """
    found = Baselines()
    metrics = [row.metric for row in criteria.scored_rows if row.deviation]
    columns = columns_of([image.metrics for image in images], metrics)
    accepted = np.array([image.status is GradingStatus.ACCEPTED for image in images], dtype=bool)
    groups = _groups(images)
    for metric, values in columns.items():
        samples = np.where(accepted, usable_samples(metric, values), np.nan)
        found.values[metric] = np.full(len(images), np.nan)
        found.samples[metric] = np.zeros(len(images))
        for places in groups:
            medians, counts = medians_of_others(samples[places])
            found.values[metric][places] = medians
            found.samples[metric][places] = counts
    return found


def medians_of_others(samples: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each element the median of all others, and how many these are; nan where they are fewer than three.

    Elements that are not numbers are nobody's sample. Sorts once, O(n log n) for all n together.
    """
    present = ~np.isnan(samples)
    ordered = np.sort(samples[present])
    total = len(ordered)
    counts = np.where(present, total - 1, total).astype(np.float64)
    medians = np.full(len(samples), np.nan)
    if total >= MINIMUM_SAMPLES:
        medians[~present] = np.median(ordered)
    if total > MINIMUM_SAMPLES:
        left_out = np.empty(total, dtype=np.intp)
        left_out[np.argsort(samples[present], kind="stable")] = np.arange(total)
        medians[present] = _median_without(ordered, left_out)
    return medians, counts


def _median_without(ordered: Numbers, left_out: NDArray[np.intp]) -> Numbers:
    rest = len(ordered) - 1
    low, high = (rest - 1) // 2, rest // 2
    # An element at or beyond the one left out stands one place further on.
    lower = ordered[low + (left_out <= low)]
    upper = ordered[high + (left_out <= high)]
    return np.asarray((lower + upper) / 2.0, dtype=np.float64)


def _groups(images: Sequence[AcquiredImage]) -> list[list[int]]:
    groups: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, image in enumerate(images):
        groups[setup_of(image)].append(place)
    return list(groups.values())
