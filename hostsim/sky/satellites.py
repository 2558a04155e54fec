"""Satellites that cross the field: seeded by moment and place alone, so that every camera sees the same ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.projection import TangentPlane
from hostsim.sky.randomness import hours_since_epoch, stream

Floats = NDArray[np.float64]

COLOUR = 0.65
"""The colour index B-V of a satellite: sunlight."""

_SLOT_H = 0.25
_BAND_DEG = 5.0
# A satellite is seen over so many degrees, until the Earth's shadow or a tumble takes it.
_ARC_DEG = 12.0
# In low orbits satellites move by 0.2 to 1 degree per second and are of magnitude 4 to 8 (Mallama 2022).
_SPEED_DEG_PER_S = (0.25, 0.9)
_MAGNITUDE, _MAGNITUDE_SIGMA = 5.8, 1.0
_BRIGHTEST_MAG, _FAINTEST_MAG = 2.5, 8.0
# Short straight lines of length a cross a unit square 1 + 4 a / pi times as often as their middles fall into it.
_CROSSINGS = 1.0 + 4.0 * _ARC_DEG / math.pi


@dataclass(frozen=True)
class Track:
    """One satellite's way during an exposure: where it enters and leaves (sensor pixels), seconds, and magnitude."""

    from_px: tuple[float, float]
    to_px: tuple[float, float]
    seconds: float
    magnitude: float


class Satellites:
    """All satellites over the night of a seed."""

    def __init__(self, seed: int, per_hour: Callable[[datetime], float]) -> None:
        """Take how many bright satellites cross a square degree in an hour at each moment."""
        self._seed = seed
        self._per_hour = per_hour

    def tracks(
        self, plane: TangentPlane, started: datetime, *, duration_s: float, radius_deg: float
    ) -> tuple[Track, ...]:
        """Return the tracks that pass within ``radius_deg`` of a frame's middle while it is exposed."""
        first = math.floor((hours_since_epoch(started) - _ARC_DEG / _SPEED_DEG_PER_S[0] / 3600.0) / _SLOT_H)
        last = math.floor(hours_since_epoch(started + timedelta(seconds=duration_s)) / _SLOT_H)
        found: list[Track] = []
        for slot in range(first, last + 1):
            begins_s = (slot * _SLOT_H - hours_since_epoch(started)) * 3600.0
            rate = self._per_hour(started + timedelta(seconds=begins_s + _SLOT_H * 1800.0))
            if rate > 0.0:
                found += self._of_slot(plane, slot, begins_s=begins_s, rate=rate, within=(duration_s, radius_deg))
        return tuple(found)

    def _of_slot(
        self, plane: TangentPlane, slot: int, *, begins_s: float, rate: float, within: tuple[float, float]
    ) -> list[Track]:
        duration_s, radius_deg = within
        reach_deg = radius_deg + _ARC_DEG / 2.0
        low = max(0, math.floor((plane.dec_deg - reach_deg + 90.0) / _BAND_DEG))
        high = min(round(180.0 / _BAND_DEG) - 1, math.floor((plane.dec_deg + reach_deg + 90.0) / _BAND_DEG))
        middle = _vectors(np.array([plane.ra_deg]), np.array([plane.dec_deg]))
        found: list[Track] = []
        for band in range(low, high + 1):
            flights = _Flights.drawn(self._seed, slot, band=band, rate=rate)
            # The first second at which each is seen, and the last, counted from the exposure's start.
            half_s = _ARC_DEG / 2.0 / flights.speed_deg_per_s
            starts, ends = np.maximum(0.0, begins_s + flights.at_s - half_s), begins_s + flights.at_s + half_s
            ends = np.minimum(duration_s, ends)
            near = (flights.place @ middle[0] > math.cos(math.radians(reach_deg))) & (ends > starts)
            found.extend(
                flights.track(int(row), plane, seconds=(starts[row], ends[row]), begins_s=begins_s)
                for row in np.flatnonzero(near & (flights.passes_deg(middle[0]) < radius_deg))
            )
        return found


@dataclass(frozen=True)
class _Flights:
    """Satellites of one slot of time and band of the sky, as columns: middle of the arc, direction, time and light."""

    place: Floats
    heading: Floats
    at_s: Floats
    speed_deg_per_s: Floats
    magnitude: Floats

    @classmethod
    def drawn(cls, seed: int, slot: int, *, band: int, rate: float) -> _Flights:
        rng = stream(seed, "satellites", slot, band)
        sine_low, sine_high = (math.sin(math.radians(edge * _BAND_DEG - 90.0)) for edge in (band, band + 1))
        area_deg2 = 360.0 * math.degrees(sine_high - sine_low)
        count = int(rng.poisson(rate / _CROSSINGS * area_deg2 * _SLOT_H))
        ra_deg, sine = rng.uniform(0.0, 360.0, count), rng.uniform(sine_low, sine_high, count)
        place = _vectors(ra_deg, np.degrees(np.arcsin(sine)))
        bearing = rng.uniform(0.0, 2.0 * math.pi, count)[:, None]
        east = np.stack([-np.sin(np.radians(ra_deg)), np.cos(np.radians(ra_deg)), np.zeros(count)], axis=1)
        return cls(
            place=place,
            heading=np.cos(bearing) * np.cross(place, east) + np.sin(bearing) * east,
            at_s=rng.uniform(0.0, _SLOT_H * 3600.0, count),
            speed_deg_per_s=rng.uniform(*_SPEED_DEG_PER_S, count),
            magnitude=np.clip(rng.normal(_MAGNITUDE, _MAGNITUDE_SIGMA, count), _BRIGHTEST_MAG, _FAINTEST_MAG),
        )

    def passes_deg(self, middle: Floats) -> Floats:
        """Return how near to a point the great circle of each passes."""
        normal = np.cross(self.place, self.heading)
        return np.asarray(np.degrees(np.arcsin(np.clip(np.abs(normal @ middle), 0.0, 1.0))), dtype=np.float64)

    def track(self, row: int, plane: TangentPlane, *, seconds: tuple[float, float], begins_s: float) -> Track:
        """Return the way of one between two moments, in pixels."""
        turned = np.radians(self.speed_deg_per_s[row] * (np.array(seconds) - begins_s - self.at_s[row]))[:, None]
        ends = np.cos(turned) * self.place[row] + np.sin(turned) * self.heading[row]
        ra_deg, dec_deg = np.degrees(np.arctan2(ends[:, 1], ends[:, 0])), np.degrees(np.arcsin(ends[:, 2]))
        x, y = plane.to_pixels(ra_deg, dec_deg)
        return Track(
            from_px=(float(x[0]), float(y[0])),
            to_px=(float(x[1]), float(y[1])),
            seconds=float(seconds[1] - seconds[0]),
            magnitude=float(self.magnitude[row]),
        )


def _vectors(ra_deg: Floats, dec_deg: Floats) -> Floats:
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)
