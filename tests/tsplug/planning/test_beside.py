"""How many exposures of a second camera fit beside one of the first."""

from __future__ import annotations

import pytest

from tsplug.planning.beside import fitting


@pytest.mark.parametrize(
    ("first_s", "own_s", "between_s", "room_s", "count"),
    [
        (300, 300, 0, 1e4, 1),
        (300, 60, 0, 1e4, 5),
        (300, 60, 1, 1e4, 4),
        (300, 60, 60, 1e4, 3),
        (300, 60, 0, 180, 3),
        (60, 900, 0, 900, 1),
        (60, 900, 0, 899, 0),
        (300, 60, 0, 59, 0),
    ],
)
def test_as_many_fit_as_end_in_time(first_s: float, own_s: float, between_s: float, room_s: float, count: int) -> None:
    """Wholly within the first camera's exposure, one at least, and none beyond the limits."""
    assert fitting(first_s, own_s, between_s=between_s, room_s=room_s) == count
