"""The Moon's age and phase."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from tsplug.planning.astronomy.earth import days_since_j2000
from tsplug.planning.astronomy.moon import SYNODIC_MONTH_DAYS, moon_age_days, moon_illumination, moon_position
from tsplug.planning.astronomy.sun import sun_position


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (datetime(2026, 8, 12, 17, 37, tzinfo=UTC), 0.0),
        (datetime(2026, 8, 20, 2, 46, tzinfo=UTC), 0.25),
        (datetime(2026, 8, 28, 4, 18, tzinfo=UTC), 0.5),
        (datetime(2026, 9, 4, 7, 51, tzinfo=UTC), 0.75),
    ],
    ids=["new", "first quarter", "full", "last quarter"],
)
def test_age_follows_the_published_phases(moment: datetime, phase: float) -> None:
    """At the published instants of August 2026 the age is a whole number of quarters, and the disc lit accordingly."""
    days = np.array([days_since_j2000(moment)])
    moon, sun = moon_position(days), sun_position(days)
    off = moon_age_days(moon, sun)[0] / SYNODIC_MONTH_DAYS - phase
    assert abs((off + 0.5) % 1 - 0.5) < 0.0005
    assert moon_illumination(moon, sun)[0] == pytest.approx((1 - np.cos(2 * np.pi * phase)) / 2, abs=0.01)
