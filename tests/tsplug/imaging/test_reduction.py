"""The one pass over a frame, in two threads."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tsplug.imaging.opencv import opencv
from tsplug.imaging.reduction import pass_over, reduce_frame


class Slowly:
    """A source whose bands are only there once they were filled."""

    def __init__(self, frame: np.ndarray, *, rows: int) -> None:
        self.frame, self.rows = frame, rows
        self.pixels = np.zeros_like(frame)

    def bands(self) -> Iterator[slice]:
        for first in range(0, self.frame.shape[0], self.rows):
            yield slice(first, min(first + self.rows, self.frame.shape[0]))

    def fill(self, rows: slice) -> None:
        self.pixels[rows] = self.frame[rows]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32", "float32"])
@pytest.mark.parametrize("shape", [(101, 64), (100, 65)], ids=["odd rows", "odd columns"])
def test_bands_add_up_to_the_frame_whichever_thread_gets_them(dtype: str, shape: tuple[int, int]) -> None:
    """Statistics and 2x2 sums are those of the whole frame, of every type of pixel."""
    frame = np.random.default_rng(4).integers(0, 127, shape).astype(dtype)
    reduced = reduce_frame(pass_over(Slowly(frame, rows=6)), full_scale_adu=127.0)
    even = frame[: shape[0] // 2 * 2, : shape[1] // 2 * 2].astype(np.float64)
    assert np.array_equal(reduced.pixels, frame)
    assert np.array_equal(reduced.binned, even.reshape(shape[0] // 2, 2, shape[1] // 2, 2).sum(axis=(1, 3)))
    assert reduced.statistics.mean == pytest.approx(float(frame.mean(dtype=np.float64)), rel=1e-12)
    assert reduced.statistics.median == float(np.median(frame))
    assert reduced.statistics.maximum_pixels == int((frame == frame.max()).sum())


@pytest.fixture(params=["OpenCV", "numpy alone"])
def _library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Go over frames with a library or without it."""
    if request.param == "OpenCV":
        pytest.importorskip("cv2")
    else:
        monkeypatch.setitem(sys.modules, "cv2", None)
    opencv.cache_clear()
    yield
    opencv.cache_clear()


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("shape", [(803, 1000), (802, 1001)], ids=["odd rows", "odd columns"])
def test_large_frames_are_gone_over_alike_with_opencv_and_without(shape: tuple[int, int]) -> None:
    """Sums of four and counts are exact up to the highest level there is, whoever adds up and counts."""
    frame = np.random.default_rng(5).integers(65_000, 65_536, shape).astype(np.uint16)
    passed = pass_over(Slowly(frame, rows=250))
    even = frame[: shape[0] // 2 * 2, : shape[1] // 2 * 2].astype(np.int64)
    assert np.array_equal(passed.binned, even.reshape(shape[0] // 2, 2, shape[1] // 2, 2).sum(axis=(1, 3)))
    assert passed.histogram is not None
    assert np.array_equal(passed.histogram.counts, np.bincount(frame.ravel(), minlength=65_536))


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize(
    ("at_the_top", "clips"),
    [(1, False), (7, False), (8, True), (300_000, True), (399_999, True), (400_001, False), (800_000, False)],
)
def test_light_is_cut_off_where_several_pixels_share_the_highest_level_but_not_most(
    at_the_top: int, clips: bool
) -> None:
    """A frame of one level clips nothing; that is told alike before all levels are counted."""
    frame = np.random.default_rng(6).integers(900, 1100, 800_000).astype(np.uint16)
    frame[np.random.default_rng(7).permutation(800_000)[:at_the_top]] = 4095
    reduced = reduce_frame(pass_over(Slowly(frame.reshape(800, 1000), rows=250)), full_scale_adu=65_535.0)
    assert reduced.clipping_level == (4095.0 if clips else None)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("width", [1009, 1013, 2018, 2026])
def test_a_frame_that_is_at_its_top_almost_everywhere_clips_nothing_however_wide_it_is(width: int) -> None:
    """Dark columns of a camera, 1009 or 1013 apart, are not all that is looked at."""
    frame = np.full((600, width), 16_383, np.uint16)
    frame[:, ::1009] = 1000
    frame[:, ::1013] = 1000
    reduced = reduce_frame(pass_over(Slowly(frame, rows=250)), full_scale_adu=65_535.0)
    assert reduced.clipping_level is None


def test_what_a_source_raises_comes_out() -> None:
    """A file that ends in the middle of a frame is told as its reader tells it."""

    class Broken(Slowly):
        def fill(self, rows: slice) -> None:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        pass_over(Broken(np.ones((70, 64), np.uint16), rows=2))
