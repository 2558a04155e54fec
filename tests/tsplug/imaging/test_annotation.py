"""What was measured, drawn onto a picture."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.annotation import Marks, annotate

GREEN, YELLOW, RED = (110, 230, 120), (245, 205, 80), (245, 105, 90)


def coloured(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int(np.count_nonzero((picture == colour).all(axis=2)))


def test_stars_have_circles_by_their_size() -> None:
    """A star is circled where it is on the picture, in the colour that its size has beside the frame's."""
    dark = np.zeros((300, 400), np.uint8)
    marks = Marks(np.array([400.0, 100.0]), np.array([300.0, 500.0]), np.array([2.0, 4.0]), typical_hfr=2.0)
    made = annotate(dark, marks, frame_width_px=800)
    assert made.shape == (300, 400, 3)
    assert coloured(made[140:161, 190:211], GREEN) > 10
    assert coloured(made[240:261, 40:61], RED) > 10
    assert coloured(made, YELLOW) == 0
    assert coloured(made, GREEN) < 60


def test_the_map_shows_elongation_and_what_is_not_known() -> None:
    """A cell with larger stars has another colour; cells without stars are dashes; tiny pictures have no map."""
    field = np.full((3, 3), 2.0)
    field[2, 2], field[0, 0] = 2.5, np.nan
    marks = Marks(
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        typical_hfr=2.0,
        field=field,
        ellipticity=np.full((3, 3), 0.4),
        angle_deg=np.full((3, 3), 30.0),
    )
    made = annotate(np.zeros((600, 800), np.uint8), marks, frame_width_px=800)
    assert coloured(made, YELLOW) > 20
    assert coloured(made, GREEN) > 7 * 20
    assert annotate(np.zeros((10, 16), np.uint8), marks, frame_width_px=800).shape == (10, 16, 3)
    nothing = Marks(np.zeros(0), np.zeros(0), np.zeros(0), field=np.full((3, 3), np.nan))
    assert not annotate(np.zeros((600, 800), np.uint8), nothing, frame_width_px=800).any()


@pytest.mark.parametrize("hfr", [np.nan, 0.0, 1e6])
def test_odd_stars_are_drawn(hfr: float) -> None:
    """A star of no known size, and one larger than the frame, do no harm."""
    marks = Marks(np.array([5.0]), np.array([5.0]), np.array([hfr]), typical_hfr=2.0, words=("one star",))
    assert annotate(np.zeros((60, 80), np.uint8), marks, frame_width_px=80).any()
