"""Frames out of focus, and sharp ones that are not taken for such."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tsplug.imaging import defocus
from tsplug.imaging.growth import half_flux_radii
from tsplug.imaging.stars import measure_stars

SHAPE = (500, 700)


def sky() -> np.ndarray:
    return np.random.default_rng(3).normal(1000, 12, SHAPE)


def with_stars(frame: np.ndarray, *, sigma: float, count: int) -> np.ndarray:
    """Add stars of a width at random places, all of their light within 9 pixels."""
    chance = np.random.default_rng(5)
    y, x = np.mgrid[-9:10, -9:10]
    for _ in range(count):
        row, column = int(chance.integers(12, SHAPE[0] - 12)), int(chance.integers(12, SHAPE[1] - 12))
        dx, dy = x - chance.uniform(-0.5, 0.5), y - chance.uniform(-0.5, 0.5)
        star = 60_000 * chance.uniform(0.05, 0.8) * np.exp(-(dx**2 + dy**2) / (2 * sigma**2))
        frame[row - 9 : row + 10, column - 9 : column + 10] += star
    return frame


def test_knots_of_a_nebula_among_the_sharpest_stars_are_no_discs() -> None:
    """Stars narrower than two pixels fail the first look; a few soft knots beside hundreds of them change nothing."""
    frame = with_stars(sky(), sigma=0.45, count=900)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for number in range(12):
        row, column = 60 + number // 4 * 170, 80 + number % 4 * 170
        frame += 300 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 11.0**2))
    found = measure_stars(np.rint(np.clip(frame, 0, 65_535)).astype(np.uint16))
    assert found.star_count > 300
    assert found.hfr is not None
    assert found.hfr < 1.5


def test_discs_are_measured_as_such() -> None:
    """Even discs of 14 px radius have the half-flux radius of an even disc, 0.707 of its own, and no FWHM."""
    frame, chance = sky(), np.random.default_rng(5)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for number in range(24):
        row, column = 60 + number // 6 * 125 + chance.uniform(-9, 9), 60 + number % 6 * 115 + chance.uniform(-9, 9)
        frame += 500 * (np.hypot(y - row, x - column) < 14.0)
    found = measure_stars(np.rint(frame).astype(np.uint16))
    assert found.hfr == pytest.approx(14.0 * np.sqrt(0.5), rel=0.05)
    assert found.fwhm is None
    assert found.star_count == pytest.approx(24, abs=2)


def test_a_bright_nebula_is_not_measured_instead_of_the_stars_before_it() -> None:
    """Where knots of many widths outnumber the stars, sharpness and roundness are those of the stars."""
    chance = np.random.default_rng(7)
    frame = with_stars(sky(), sigma=0.8, count=60)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for row, column in zip(chance.uniform(20, 480, 110), chance.uniform(20, 680, 110), strict=True):
        wide, narrow = chance.uniform(4.0, 9.0), chance.uniform(2.5, 4.0)
        frame += chance.uniform(800, 4000) * np.exp(-(((y - row) / wide) ** 2 + ((x - column) / narrow) ** 2) / 2)
    found = measure_stars(np.rint(np.clip(frame, 0, 65_535)).astype(np.uint16))
    assert found.hfr == pytest.approx(0.8 * np.sqrt(2 * np.log(2)), rel=0.12)
    assert found.eccentricity is not None
    assert found.eccentricity < 0.3


@pytest.mark.parametrize("times", [1.6, 1.65, 1.7, 1.75, 1.8, 1.9])
def test_knots_hardly_wider_than_the_stars_hide_none_of_them(times: float) -> None:
    """Held against knots that outnumber them, many stars would be as sharp as cosmic rays are among stars."""
    chance = np.random.default_rng(7)
    frame = with_stars(sky(), sigma=1.3, count=60)
    y, x = np.mgrid[-15:16, -15:16]
    for row, column in zip(chance.integers(20, 480, 100), chance.integers(20, 680, 100), strict=True):
        wide = 1.3 * times * chance.uniform(0.97, 1.1)
        knot = chance.uniform(300, 3000) * np.exp(-(x**2 + y**2) / (2 * wide**2))
        frame[row - 15 : row + 16, column - 15 : column + 16] += knot
    found = measure_stars(np.rint(np.clip(frame, 0, 65_535)).astype(np.uint16))
    assert found.stars is not None
    assert np.count_nonzero(np.abs(found.stars.hfr / (1.3 * np.sqrt(2 * np.log(2))) - 1.0) < 0.1) > 40


def test_discs_that_overlap_are_no_third_star_between_them() -> None:
    """Every place that counts is that of a disc, and none counts twice."""
    frame, chance, middles = sky(), np.random.default_rng(5), []
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for number in range(24):
        row, column = 60 + number // 6 * 125 + chance.uniform(-9, 9), 60 + number % 6 * 115 + chance.uniform(-9, 9)
        for apart in (0.0, 22.0) if number < 6 else (0.0,):
            frame += 500 * (np.hypot(y - row, x - column - apart) < 14.0)
            middles.append((column + apart, row))
    found = measure_stars(np.rint(frame).astype(np.uint16))
    assert found.places is not None
    places = np.stack(found.places, axis=1)
    assert len(places) >= 18
    apart = np.hypot(*(places[:, None] - np.array(middles)).transpose(2, 0, 1))
    farthest, disc_of = float(apart.min(axis=1).max()), apart.argmin(axis=1).tolist()
    assert farthest < 5.0
    assert len(set(disc_of)) == len(disc_of)


@pytest.mark.parametrize("unknown", [1, 99], ids=["one disc", "every disc"])
def test_a_disc_of_unknown_radius_takes_no_other_with_it(unknown: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a curve of growth does not pass one half the disc is left out; where none does there are no discs."""

    def some_unknown(*told: Any, **more: Any) -> np.ndarray:
        radii = half_flux_radii(*told, **more)
        radii[:unknown] = np.nan
        return radii

    monkeypatch.setattr(defocus, "half_flux_radii", some_unknown)
    frame = sky()
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for number in range(24):
        frame += 500 * (np.hypot(y - 60 - number // 6 * 125, x - 60 - number % 6 * 115) < 14.0)
    found = measure_stars(np.rint(frame).astype(np.uint16))
    measured_as_discs = found.hfr is not None and found.hfr == pytest.approx(14.0 * np.sqrt(0.5), rel=0.05)
    assert measured_as_discs == (unknown == 1)
