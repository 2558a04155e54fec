"""Which stars of a frame are taken to solve it, and in which order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from tsplug.imaging.astrometry.star_list import stars_to_solve
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings

SIDE = 200
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
SATURATED, MEASURED, FAINT, KNOT = (40.3, 60.0), (120.0, 50.0), (150.0, 150.0), (60.0, 140.0)


def spot(place: tuple[float, float], *, sigma_px: float, height: float) -> Any:
    """Return a round spot of light."""
    return height * np.exp(-((COLUMNS - place[0]) ** 2 + (ROWS - place[1]) ** 2) / (2.0 * sigma_px**2))


def test_saturated_stars_come_first_and_knots_of_a_nebula_last() -> None:
    """A knot that was not measured has the light of many stars, and no catalogue knows it; its height tells."""
    pixels = 1000.0 + spot(SATURATED, sigma_px=2.0, height=300_000.0) + spot(MEASURED, sigma_px=1.5, height=20_000.0)
    pixels += spot(FAINT, sigma_px=1.0, height=3000.0) + spot(KNOT, sigma_px=9.0, height=2000.0)
    measured = SimpleNamespace(x=np.array([MEASURED[0]]), y=np.array([MEASURED[1]]), flux=np.array([282_000.0]))
    places = tuple(np.array(each) for each in zip(KNOT, SATURATED, MEASURED, FAINT, strict=True))
    frame = SimpleNamespace(pixels=np.clip(pixels, 0, 65_535).astype(np.uint16))
    stars = stars_to_solve(
        cast(Any, SimpleNamespace(frame=frame, stars=SimpleNamespace(stars=measured, places=places)))
    )
    for number, (x, y) in enumerate((SATURATED, MEASURED, FAINT, KNOT)):
        assert np.hypot(stars.x[number] - x, stars.y[number] - y) < 0.3
    assert (stars.x.size, stars.width_px, stars.height_px) == (4, SIDE, SIDE)


def test_a_frame_without_stars_has_an_empty_list() -> None:
    """Noise alone gives nothing to match."""
    noise = np.random.default_rng(1).normal(1000.0, 20.0, (SIDE, SIDE)).astype(np.uint16)
    assert stars_to_solve(measure_frame(noise, StarSettings())).x.size == 0
