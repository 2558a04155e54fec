"""Darkness by twilight level and offset."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.model import Twilight
from tsplug.planning.twilight import dark_enough

SUN_DEG = np.array([0, -1, -7, -13, -19, -20, -19, -13, -7, -1, 0], dtype=np.float64)


@pytest.mark.parametrize(("level", "dark"), [("nighttime", 3), ("astronomical", 5), ("nautical", 7), ("civil", 9)])
def test_a_level_names_the_brightest_sky_tolerated(level: str, dark: int) -> None:
    """Night asks for -18 degrees, astronomical for -12, nautical for -6, civil for -0.833."""
    assert dark_enough(SUN_DEG, Twilight(level), offset_min=0).sum() == dark


@pytest.mark.parametrize(("offset_min", "dark"), [(1, 3), (2, 1), (3, 0), (-1, 7), (-999, 11)])
def test_an_offset_shrinks_or_extends_both_ends(offset_min: int, dark: int) -> None:
    """Positive minutes start later and end earlier, negative ones the reverse."""
    assert dark_enough(SUN_DEG, Twilight.ASTRONOMICAL, offset_min=offset_min).sum() == dark


def test_a_level_that_is_never_reached_is_not_extended_into_being() -> None:
    """Without the level there is no span to extend."""
    assert not dark_enough(np.full(10, -17.0), Twilight.NIGHTTIME, offset_min=-30).any()


def test_the_edges_of_a_polar_night_are_no_borders() -> None:
    """Where the Sun is low at noon, an offset takes nothing from the night's edges."""
    assert dark_enough(np.full(10, -20.0), Twilight.NIGHTTIME, offset_min=30).all()
