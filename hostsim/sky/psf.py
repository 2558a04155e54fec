"""The shape of one star on the sensor: an elliptical Moffat profile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hostsim.sky.focus import blur_radius_um
from hostsim.sky.photometry import pixel_scale_arcsec
from hostsim.sky.projection import turn
from hostsim.sky.scene import GuidingSample, LightPath, Optics, Sensor

# 3.5 is what real seeing shows, and makes (1 + q)**-beta a product of multiplications and one square root.
BETA = 3.5
FWHM_PER_ALPHA = 2.0 * math.sqrt(2.0 ** (1.0 / BETA) - 1.0)
HFR_PER_ALPHA = math.sqrt(2.0 ** (1.0 / (BETA - 1.0)) - 1.0)
_GAUSS_FWHM_PER_SIGMA = 2.354820045
# What pixels of width 1 add to the squared width of a Moffat profile, measured on drawn stars; the curve of growth
# takes the light of a pixel as spread evenly, so it sees the pixel twice.
_PIXEL_FWHM2 = 0.575
_PIXEL_HFR2 = 0.285
_WAVELENGTH_UM = 0.55


@dataclass(frozen=True)
class PointSpread:
    """The squared Moffat alpha of a star as a symmetric matrix in unbinned pixels: xx, xy, yy."""

    xx: float
    xy: float
    yy: float

    @property
    def alpha_px(self) -> float:
        """Return the geometric mean of the two alphas."""
        return float((self.xx * self.yy - self.xy**2) ** 0.25)

    @property
    def elongation(self) -> float:
        """Return the ratio of the long axis to the short one."""
        values = np.linalg.eigvalsh(np.array([[self.xx, self.xy], [self.xy, self.yy]]))
        return float(math.sqrt(values[1] / values[0]))

    def fwhm_px(self, binning: float = 1.0) -> float:
        """Return the full width at half maximum as seen through pixels ``binning`` wide, in such pixels."""
        return math.sqrt((self.alpha_px * FWHM_PER_ALPHA / binning) ** 2 + _PIXEL_FWHM2)

    def hfr_px(self, binning: float = 1.0) -> float:
        """Return the radius of half the flux as seen through pixels ``binning`` wide, in such pixels."""
        return math.sqrt((self.alpha_px * HFR_PER_ALPHA / binning) ** 2 + _PIXEL_HFR2)


@dataclass(frozen=True)
class Blur:
    """What widens a star besides focus: seeing (FWHM) and guiding, in arcseconds."""

    seeing_arcsec: float
    guiding: GuidingSample


def point_spread(optics: Optics, sensor: Sensor, *, path: LightPath, blur: Blur) -> PointSpread:
    """Return the star shape of a frame.

    Half-flux radii add in quadrature, which makes the V-curve a hyperbola; a disc of radius r has r / sqrt(2).
    Guiding widens the star along right ascension and declination.
    """
    scale = pixel_scale_arcsec(optics, sensor)
    diffraction_arcsec = 1.03 * _WAVELENGTH_UM / (optics.aperture_mm * 1000.0) * math.degrees(1.0) * 3600.0
    sharp_fwhm_px = math.hypot(blur.seeing_arcsec, diffraction_arcsec) / scale
    disc_hfr_px = blur_radius_um(optics, path) / sensor.pixel_um / math.sqrt(2.0)
    round_part = (sharp_fwhm_px / FWHM_PER_ALPHA) ** 2 + (disc_hfr_px / HFR_PER_ALPHA) ** 2
    right, down = turn(np.array([1.0, 0.0]), np.array([0.0, 1.0]), angle_deg=path.sky_angle_deg)
    rms_px = np.array([blur.guiding.rms_ra_arcsec, blur.guiding.rms_dec_arcsec]) / scale
    error = (rms_px * _GAUSS_FWHM_PER_SIGMA / FWHM_PER_ALPHA) ** 2
    return PointSpread(
        xx=float(round_part + np.sum(error * right * right)),
        xy=float(np.sum(error * right * down)),
        yy=float(round_part + np.sum(error * down * down)),
    )
