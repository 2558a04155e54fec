"""Coordinates as other programs tell them, held against what is known."""

from __future__ import annotations

from collections.abc import Mapping

from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.imaging.astrometry.wcs import Wcs
from tsplug.model import CardValue
from tsplug.ports import SolveRequest

SCALE_ERROR = 0.1
"""Share by which the scale of a solution may differ from the one that is known: a reducer nobody entered is more."""

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


def misfit(found: Wcs, request: SolveRequest, *, around: bool) -> str:
    """Return why a program's answer cannot be that of a frame; empty where nothing speaks against it.

    Args:
        found: its answer.
        request: what is known of the frame.
        around: whether it was to look around the place only.
    """
    scale, place, stars = request.scale_arcsec, request.place, request.stars
    if scale is not None and abs(found.scale_arcsec / scale - 1.0) > SCALE_ERROR:
        known = f"{scale:.3f} are known (focal length, pixel size, binning)"
        return f"its answer has {found.scale_arcsec:.3f} arcsec/px where {known}"
    if not around or place is None:
        return ""
    off_deg = separation_deg(place, found.at((stars.width_px - 1) / 2.0, (stars.height_px - 1) / 2.0))
    radius_deg = request.preferences.search_radius_deg
    reach_deg = radius_deg + stars.diagonal_px * found.scale_arcsec / 3600.0
    if off_deg <= reach_deg:
        return ""
    return f"its answer lies {off_deg:.1f} deg away, and it was to look within {radius_deg:g}"
