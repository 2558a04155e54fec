"""What makes stars large beside the air: a shaken mount, and a camera out of focus.

Air makes stars large too, but may do so for a whole night, and the best frames of that night are all that it gives.
What the equipment did is told by the frame itself, so such a frame sets no standard, and gets no allowance for the air.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tsplug.grading.night_levels import middle_without
from tsplug.metrics import is_measured
from tsplug.model import AcquiredImage

UNSTEADY = 1.75
"""Guiding errors so many times larger than usual make a frame no standard for the sizes of stars: wind shakes it."""

SHAKEN_SHARE = 0.25
"""Such a part of the square of its HFR, due to guiding beyond the usual, makes a frame a shaken one.

Errors add up in squares, so these stars are 1.15 times as large as the same air had left them under usual guiding; less
is lost in what seeing does from one minute to the next, and says nothing.
"""

_HFR_OF_RMS = math.sqrt(math.log(2.0))
"""The half-flux radius of a Gaussian whose two axes together have an RMS of 1 (spec/peers e-4: 1.1774 / sqrt 2)."""

HOLLOW = 1.15
"""So many times more FWHM for its HFR than usual makes a star a disc.

Air spreads stars as Moffat profiles, FWHM / HFR 1.5 to 1.7 whatever the seeing (spec/peers e-4); out of focus they
become evenly lit discs, 2.8. Convolving the one with the other makes this much of it where the disc enlarges the HFR by
12 % (beta 2.5), 17 % (beta 3) or 23 % (beta 4).
"""

RESOLVED_PX = 1.9
"""Narrower stars than the two pixels that sampling needs have no profile to speak of."""

_ENOUGH = 3


class Limits(NamedTuple):
    """The largest guiding error, and the largest FWHM / HFR, of a frame that nothing disturbed."""

    guiding: float
    profile: float


NO_LIMITS = Limits(math.inf, math.inf)


class Disturbances:
    """What of some frames tells whether they were disturbed."""

    def __init__(self, frames: Sequence[AcquiredImage]) -> None:
        self._count = len(frames)
        self._guids = {frame.guid for frame in frames}
        self._guiding = {frame.guid: error for frame in frames if (error := _guiding_of(frame)) is not None}
        self._profiles = {frame.guid: ratio for frame in frames if (ratio := _profile_of(frame)) is not None}
        self._errors = sorted(self._guiding.values())
        self._ratios = sorted(self._profiles.values())

    def limits_for(self, image: AcquiredImage) -> Limits:
        """Return the limits that all frames but one set.

        Guiding is usual as in the middle of the better half. Air has its profile always, so that of the sharpest tenth
        is the usual one. Where nothing is known, or hardly any frame would be within, there is no limit.
        """
        others = self._count - (image.guid in self._guids)
        return Limits(
            _limit(self._errors, self._guiding.get(image.guid), standard=(UNSTEADY, 4), others=others),
            _limit(self._ratios, self._profiles.get(image.guid), standard=(HOLLOW, 10), others=others),
        )

    def within(self, frame: AcquiredImage, limits: Limits) -> bool:
        """Return whether one of the frames is undisturbed by these limits."""
        guid = frame.guid
        return self._guiding.get(guid, 0.0) <= limits.guiding and self._profiles.get(guid, 0.0) <= limits.profile


def shaken_share(image: AcquiredImage, limits: Limits, *, scale_arcsec: float | None) -> float:
    """Return which part of the square of a frame's HFR is due to guiding beyond the usual, 0 where it was guided well.

    Where the scale of its pixels (arcseconds) or its HFR is not known, bad guiding is held to be all of it.
    """
    error = _guiding_of(image) or 0.0
    if error <= limits.guiding:
        return 0.0
    radius = image.metrics.get("hfr")
    # Too small to be squared is too small to be measured.
    if scale_arcsec is None or not (is_measured(radius) and radius > 0 and radius * radius > 0):
        return 1.0
    usual = limits.guiding / UNSTEADY
    added_px2 = (error**2 - usual**2) * (_HFR_OF_RMS / scale_arcsec) ** 2
    return min(added_px2 / radius**2, 1.0)


def is_defocused(image: AcquiredImage, limits: Limits) -> bool:
    """Return whether a frame's stars are discs."""
    return (_profile_of(image) or 0.0) > limits.profile


def told_apart(image: AcquiredImage) -> bool:
    """Return whether a frame tells what made its stars large: its guiding and the profile of its stars are known."""
    return _guiding_of(image) is not None and _profile_of(image) is not None


def _limit(ordered: list[float], own: float | None, *, standard: tuple[float, int], others: int) -> float:
    """Return a limit so many times the value that one part in so many of the frames do not exceed."""
    times, part = standard
    known = len(ordered) - (own is not None)
    if not known:
        return math.inf
    left_out = None if own is None else bisect_left(ordered, own)
    limit = times * middle_without(ordered, left_out, end=max(1, 2 * known // part))
    within = bisect_right(ordered, limit) - (own is not None and own <= limit)
    return limit if others - known + within >= _ENOUGH else math.inf


def _guiding_of(image: AcquiredImage) -> float | None:
    error = image.metrics.get("guiding_rms")
    return error if is_measured(error) and error > 0 else None


def _profile_of(image: AcquiredImage) -> float | None:
    """Return FWHM / HFR of a frame's stars; None where they are not resolved."""
    width, radius = image.metrics.get("fwhm"), image.metrics.get("hfr")
    if not (is_measured(width) and is_measured(radius)):
        return None
    return width / radius if width >= RESOLVED_PX and radius > 0 else None
