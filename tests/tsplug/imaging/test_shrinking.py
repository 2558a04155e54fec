"""Frames made small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.imaging.shrinking import block_mean, picture_size, shrink


@pytest.mark.parametrize("kind", ["u1", "u2", "i4", "f4", "f8"])
@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_blocks_are_their_means(kind: str, step: int) -> None:
    """Every kind of number, brightest ones too, averages to what float64 gives; what fills no block is left out."""
    frame = np.random.default_rng(1).uniform(0, 255, (44, 65)).astype(kind)
    if kind == "u2":
        frame[:] = 65_535
    rows, columns = 44 // step, 65 // step
    wanted = frame[: rows * step, : columns * step].reshape(rows, step, columns, step).mean(axis=(1, 3), dtype=float)
    assert block_mean(frame, step) == pytest.approx(wanted, rel=1e-6)


@settings(max_examples=40)
@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 150))
def test_any_size_keeps_the_level(rows: int, columns: int, width: int) -> None:
    """Whatever the sizes, an even frame stays even, and nothing is enlarged."""
    size = picture_size((rows, columns), width_px=width, height_px=None)
    small = shrink(np.full((rows, columns), 1234, np.uint16), size)
    assert (small.shape[1], small.shape[0]) == size
    assert size[0] <= columns
    assert small == pytest.approx(1234.0)
