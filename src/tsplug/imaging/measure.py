"""All numbers of one frame, under the keys of the metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.settings import StarSettings
from tsplug.imaging.stars import StarMeasurement, measure_stars
from tsplug.imaging.statistics import AduStatistics, adu_statistics

STAR_METRICS = frozenset(
    {"star_count", "hfr", "hfr_stdev", "fwhm", "fwhm_arcsec", "eccentricity", "snr", "background", "noise"}
)
"""Keys whose values depend on the star detector."""


@dataclass(frozen=True)
class FrameMeasurement:
    """What was measured on a frame: finite values by metric key, and the identity of the detector."""

    metrics: dict[str, float]
    detector: str
    statistics: AduStatistics
    stars: StarMeasurement


def measure_frame(
    pixels: NDArray[np.generic], settings: StarSettings, *, scale_arcsec: float | None = None
) -> FrameMeasurement:
    """Measure levels and stars of a frame (rows by columns).

    Args:
        pixels: the frame as stored.
        settings: how stars are found and measured.
        scale_arcsec: arcseconds per pixel of this frame, binning included; gives ``fwhm_arcsec``.

    Raises:
        ValueError: the frame cannot be measured; the text says why.
    """
    levels = adu_statistics(pixels, full_scale_adu=settings.full_scale_adu)
    stars = measure_stars(pixels, settings)
    found = {
        "adu_mean": levels.mean,
        "adu_median": levels.median,
        "adu_stdev": levels.stdev,
        "adu_min": levels.minimum,
        "adu_max": levels.maximum,
        "background": stars.background,
        "noise": stars.noise,
        "star_count": float(stars.star_count),
        "hfr": stars.hfr,
        "hfr_stdev": stars.hfr_stdev,
        "fwhm": stars.fwhm,
        "fwhm_arcsec": None if stars.fwhm is None or scale_arcsec is None else stars.fwhm * scale_arcsec,
        "eccentricity": stars.eccentricity,
        "snr": stars.snr,
    }
    metrics = {key: value for key, value in found.items() if value is not None and math.isfinite(value)}
    return FrameMeasurement(metrics, settings.detector, levels, stars)
