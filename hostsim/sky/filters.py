"""What each filter lets through of stars, sky and panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilterCurve:
    """One filter in five numbers.

    ``bandwidth`` and ``panel`` are fractions of what a clear filter passes of starlight and of the panel's LEDs;
    ``colour_term`` multiplies a star's B-V to give its magnitude in this band; ``sky_factor`` corrects the sky, whose
    colour is not a star's; ``extinction_mag`` is per airmass.
    """

    bandwidth: float
    colour_term: float
    extinction_mag: float
    sky_factor: float
    panel: float


CLEAR = FilterCurve(bandwidth=1.0, colour_term=0.0, extinction_mag=0.16, sky_factor=1.0, panel=1.0)

CURVES = {
    "L": CLEAR,
    "R": FilterCurve(0.30, -0.55, 0.10, 1.15, 0.30),
    "G": FilterCurve(0.32, 0.0, 0.15, 1.05, 0.36),
    "B": FilterCurve(0.34, 0.75, 0.25, 0.80, 0.26),
    "Ha": FilterCurve(0.028, -0.60, 0.09, 1.0, 0.050),
    "OIII": FilterCurve(0.026, 0.25, 0.17, 0.9, 0.045),
    "SII": FilterCurve(0.027, -0.65, 0.09, 1.0, 0.040),
}


def curve(filter_name: str) -> FilterCurve:
    """Return the curve of a filter by its name; a name that is not known is clear glass."""
    return CURVES.get(filter_name, CLEAR)
