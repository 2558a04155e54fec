"""The wind blows as the scenario says, in gusts."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.nights import night_of
from hostsim.sky.scenario import WindPlan, WindSpell
from hostsim.sky.scene import SkySite
from hostsim.sky.wind import Wind, block_hours

NIGHT = night_of(SkySite(), 229_650.0)
FIRST = int(NIGHT.dusk_hours * 360.0)


def test_the_mean_wind_is_that_of_the_scenario() -> None:
    """Over many nights gusts and lulls leave the mean as it is."""
    plan = WindPlan(mean_m_per_s=4.0, gust_factor=2.0)
    speeds = np.array([Wind(seed, plan).blocks(NIGHT, FIRST, last=FIRST + 4000) for seed in range(20)])
    assert speeds.mean() == pytest.approx(4.0, rel=0.1)
    assert speeds.min() >= 0.0
    assert 6.5 < speeds.max() < 4.0 * 2.0 * 1.3


def test_a_windy_spell_stands_out() -> None:
    """Wind rises by what the spell adds, and only then."""
    plan = WindPlan(mean_m_per_s=2.0, spells=(WindSpell(start_hours=2.0, end_hours=5.0, extra_m_per_s=10.0),))
    with_spell = Wind(3, plan).blocks(NIGHT, FIRST, last=FIRST + 3600)
    without = Wind(3, WindPlan(mean_m_per_s=2.0)).blocks(NIGHT, FIRST, last=FIRST + 3600)
    after_dusk = block_hours(FIRST, FIRST + 3600) - NIGHT.dusk_hours
    inside = (after_dusk > 2.5) & (after_dusk < 4.5)
    assert np.allclose(with_spell[inside] / without[inside], 6.0)
    assert np.array_equal(with_spell[(after_dusk < 2.0) | (after_dusk > 5.0)],
                          without[(after_dusk < 2.0) | (after_dusk > 5.0)])  # fmt: skip


def test_gusts_are_the_strongest_blocks_of_two_minutes() -> None:
    """What the anemometer tells is what shakes the telescope."""
    wind = Wind(3, WindPlan(mean_m_per_s=5.0))
    mean, gust = wind.felt(NIGHT, (FIRST + 0.5) / 360.0)
    blocks = wind.blocks(NIGHT, FIRST - 11, last=FIRST)
    assert gust == blocks.max()
    assert mean == pytest.approx(blocks.mean())


def test_it_comes_from_about_one_direction() -> None:
    """The direction wanders by at most twenty degrees, over north too."""
    wind = Wind(3, WindPlan(direction_deg=5.0))
    turned = np.array([wind.direction_deg(NIGHT.dusk_hours + 0.1 * step) for step in range(100)])
    assert np.all((turned >= 0.0) & (turned < 360.0))
    assert np.abs((turned - 5.0 + 180.0) % 360.0 - 180.0).max() <= 20.0
