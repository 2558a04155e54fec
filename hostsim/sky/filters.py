"""What each filter lets through of stars, sky and panel, to a bare sensor or to one colour of a mosaic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Band(Enum):
    """Which light a pixel can see: all of it, or that of its cell of the colour mosaic."""

    MONO = "mono"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True)
class FilterCurve:
    """One filter in five numbers and its passband in nanometres.

    ``bandwidth`` and ``panel`` are fractions of what a clear filter passes of starlight and of the panel's LEDs;
    ``colour_term`` multiplies a star's B-V to give its magnitude in this band; ``sky_factor`` corrects the sky, whose
    colour is not a star's; ``extinction_mag`` is per airmass.
    """

    bandwidth: float
    colour_term: float
    extinction_mag: float
    sky_factor: float
    panel: float
    passband_nm: tuple[float, float] = (400.0, 700.0)


CLEAR = FilterCurve(bandwidth=1.0, colour_term=0.0, extinction_mag=0.16, sky_factor=1.0, panel=1.0)

CURVES = {
    "L": CLEAR,
    "R": FilterCurve(0.30, -0.55, 0.10, 1.15, 0.30, (590.0, 690.0)),
    "G": FilterCurve(0.32, 0.0, 0.15, 1.05, 0.36, (490.0, 580.0)),
    "B": FilterCurve(0.34, 0.75, 0.25, 0.80, 0.26, (400.0, 505.0)),
    "Ha": FilterCurve(0.028, -0.60, 0.09, 1.0, 0.050, (653.0, 660.0)),
    "OIII": FilterCurve(0.026, 0.25, 0.17, 0.9, 0.045, (497.0, 504.0)),
    "SII": FilterCurve(0.027, -0.65, 0.09, 1.0, 0.040, (669.0, 676.0)),
}

# By wavelength in nanometres: colour term, extinction and sky colour, which change from one band to another.
_WAVELENGTH_NM = np.array([430.0, 460.0, 501.0, 535.0, 640.0, 675.0])
_COLOUR_TERM = np.array([0.95, 0.65, 0.25, 0.0, -0.55, -0.65])
_EXTINCTION_MAG = np.array([0.28, 0.23, 0.17, 0.15, 0.10, 0.09])
_SKY_FACTOR = np.array([0.76, 0.83, 0.95, 1.05, 1.15, 1.15])
_SAMPLES = 61
# What a colour cell lets through at least anywhere: no dye is opaque.
_LEAK = 0.03


@cache
def curve(filter_name: str, band: Band = Band.MONO) -> FilterCurve:
    """Return the curve of a filter by its name, as pixels of a colour see it; an unknown name is clear glass.

    A cell of the mosaic takes its share of what the filter passes, and moves the middle of the passband: a red cell
    behind clear glass sees the sky's red, a blue cell behind a hydrogen filter next to nothing.
    """
    bare = CURVES.get(filter_name, CLEAR)
    if band is Band.MONO:
        return bare
    wavelength = np.linspace(*bare.passband_nm, _SAMPLES)
    passed = cell_transmission(band, wavelength)
    lamp = _led(wavelength)
    before, after = float(wavelength.mean()), float(np.average(wavelength, weights=passed))
    return replace(
        bare,
        bandwidth=bare.bandwidth * float(passed.mean()),
        panel=bare.panel * float(np.average(passed, weights=lamp)),
        colour_term=bare.colour_term + _between(_COLOUR_TERM, before, after_nm=after),
        extinction_mag=max(0.05, bare.extinction_mag + _between(_EXTINCTION_MAG, before, after_nm=after)),
        sky_factor=bare.sky_factor + _between(_SKY_FACTOR, before, after_nm=after),
    )


def cell_transmission(band: Band, wavelength_nm: Floats) -> Floats:
    """Return what a cell of the mosaic passes to its pixel at some wavelengths, as a fraction of a bare pixel's light.

    Dyes of this shape (broad, overlapping, red open into the infrared) are what the data sheets of Sony's colour
    sensors show; peaks lie at 460, 530 and 610 nm.
    """
    if band is Band.MONO:
        return np.ones_like(wavelength_nm)
    if band is Band.RED:
        dye = 0.80 / (1.0 + np.exp((582.0 - wavelength_nm) / 7.0)) * np.exp(-(((wavelength_nm - 600.0) / 110.0) ** 2))
    elif band is Band.GREEN:
        dye = 0.90 * np.exp(-(((wavelength_nm - 530.0) / 52.0) ** 2))
    else:
        dye = 0.82 * np.exp(-(((wavelength_nm - 460.0) / 46.0) ** 2))
    return np.asarray(np.maximum(dye, _LEAK), dtype=np.float64)


def _led(wavelength_nm: Floats) -> Floats:
    """Return the spectrum of the panel's white LEDs: a blue peak, and the phosphor it feeds."""
    pump = np.exp(-(((wavelength_nm - 452.0) / 14.0) ** 2))
    phosphor = 0.62 * np.exp(-(((wavelength_nm - 565.0) / 75.0) ** 2))
    return np.asarray(pump + phosphor + 1e-3, dtype=np.float64)


def _between(values: Floats, before_nm: float, *, after_nm: float) -> float:
    before, after = np.interp((before_nm, after_nm), _WAVELENGTH_NM, values)
    return float(after - before)
