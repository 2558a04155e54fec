"""Places of marked pixels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsplug.imaging.marked import places_of


@given(marked=hnp.arrays(np.bool_, st.integers(0, 70)))
def test_places_are_those_of_every_marked_pixel_in_rising_order(marked: np.ndarray) -> None:
    """It is what numpy finds, at any length and however many are marked."""
    assert places_of(marked).tolist() == np.flatnonzero(marked).tolist()
