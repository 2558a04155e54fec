"""Where on the sensor a point of the sky falls: the gnomonic projection, scale and rotation of one frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def turn(east: Floats, north: Floats, *, angle_deg: float) -> tuple[Floats, Floats]:
    """Return (right, down) of vectors given as (east, north), for a frame whose up stands at ``angle_deg``.

    East is left of north, as on the sky; y grows downwards, as in the sensor's readout.
    """
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return north * sine - east * cosine, -(east * sine + north * cosine)


@dataclass(frozen=True)
class TangentPlane:
    """The frame's plane: its centre (J2000, degrees), arcseconds per pixel, angle, and the centre's pixel.

    Pixels are unbinned, counted from 0 at the centre of the sensor's first pixel.
    """

    ra_deg: float
    dec_deg: float
    scale_arcsec: float
    sky_angle_deg: float
    centre_x: float
    centre_y: float

    def to_pixels(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Return x and y of sky positions; positions more than 90 degrees away become NaN."""
        d_ra = np.radians(ra_deg - self.ra_deg)
        dec, dec0 = np.radians(dec_deg), math.radians(self.dec_deg)
        depth = np.sin(dec) * math.sin(dec0) + np.cos(dec) * math.cos(dec0) * np.cos(d_ra)
        depth = np.where(depth > 0.0, depth, np.nan)
        per_radian = math.degrees(1.0) * 3600.0 / self.scale_arcsec
        east = np.cos(dec) * np.sin(d_ra) / depth * per_radian
        north = (np.sin(dec) * math.cos(dec0) - np.cos(dec) * math.sin(dec0) * np.cos(d_ra)) / depth * per_radian
        right, down = turn(east, north, angle_deg=self.sky_angle_deg)
        return self.centre_x + right, self.centre_y + down
