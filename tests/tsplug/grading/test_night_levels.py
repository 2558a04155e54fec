"""A night without one of its samples is the night of the others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.grading.harm import HALF_FLUX
from tsplug.grading.night_levels import Night, Sample, Yardstick

COUNTS = Yardstick(floor=0.036, ceiling=0.05, swing=0.2, young=0.05, steepest=0.25, majority=0.0, better=0.25)
SHAPES = Yardstick(floor=0.08, ceiling=0.1, swing=0.1, young=0.1, steepest=0.0)
HARMS = st.one_of(st.sampled_from([0.0, 0.5, 0.55]), st.floats(-1.0, 2.0).map(lambda harm: harm + 0.0))
AIRS = st.one_of(st.just(math.nan), st.floats(0.0, 1.0))


@st.composite
def samples(draw: st.DrawFn) -> list[Sample]:
    """Return samples of one night, with ties, gaps and unknown air, in the order of their ages."""
    hours = draw(st.lists(st.floats(0.0, 8.0), min_size=2, max_size=30, unique=True))
    return [Sample(hour, draw(HARMS), draw(AIRS), rank) for rank, hour in enumerate(hours)]


@pytest.mark.parametrize("yardstick", [HALF_FLUX, COUNTS, SHAPES], ids=["sizes", "counts", "shapes"])
@given(data=st.data(), found=samples(), newest=st.sampled_from([None, 3, 10]), trend=st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=60, deadline=None)
def test_a_night_without_a_sample_is_that_of_the_others(
    yardstick: Yardstick, *, data: st.DataObject, found: list[Sample], newest: int | None, trend: float
) -> None:
    """Every number is the same to the last bit, though nothing is sorted anew."""
    left_out = data.draw(st.sampled_from(found))
    quick = Night(found, yardstick, newest=newest).without(left_out)
    plain = Night([each for each in found if each is not left_out], yardstick, newest=newest)
    assert quick is not None
    assert repr(quick.at(trend)) == repr(plain.at(trend))
    assert quick.slopes(trend) == plain.slopes(trend)


def test_nothing_is_left_of_a_night_of_one_sample() -> None:
    """Its level is nobody's."""
    only = Sample(1.0, 0.5, math.nan, 0)
    assert Night([only], HALF_FLUX).without(only) is None
