"""Whether the first flat of a set is as bright as the training says, and by what exposure it would be."""

from __future__ import annotations

from dataclasses import dataclass

CORRECTION_RANGE = (0.25, 4.0)
"""The least and the most that an exposure may be scaled by."""


@dataclass(frozen=True)
class Deviation:
    """A median level that lies outside what is allowed around the trained one, in ADU."""

    found_adu: float
    target_adu: float
    tolerance_percent: float

    def __str__(self) -> str:
        """Return the numbers in words."""
        off = 100.0 * (self.found_adu / self.target_adu - 1.0)
        return (
            f"the first frame's median is {self.found_adu:.0f} ADU, {off:+.1f} % from the trained "
            f"{self.target_adu:.0f} ADU (allowed {self.tolerance_percent:g} %)"
        )

    def corrected_exposure_s(self, exposure_s: float) -> float | None:
        """Return the exposure that scales linearly to the trained level, or None where that is out of range."""
        if self.found_adu <= 0:
            return None
        factor = self.target_adu / self.found_adu
        low, high = CORRECTION_RANGE
        return exposure_s * factor if low <= factor <= high else None


def check_level(found_adu: float, target_adu: float | None, *, tolerance_percent: float) -> Deviation | None:
    """Return how a median level deviates from the trained one, or None if it is as it should be or none was trained."""
    if target_adu is None or abs(found_adu - target_adu) <= target_adu * tolerance_percent / 100.0:
        return None
    return Deviation(found_adu, target_adu, tolerance_percent)
