"""Counting levels, with OpenCV and without."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tsplug.imaging import histogram
from tsplug.imaging.histogram import LevelHistogram

LARGE, SMALL = (801, 1000), (90, 101)


@pytest.fixture(params=["OpenCV", "numpy alone"])
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Count with a library or without it."""
    if request.param == "OpenCV":
        pytest.importorskip("cv2")
    else:
        monkeypatch.setitem(sys.modules, "cv2", None)
    histogram._opencv.cache_clear()
    yield request.param
    histogram._opencv.cache_clear()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("shape", [LARGE, SMALL], ids=["large", "small"])
def test_every_level_is_counted_exactly(counter: str, dtype: str, shape: tuple[int, int]) -> None:
    """Counts are those of the pixels, lowest and highest level included, whoever counts."""
    assert (histogram._opencv() is not None) == (counter == "OpenCV")
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
