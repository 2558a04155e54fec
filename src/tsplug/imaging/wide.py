"""Stars many pixels wide, as long focal lengths show them: measured on a frame of fewer pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.growth import within_radius
from tsplug.imaging.reduction import ReducedFrame, halved
from tsplug.imaging.sample import Scene, StarSample

Floats = NDArray[np.float64]

HALVINGS = 2
"""How often a frame is halved: four pixels then are one, and stars of 25 px FWHM as wide as usual ones."""
_SMALLEST_PX = 64
_PIXEL_VARIANCE_PX2 = 1.0 / 12.0
# The mean brightness within these radii, in units of a star's sigma, is as 1.32 to 1 in a Gaussian, more in a Moffat
# profile, 1 in an even disc, and less in a ring.
_CORE, _AROUND, _LEAST_RATIO = 0.5, 1.2, 1.16


def halved_scene(frame: ReducedFrame, scene: Scene) -> tuple[ReducedFrame, Scene] | None:
    """Return a frame of half the size and how stars are measured on it; None where it would be too small.

    A pixel is the mean of four: one ADU then is four times the electrons. A star is measured as the sensor's own pixels
    saw it: what the larger ones widen it by is known.
    """
    coarse = halved(frame)
    if min(coarse.pixels.shape) < _SMALLEST_PX:
        return None
    settings = replace(scene.settings, electrons_per_adu=4.0 * scene.settings.electrons_per_adu)
    # The variance of a pixel n wide is n^2 / 12; beside that of one, in units of the larger pixel, squared.
    blur_px2 = (scene.blur_px2 + _PIXEL_VARIANCE_PX2 * 3.0) / 4.0
    return coarse, Scene(coarse.pixels, settings, blur_px2=blur_px2)


def are_peaked(sample: StarSample) -> bool:
    """Tell whether the stars are brightest in their middle, as seeing makes them, and no discs or rings."""
    if not sample.snr.size:
        return False
    sigma = sample.raw.sigma_px
    core, around = (
        within_radius(sample.stamps, sample.raw, radius=share * sigma) / share**2 for share in (_CORE, _AROUND)
    )
    return float(np.median(core / np.maximum(around, 1e-9))) >= _LEAST_RATIO
