"""The highest level of a frame, known before all of its levels are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Pixels so far apart are of all columns and all colours alike: one of two prime numbers that is no factor of the width.
_SAMPLED, _USUAL_SHARE = (1009, 1013), 0.25


@dataclass(frozen=True)
class TopLevel:
    """The highest level of a frame's pixels, and the rows in which it was seen."""

    level: float
    pixels: NDArray[Any]
    rows: tuple[slice, ...]

    @classmethod
    def of(cls, pixels: NDArray[Any], tops: Sequence[tuple[slice, float]]) -> TopLevel:
        """Return that of a frame of which the highest levels of all parts are known."""
        level = max(top for _, top in tops)
        return cls(level, pixels, tuple(rows for rows, top in tops if top == level))

    def is_shared_by(self, count: int) -> bool:
        """Return whether at least so many pixels have it; of a frame with many, few rows are looked at."""
        found = 0
        for rows in self.rows:
            found += int(np.count_nonzero(self.pixels[rows] == self.level))
            if found >= count:
                return True
        return False

    @property
    def may_be_usual(self) -> bool:
        """Return whether so many of a sample of pixels have it that half of the frame may."""
        # No frame is so wide that both divide its width: a million pixels.
        apart = next((each for each in _SAMPLED if self.pixels.shape[1] % each), 1)
        sample = self.pixels.reshape(-1)[::apart]
        return bool(np.count_nonzero(sample == self.level) >= _USUAL_SHARE * sample.size)
