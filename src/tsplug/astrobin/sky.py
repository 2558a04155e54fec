"""The darkness of a sky as numbers: artificial brightness, mag/arcsec2, Bortle's classes."""

from __future__ import annotations

from math import log10

from tsplug.astrobin.numbers import rounded

_NATURAL_MCD_PER_M2 = 0.171168465
_ZERO_POINT_MCD_PER_M2 = 108_000_000.0
_DARKEST_BY_CLASS = ((21.99, 1), (21.50, 2), (21.25, 3), (20.50, 4), (19.50, 5), (18.50, 6), (17.50, 7), (17.00, 8))


def sky_quality_of(brightness_mcd_per_m2: float) -> float:
    """Return mag/arcsec2, to 0.01, of a sky with this artificial brightness over the natural one.

    Source: ``log10((B + 0.171168465) / 108e6) / -0.4`` of the world atlas of 2015, in mcd/m2; B = 0 gives 22.00.

    Raises:
        ValueError: the brightness is negative or no number.
    """
    if not brightness_mcd_per_m2 >= 0:
        raise ValueError(f"a sky brightness of {brightness_mcd_per_m2} mcd/m2 does not exist")
    return rounded(log10((brightness_mcd_per_m2 + _NATURAL_MCD_PER_M2) / _ZERO_POINT_MCD_PER_M2) / -0.4, 2)


def bortle_of(sky_quality: float) -> int:
    """Return the Bortle class of a sky in mag/arcsec2, decided to 0.01, so that no value falls between two classes.

    Source of the bounds: the published table: over 21.99 is class 1, 21.50 to 21.99 class 2, down to 17.00 class 8.
    """
    value = rounded(sky_quality, 2)
    if value > _DARKEST_BY_CLASS[0][0]:
        return 1
    for bound, bortle in _DARKEST_BY_CLASS[1:]:
        if value >= bound:
            return bortle
    return 9
