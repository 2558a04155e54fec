"""Sorted lists are looked up together as if they were one."""

from __future__ import annotations

import statistics

from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.together import middle_of_both

NUMBERS = st.lists(st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(-5.0, 5.0)), max_size=12).map(sorted)


@given(NUMBERS, NUMBERS)
def test_the_median_of_both_is_that_of_one_list(many: list[float], few: list[float]) -> None:
    """However long each is, ties included."""
    if many or few:
        assert middle_of_both(many, few) == statistics.median(many + few)
