"""All numbers of one frame, under the keys of the metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.cells import dead_cells
from tsplug.imaging.clipping import clipped_share
from tsplug.imaging.reduction import FirstPass, ReducedFrame, pass_over, reduce_frame
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.source import ArraySource
from tsplug.imaging.stars import StarMeasurement, is_large_enough, measure_reduced
from tsplug.imaging.statistics import AduStatistics

STAR_METRICS = frozenset(
    {
        "background",
        "background_rise",
        "curvature",
        "dead_cells",
        "eccentricity",
        "eccentricity_stars",
        "ellipticity",
        "fwhm",
        "fwhm_arcsec",
        "hfr",
        "hfr_stdev",
        "mean_radius",
        "noise",
        "orientation_coherence",
        "snr",
        "star_count",
        "stars_measured",
        "tilt",
        "trail_count",
        "trail_length",
        "transparency",
    }
)
"""Keys whose values depend on the star detector; some need other frames and are added by who has them."""


_SIGMA_PER_MAD = 1.4826


@dataclass(frozen=True)
class FrameMeasurement:
    """What was measured on a frame: finite values by metric key, and the identity of the detector.

    ``frame`` is the frame after the one pass over it: its pixels, the 2x2 frame and the histogram, of which a preview
    is made without another pass. It keeps the pixels in memory, so drop the measurement once the preview is made, or
    keep only what is wanted of it.
    """

    metrics: dict[str, float]
    detector: str
    statistics: AduStatistics
    stars: StarMeasurement
    frame: ReducedFrame = field(repr=False, compare=False)


def is_in_adu(metrics: Mapping[str, float]) -> bool:
    """Return whether the levels of a measured frame are ADU; where they go from 0 to 1 they are shares of the range."""
    return metrics.get("adu_max", math.inf) > 1.0


def measure_frame(
    pixels: NDArray[Any],
    settings: StarSettings,
    *,
    scale_arcsec: float | None = None,
    mosaic: bool = False,
    light: bool = True,
) -> FrameMeasurement:
    """Measure levels and stars of a frame in memory (rows by columns); of one too small for stars the levels alone.

    Args:
        pixels: the frame as stored, in any byte order: integers of 8, 16 or 32 bits, or floats.
        settings: how stars are found and measured; ``full_scale_adu`` is where the camera or the format ends.
        scale_arcsec: arcseconds per pixel of this frame, binning included; gives ``fwhm_arcsec``.
        mosaic: whether the pixels lie under a colour mosaic that was not taken apart (``BAYERPAT``).
        light: False for darks, biases and flats, which are measured but have no stars.

    Raises:
        ValueError: the frame cannot be measured; the text says why.
    """
    _check_plane(pixels.shape)
    passed = pass_over(ArraySource(pixels))
    return measure_passed(passed, settings, scale_arcsec=scale_arcsec, mosaic=mosaic, light=light)


# Floats may hold numbers that no camera makes: what becomes of those has no value, and is left out.
@np.errstate(over="ignore", invalid="ignore")
def measure_passed(
    passed: FirstPass,
    settings: StarSettings,
    *,
    scale_arcsec: float | None = None,
    mosaic: bool = False,
    light: bool = True,
) -> FrameMeasurement:
    """Measure a frame that one pass has gone over, as whoever reads it does band by band; else as `measure_frame`.

    Raises:
        ValueError: the frame cannot be measured; the text says why.
    """
    _check_plane(passed.pixels.shape)
    settings = replace(settings, colour="mosaic") if mosaic else settings
    frame = reduce_frame(passed, full_scale_adu=settings.full_scale_adu)
    if is_large_enough(frame.pixels.shape):
        stars = measure_reduced(frame, settings, mosaic=mosaic, light=light)
    else:
        stars, light = _too_small(frame.statistics), False
    found = {**_levels(frame.statistics), "background": stars.background, "noise": stars.noise}
    clipped = 100.0 * clipped_share(frame, full_scale_adu=settings.full_scale_adu)
    found["saturated_share"] = max(100.0 * frame.statistics.saturated_fraction, clipped)
    if light:
        found |= _stars(stars)
        if stars.places is not None:
            found["dead_cells"] = dead_cells(stars.places, shape=frame.pixels.shape)
    if stars.fwhm is not None and scale_arcsec is not None:
        found["fwhm_arcsec"] = stars.fwhm * scale_arcsec
    metrics = {key: float(value) for key, value in found.items() if value is not None and math.isfinite(value)}
    return FrameMeasurement(metrics, settings.detector, frame.statistics, stars, frame)


def _check_plane(shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or not min(shape):
        raise ValueError(f"a frame has rows and columns, this one is {' x '.join(map(str, shape)) or 'empty'}")


def _too_small(levels: AduStatistics) -> StarMeasurement:
    """Return the sky of a frame that is too small for stars, as crops of guiders and planets are."""
    return StarMeasurement(background=levels.median, noise=_SIGMA_PER_MAD * levels.mad, star_count=0)


def _levels(levels: AduStatistics) -> dict[str, float | None]:
    return {
        "adu_mean": levels.mean,
        "adu_median": levels.median,
        "adu_stdev": levels.stdev,
        "adu_mad": levels.mad,
        "adu_min": levels.minimum,
        "adu_min_pixels": levels.minimum_pixels,
        "adu_max": levels.maximum,
        "adu_max_pixels": levels.maximum_pixels,
    }


def _stars(stars: StarMeasurement) -> dict[str, float | None]:
    found: dict[str, float | None] = {
        "star_count": stars.star_count,
        "stars_measured": stars.measured,
        "hfr": stars.hfr,
        "hfr_stdev": stars.hfr_stdev,
        "mean_radius": stars.mean_radius,
        "fwhm": stars.fwhm,
        "snr": stars.snr,
        "trail_count": len(stars.trails),
        "trail_length": sum(trail.length_px for trail in stars.trails),
    }
    if stars.field is not None:
        found |= {"tilt": stars.field.tilt, "curvature": stars.field.curvature}
    if stars.roundness is not None:
        found |= {
            "eccentricity": stars.roundness.eccentricity,
            "eccentricity_stars": stars.roundness.star_eccentricity,
            "ellipticity": stars.roundness.ellipticity,
            "orientation_coherence": stars.roundness.coherence,
        }
    return found
