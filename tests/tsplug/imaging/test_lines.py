"""Filaments of nebulae and spikes of bright stars, which are no stars."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from drawn_frames import SCENES, draw, small
from judging_frames import judge_drawn, measure_drawn
from numpy.typing import NDArray

from tsplug.imaging.settings import StarSettings
from tsplug.imaging.stars import StarMeasurement, measure_stars

FILAMENTS = {
    "faint, over a nebula": ("nebula", (16.0, 3.0), 1500, 3),
    "clear, over a nebula": ("nebula", (16.0, 4.0), 1400, 31),
    "bright, between few stars": ("narrow band", (16.0, 8.0), 1500, 3),
    "faint, between few stars": ("narrow band", (16.0, 2.0), 1400, 31),
    "bright, between sharp stars": ("sharp", (16.0, 8.0), 1500, 3),
    "faint, between sharp stars": ("sharp", (16.0, 2.0), 1400, 12),
}

# How far the light of a star is drawn out, right and down: of its place, -1 to 1, and of the length in the corner.
WAYS: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "rotation": lambda x, y, length: (-y * length / math.sqrt(2.0), x * length / math.sqrt(2.0)),
    "coma": lambda x, y, length: (x * length / math.sqrt(2.0), y * length / math.sqrt(2.0)),
    "drift": lambda _x, _y, length: (0.77 * length, 0.64 * length),
}
SIZE_PX = 900


@pytest.mark.parametrize("name", FILAMENTS)
def test_filaments_of_a_nebula_are_no_stars(name: str) -> None:
    """Hundreds of peaks lie on them; sizes and counts are those of the stars between."""
    scene, filaments, width, seed = FILAMENTS[name]
    drawn = draw(small(SCENES[scene], filaments=filaments), width=width, height=1000, seed=seed)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.false <= 1
    assert abs(found.hfr) < 0.03
    assert abs(found.fwhm) < 0.05
    assert found.complete >= 0.95


def test_crossings_of_filaments_and_hot_pixels_on_them_are_no_stars() -> None:
    """Light lies on more than two sides there, or a pixel stands high above what goes on."""
    drawn = draw(small(SCENES["rich"], filaments=(16.0, 12.0), hot_per_mp=800.0), width=1500, height=1000, seed=3)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.false <= 1
    assert found.complete > 0.9


@pytest.mark.parametrize("fwhm", [1.76, 3.2, 6.2])
def test_spikes_of_bright_stars_are_no_stars(fwhm: float) -> None:
    """Vanes before the mirror draw four from each; the stars beside them stay, the bright ones too."""
    drawn = draw(small(SCENES["spikes"], fwhm=fwhm), width=1500, height=1000, seed=3)
    measured = measure_drawn(drawn)
    found = judge_drawn(drawn, measured)
    assert found.false <= 2
    assert found.complete >= 0.95
    assert abs(found.hfr) < 0.03
    x, y = measured.stars.places
    inside = (np.minimum(drawn.x, drawn.y) > 14.0) & (drawn.x < 1486.0) & (drawn.y < 986.0)
    bright = np.flatnonzero((drawn.snr > 5e3) & inside)
    assert bright.size > 3
    assert all(np.hypot(x - drawn.x[star], y - drawn.y[star]).min() < 8.0 for star in bright)


def test_stars_drawn_out_by_the_mount_stay_stars() -> None:
    """All of them have light on two sides, and all on the same two."""
    drawn = draw(small(SCENES["rich"], fwhm=6.0, axis_ratio=0.2), width=1500, height=1000, seed=3)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.complete > 0.8
    assert found.false <= 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stars", [2, 3, 5, 7])
@pytest.mark.parametrize("length_px", [12.0, 14.0, 16.0])
def test_a_few_stars_that_the_mount_dragged_are_all_measured(length_px: float, stars: int, seed: int) -> None:
    """What tells that the mount failed is their size and shape: a sparse frame has no others."""
    measured = _measured("drift", length_px, stars=stars, seed=seed)
    assert measured.star_count >= stars
    assert measured.hfr == pytest.approx({12.0: 3.59, 14.0: 4.0, 16.0: 4.5}[length_px], rel=0.05)
    assert measured.roundness is not None
    assert measured.roundness.star_eccentricity > 0.9


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("stars", [30, 150])
@pytest.mark.parametrize("length_px", [20.0, 30.0])
@pytest.mark.parametrize("way", ["rotation", "coma"])
def test_stars_drawn_out_in_directions_that_turn_over_the_frame_stay(
    way: str, length_px: float, stars: int, seed: int
) -> None:
    """A field that turned, or optics, draw out those in the corners most: left out, the frame would look sharp."""
    measured = _measured(way, length_px, stars=stars, seed=seed)
    assert measured.star_count >= 0.95 * stars
    assert measured.hfr is not None
    assert measured.hfr > {20.0: 2.9, 30.0: 3.5}[length_px]


def _measured(way: str, length_px: float, *, stars: int, seed: int) -> StarMeasurement:
    random = np.random.default_rng(1000 * stars + seed)
    light = random.normal(1000.0, 12.0, (SIZE_PX, SIZE_PX))
    for _ in range(stars):
        x, y = random.uniform(60.0, SIZE_PX - 60.0, 2)
        right, down = WAYS[way](2.0 * x / SIZE_PX - 1.0, 2.0 * y / SIZE_PX - 1.0, length_px)
        _add_drawn_out(light, (x, y), way=(right, down), flux=random.uniform(4e4, 1e5))
    return measure_stars(np.clip(light, 0.0, 65_535.0).astype(np.uint16), StarSettings(full_scale_adu=65_535))


def _add_drawn_out(
    light: NDArray[np.float64], place: tuple[float, float], *, way: tuple[float, float], flux: float, sigma: float = 1.6
) -> None:
    left, top, side = int(place[0]) - 40, int(place[1]) - 40, np.arange(81)
    steps = np.linspace(-0.5, 0.5, 2 * math.ceil(math.hypot(*way)) + 1)
    for step in steps:
        right = np.exp(-((left + side - place[0] - step * way[0]) ** 2) / (2.0 * sigma**2))
        down = np.exp(-((top + side - place[1] - step * way[1]) ** 2) / (2.0 * sigma**2))
        share = flux / (2.0 * math.pi * sigma**2 * steps.size)
        light[top : top + 81, left : left + 81] += share * down[:, None] * right


@pytest.mark.parametrize(
    ("stars", "fwhm", "seed", "least"), [(1500.0, 2.2, 3, 395), (2000.0, 1.8, 12, 530)], ids=["many", "more than usual"]
)
def test_close_neighbours_in_a_small_dense_frame_stay_stars(stars: float, fwhm: float, seed: int, least: int) -> None:
    """Some have another on two opposite sides by chance, in some frames more: no more than that is no filament."""
    drawn = draw(small(SCENES["rich"], stars=stars, fwhm=fwhm), width=640, height=480, seed=seed)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.false == 0
    assert found.found >= least
