"""Where on the sensor a point of the sky falls: the gnomonic projection, scale, rotation and parity of one frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def turn(east: Floats, north: Floats, *, angle_deg: float, mirrored: bool = False) -> tuple[Floats, Floats]:
    """Return (right, down) of vectors given as (east, north), for a frame whose up stands at ``angle_deg``.

    East is left of north, as on the sky, unless the optics mirror the frame; y grows downwards, as in the sensor's
    readout.
    """
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    right = north * sine - east * cosine
    return -right if mirrored else right, -(east * sine + north * cosine)


def turn_back(right: float, down: float, *, angle_deg: float, mirrored: bool = False) -> tuple[float, float]:
    """Return (east, north) of a vector given as (right, down): the inverse of `turn`."""
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    right = -right if mirrored else right
    return -right * cosine - down * sine, right * sine - down * cosine


@dataclass(frozen=True)
class TangentPlane:
    """The frame's plane: its centre (J2000, degrees), arcseconds per pixel, angle, the centre's pixel, and parity.

    Pixels are unbinned, counted from 0 at the centre of the sensor's first pixel.
    """

    ra_deg: float
    dec_deg: float
    scale_arcsec: float
    sky_angle_deg: float
    centre_x: float
    centre_y: float
    mirrored: bool = False

    def to_pixels(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Return x and y of sky positions; positions more than 90 degrees away become NaN."""
        d_ra = np.radians(ra_deg - self.ra_deg)
        dec, dec0 = np.radians(dec_deg), math.radians(self.dec_deg)
        depth = np.sin(dec) * math.sin(dec0) + np.cos(dec) * math.cos(dec0) * np.cos(d_ra)
        depth = np.where(depth > 0.0, depth, np.nan)
        per_radian = math.degrees(1.0) * 3600.0 / self.scale_arcsec
        east = np.cos(dec) * np.sin(d_ra) / depth * per_radian
        north = (np.sin(dec) * math.cos(dec0) - np.cos(dec) * math.sin(dec0) * np.cos(d_ra)) / depth * per_radian
        right, down = turn(east, north, angle_deg=self.sky_angle_deg, mirrored=self.mirrored)
        return self.centre_x + right, self.centre_y + down
