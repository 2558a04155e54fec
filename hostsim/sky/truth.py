"""What really was on a frame, for judging what is measured on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FrameTruth:
    """The stars drawn and the frame's expected measures.

    Positions are binned pixels of the subframe, 0 at the centre of its first pixel; ``star_flux_e`` is in electrons
    before vignetting and dust. HFR is the radius of half the flux, FWHM that of the profile, both in binned pixels;
    they describe the star shape and mean nothing where ``star_x`` is empty. ``background_adu`` is the mean level
    without stars, bias included.
    """

    star_x: NDArray[np.float64]
    star_y: NDArray[np.float64]
    star_flux_e: NDArray[np.float64]
    hfr_px: float
    fwhm_px: float
    elongation: float
    seeing_arcsec: float
    sky_mag_per_arcsec2: float
    background_adu: float
