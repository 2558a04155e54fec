"""The shape of stars over the frame: elliptical profiles that follow air, focus, guiding and the optics' faults."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.focus import disc_hfr_per_radius, disc_radius_px, field_defocus_um
from hostsim.sky.photometry import pixel_scale_arcsec
from hostsim.sky.profile import FWHM_PER_ALPHA, HFR_PER_ALPHA, kind_of, profile
from hostsim.sky.projection import turn, turn_back
from hostsim.sky.scene import GuidingSample, Optics, Sensor
from hostsim.sky.widths import longer_hfr, moved_hfr, seen_fwhm

Floats = NDArray[np.float64]

_GAUSS_FWHM_PER_SIGMA = 2.354820045
# The squared alpha that widens a profile's core as much as a blur of variance 1 does.
ALPHA2_PER_VARIANCE = (_GAUSS_FWHM_PER_SIGMA / FWHM_PER_ALPHA) ** 2
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

    def fwhm_px(self, binning: float = 1.0, *, move_px: tuple[float, float] = (0.0, 0.0)) -> Floats:
        """Return the full width at half maximum as seen through pixels ``binning`` wide, in such pixels.

        `hostsim.sky.widths` says what that is of stars of any shape. ``move_px`` is the vector in unbinned pixels over
        which they moved evenly.
        """
        pixel = tuple(binning / np.sqrt(axis) for axis in self._eigenvalues())
        length = self._alphas_moved(move_px)
        width = np.empty(length.size)
        for kind in np.unique(self.kind):
            of = self.kind == kind
            width[of] = seen_fwhm(int(kind), self.obstruction, pixel=(pixel[0][of], pixel[1][of]), length=length[of])
        return np.asarray(self.alpha_px * width / binning, dtype=np.float64)

    def hfr_px(self, binning: float = 1.0, *, move_px: tuple[float, float] = (0.0, 0.0)) -> Floats:
        """Return the radius of half the flux as seen through pixels ``binning`` wide, in such pixels.

        Pixels widen a star once; a curve of growth that takes a pixel's light as spread evenly over it widens it again.
        ``move_px`` is the vector in unbinned pixels over which the star moved evenly.
        """
        # Between the length as a star's mean axis counts it, and as that along the movement does.
        length = np.sqrt(self._alphas_moved(move_px) * math.hypot(*move_px) / self.alpha_px)
        longer = longer_hfr(self.elongation) ** 2 + moved_hfr(length) ** 2 - 1.0
        kinds, place = np.unique(self.kind, return_inverse=True)
        pixel = np.array([profile(int(kind), self.obstruction).pixel_hfr2 for kind in kinds])[place]
        return np.asarray(np.sqrt((self.alpha_px * HFR_PER_ALPHA / binning) ** 2 * longer + pixel), dtype=np.float64)

    def _alphas_moved(self, move_px: tuple[float, float]) -> Floats:
        """Return the length of a movement counted in each star's alphas along it."""
        right, down = move_px
        squared = (self.yy * right**2 - 2.0 * self.xy * right * down + self.xx * down**2) / self.alpha_px**4
        return np.sqrt(squared)

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
