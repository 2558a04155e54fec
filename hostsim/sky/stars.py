"""Stars made by their position: the same field shows the same stars, whatever the seed of the night.

The sphere is cut into cells of about half a degree; each cell is drawn from a generator seeded by its number alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.randomness import stream

FAINTEST_MAG = 20.0

_SKY_SEED = 20_000_101
_CELL_DEG = 0.5
_POLE_DEG = 90.0
_BANDS = round(180.0 / _CELL_DEG)
# log10 of the stars per square degree brighter than m is c0 + c1 (m-10) + c2 (m-10)^2: a fit to all-sky counts
# (8 at magnitude 10, 900 at 15, 7000 at 18).
_C0, _C1, _C2 = 0.9, 0.47875, -0.01375


@dataclass(frozen=True)
class StarTable:
    """Stars as columns of equal length: J2000 degrees, V magnitude, colour index B-V."""

    ra_deg: NDArray[np.float64]
    dec_deg: NDArray[np.float64]
    magnitude: NDArray[np.float64]
    colour: NDArray[np.float64]


def stars_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> StarTable:
    """Return every star of the cells that touch a circle, so some lie a little outside it."""
    cells = [_cell(band, index) for band, index in _cells_near(ra_deg, dec_deg, radius_deg=radius_deg)]
    return StarTable(
        ra_deg=np.concatenate([cell.ra_deg for cell in cells]),
        dec_deg=np.concatenate([cell.dec_deg for cell in cells]),
        magnitude=np.concatenate([cell.magnitude for cell in cells]),
        colour=np.concatenate([cell.colour for cell in cells]),
    )


def _cells_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> list[tuple[int, int]]:
    lowest = max(0, math.floor((dec_deg - radius_deg + _POLE_DEG) / _CELL_DEG))
    highest = min(_BANDS - 1, math.floor((dec_deg + radius_deg + _POLE_DEG) / _CELL_DEG))
    if abs(dec_deg) + radius_deg >= _POLE_DEG:
        half_width_deg = 180.0
    else:
        sine = math.sin(math.radians(radius_deg)) / math.cos(math.radians(dec_deg))
        half_width_deg = math.degrees(math.asin(min(1.0, sine)))
    found: list[tuple[int, int]] = []
    for band in range(lowest, highest + 1):
        count = _cells_in_band(band)
        width_deg = 360.0 / count
        first = math.floor((ra_deg - half_width_deg) / width_deg)
        last = math.floor((ra_deg + half_width_deg) / width_deg)
        found.extend((band, index % count) for index in range(first, min(last, first + count - 1) + 1))
    return found


def _cells_in_band(band: int) -> int:
    middle_deg = (band + 0.5) * _CELL_DEG - _POLE_DEG
    return max(1, round(360.0 * math.cos(math.radians(middle_deg)) / _CELL_DEG))


@lru_cache(maxsize=512)
def _cell(band: int, index: int) -> StarTable:
    rng = stream(_SKY_SEED, "stars", band, index)
    width_deg = 360.0 / _cells_in_band(band)
    low_deg = band * _CELL_DEG - _POLE_DEG
    sine_low, sine_high = (math.sin(math.radians(edge)) for edge in (low_deg, low_deg + _CELL_DEG))
    area_deg2 = width_deg * math.degrees(sine_high - sine_low)
    log_faintest = _log_count(FAINTEST_MAG)
    density = 10.0**log_faintest * _crowding((index + 0.5) * width_deg, low_deg + _CELL_DEG / 2.0)
    number = int(rng.poisson(density * area_deg2))
    log_rank = log_faintest + np.log10(1.0 - rng.random(number))
    return StarTable(
        ra_deg=(index + rng.random(number)) * width_deg,
        dec_deg=np.degrees(np.arcsin(rng.uniform(sine_low, sine_high, number))),
        magnitude=_magnitude_at(log_rank),
        colour=np.clip(rng.normal(0.75, 0.35, number), -0.3, 2.0),
    )


def _log_count(magnitude: float) -> float:
    step = magnitude - 10.0
    return _C0 + _C1 * step + _C2 * step * step


def _magnitude_at(log_count: NDArray[np.float64]) -> NDArray[np.float64]:
    root = np.sqrt(_C1 * _C1 - 4.0 * _C2 * (_C0 - log_count))
    return np.asarray(10.0 + (root - _C1) / (2.0 * _C2), dtype=np.float64)


def _crowding(ra_deg: float, dec_deg: float) -> float:
    """Return the star density relative to the all-sky mean: few at the galactic poles, most in the plane."""
    pole_ra, pole_dec = math.radians(192.859), math.radians(27.128)
    ra, dec = math.radians(ra_deg), math.radians(dec_deg)
    sine = math.sin(dec) * math.sin(pole_dec) + math.cos(dec) * math.cos(pole_dec) * math.cos(ra - pole_ra)
    latitude_deg = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    return 0.28 + 0.25 * math.exp(-abs(latitude_deg) / 20.0)
