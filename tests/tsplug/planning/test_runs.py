"""Runs in masks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tsplug.planning.runs import any_of_each, lasts, next_true, run_ends

MASKS = st.lists(st.booleans(), min_size=1, max_size=30)


@given(MASKS)
def test_a_run_ends_at_its_last_true_sample(bits: list[bool]) -> None:
    """Every true sample knows the last of its run; false samples have none."""
    ends = run_ends(np.array(bits))
    for place, bit in enumerate(bits):
        rest = bits[place:]
        expected = place + (rest.index(False) if False in rest else len(rest)) - 1
        assert ends[place] == (expected if bit else -1)


@given(MASKS)
def test_the_next_true_sample_is_the_first_at_or_after(bits: list[bool]) -> None:
    """Looking ahead finds the first true sample, or the length of the mask."""
    following = next_true(np.array(bits))
    for place in range(len(bits)):
        rest = bits[place:]
        assert following[place] == (place + rest.index(True) if True in rest else len(bits))


def test_lasting_counts_steps_to_the_end_of_the_run() -> None:
    """A run of three samples lasts two steps from its first."""
    ends = run_ends(np.array([True, True, True, False]))
    assert lasts(ends, 2).tolist() == [True, False, False, False]
    assert lasts(ends, 0).tolist() == [True, True, True, False]


def test_groups_of_masks_are_joined() -> None:
    """A group is true where any of its rows is, whatever the other groups hold."""
    masks = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]], dtype=np.bool_)
    found = any_of_each(masks, np.array([2, 1, 2]))
    assert found.astype(int).tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
