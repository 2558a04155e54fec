"""Metrics as harms: scales on which larger is worse and equal steps have equal effects."""

from __future__ import annotations

import math
from typing import Protocol

from tsplug.grading.night_levels import Yardstick
from tsplug.grading.sharp_sizes import SharpSizes, hfr_of
from tsplug.model import AcquiredImage, GraderPreferences

SIZE_EXPONENT = 0.75
"""How the number of stars found falls with their size: as HFR to the power -0.75.

A star stands out of the sky's noise, which grows with the radius its light is spread over, so the faintest flux found
grows with the HFR; and stars brighter than a flux are about as many as that flux to the power -0.9 (0.35 per
magnitude in tenth powers, between 0.27 at the poles and 0.44 in the plane of the Milky Way, magnitudes 12 to 16). That
is the most there can be: bright stars stand out whatever their size. On clear simulated frames with HFR from 0.8 to
2.2 px it was 0.65. Half way between, for stars 1.7 times as large or small an error to either side is a twelfth of
their number.
"""

SMALLEST_PX = 0.8
"""Of smaller stars the number was never seen to rise as they shrink: their light is in one pixel or two already.

Behind 200 mm (3.9 arcseconds a pixel) it fell, from 1850 at 0.76 px to 1700 at 0.66.
"""

HALF_WEIGHT = 0.5 * math.log(2.0)
"""Stars larger by this, as a logarithm (1.41 times), make a frame worth half of a usual one.

Against the sky the square of a star's signal to noise falls as the area that its light is spread over.
"""

SAMPLED_PX = 2.0
"""Two pixels across the FWHM are what sampling needs: stars that are narrower are no sharper in the pixels."""

ORDINARY_ARCSEC = math.sqrt(2.0 * 6.0)
"""The FWHM up to which ordinary air may spread stars: half way from what is good (2) to what is bad (6) of it.

Half way in steps of equal effect, that is in factors: 3.46. Two pixels of 1.73 seconds of arc are as wide. Coarser ones
are too coarse for what the air does, and their stars as sharp as ever.
"""

_FWHM_OF_HFR = 1.706
"""FWHM / HFR of a Moffat profile of beta 4 (spec/peers e-4), as the air spreads stars."""


def _sizes(part: float) -> Yardstick:
    """Return what sizes of stars may do that are such a part of their FWHM.

    What whole nights may differ by, and what is granted while nothing is known, is what halves a frame's worth: who
    takes what the night gives loses no more than by taking half as many.
    """
    return Yardstick(
        floor=0.05,
        ceiling=0.1,
        swing=HALF_WEIGHT,
        young=HALF_WEIGHT,
        steepest=0.6,
        undisturbed=True,
        seeing=True,
        sampled=math.log(SAMPLED_PX * part),
        ordinary=math.log(ORDINARY_ARCSEC * part),
    )


HALF_FLUX = _sizes(1.0 / _FWHM_OF_HFR)
"""For half-flux radii in pixels."""

WIDTHS = _sizes(1.0)
"""For widths at half maximum in pixels."""


class Harm(Protocol):
    """Turns a metric of a frame into a harm and back; works on positive values, ``harm`` is None for what has none."""

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return the harm of a value that a frame has."""
        ...

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return the value with which a frame would have a harm."""
        ...

    def air(self, airmass: float) -> float:
        """Return the coordinate in which air makes this harm grow evenly."""
        ...

    def noise(self, value: float) -> float:
        """Return the standard deviation of the harm that values like this one have from chance alone."""
        ...


class Ratio:
    """Any metric whose values are compared as ratios: the natural logarithm, turned round where more is better."""

    def __init__(self, sign: float) -> None:
        self._sign = sign

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return ln(value), or minus that; None at zero and below."""
        return self._sign * math.log(value) if value > 0 else None

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return the value of a harm."""
        return math.exp(self._sign * harm)

    def air(self, airmass: float) -> float:
        """Return X - 1."""
        return airmass - 1.0

    def noise(self, value: float) -> float:
        """Return 0: nothing is known of chance."""
        return 0.0


class Difference:
    """Any metric whose values are compared by what lies between them: the value, turned round where more is better."""

    def __init__(self, sign: float) -> None:
        self._sign = sign

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return the value, or minus that."""
        return self._sign * value

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return the value of a harm."""
        return self._sign * harm

    def air(self, airmass: float) -> float:
        """Return X - 1."""
        return airmass - 1.0

    def noise(self, value: float) -> float:
        """Return 0: nothing is known of chance."""
        return 0.0


class Size:
    """Sizes of stars: the natural logarithm; with airmass X the seeing grows as X to the power 0.6 (Kolmogorov)."""

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return ln(value)."""
        return math.log(value) if value > 0 else None

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return exp(harm)."""
        return math.exp(harm)

    def air(self, airmass: float) -> float:
        """Return ln(X)."""
        return math.log(airmass)

    def noise(self, value: float) -> float:
        """Return 0: many stars are averaged."""
        return 0.0


class Count:
    """Numbers of stars: minus their natural logarithm; extinction, and with it the harm, grows as X - 1."""

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return -ln(value)."""
        return -math.log(value) if value > 0 else None

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return exp(-harm)."""
        return math.exp(-harm)

    def air(self, airmass: float) -> float:
        """Return X - 1."""
        return airmass - 1.0

    def noise(self, value: float) -> float:
        """Return half of what Poisson has, 0.5 / sqrt(N): bright stars are always found, faint ones by chance."""
        return 0.5 / math.sqrt(max(value, 1.0))


class CountAtSize(Count):
    """Numbers of stars, set right for their size: stars blurred to twice the HFR are 0.59 times as many.

    So bad seeing, which HFR is there to judge, is not taken for cloud. For the frame that it was made for it knows the
    size. ``sharp`` are the sizes that the sharp frames of nights have, if they are known: size excuses what it takes
    from a frame, and accuses no other. What larger stars would have hidden is not added to the number of them, and what
    smaller ones may show is not asked of them: numbers may hang on size by less than this, or not at all, as where a
    host lists so many stars at most.
    """

    def __init__(self, image: AcquiredImage, size: float, *, sharp: SharpSizes | None = None) -> None:
        self._image, self._size, self.sharp = image, size, sharp
        self._more = _by_size(size if sharp is None else max(size, sharp.of(image)))

    def among(self, sharp: SharpSizes) -> CountAtSize:
        """Return the scale among frames of which these are known."""
        return CountAtSize(self._image, self._size, sharp=sharp)

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return the harm of the number at an HFR of 1 px, None for a frame without HFR."""
        plain, size = super().harm(image, value), hfr_of(image)
        if plain is None or size is None:
            return None
        return plain - _by_size(size if self.sharp is None else min(size, self.sharp.of(image)))

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return the number at the frame's own HFR."""
        if image is self._image:
            return super().value(image, harm + self._more)
        size = hfr_of(image)
        return super().value(image, harm + (0.0 if size is None else _by_size(size)))


def _by_size(hfr: float) -> float:
    return SIZE_EXPONENT * math.log(max(hfr, SMALLEST_PX))


class Elongation:
    """Eccentricities, as the natural logarithm of how many times longer than wide the stars are.

    An eccentricity e is a length of 1 / sqrt(1 - e^2) widths (spec/peers e-3): up to 0.4 that is hardly longer than
    round, and from there on every step is more than the last. The air does not stretch stars.
    """

    def harm(self, image: AcquiredImage, value: float) -> float | None:
        """Return ln(length / width), None for what is no eccentricity."""
        return -0.5 * math.log1p(-value * value) if 0.0 <= value < 1.0 else None

    def value(self, image: AcquiredImage, harm: float) -> float:
        """Return the eccentricity; 0 where stars would have to be rounder than round."""
        return math.sqrt(-math.expm1(-2.0 * max(harm, 0.0)))

    def air(self, airmass: float) -> float:
        """Return X - 1."""
        return airmass - 1.0

    def noise(self, value: float) -> float:
        """Return 0: many stars are averaged."""
        return 0.0


def count_scale(image: AcquiredImage, preferences: GraderPreferences) -> Harm:
    """Return the scale of star counts: set right for size where HFR is graded too, and the frame has one."""
    size = hfr_of(image) if preferences.grade_hfr else None
    return Count() if size is None else CountAtSize(image, size)
