"""The cooler's rate and limits."""

from __future__ import annotations

import pytest

from hostsim.devices.parts.cooler import CoolerConfig, CoolerState

CONFIG = CoolerConfig(rate_c_per_s=0.5, deepest_below_ambient_c=30)


def test_the_sensor_cools_at_a_finite_rate_and_stops_at_the_set_point() -> None:
    """Twenty degrees at half a degree a second take forty seconds, and no more cold comes after."""
    cooler = CoolerState(on=True, set_point_c=-10)
    cooler.advance(20, 10, config=CONFIG)
    assert cooler.sensor_c == pytest.approx(0)
    cooler.advance(100, 10, config=CONFIG)
    assert cooler.sensor_c == -10
    assert cooler.power_percent(10, CONFIG) == pytest.approx(100 * 20 / 30)


def test_a_set_point_too_deep_is_not_reached() -> None:
    """The cooler ends its limit below ambient at full power."""
    cooler = CoolerState(on=True, set_point_c=-40)
    cooler.advance(1000, 10, config=CONFIG)
    assert cooler.sensor_c == -20
    assert cooler.power_percent(10, CONFIG) == 100


def test_a_cooler_that_is_off_lets_the_sensor_warm_to_the_air() -> None:
    """Without power the sensor returns to ambient at the same rate and then follows the air."""
    cooler = CoolerState(on=False, sensor_c=-10)
    cooler.advance(10, 10, config=CONFIG)
    assert cooler.temperature_c(10) == pytest.approx(-5)
    cooler.advance(1000, 10, config=CONFIG)
    assert cooler.temperature_c(8) == 8
    assert cooler.power_percent(10, CONFIG) == 0
