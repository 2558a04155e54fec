from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.services.reporting.drawing.sky_map import (
    HEIGHT,
    MOST_TARGETS,
    WIDTH,
    SkyTarget,
    hammer,
    sky_map,
)

PLACES = st.tuples(st.floats(0, 23.999), st.floats(-90, 90), st.floats(0, 1))


@pytest.mark.parametrize(
    ("ra_deg", "dec_deg", "place"),
    [
        (0.0, 0.0, (0.0, 0.0)),
        (0.0, 90.0, (0.0, sqrt(2.0))),
        (90.0, 0.0, (-2.0 * sqrt(2.0 / (1.0 + sqrt(0.5))) * sqrt(0.5), 0.0)),
        (270.0, 0.0, (2.0 * sqrt(2.0 / (1.0 + sqrt(0.5))) * sqrt(0.5), 0.0)),
    ],
)
def test_the_projection_is_that_of_hammer(ra_deg: float, dec_deg: float, place: tuple[float, float]) -> None:
    """The centre, the pole and both quadrants lie where the formula of Snyder (1987) puts them, east to the left."""
    assert hammer(ra_deg, dec_deg, centre_deg=0.0) == pytest.approx(place)


@given(st.lists(PLACES, min_size=1, max_size=30))
def test_every_target_lies_on_the_map(places: list[tuple[float, float, float]]) -> None:
    """Wherever targets are, their marks and names lie inside; a name is shown or left out, never cut."""
    drawn = sky_map([SkyTarget("NGC 7000", ra, dec, done) for ra, dec, done in places])
    assert drawn is not None
    assert len(drawn.marks) == len(places)
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in drawn.marks)
    assert {mark.label for mark in drawn.marks} <= {"", "NGC 7000"}
    assert all(mark.complete == (not mark.arc) for mark in drawn.marks if mark.target.progress > 0.01)


def test_of_very_many_targets_the_main_ones_are_drawn() -> None:
    """Beyond the limit those that stand out come first, and it is known how many there are."""
    others = [SkyTarget(f"T {n}", n % 24, 0.0, 0.0) for n in range(MOST_TARGETS)]
    drawn = sky_map([*others, SkyTarget("M 42", 5.6, -5.4, 0.5, main=True)])
    assert drawn is not None
    assert (len(drawn.marks), drawn.total) == (MOST_TARGETS, MOST_TARGETS + 1)
    assert drawn.marks[0].label == "M 42"
    assert sky_map([]) is None
