"""The air cools through the night, in step with season and site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from hostsim.sky.scene import SkySite
from hostsim.sky.temperature import Temperature

DUSK = datetime(2026, 3, 12, 18, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(5))
def test_the_night_cools(seed: int) -> None:
    """Between dusk and dawn the temperature falls by some degrees, never jumping."""
    curve = Temperature(seed, SkySite())
    values = [curve.celsius(DUSK + timedelta(minutes=10 * n)) for n in range(67)]
    assert 3.0 < values[0] - values[-1] < 12.0
    assert max(abs(after - before) for before, after in pairwise(values)) < 0.5


def test_summer_and_winter_change_places_below_the_equator() -> None:
    """March to September warms the north and cools the south."""
    south = replace(SkySite(), latitude_deg=-30.0)
    july, january = datetime(2026, 7, 19, 22, tzinfo=UTC), datetime(2026, 1, 19, 22, tzinfo=UTC)
    assert Temperature(1, SkySite()).celsius(july) > Temperature(1, SkySite()).celsius(january) + 10.0
    assert Temperature(1, south).celsius(july) < Temperature(1, south).celsius(january) - 10.0
