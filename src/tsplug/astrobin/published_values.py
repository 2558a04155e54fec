"""Cells as the reference tool's published tables compute them, for ``--compatible``."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.astrobin.frames import Frame, Place
from tsplug.astrobin.numbers import mean

_HFR_TO_FWHM = 2

SOURCES = {
    "date": "DATE-OBS, UTC",
    "mean_fwhm": "2 x HFR x scale, to 0.01 a frame",
    "temperature": "FOCTEMP",
}
"""Where these cells come from."""


def values_of(lights: Sequence[Frame], place: Place) -> dict[str, float | None]:
    """Return the cells that differ from ours: duration to 0.01 s, 2 x HFR, focuser's temperature, the site's sky."""
    return {
        "duration": round(lights[0].exposure_s, 2),
        "iso": None,
        "sensor_cooling": _whole(mean([light.sensor_c for light in lights])),
        "f_number": _hundredths([light.f_number for light in lights]),
        "bortle": place.bortle,
        "mean_sqm": None if place.sky_quality is None else round(place.sky_quality, 2),
        "mean_fwhm": _hundredths([published_fwhm(light) for light in lights]),
        "temperature": _hundredths([light.focuser_c for light in lights]),
    }


def published_fwhm(light: Frame) -> float:
    """Return 2 x HFR x scale of a frame in arcseconds, rounded to 0.01; 0 where HFR or scale is not known.

    The focal length counts in whole millimetres. Source: published rule, scale = pixel / focal length x 206.265.
    """
    focal_length = int(light.focal_length_mm or 0)
    if not light.hfr_px or not light.pixel_um or not focal_length:
        return 0.0
    return round(_HFR_TO_FWHM * light.hfr_px * light.pixel_um / focal_length * 206.265, 2)


def _hundredths(values: Sequence[float | None]) -> float | None:
    found = mean(values)
    return None if found is None else round(found, 2)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
