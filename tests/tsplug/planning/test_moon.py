"""Moon avoidance."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.planning.moon import MoonRule, avoidance_deg, moon_allows

FULL = 29.53059 / 2
CLASSIC = MoonRule(60.0, 7.0, 0.0, 5.0, -15.0, must_be_down=False)


def asked(rule: MoonRule, *, age_days: float, altitude_deg: float = 40.0) -> float:
    return float(avoidance_deg(rule, age_days=np.array([age_days]), altitude_deg=np.array([altitude_deg]))[0])


def allowed(rule: MoonRule, *, separation_deg: float, altitude_deg: float = 40.0, age_days: float = FULL) -> bool:
    limit = asked(rule, age_days=age_days, altitude_deg=altitude_deg)
    one = {"asked_deg": limit, "altitude_deg": altitude_deg, "separation_deg": separation_deg}
    return bool(moon_allows(rule, **{name: np.array([value]) for name, value in one.items()})[0])


@pytest.mark.parametrize(
    ("age_days", "expected_deg"), [(FULL, 60.0), (FULL + 7, 30.0), (FULL - 7, 30.0), (FULL - 14, 12.0), (0.0, 11.010)]
)
def test_the_classic_curve_halves_within_its_width(age_days: float, expected_deg: float) -> None:
    """The separation asked for is widest at full Moon and half of that a width away."""
    assert asked(CLASSIC, age_days=age_days) == pytest.approx(expected_deg, abs=0.001)


def test_the_asked_separation_itself_is_allowed() -> None:
    """Only being nearer than asked is refused."""
    assert allowed(CLASSIC, separation_deg=60.0)
    assert not allowed(CLASSIC, separation_deg=59.99)


def test_relaxation_shrinks_separation_and_width_as_the_moon_sinks() -> None:
    """With scale 2, a Moon at -5 degrees asks for 20 degrees less over half the width."""
    rule = CLASSIC._replace(relax_scale=2.0)
    assert asked(rule, age_days=FULL, altitude_deg=-5.0) == pytest.approx(40.0)
    assert asked(rule, age_days=FULL + 3.5, altitude_deg=-5.0) == pytest.approx(20.0)
    assert asked(rule, age_days=FULL, altitude_deg=6.0) == pytest.approx(60.0)


def test_a_moon_deep_down_asks_for_nothing_when_relaxed() -> None:
    """At or below the lower relaxation altitude everything is allowed, without relaxation it is not."""
    assert allowed(CLASSIC._replace(relax_scale=2.0), separation_deg=1.0, altitude_deg=-15.0)
    assert not allowed(CLASSIC, separation_deg=1.0, altitude_deg=-15.0)


def test_a_moon_that_must_be_down_forbids_while_up() -> None:
    """The rule holds at and above the upper relaxation altitude, with or without relaxation."""
    for scale in (0.0, 2.0):
        rule = CLASSIC._replace(must_be_down=True, relax_scale=scale)
        assert not allowed(rule, separation_deg=170.0, altitude_deg=5.0)
        assert allowed(rule, separation_deg=170.0, altitude_deg=4.9)


def test_equal_relaxation_altitudes_do_not_divide_by_zero() -> None:
    """Both relaxation altitudes at 0 are a step, not an error."""
    rule = CLASSIC._replace(relax_scale=2.0, relax_maximum_deg=0.0, relax_minimum_deg=0.0)
    assert asked(rule, age_days=FULL, altitude_deg=-1.0) == 0.0
    assert asked(rule, age_days=FULL, altitude_deg=1.0) == 60.0
