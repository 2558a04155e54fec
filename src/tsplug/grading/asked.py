"""Frames whose levels are asked for, and whether it pays to find them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tsplug.grading.night_levels import Sample

_SPARSE = 8
"""Nights that differ so much in length that of an array one place in so many is filled are not put side by side."""


class Asked(NamedTuple):
    """A frame whose levels are wanted, and what counts as newest where it is left out; None takes all."""

    night: date
    sample: Sample
    newest: int | None


def is_sparse(nights: Sequence[date]) -> bool:
    """Return whether arrays of samples by nights would be almost empty."""
    counts = Counter(nights)
    return len(counts) * max(counts.values(), default=0) > _SPARSE * len(nights)
