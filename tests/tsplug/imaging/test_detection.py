"""Peaks of a frame."""

from __future__ import annotations

import numpy as np

from tsplug.imaging.background import Background
from tsplug.imaging.detection import find_peaks

HEIGHT, WIDTH = 460, 96


def peaks_of(frame: np.ndarray) -> set[tuple[int, int]]:
    """Return rows and columns of the peaks over an even sky of 1000 with a noise of 10."""
    mesh = np.ones((8, 2))
    sky = Background(1000.0 * mesh, 10.0 * mesh, np.arange(8) * 64.0 + 31.5, np.array([31.5, 63.5]))
    found = find_peaks(frame, sky, threshold=5.5, electrons_per_unit=1.0)
    return set(zip(found.row.tolist(), found.column.tolist(), strict=True))


def test_peaks_in_any_row_are_found_once() -> None:
    """Rows are looked through in parts, by two threads: a peak where parts meet is one, and has rivals beyond."""
    drawn = {(row, 10 + row * 7 % 76) for row in range(6, HEIGHT - 6, 3)}
    frame = np.full((HEIGHT, WIDTH), 1000.0, dtype=np.float32)
    for row, column in drawn:
        frame[row - 1 : row + 2, column - 1 : column + 2] += 300.0
        frame[row, column] += 300.0
    assert peaks_of(frame) == drawn


def test_of_equal_neighbours_the_last_is_the_peak() -> None:
    """Flat tops, as saturated stars have, are one peak each, wherever parts of the frame meet."""
    frame = np.full((HEIGHT, WIDTH), 1000.0, dtype=np.float32)
    tops = range(20, HEIGHT - 30, 9)
    for row in tops:
        frame[row : row + 4, 40:44] += 5000.0
    assert peaks_of(frame) == {(row + 2, 42) for row in tops}
