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


def test_the_flank_of_what_is_higher_at_the_border_is_no_peak() -> None:
    """Six rows and columns at the border are not searched: what has its top there is not found half way down."""
    frame = np.full((HEIGHT, WIDTH), 1000.0, dtype=np.float32)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    tops = [(5, 40), (200, 5), (HEIGHT - 6, 60), (300, WIDTH - 6), (5, 5), (6, 20), (100, 6), (250, 50)]
    for row, column in tops:
        frame += (3000.0 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 8.0)).astype(np.float32)
    assert peaks_of(frame) == {(6, 20), (100, 6), (250, 50)}
