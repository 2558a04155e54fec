"""Counting levels, with OpenCV and without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from tsplug.imaging.histogram import LevelHistogram
from tsplug.imaging.opencv import opencv

# Both parts of the large one, the first 300 rows and the rest, are worth OpenCV's table.
LARGE, SMALL = (601, 2000), (90, 101)


class Watched:
    """OpenCV, with a count of what it was asked for."""

    def __init__(self, opencv: ModuleType) -> None:
        self.opencv, self.asked = opencv, 0

    def calcHist(self, *told: object) -> np.ndarray:  # noqa: N802 - OpenCV's name
        self.asked += 1
        return self.opencv.calcHist(*told)


@pytest.fixture(params=["OpenCV", "numpy alone"])
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched | None]:
    """Count with a library or without it."""
    watched = Watched(pytest.importorskip("cv2")) if request.param == "OpenCV" else None
    monkeypatch.setitem(sys.modules, "cv2", watched)
    opencv.cache_clear()
    yield watched
    opencv.cache_clear()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("shape", [LARGE, SMALL], ids=["large", "small"])
def test_every_level_is_counted_exactly(counter: Watched | None, dtype: str, shape: tuple[int, int]) -> None:
    """Counts are those of the pixels, lowest and highest level included, whoever counts."""
    limits = np.iinfo(dtype)
    pixels = np.random.default_rng(2).integers(limits.min, limits.max, shape, endpoint=True).astype(dtype)
    pixels[:7] = limits.max
    pixels[7:9, :50] = limits.min
    counted = LevelHistogram(pixels.dtype)
    counted.add(pixels[:300])
    rest = LevelHistogram(pixels.dtype)
    rest.add(pixels[300:])
    counted.merge(rest)
    levels, counts = counted.filled()
    true_levels, true_counts = np.unique(pixels, return_counts=True)
    assert levels.tolist() == true_levels.tolist()
    assert counts.tolist() == true_counts.tolist()
    assert counted.quantile(0.3) == np.quantile(pixels, 0.3)
    if counter is not None:
        assert counter.asked == (2 if shape == LARGE and pixels.itemsize == 2 else 0)


def test_more_pixels_of_one_level_than_floats_count_are_counted(counter: Watched | None) -> None:
    """A frame that is saturated everywhere has each of its pixels counted, beyond 2^24 too."""
    many = (1 << 24) + 600_001
    counted = LevelHistogram(np.dtype(np.uint16))
    counted.add(np.full((1, many), 65_535, np.uint16))
    assert counted.counts[65_535] == counted.counts.sum() == many
    assert counter is None or counter.asked == 2
