"""The shape of stars over the frame: elliptical profiles that follow air, focus, guiding and the optics' faults."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.focus import disc_hfr_per_radius, disc_radius_px, field_defocus_um
from hostsim.sky.photometry import pixel_scale_arcsec
from hostsim.sky.profile import BETA, FWHM_PER_ALPHA, HFR_PER_ALPHA, kind_of, profile
from hostsim.sky.projection import turn, turn_back
from hostsim.sky.scene import GuidingSample, Optics, Sensor

Floats = NDArray[np.float64]

_GAUSS_FWHM_PER_SIGMA = 2.354820045
# The squared alpha that widens a profile's core as much as a blur of variance 1 does.
ALPHA2_PER_VARIANCE = (_GAUSS_FWHM_PER_SIGMA / FWHM_PER_ALPHA) ** 2
# What pixels of width 1 add to the squared width of a Moffat profile, measured on drawn stars.
_PIXEL_FWHM2 = 0.575
_WAVELENGTH_UM = 0.55
# Drops of dew are small lenses: a magnitude of it widens a star by a third.
_DEW_WIDENS = 0.35


@dataclass(frozen=True)
class Blur:
    """What widens a star: seeing (FWHM, arcseconds), guiding, distance from focus (micrometres), dew (magnitudes)."""

    seeing_arcsec: float
    guiding: GuidingSample
    defocus_um: float = 0.0
    dew_mag: float = 0.0


@dataclass(frozen=True)
class Orientation:
    """How the frame lies on the sky: the position angle of its up direction in degrees, and whether it is mirrored."""

    sky_angle_deg: float = 0.0
    mirrored: bool = False

    def to_pixels(self, east: float, north: float) -> tuple[float, float]:
        """Return (right, down) of a vector given as (east, north)."""
        right, down = turn(np.array([east]), np.array([north]), angle_deg=self.sky_angle_deg, mirrored=self.mirrored)
        return float(right[0]), float(down[0])

    def to_sky(self, right: float, down: float) -> tuple[float, float]:
        """Return (east, north) of a vector given as (right, down)."""
        return turn_back(right, down, angle_deg=self.sky_angle_deg, mirrored=self.mirrored)


@dataclass(frozen=True)
class PointSpread:
    """The shapes of stars, as columns: the squared alpha as a symmetric matrix in unbinned pixels, and the profile.

    ``kind`` numbers the profiles of this central ``obstruction``. An alpha of 1 has a half-flux radius of
    `HFR_PER_ALPHA`, whatever the profile.
    """

    xx: Floats
    xy: Floats
    yy: Floats
    kind: NDArray[np.int64]
    obstruction: float = 0.0

    def rows(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> PointSpread:
        """Return the shapes of the chosen stars."""
        return PointSpread(
            self.xx[chosen], self.xy[chosen], self.yy[chosen], kind=self.kind[chosen], obstruction=self.obstruction
        )

    def stretched(self, right_px: float, down_px: float) -> PointSpread:
        """Return the shapes widened by an even movement along a vector."""
        share = ALPHA2_PER_VARIANCE / 12.0
        return PointSpread(
            self.xx + share * right_px**2,
            self.xy + share * right_px * down_px,
            self.yy + share * down_px**2,
            kind=self.kind,
            obstruction=self.obstruction,
        )

    @property
    def alpha_px(self) -> Floats:
        """Return the geometric mean of the two alphas."""
        return np.asarray((self.xx * self.yy - self.xy**2) ** 0.25, dtype=np.float64)

    @property
    def longest_px(self) -> Floats:
        """Return the larger of the two alphas."""
        return np.sqrt(self._eigenvalues()[0])

    @property
    def elongation(self) -> Floats:
        """Return the ratio of the long axis to the short one."""
        large, small = self._eigenvalues()
        return np.sqrt(large / small)

    @property
    def angle_deg(self) -> Floats:
        """Return the direction of the long axis from x towards y, -90 to 90 degrees."""
        return np.asarray(np.degrees(np.arctan2(2.0 * self.xy, self.xx - self.yy)) / 2.0, dtype=np.float64)

    def fwhm_px(self, binning: float = 1.0) -> Floats:
        """Return the full width at half maximum as seen through pixels ``binning`` wide, in such pixels."""
        width = self._of_profiles("fwhm")
        return np.asarray(np.sqrt((self.alpha_px * width / binning) ** 2 + _PIXEL_FWHM2), dtype=np.float64)

    def hfr_px(self, binning: float = 1.0, *, trail_px: float = 0.0) -> Floats:
        """Return the radius of half the flux as seen through pixels ``binning`` wide, in such pixels.

        Pixels widen a star once; a curve of growth that takes a pixel's light as spread evenly over it widens it again.
        ``trail_px`` is the length in unbinned pixels over which the star moved evenly.
        """
        lengths, growth = _trail_growth()
        longer = np.interp(trail_px / self.alpha_px, lengths, growth)
        return np.sqrt((self.alpha_px * HFR_PER_ALPHA * longer / binning) ** 2 + self._of_profiles("pixel_hfr2"))

    def _of_profiles(self, name: Literal["fwhm", "pixel_hfr2"]) -> Floats:
        """Return one number of each star's profile."""
        kinds, place = np.unique(self.kind, return_inverse=True)
        return np.array([getattr(profile(int(kind), self.obstruction), name) for kind in kinds], dtype=np.float64)[
            place
        ]

    def _eigenvalues(self) -> tuple[Floats, Floats]:
        middle, half = (self.xx + self.yy) / 2.0, np.hypot((self.xx - self.yy) / 2.0, self.xy)
        return middle + half, middle - half


def point_spread(
    optics: Optics, sensor: Sensor, *, blur: Blur, lie: Orientation, at: tuple[Floats, Floats]
) -> PointSpread:
    """Return the shapes of stars at points of the sensor (x and y in unbinned pixels).

    Half-flux radii add in quadrature, which makes the V-curve a hyperbola. Guiding widens stars along right ascension
    and declination.
    """
    scale = pixel_scale_arcsec(optics, sensor)
    diffraction_arcsec = 1.03 * _WAVELENGTH_UM / (optics.aperture_mm * 1000.0) * math.degrees(1.0) * 3600.0
    sharp_fwhm_px = math.hypot(blur.seeing_arcsec, diffraction_arcsec) / scale * (1.0 + _DEW_WIDENS * blur.dew_mag)
    away_um = blur.defocus_um + field_defocus_um(optics, sensor, x=at[0], y=at[1])
    disc_hfr_px = disc_radius_px(optics, sensor, away_um=away_um) * disc_hfr_per_radius(optics.obstruction)
    round_part = (sharp_fwhm_px / FWHM_PER_ALPHA) ** 2 + (disc_hfr_px / HFR_PER_ALPHA) ** 2
    xx, xy, yy = _guiding_error(blur.guiding, lie, scale=scale)
    sharp_hfr_px = math.sqrt((sharp_fwhm_px / FWHM_PER_ALPHA) ** 2 + (xx + yy) / 2.0) * HFR_PER_ALPHA
    return PointSpread(
        round_part + xx,
        np.full(round_part.shape, xy),
        round_part + yy,
        kind=kind_of(disc_hfr_px / sharp_hfr_px),
        obstruction=optics.obstruction,
    )


def _guiding_error(guiding: GuidingSample, lie: Orientation, *, scale: float) -> tuple[float, float, float]:
    """Return what guiding adds to the squared alphas: xx, xy, yy."""
    right, down = turn(np.array([1.0, 0.0]), np.array([0.0, 1.0]), angle_deg=lie.sky_angle_deg, mirrored=lie.mirrored)
    error = ALPHA2_PER_VARIANCE * (np.array([guiding.rms_ra_arcsec, guiding.rms_dec_arcsec]) / scale) ** 2
    return float(np.sum(error * right * right)), float(np.sum(error * right * down)), float(np.sum(error * down * down))


@lru_cache(maxsize=1)
def _trail_growth() -> tuple[Floats, Floats]:
    """Return by how much the half-flux radius of a Moffat profile grows when it moves along a line.

    Counted in alphas: the lengths of the line, and the factors, each the median distance of the light from the middle.
    """
    lengths = np.concatenate([np.linspace(0.0, 12.0, 13), np.geomspace(16.0, 8192.0, 19)])
    part = (np.arange(48) + 0.5) / 48.0
    radius = np.sqrt((1.0 - part) ** (-1.0 / (BETA - 1.0)) - 1.0)
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False) + 0.1
    x, y = radius[:, None] * np.cos(angle), radius[:, None] * np.sin(angle)
    along = (np.arange(100) + 0.5) / 100.0 - 0.5
    radii = [float(np.median(np.hypot(x[..., None] + length * along, y[..., None]))) for length in lengths]
    return lengths, np.array(radii) / radii[0]
