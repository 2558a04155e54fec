"""Widths of simulated stars as pixels see them, held against stars drawn on a fine grid."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hostsim.sky.profile import STEPS, profile
from hostsim.sky.psf import PointSpread

FINE = 15


def star(alphas: tuple[float, float], kind: int) -> PointSpread:
    """Return one star whose long axis lies along x or y."""
    xx, yy = (np.array([each**2]) for each in alphas)
    return PointSpread(xx, np.zeros(1), yy, kind=np.array([kind]))


def drawn(alphas: tuple[float, float], kind: int, moved_px: float) -> tuple[float, float]:
    """Return FWHM and half-flux radius of a star that moved along x, averaged over pixels wherever those begin."""
    half = math.ceil((4.0 * max(alphas) + moved_px / 2.0 + 1.0) * FINE)
    place = np.arange(-half, half + 1) / FINE
    x, y = np.meshgrid(place, place)
    table = profile(kind, 0.0).values.astype(float)
    steps = (np.arange(math.ceil(4.0 * moved_px) or 1) + 0.5) / math.ceil(4.0 * moved_px or 1) - 0.5
    distances = (np.hypot((x - step * moved_px) / alphas[0], y / alphas[1]) for step in steps)
    light = sum(np.interp(each * STEPS, np.arange(table.size), table) for each in distances)
    for axis in (0, 1):
        sums = np.cumsum(light, axis=axis)
        light = sums.take(range(FINE, place.size), axis) - sums.take(range(place.size - FINE), axis)
    middles = (place[FINE:] + place[:-FINE]) / 2.0 + 0.5 / FINE
    radius = np.hypot(*np.meshgrid(middles, middles)).ravel()
    order = np.argsort(radius)
    enclosed = np.cumsum(light.ravel()[order])
    whole = enclosed[-1] / (1.0 - (1.0 + 16.0) ** -2.5 if kind == 0 else 1.0)
    area = np.count_nonzero(light >= light.max() / 2.0) / FINE**2
    return 2.0 * math.sqrt(area / math.pi), float(np.interp(whole / 2.0, enclosed, radius[order]))


@pytest.mark.parametrize(
    ("alphas", "kind", "moved_px"),
    [
        ((0.9, 0.9), 0, 0.0),
        ((1.6, 1.6), 0, 0.0),
        ((2.6, 1.3), 0, 0.0),
        ((1.6, 1.6), 6, 0.0),
        ((3.0, 3.0), 12, 0.0),
        ((1.6, 1.6), 0, 2.0),
        ((1.6, 1.6), 0, 6.0),
        ((1.8, 1.5), 0, 5.0),
    ],
    ids=str,
)
def test_widths_are_those_of_drawn_stars(alphas: tuple[float, float], kind: int, moved_px: float) -> None:
    """Sharp, long, out of focus or drawn out: FWHM and half-flux radius are right within 2 %."""
    spread = star(alphas, kind)
    fwhm, hfr = drawn(alphas, kind, moved_px)
    assert spread.fwhm_px(move_px=(moved_px, 0.0))[0] == pytest.approx(fwhm, rel=0.02)
    assert spread.hfr_px(move_px=(moved_px, 0.0))[0] == pytest.approx(hfr, rel=0.02)


def test_long_trails_grow_as_their_area_does() -> None:
    """Beyond what tables know a trail twice as long has twice the area, and turning it changes nothing."""
    spread = star((2.0, 2.0), 0)
    lengths = (400.0, 800.0, 20_000.0)
    widths = [float(spread.fwhm_px(move_px=(0.6 * length, -0.8 * length))[0]) for length in lengths]
    assert widths[1] / widths[0] == pytest.approx(math.sqrt(2.0), rel=0.01)
    assert widths[2] / widths[0] == pytest.approx(math.sqrt(50.0), rel=0.02)
    assert spread.fwhm_px(move_px=(0.0, 400.0))[0] == pytest.approx(widths[0])


def test_pixels_far_larger_than_a_star_are_what_is_seen() -> None:
    """The width is then that of a square pixel as a circle of equal area."""
    assert star((0.5, 0.5), 0).fwhm_px(5.0)[0] == pytest.approx(2.0 / math.sqrt(math.pi), rel=0.03)
