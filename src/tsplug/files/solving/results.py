"""Coordinates as other programs tell them."""

from __future__ import annotations

from collections.abc import Mapping

from tsplug.imaging.astrometry.wcs import Wcs
from tsplug.model import CardValue

_NAMES = ("CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2", "CD1_1", "CD1_2", "CD2_1", "CD2_2")


def wcs_of(cards: Mapping[str, CardValue]) -> Wcs | None:
    """Return the tangent plane that cards tell; None where they tell none, or one that is degenerate."""
    values = [cards.get(name) for name in _NAMES]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return None
    ra, dec, x, y, a, b, c, d = (float(value) for value in values if value is not None)
    if a * d - b * c == 0.0:
        return None
    return Wcs(ra, dec, x - 1.0, y - 1.0, ((a, b), (c, d)))
