"""Sorting a few values of many things at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsplug.imaging.ranking import ranked

tables = hnp.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 5)), elements=st.floats(-9, 9, width=32))


@given(rows=tables)
def test_every_column_rises(rows: np.ndarray) -> None:
    """It is what numpy's sort gives, for any number of rows."""
    assert np.array_equal(np.array(ranked(rows.copy())), np.sort(rows, axis=0))
