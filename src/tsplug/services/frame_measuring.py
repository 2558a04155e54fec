"""Measuring one frame that was read: what its header says decides how, and a small picture comes of it on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.astrobin.frames import FrameKind
from tsplug.astrobin.kinds import kind_of
from tsplug.imaging.annotation import Marks, annotate
from tsplug.imaging.colour import mosaic_pattern
from tsplug.imaging.encoding import Preview, encode
from tsplug.imaging.measure import FrameMeasurement, measure_frame, measure_passed
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
    full_scale = full_scale_of(pixels)
    gain = _electrons_per_adu(frame.header)
    # Where levels go from 0 to 1, one is as many electrons as a camera's whole range.
    gain *= StarSettings.full_scale_adu if full_scale == 1.0 else 1.0
    colour = "green" if frame.pixels.ndim == 3 else ""
    settings = StarSettings(full_scale_adu=full_scale, electrons_per_adu=gain, colour=colour)
    mosaic = bool(pattern_of(frame.header)) and frame.pixels.ndim == 2
    if frame.passed is not None:
        return measure_passed(frame.passed, settings, scale_arcsec=scale_arcsec, mosaic=mosaic, light=light)
    return measure_frame(pixels, settings, scale_arcsec=scale_arcsec, mosaic=mosaic, light=light)


def thumbnail_of_frame(frame: FramePixels) -> Preview:
    """Return the small picture of a frame."""
    return thumbnail(frame.pixels, upside_down=is_upside_down(frame.header))


def thumbnail_of_measured(frame: FramePixels, measurement: FrameMeasurement) -> Preview:
    """Return the small picture of a frame that was just measured, without another pass over it."""
    return thumbnail(frame.pixels, reduced=_reduced(frame, measurement), upside_down=is_upside_down(frame.header))


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
    pattern, turned = pattern_of(frame.header), is_upside_down(frame.header)
    made = picture(frame.pixels, settings, pattern=pattern, reduced=reduced, upside_down=turned)
    if annotated and measurement is not None:
        marks = _marks(measurement)
        marks = _turned(marks, rows=frame.pixels.shape[-2]) if turned else marks
        made = annotate(made, marks, frame_width_px=frame.pixels.shape[-1])
    return encode(made, settings.form)


def field_rows(measurement: FrameMeasurement, header: Mapping[str, Any]) -> list[list[dict[str, float | int | None]]]:
    """Return the map of the field, three rows of three cells from the upper left of the picture.

    Each cell has HFR and FWHM in px, how many stars were measured, their ellipticity (1 - b/a) and the direction of
    their long axes in degrees, from the right downwards. Empty where no stars were measured; None in cells with few.
    """
    field = measurement.stars.field
    if field is None:
        return []
    turned = is_upside_down(header)
    return [
        [
            {
                "hfr": _known(field.hfr[row, column]),
                "fwhm": _known(field.fwhm[row, column]),
                "stars": int(field.count[row, column]),
                "ellipticity": _known(field.ellipticity[row, column]),
                "angle_deg": _known((180.0 - field.angle_deg if turned else field.angle_deg)[row, column] % 180.0),
            }
            for column in range(3)
        ]
        for row in (range(2, -1, -1) if turned else range(3))
    ]


def is_upside_down(header: Mapping[str, Any]) -> bool:
    """Return whether a frame's first row is the lowest one: only ``ROWORDER`` tells, cameras' files begin above."""
    return str(header.get("ROWORDER", "")).strip().upper() == "BOTTOM-UP"


def is_light(header: Mapping[str, Any]) -> bool:
    """Return whether a frame may show stars: one that does not say what it is may."""
    found = kind_of(str(header.get("IMAGETYP", "")))
    return found is None or found[0] is FrameKind.LIGHT


def pattern_of(header: Mapping[str, Any]) -> str:
    """Return the pattern of a frame's colour mosaic, shifts worked in; empty where it has none."""
    shifts = (header.get("XBAYROFF", 0), header.get("YBAYROFF", 0))
    across, down = (int(each) if isinstance(each, int | float) and math.isfinite(each) else 0 for each in shifts)
    return mosaic_pattern(header.get("BAYERPAT"), x_offset=across, y_offset=down)


def _reduced(frame: FramePixels, measurement: FrameMeasurement) -> Reduced | None:
    if frame.pixels.ndim != 2:
        return None
    levels = measurement.statistics
    return Reduced(measurement.frame.binned, levels.median, levels.mad)


def _marks(measurement: FrameMeasurement) -> Marks:
    stars = measurement.stars
    listed, field = stars.stars, stars.field
    x, y, hfr = _none() if listed is None else (listed.x, listed.y, listed.hfr)
    return Marks(
        x,
        y,
        hfr,
        typical_hfr=stars.hfr,
        field=None if field is None else field.hfr,
        ellipticity=None if field is None else field.ellipticity,
        angle_deg=None if field is None else field.angle_deg,
        words=_words(measurement.metrics),
    )


def _turned(marks: Marks, *, rows: int) -> Marks:
    """Return marks as they lie on a picture whose last row is the frame's first."""
    field, ellipticity, angle_deg = (
        None if each is None else each[::-1] for each in (marks.field, marks.ellipticity, marks.angle_deg)
    )
    angle_deg = None if angle_deg is None else 180.0 - angle_deg
    return replace(marks, y=rows - 1.0 - marks.y, field=field, ellipticity=ellipticity, angle_deg=angle_deg)


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
