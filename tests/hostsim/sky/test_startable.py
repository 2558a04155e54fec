"""Tables of stars keep their columns together."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.startable import StarTable


def table(*ra_deg: float) -> StarTable:
    """Return stars on the equator that move east by a degree in a thousand years."""
    size = len(ra_deg)
    places, same = np.array(ra_deg), np.ones(size)
    return StarTable(places, 0.0 * same, 9.0 * same, same, 3600.0 * same, 0.0 * same, np.arange(1, size + 1))


def test_joining_and_keeping() -> None:
    """Joined tables hold all stars in order; a chosen star keeps its name."""
    joined = StarTable.joined([table(1.0, 2.0), table(3.0)])
    assert joined.ra_deg.tolist() == [1.0, 2.0, 3.0]
    assert joined.keep(joined.ra_deg > 2.5).hip.tolist() == [1]


def test_moving_wraps() -> None:
    """A star that crosses 0 hours stays between 0 and 360 degrees."""
    assert table(359.5).moved(1000.0).ra_deg[0] == pytest.approx(0.5)


def test_made_stars_stand_still_and_have_no_name() -> None:
    """Stars without motion are where they were after any time."""
    made = StarTable.unmoving((np.array([5.0]), np.array([80.0])), magnitude=np.array([12.0]), colour=np.array([0.5]))
    assert made.moved(1000.0).ra_deg[0] == 5.0
    assert made.hip.tolist() == [0]
