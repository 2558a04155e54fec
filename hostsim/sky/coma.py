"""Coma: the tails of stars away from the middle of the frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.psf import ALPHA2_PER_VARIANCE, PointSpread
from hostsim.sky.scene import Optics, Sensor
from hostsim.sky.stamps import DrawnStars

Floats = NDArray[np.float64]

# Squared radii of the three zones of equal area into which the aperture is cut.
_ZONES = (1.0 / 6.0, 1.0 / 2.0, 5.0 / 6.0)


def coma_px(optics: Optics, sensor: Sensor, *, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the outermost coma ring's radius at points of the sensor, as a vector away from the sensor's middle.

    A zone at the part p of the aperture's radius makes a ring of p squared times this radius, twice its radius away
    from the sharp star: so the tail is three such radii long. It grows with the distance from the optical axis.
    """
    half_x, half_y = (sensor.width - 1) / 2.0, (sensor.height - 1) / 2.0
    per_px = optics.coma_um / 3.0 / sensor.pixel_um / math.hypot(half_x, half_y)
    return (x - half_x) * per_px, (y - half_y) * per_px


def with_coma(spread: PointSpread, ring_px: tuple[Floats, Floats]) -> PointSpread:
    """Return the shapes as wide and as long as coma makes them: with the variance of all rings together."""
    right, down = ring_px
    rings = (right**2 + down**2) / 6.0
    return PointSpread(
        spread.xx + ALPHA2_PER_VARIANCE * (rings + right**2 / 3.0),
        spread.xy + ALPHA2_PER_VARIANCE * right * down / 3.0,
        spread.yy + ALPHA2_PER_VARIANCE * (rings + down**2 / 3.0),
        kind=spread.kind,
        obstruction=spread.obstruction,
    )


def zones(stars: DrawnStars, ring_px: tuple[Floats, Floats]) -> tuple[DrawnStars, ...]:
    """Return the stars as the zones of the aperture draw them, one after the other; together they stay in place."""
    right, down = ring_px
    drawn = []
    for zone in _ZONES:
        ring = ALPHA2_PER_VARIANCE * (right**2 + down**2) * zone**2 / 2.0
        spread = stars.spread
        drawn.append(
            DrawnStars(
                stars.x + 2.0 * right * (zone - 0.5),
                stars.y + 2.0 * down * (zone - 0.5),
                stars.flux_e / len(_ZONES),
                spread=PointSpread(
                    spread.xx + ring, spread.xy, spread.yy + ring, kind=spread.kind, obstruction=spread.obstruction
                ),
            )
        )
    return tuple(drawn)
