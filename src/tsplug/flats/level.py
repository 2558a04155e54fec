"""Whether the first flat of a set is as bright as the training says, and the others as bright as the first."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

CORRECTION_RANGE = (0.25, 4.0)
"""The least and the most that an exposure may be scaled by."""

CLIPPED_FROM = 0.95
"""From this part of the camera's range on a median says only that the light is too bright, not by how much."""

HARDLY_LIT = 0.05
"""Below this part of the light that is wanted it is not the training that is wrong: the panel is dark."""

HALF = 0.5
"""What a clipped exposure is scaled by where nobody can look how bright the light is."""

PLAUSIBLE_RANGE = (0.1, 0.9)
"""Which part of the camera's range a flat's median lies in, whatever was trained."""

UNCHECKED = "no target ADU is trained: the level cannot be checked"
"""What is said of a set whose level is known neither from the training nor from earlier sets."""

SATURATION_ALLOWED = 0.01
"""Which part of a flat's pixels may be saturated: hot ones are, and are no flat's fault."""

LATER_FRAMES = 2.0
"""How many times the allowed error a later frame may be off the first one: panels drift a little, or they fail."""


def rounded_s(exposure_s: float) -> float:
    """Return an exposure to a millisecond, short ones to three digits: what differs by less shares its dark flats."""
    return round(exposure_s, max(3, 2 - math.floor(math.log10(exposure_s))))


@dataclass(frozen=True)
class Level:
    """The median level, in ADU, that a first frame should have, None where nobody knows, and the bias in it.

    ``usual`` says that it was not trained, but is what earlier sets had. ``max_adu`` is the end of the camera's range.
    """

    target_adu: float | None
    bias_adu: float | None = None
    usual: bool = False
    max_adu: int | None = None


@dataclass(frozen=True)
class Deviation:
    """A median level that lies outside what is allowed, in ADU: around the trained one, or that of the first frame.

    ``usual`` says that the target is not a trained level, but what earlier sets of the same setting had. ``bias_adu``
    is the part of either level that no light has made. ``clipped`` says that the level found is the end of the range.
    """

    found_adu: float
    target_adu: float
    tolerance_percent: float
    frame_number: int = 1
    usual: bool = False
    bias_adu: float = 0.0
    clipped: bool = False

    def __str__(self) -> str:
        """Return the numbers in words."""
        off = 100.0 * (self.found_adu / self.target_adu - 1.0)
        if self.frame_number > 1:
            return (
                f"the median of frame {self.frame_number} is {self.found_adu:.0f} ADU, {off:+.1f} % from the "
                f"{self.target_adu:.0f} ADU of the first one (allowed {self.tolerance_percent:g} %)"
            )
        wanted = f"{self.target_adu:.0f} ADU of earlier sets" if self.usual else f"trained {self.target_adu:.0f} ADU"
        return (
            f"the first frame's median is {self.found_adu:.0f} ADU{', the end of the range' if self.clipped else ''}, "
            f"{off:+.1f} % from the {wanted} (allowed {self.tolerance_percent:g} %)"
        )

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        hardly_lit = self.found_adu - self.bias_adu < HARDLY_LIT * (self.target_adu - self.bias_adu)
        if self.frame_number > 1 or hardly_lit:
            return "look at the panel's light"
        return "train the panel anew for this filter"

    def corrected_exposure_s(self, exposure_s: float) -> float | None:
        """Return the exposure that leads to the trained level, or None where nothing can be scaled.

        Below saturation a level is ``bias + rate x exposure`` (EMVA 1288), so what lies above the bias is scaled. A
        clipped level hides the rate: the exposure is halved then, for want of a frame that tells more.
        """
        if self.clipped:
            return rounded_s(HALF * exposure_s) if self.frame_number == 1 else None
        signal_adu, wanted_adu = self.found_adu - self.bias_adu, self.target_adu - self.bias_adu
        if min(signal_adu, wanted_adu) <= 0 or self.frame_number > 1:
            return None
        factor = wanted_adu / signal_adu
        low, high = CORRECTION_RANGE
        return rounded_s(exposure_s * factor) if low <= factor <= high else None

    def seen_shorter(self, found_adu: float, exposure_s: float, *, max_adu: int) -> float | None:
        """Return the exposure that leads to the trained level, as a frame of the shortest one allowed tells it.

        Args:
            found_adu: the median of that frame.
            exposure_s: how long it was exposed, in seconds.
            max_adu: the end of the camera's range.

        Returns:
            The exposure in seconds, or None where the light is too bright even for the shortest.
        """
        seen = replace(self, found_adu=found_adu, clipped=found_adu >= CLIPPED_FROM * max_adu)
        longer_s = None if seen.clipped else seen.corrected_exposure_s(exposure_s)
        shortest_s = exposure_s * (1.0 - self.tolerance_percent / 100.0)
        return longer_s if longer_s is not None and longer_s >= shortest_s else None


@dataclass(frozen=True)
class Implausible:
    """A median level, in ADU, that no flat should have: too near to an end of the camera's range."""

    found_adu: float
    max_adu: int

    def __str__(self) -> str:
        """Return the numbers in words."""
        low, high = (100.0 * part for part in PLAUSIBLE_RANGE)
        return (
            f"the first frame's median is {self.found_adu:.0f} ADU, {100.0 * self.found_adu / self.max_adu:.0f} % of "
            f"the camera's range, and no target ADU is trained: a flat has {low:g} to {high:g} %"
        )

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return "look at the panel's light, and train the panel with a target ADU"

    def corrected_exposure_s(self, exposure_s: float) -> float | None:
        """Return None: nobody knows what level is wanted."""
        return None


@dataclass(frozen=True)
class NotDark:
    """A dark flat, in ADU, that has seen light."""

    found_adu: float
    max_adu: int

    def __str__(self) -> str:
        """Return the numbers in words."""
        return (
            f"the median of a dark flat is {self.found_adu:.0f} ADU, {100.0 * self.found_adu / self.max_adu:.0f} % of "
            f"the camera's range (allowed {100.0 * PLAUSIBLE_RANGE[0]:g} %)"
        )

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return "see that the cover is closed and the panel off"

    def corrected_exposure_s(self, exposure_s: float) -> float | None:
        """Return None: no exposure makes it dark."""
        return None


@dataclass(frozen=True)
class Saturated:
    """A frame of which too many pixels are at the end of the camera's range; ``fraction`` is 0 to 1."""

    fraction: float
    frame_number: int

    def __str__(self) -> str:
        """Return the numbers in words."""
        return (
            f"{100.0 * self.fraction:.1f} % of frame {self.frame_number} are saturated "
            f"(allowed {100.0 * SATURATION_ALLOWED:g} %)"
        )

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return "train the panel with a lower target ADU, or a lower gain"

    def corrected_exposure_s(self, exposure_s: float) -> float | None:
        """Return None: the median is right, so another exposure would make it wrong."""
        return None


LevelFault = Deviation | Implausible | NotDark | Saturated
"""What can be wrong with the level of a flat."""


def check_level(found_adu: float, wanted: Level, *, tolerance_percent: float) -> Deviation | None:
    """Return how a median level deviates from the one wanted, or None if it is as it should be or none is known."""
    target_adu = wanted.target_adu
    if target_adu is None or abs(found_adu - target_adu) <= target_adu * tolerance_percent / 100.0:
        return None
    return Deviation(
        found_adu,
        target_adu,
        tolerance_percent,
        usual=wanted.usual,
        bias_adu=wanted.bias_adu or 0.0,
        clipped=wanted.max_adu is not None and found_adu >= CLIPPED_FROM * wanted.max_adu,
    )


def check_plausible(found_adu: float, *, max_adu: int) -> Implausible | None:
    """Return a median level that is too near to an end of the camera's range, None for any other."""
    low, high = PLAUSIBLE_RANGE
    return None if low * max_adu <= found_adu <= high * max_adu else Implausible(found_adu, max_adu)


def check_steady(
    found_adu: float, first_adu: float | None, *, number: int, tolerance_percent: float
) -> Deviation | None:
    """Return how frame ``number`` of a set deviates from the first one, or None if the light was steady enough."""
    allowed_percent = LATER_FRAMES * tolerance_percent
    if first_adu is None or abs(found_adu - first_adu) <= first_adu * allowed_percent / 100.0:
        return None
    # A first frame without light is beyond comparing.
    return Deviation(found_adu, first_adu, allowed_percent, number) if first_adu > 0 else None


def check_saturation(fraction: float, *, number: int) -> Saturated | None:
    """Return how far frame ``number`` of a set is saturated (0 to 1), or None if it is not more than allowed."""
    return Saturated(fraction, number) if fraction > SATURATION_ALLOWED else None


def check_dark(found_adu: float, *, max_adu: int) -> NotDark | None:
    """Return a dark flat's median level if it is too bright to be dark, None for any other."""
    return NotDark(found_adu, max_adu) if found_adu >= PLAUSIBLE_RANGE[0] * max_adu else None
