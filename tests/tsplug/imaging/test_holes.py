"""Frames with pixels that are no number, as programs leave them where they rejected what a camera recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_frames import SCENES, draw
from judging_frames import failures, judge_drawn, measure_drawn

from tsplug.imaging.holes import fill_sums, filled_around, filled_stamps

NONE = np.nan


@pytest.mark.parametrize(("share", "fewer"), [(0.01, 0.03), (0.05, 0.05), (0.2, 0.12)])
@pytest.mark.parametrize("value", [np.nan, np.inf], ids=str)
def test_sprinkled_holes_leave_stars_and_sky(share: float, fewer: float, value: float) -> None:
    """One pixel in a hundred costs no star, and one in five those that are too faint without a fifth of their light."""
    drawn = draw(SCENES["rich"], width=1500, height=1000, seed=3)
    whole = measure_drawn(drawn).metrics
    pixels = drawn.pixels.astype(np.float32)
    holes = np.random.default_rng(2).random(pixels.shape) < share
    pixels[holes] = value
    holed = replace(drawn, pixels=pixels)
    measured = measure_drawn(holed)
    assert failures(drawn.scene, judge_drawn(holed, measured)) == []
    assert measured.metrics["star_count"] == pytest.approx(whole["star_count"], rel=fewer)
    assert measured.metrics["noise"] == pytest.approx(whole["noise"], rel=0.15)


def test_sums_of_some_pixels_stand_for_four() -> None:
    """Where none of the four is known the sky's level does."""
    pixels = np.array([[1.0, 2.0, NONE, 4.0, NONE, NONE], [3.0, 4.0, 5.0, 6.0, NONE, np.inf]], dtype=np.float32)
    sums = np.array([[10.0, NONE, NONE]], dtype=np.float32)
    fill_sums(sums, pixels, level=99.0)
    assert sums.tolist() == [[10.0, 20.0, 99.0]]


def test_a_hole_in_a_stamp_is_what_its_neighbours_are() -> None:
    """The level of the sky where they are holes too."""
    values = np.full((3, 3, 2), NONE, dtype=np.float32)
    values[1, 0, 0], values[0, 1, 0], values[2, 2, 0] = 4.0, 6.0, 7.0
    filled = filled_stamps(values, level=np.array([1.0, 2.0], dtype=np.float32))
    assert filled[1, 1].tolist() == [5.0, 2.0]
    assert filled[2, 2, 0] == 7.0


def test_a_hole_beside_a_peak_is_what_lies_opposite() -> None:
    """A star is alike on both sides; where both are holes they are as the rest is."""
    values = np.array([[1.0], [NONE], [3.0], [4.0], [90.0], [NONE], [7.0], [8.0], [9.0]])
    assert filled_around(values)[:, 0].tolist() == [1.0, 8.0, 3.0, 4.0, 90.0, 4.0, 7.0, 8.0, 9.0]
