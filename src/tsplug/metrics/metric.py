"""What a metric of image quality is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeGuard

LARGEST = 2.0**53
"""The largest number that counts as a value: beyond it numbers of this kind are further apart than 1.

Nothing measures so finely. What is larger is what a program left where it failed, and its square may be no number.
"""


def is_measured(value: float | None) -> TypeGuard[float]:
    """Return whether a metric of a frame is a number that something may have measured."""
    return value is not None and -LARGEST <= value <= LARGEST


@dataclass(frozen=True)
class AmongPeers:
    """How the statistical grader holds a metric against the same metric of comparable frames, in robust mode.

    Attributes:
        scale: whether values are compared as ratios, which are lengths of their natural logarithms and need values
            above zero, or as differences in the metric's unit.
        graded: whether profiles that say nothing of the metric are graded by it.
        least_spread, largest_spread: the least standard deviation that may be claimed of it, and the largest that good
            frames have.
        swing: how much worse than usual a whole night may be.
        by_air: how much worse one airmass more may make it; up to that a trend with the air is taken out.
        unsurpassed: whether nothing is better than good, as nothing is clearer than a clear sky: then the best quarter
            of the frames sets the standard, however few are like it. Else the better half does, if most are like it.

    What is None is a share of the way from the metric's good to its bad value: a twentieth, three twentieths, three
    tenths. A metric without these values is held to what its peers show.
    """

    scale: Literal["ratio", "difference"] = "difference"
    graded: bool = False
    least_spread: float | None = None
    largest_spread: float | None = None
    swing: float | None = None
    by_air: float = 0.0
    unsurpassed: bool = False


@dataclass(frozen=True)
class Metric:
    """One measurable quality of a frame: its key, unit, better direction and the usual good and bad values.

    ``better`` is None where neither direction is. ``good`` and ``bad`` are the defaults of criteria grading
    (spec/peers AM-C4), None where there are none. ``may_be_negative`` says that values below zero are values and no
    faults. ``zero_is_failure`` says that zero means that nothing was measured. ``has_true_zero`` is False where a
    percentage of a value means nothing, as of degrees Celsius. ``among_peers`` says how the statistical grader compares
    it, which profiles switch on and off; a metric with a test of its own in `tsplug.grading.checks` has no use for it.
    """

    key: str
    title: str
    unit: str
    better: Literal["lower", "higher"] | None
    good: float | None = None
    bad: float | None = None
    may_be_negative: bool = False
    zero_is_failure: bool = False
    has_true_zero: bool = True
    among_peers: AmongPeers = AmongPeers()
