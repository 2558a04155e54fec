"""Roundness of drawn ellipticity vectors, of which the noise is known."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.roundness import measure_roundness, without_pixels

Vectors = tuple[np.ndarray, np.ndarray]


def stars(
    count: int, *, snr: float, length: float = 0.0, seed: int = 1, noise: float = 2.5
) -> tuple[Vectors, Vectors, np.ndarray]:
    """Return vectors of stars that are all as long along x, with the noise of their light; places; signal to noise."""
    random = np.random.default_rng(seed)
    off = random.normal(0.0, noise / snr, (2, count))
    places = random.uniform(-1.0, 1.0, (2, count))
    return (off[0] + length, off[1]), (places[0], places[1]), np.full(count, snr)


@pytest.mark.parametrize(("length", "eccentricity"), [(0.0, 0.0), (0.2, 0.577)])
def test_many_stars_tell_their_shape(length: float, eccentricity: float) -> None:
    """Round ones too: (a^2 - b^2) / (a^2 + b^2) of 0.2 is sqrt(1 - (b/a)^2) of 0.577."""
    for seed in range(20):
        vectors, places, snr = stars(400, snr=100.0, length=length, seed=seed)
        assert measure_roundness(vectors, places, snr=snr).eccentricity == pytest.approx(eccentricity, abs=0.12)


def test_a_few_faint_stars_leave_it_open() -> None:
    """Ten round stars at a signal to noise of 20 would show 0.25 by noise alone; what single ones show is told."""
    vectors, places, snr = stars(10, snr=20.0)
    found = measure_roundness(vectors, places, snr=snr)
    assert (found.eccentricity, found.ellipticity, found.coherence, found.angle_deg) == (None,) * 4
    assert found.star_eccentricity > 0.2


@pytest.mark.parametrize(("count", "snr"), [(20, 30.0), (20, 50.0), (45, 20.0), (80, 20.0), (300, 20.0), (300, 80.0)])
def test_no_chance_of_noise_is_told_as_a_shape(count: int, snr: float) -> None:
    """Of 200 round frames none is told to be longer than 0.12, with many bright stars than 0.08."""
    told = []
    for seed in range(200):
        vectors, places, faint = stars(count, snr=snr, seed=seed)
        told.append(measure_roundness(vectors, places, snr=faint).eccentricity)
    assert max((each for each in told if each is not None), default=0.0) <= (0.12 if count * snr < 20_000 else 0.08)


@pytest.mark.parametrize(("count", "snr"), [(4, 750.0), (5, 600.0), (6, 500.0), (8, 400.0), (11, 400.0), (11, 1000.0)])
def test_a_few_bright_stars_tell_that_they_are_round(count: int, snr: float) -> None:
    """Their light leaves little open however few they are: all frames have a value, near the truth, none above 0.08."""
    told = []
    for seed in range(200):
        vectors, places, bright = stars(count, snr=snr, seed=seed, noise=1.5)
        told.append(measure_roundness(vectors, places, snr=bright).eccentricity)
    assert None not in told
    assert max(each for each in told if each is not None) <= 0.08
    assert np.median([each for each in told if each is not None]) <= 0.05


@pytest.mark.parametrize(("count", "snr"), [(4, 250.0), (5, 250.0), (8, 200.0)])
def test_a_few_clear_stars_are_lifted_no_further_than_their_doubt_asks(count: int, snr: float) -> None:
    """Round ones of which 0.14 could be true are mostly told within 0.08, and none as above 0.12."""
    frames = (stars(count, snr=snr, seed=seed, noise=1.5) for seed in range(60))
    told = [measure_roundness(vectors, places, snr=clear).eccentricity for vectors, places, clear in frames]
    known = [each for each in told if each is not None]
    assert len(known) == 60
    assert np.median(known) <= 0.08
    assert max(known) <= 0.12


@pytest.mark.parametrize("length", [0.0, 0.05])
def test_stars_that_may_be_round_point_nowhere(length: float) -> None:
    """Round ones agree on no direction, though one may be fitted to their noise; long ones do."""
    for seed in range(20):
        vectors, places, snr = stars(100, snr=80.0, length=length, seed=seed)
        found = measure_roundness(vectors, places, snr=snr)
        assert (found.coherence is None, found.angle_deg is None) == (length == 0.0,) * 2


@pytest.mark.parametrize("count", [4, 6, 11])
def test_bright_stars_that_scatter_tell_no_more_than_that_leaves(count: int) -> None:
    """What undersampling does to stars is no noise of their light: none of 500 round frames is told as above 0.12."""
    for seed in range(500):
        (right, down), places, _ = stars(count, snr=80.0, seed=seed)
        found = measure_roundness((right, down), places, snr=np.full(count, 800.0)).eccentricity
        assert (found or 0.0) <= 0.12


def test_too_few_bright_stars_to_be_compared_leave_it_open() -> None:
    """Three may be two stars and a galaxy: they tell a shape only where they are clearly long."""
    vectors, places, snr = stars(3, snr=1000.0)
    assert measure_roundness(vectors, places, snr=snr).eccentricity is None
    vectors, places, snr = stars(3, snr=1000.0, length=0.5)
    assert measure_roundness(vectors, places, snr=snr).eccentricity == pytest.approx(0.816, abs=0.02)


def test_a_few_stars_that_are_clearly_long_tell_it() -> None:
    """Ten drawn out by wind, as faint: 0.82."""
    vectors, places, snr = stars(10, snr=20.0, length=0.5)
    assert measure_roundness(vectors, places, snr=snr).eccentricity == pytest.approx(0.816, abs=0.08)


def test_what_pixels_do_is_taken_out() -> None:
    """Stars that look long by where in a pixel they lie, and one that is long itself: only that is left."""
    (right, down), _, snr = stars(200, snr=300.0)
    columns, rows = np.random.default_rng(2).uniform(0.0, 1000.0, (2, 200))
    pixels = -0.1 * (np.cos(2 * np.pi * columns) - np.cos(2 * np.pi * rows))
    right[0] += 0.6
    found = without_pixels((right + pixels, down), (columns, rows), snr=snr)
    assert found[0] == pytest.approx(right, abs=0.01)
    assert found[1] is down


def test_a_few_stars_do_not_tell_what_pixels_do() -> None:
    """Theirs are left as they are."""
    vectors, (columns, rows), snr = stars(23, snr=30.0)
    assert without_pixels(vectors, (columns, rows), snr=snr) is vectors
