"""Coordinates of a frame as FITS has them: a tangent plane, a reference pixel and a matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.astrometry.sky_plane import to_plane, to_sphere
from tsplug.model import CardValue, HeaderCard

Floats = NDArray[np.float64]
Matrix = tuple[tuple[float, float], tuple[float, float]]

_AXES, _OTHER_AXES = (1, 2), (1, 2, 3)
_SIP_ORDERS, _TERMS, _WAT_CARDS = range(10), range(100), range(1, 100)

STALE_KEYWORDS = frozenset(
    {
        *("LONPOLE", "LATPOLE", "WCSAXES", "PLTSOLVD", "WCSSOLVR", "EPOCH", "RADECSYS"),
        *(f"{word}{axis}" for word in ("CDELT", "CROTA") for axis in _AXES),
        *(f"{word}{axis}" for word in ("CPDIS", "CQDIS", "CPERR", "CQERR", "DP", "DQ") for axis in _AXES),
        *(f"PC{i}_{j}" for i in _OTHER_AXES for j in _OTHER_AXES),
        *(f"PC{i:03d}{j:03d}" for i in _OTHER_AXES for j in _OTHER_AXES),
        *(f"CD{i}_{j}" for i, j in ((1, 3), (2, 3), (3, 1), (3, 2))),
        *(f"PROJP{term}" for term in range(10)),
        *(f"PV{axis}_{term}" for axis in _AXES for term in _TERMS),
        *(f"WAT{axis}_{card:03d}" for axis in _AXES for card in _WAT_CARDS),
        *(f"{axis}{way}_{word}" for axis in "AB" for way in ("", "P") for word in ("ORDER", "DMAX")),
        *(f"{axis}{way}_{i}_{j}" for axis in "AB" for way in ("", "P") for i in _SIP_ORDERS for j in _SIP_ORDERS),
    }
)
"""Keywords that say the same as the matrix in other words, or bend what it says: SIP of any order, TPV, TNX, tables."""

WCS_KEYWORDS = frozenset(
    {
        *("CTYPE1", "CTYPE2", "CUNIT1", "CUNIT2", "CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2"),
        *("CD1_1", "CD1_2", "CD2_1", "CD2_2", "RADESYS", "EQUINOX", "PLTSOLVD", "WCSSOLVR"),
    }
)
"""Keywords of coordinates as they are written."""


@dataclass(frozen=True)
class Wcs:
    """Right ascension and declination (ICRS, degrees) at a pixel, and degrees per pixel in a matrix (CD of FITS).

    Pixels are counted from 0 at the middle of the first one; ``cd`` turns a step (right, down) as stored into (east,
    north).
    """

    ra_deg: float
    dec_deg: float
    x: float
    y: float
    cd: Matrix

    @property
    def scale_arcsec(self) -> float:
        """Return arcseconds per pixel: the root of what a pixel covers."""
        return math.sqrt(abs(self._determinant)) * 3600.0

    @property
    def mirrored(self) -> bool:
        """Return whether the frame as shown, first row on top, has east right of north: never on the sky."""
        # Rows count downwards when the first is on top.
        return self._determinant < 0.0

    @property
    def position_angle_deg(self) -> float:
        """Return the position angle of the frame's up, first row on top: degrees from north by east, 0 to 360."""
        east, north = -self.cd[0][1], -self.cd[1][1]
        return math.degrees(math.atan2(east, north)) % 360.0

    def to_sky(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return right ascension and declination of pixels."""
        (a, b), (c, d) = self.cd
        across, down = x - self.x, y - self.y
        return to_sphere(a * across + b * down, c * across + d * down, centre=(self.ra_deg, self.dec_deg))

    def to_pixels(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Return x and y of positions on the sky."""
        (a, b), (c, d) = self.cd
        east, north = to_plane(ra_deg, dec_deg, centre=(self.ra_deg, self.dec_deg))
        across = (d * east - b * north) / self._determinant
        down = (a * north - c * east) / self._determinant
        return self.x + across, self.y + down

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return right ascension and declination of one pixel."""
        ra, dec = self.to_sky(np.array([x]), np.array([y]))
        return float(ra[0]), float(dec[0])

    @property
    def _determinant(self) -> float:
        return self.cd[0][0] * self.cd[1][1] - self.cd[0][1] * self.cd[1][0]


def wcs_cards(wcs: Wcs, *, solver: str) -> tuple[HeaderCard, ...]:
    """Return the cards of coordinates in the standard form: TAN, reference values and pixel, CD matrix.

    Source: Greisen & Calabretta 2002 (A&A 395, 1061); pixels count from 1 there.
    """
    (cd11, cd12), (cd21, cd22) = wcs.cd
    values: tuple[tuple[str, CardValue, str], ...] = (
        ("CTYPE1", "RA---TAN", "Gnomonic projection"),
        ("CTYPE2", "DEC--TAN", "Gnomonic projection"),
        ("CUNIT1", "deg", "Unit of right ascension"),
        ("CUNIT2", "deg", "Unit of declination"),
        ("CRVAL1", round(wcs.ra_deg, 9), "[deg] RA at the reference pixel"),
        ("CRVAL2", round(wcs.dec_deg, 9), "[deg] Declination at the reference pixel"),
        ("CRPIX1", round(wcs.x + 1.0, 4), "[px] Reference pixel in x"),
        ("CRPIX2", round(wcs.y + 1.0, 4), "[px] Reference pixel in y"),
        ("CD1_1", cd11, "[deg/px] Transformation matrix"),
        ("CD1_2", cd12, "[deg/px] Transformation matrix"),
        ("CD2_1", cd21, "[deg/px] Transformation matrix"),
        ("CD2_2", cd22, "[deg/px] Transformation matrix"),
        ("RADESYS", "ICRS", "Reference system of the coordinates"),
        ("EQUINOX", 2000.0, "Equinox of celestial coordinate system"),
        ("PLTSOLVD", True, "Plate solved"),
        ("WCSSOLVR", solver, "What solved it"),
    )
    return tuple(HeaderCard(*each) for each in values)
