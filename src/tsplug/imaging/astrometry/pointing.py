"""How far a frame is from where it was wished to look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tsplug.imaging.astrometry.sky_plane import separation_deg, to_plane
from tsplug.imaging.astrometry.wcs import Wcs


@dataclass(frozen=True)
class Wish:
    """Where a frame was to look: its middle (degrees), position angle and arcseconds per pixel, as far as is known."""

    place: tuple[float, float] | None = None
    position_angle_deg: float | None = None
    scale_arcsec: float | None = None


@dataclass(frozen=True)
class Pointing:
    """Found minus wished: arcseconds east and north and in all, degrees of rotation, percent of scale.

    What is more than a quarter turn away is neither east nor north.
    """

    offset_ra_arcsec: float | None = None
    offset_dec_arcsec: float | None = None
    offset_arcsec: float | None = None
    rotation_error_deg: float | None = None
    scale_error_percent: float | None = None


def pointing_of(wcs: Wcs, middle: tuple[float, float], *, wish: Wish) -> Pointing:
    """Return how far the middle of a frame (ra, dec in degrees) and its rotation are from a wish.

    A frame that is turned by half a turn, as after a meridian flip, is turned as wished: errors lie within 90 degrees.
    """
    east = north = total = None
    if wish.place is not None:
        across, up = to_plane(np.array([middle[0]]), np.array([middle[1]]), centre=wish.place)
        if np.isfinite(across[0]):
            east, north = float(across[0]) * 3600.0, float(up[0]) * 3600.0
        total = separation_deg(wish.place, middle) * 3600.0
    turned = wish.position_angle_deg
    rotation = None if turned is None else (wcs.position_angle_deg - turned + 90.0) % 180.0 - 90.0
    scale = None if wish.scale_arcsec is None else 100.0 * (wcs.scale_arcsec / wish.scale_arcsec - 1.0)
    return Pointing(east, north, total, rotation, scale)


def is_on_target(offset_arcsec: float, *, field_arcsec: float, tolerance_arcsec: float, share: float) -> bool:
    """Return whether a frame looks where it was wished to: within a tolerance and a share of its shorter side."""
    return offset_arcsec <= min(tolerance_arcsec, share * field_arcsec)
