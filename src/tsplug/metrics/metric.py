"""What a metric of image quality is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One measurable quality of a frame: its key, unit, better direction and the usual good and bad values.

    ``better`` is None where neither direction is. ``good`` and ``bad`` are the defaults of criteria grading
    (spec/peers AM-C4), None where there are none. ``may_be_negative`` says that values below zero are values and no
    faults. ``zero_is_failure`` says that zero means that nothing was measured. ``has_true_zero`` is False where a
    percentage of a value means nothing, as of degrees Celsius.
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
