"""The safety monitor."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import NotConnectedError
from hostsim.devices.safetymonitor import SafetyLimits, SafetyMonitor, SafetyMonitorConfig
from hostsim.sky.conditions import Conditions
from hostsim.sky.scenario import Scenario
from hostsim.sky.scene import SkySite

DUSK = datetime(2026, 1, 15, 17, 8, tzinfo=UTC)
"""Nautical dusk at the site, to the minute."""

RAINY = Scenario.model_validate(
    {"clouds": {"banks": [{"start_hours": 1, "end_hours": 2, "thickness_mag": 8, "rain_mm_per_h": 4}]}}
)
STORMY = Scenario.model_validate(
    {"wind": {"spells": [{"start_hours": 1, "end_hours": 2, "extra_m_per_s": 16, "edge_minutes": 5}]}}
)


def monitor_under(scenario: Scenario, **settings: Any) -> tuple[SafetyMonitor, SimulatedClock]:
    """Return a monitor at dusk, and its clock."""
    clock = SimulatedClock(DUSK)
    night = Conditions(3, SkySite(), scenario=scenario)
    return SafetyMonitor(SafetyMonitorConfig(**settings), clock, night=night), clock


def said_by(monitor: SafetyMonitor, clock: SimulatedClock, *, minutes: int) -> list[bool]:
    """Return what a monitor says, minute by minute."""
    said = []
    for _ in range(minutes):
        clock.sleep(60)
        monitor.advance(60)
        said.append(monitor.is_safe())
    return said


def test_it_says_what_it_was_told(observatory: Observatory) -> None:
    """Safe at first, unsafe when somebody says so, and a snapshot remembers it."""
    monitor = observatory.device(SafetyMonitor)
    assert monitor.is_safe()
    monitor.set_safe(False)
    saved = monitor.snapshot()
    monitor.set_safe(True)
    monitor.restore(saved)
    assert not monitor.is_safe()


def test_without_a_connection_it_says_nothing(clock: SimulatedClock) -> None:
    """A client that is not connected gets an error, never a promise."""
    monitor = SafetyMonitor(SafetyMonitorConfig(safe=False), clock, night=Conditions(0, SkySite()))
    with pytest.raises(NotConnectedError):
        monitor.perform(monitor.members.gets["issafe"])
    monitor.set_connected(True)
    assert monitor.perform(monitor.members.gets["issafe"]) is False


@pytest.mark.parametrize("scenario", [RAINY, STORMY], ids=["rain", "wind"])
def test_bad_weather_is_unsafe_until_it_has_been_good_for_a_while(scenario: Scenario) -> None:
    """Safe before the spell, unsafe in its midst, safe again after it, and it changes its mind only twice."""
    monitor, clock = monitor_under(scenario)
    said = said_by(monitor, clock, minutes=180)
    assert said[0]
    assert not said[90]
    assert said[-1]
    assert sum(before != after for before, after in pairwise(said)) == 2
    # The spell ends after two hours, and ten minutes more must be good.
    assert said.index(True, 90) >= 110


def test_gusts_about_the_limit_do_not_make_it_flap() -> None:
    """Gusts pass their limit again and again; with the hold time it says so once, without it all the time."""
    limits = {"gust_m_per_s": 27.0, "wind_m_per_s": None}
    changes = {}
    for hold_s in (0.0, 900.0):
        monitor, clock = monitor_under(STORMY, limits=SafetyLimits(**limits, hold_s=hold_s))
        said = said_by(monitor, clock, minutes=180)
        changes[hold_s] = sum(before != after for before, after in pairwise(said))
    assert changes[900.0] <= 4 < changes[0.0]


@pytest.mark.parametrize(
    ("limits", "part"),
    [
        ({"cloud_percent": 50.0}, {"clouds": {"banks": [{"start_hours": -1, "end_hours": 9, "thickness_mag": 2}]}}),
        ({"humidity_percent": 90.0}, {"air": {"dew_spread_c": 0.5}}),
    ],
    ids=["cloud", "humidity"],
)
def test_limits_that_are_not_usual_hold_when_given(limits: dict[str, float], part: dict[str, Any]) -> None:
    """Clouds and moist air are unsafe for those who say so, and for nobody else."""
    scenario = Scenario.model_validate(part)
    strict, clock = monitor_under(scenario, limits=SafetyLimits(**limits))
    usual, other = monitor_under(scenario)
    assert not said_by(strict, clock, minutes=120)[-1]
    assert all(said_by(usual, other, minutes=120))


def test_it_can_be_kept_from_following_the_weather() -> None:
    """A monitor that does not follow the weather says what it was told, in a storm too."""
    monitor, clock = monitor_under(STORMY, follows_weather=False)
    assert all(said_by(monitor, clock, minutes=120))


def test_what_it_says_does_not_depend_on_how_time_was_given() -> None:
    """One long step and many short ones end in the same answer."""
    steps, clock = monitor_under(RAINY)
    said_by(steps, clock, minutes=100)
    leap, other = monitor_under(RAINY)
    other.sleep(6000)
    leap.advance(6000)
    assert leap.is_safe() == steps.is_safe() is False


def test_a_limit_can_be_switched_off() -> None:
    """`false`, as a file in TOML says it, is no limit, not a limit of nothing."""
    limits = SafetyLimits.model_validate(
        dict.fromkeys(("wind_m_per_s", "gust_m_per_s", "cloud_percent", "humidity_percent", "rain_mm_per_h"), False)
    )
    assert set(limits.model_dump(exclude={"hold_s"}).values()) == {None}
    monitor, clock = monitor_under(STORMY, limits=limits)
    assert all(said_by(monitor, clock, minutes=120))
