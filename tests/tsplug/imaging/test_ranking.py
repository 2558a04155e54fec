"""Sorting a few values of many things at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsplug.imaging.ranking import highest_first, ranked

tables = hnp.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 5)), elements=st.floats(-9, 9, width=32))


@given(rows=tables)
def test_every_column_rises(rows: np.ndarray) -> None:
    """It is what numpy's sort gives, for any number of rows."""
    assert np.array_equal(np.array(ranked(rows.copy())), np.sort(rows, axis=0))


def test_the_highest_come_first_and_equal_ones_stay_in_order() -> None:
    """It is what comparing would give, whatever the size of the numbers."""
    chance = np.random.default_rng(3)
    heights = np.concatenate([chance.integers(1, 50, 500) / 8.0, 10.0 ** chance.uniform(-30.0, 30.0, 500)])
    assert highest_first(heights).tolist() == np.argsort(-heights, kind="stable").tolist()
    assert highest_first(np.zeros(0)).tolist() == []
