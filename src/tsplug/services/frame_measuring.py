"""Measuring one frame that was read: what its header says decides how, and a small picture comes of it on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.astrobin.frames import FrameKind
from tsplug.astrobin.kinds import kind_of
from tsplug.imaging.annotation import Marks, annotate
from tsplug.imaging.colour import mosaic_pattern
from tsplug.imaging.encoding import Preview, encode
from tsplug.imaging.measure import FrameMeasurement, measure_frame
from tsplug.imaging.preview import PreviewSettings, Reduced, full_scale_of, picture, thumbnail
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.statistics import native
from tsplug.ports import FramePixels

_GREEN = 1


def measure_pixels(frame: FramePixels, *, scale_arcsec: float | None = None, light: bool = True) -> FrameMeasurement:
    """Measure a frame: one of three planes by its green one, a mosaic of colours by the brightness of its cells.

    Args:
        frame: pixels and header; EGAIN and BAYERPAT there count.
        scale_arcsec: arcseconds per pixel, binning included; gives ``fwhm_arcsec``.
        light: False for darks, biases and flats, which have no stars.

    Raises:
        ValueError: the frame cannot be measured; the text says why.
    """
    pixels = native(frame.pixels[_GREEN] if frame.pixels.ndim == 3 else frame.pixels)
    settings = StarSettings(full_scale_adu=full_scale_of(pixels), electrons_per_adu=_electrons_per_adu(frame.header))
    mosaic = bool(pattern_of(frame.header)) and frame.pixels.ndim == 2
    return measure_frame(pixels, settings, scale_arcsec=scale_arcsec, mosaic=mosaic, light=light)


def thumbnail_of_measured(frame: FramePixels, measurement: FrameMeasurement) -> Preview:
    """Return the small picture of a frame that was just measured, without another pass over it."""
    return thumbnail(frame.pixels, reduced=_reduced(frame, measurement))


def preview_of(
    frame: FramePixels,
    settings: PreviewSettings,
    *,
    measurement: FrameMeasurement | None = None,
    annotated: bool = False,
) -> Preview:
    """Return a picture of a frame, in colour where it has colours.

    Args:
        frame: pixels and header.
        settings: size, colours, stretch and form.
        measurement: what was measured of it, where that is there: saves most of the work.
        annotated: with its stars and the map of its field; needs the measurement.
    """
    reduced = None if measurement is None else _reduced(frame, measurement)
    made = picture(frame.pixels, settings, pattern=pattern_of(frame.header), reduced=reduced)
    if annotated and measurement is not None:
        made = annotate(made, _marks(measurement), frame_width_px=frame.pixels.shape[-1])
    return encode(made, settings.form)


def field_rows(measurement: FrameMeasurement) -> list[list[dict[str, float | int | None]]]:
    """Return the map of the field, three rows of three cells from the upper left: HFR and FWHM in px, stars measured.

    Empty where no stars were measured; None in cells with too few.
    """
    field = measurement.stars.field
    if field is None:
        return []
    return [
        [
            {
                "hfr": _known(field.hfr[row, column]),
                "fwhm": _known(field.fwhm[row, column]),
                "stars": int(field.count[row, column]),
            }
            for column in range(3)
        ]
        for row in range(3)
    ]


def is_light(header: Mapping[str, Any]) -> bool:
    """Return whether a frame may show stars: one that does not say what it is may."""
    found = kind_of(str(header.get("IMAGETYP", "")))
    return found is None or found[0] is FrameKind.LIGHT


def pattern_of(header: Mapping[str, Any]) -> str:
    """Return the pattern of a frame's colour mosaic, shifts worked in; empty where it has none."""
    shifts = (header.get("XBAYROFF", 0), header.get("YBAYROFF", 0))
    across, down = (int(each) if isinstance(each, int | float) else 0 for each in shifts)
    return mosaic_pattern(header.get("BAYERPAT"), x_offset=across, y_offset=down)


def _reduced(frame: FramePixels, measurement: FrameMeasurement) -> Reduced | None:
    if frame.pixels.ndim != 2:
        return None
    levels = measurement.statistics
    return Reduced(measurement.frame.binned, levels.median, levels.mad)


def _marks(measurement: FrameMeasurement) -> Marks:
    stars = measurement.stars
    listed, roundness = stars.stars, stars.roundness
    x, y, hfr = _none() if listed is None else (listed.x, listed.y, listed.hfr)
    return Marks(
        x,
        y,
        hfr,
        typical_hfr=stars.hfr,
        field=None if stars.field is None else stars.field.hfr,
        ellipticity=0.0 if roundness is None else roundness.ellipticity,
        angle_deg=0.0 if roundness is None else roundness.angle_deg,
        words=_words(measurement.metrics),
    )


def _words(metrics: Mapping[str, float]) -> list[str]:
    if "star_count" not in metrics:
        return [f"median {metrics['adu_median']:.0f} ADU, no star looked for"]
    told = [f"{metrics['star_count']:.0f} stars"]
    told += [
        f"{name} {metrics[key]:.{digits}f}{unit}"
        for key, name, unit, digits in (
            ("hfr", "HFR", " px", 2),
            ("fwhm", "FWHM", " px", 2),
            ("eccentricity", "ecc", "", 2),
        )
        if key in metrics
    ]
    return [", ".join(told)]


def _none() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros(0), np.zeros(0), np.zeros(0)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _electrons_per_adu(header: Mapping[str, Any]) -> float:
    value = header.get("EGAIN")
    usable = isinstance(value, (int, float)) and math.isfinite(value) and value > 0
    return float(value) if usable and value is not None else StarSettings.electrons_per_adu
