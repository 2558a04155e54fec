"""The V-curve."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sequence.focusing import FocusPoint, best_position


def hyperbola(best: float, *, smallest_px: float = 1.2, px_per_step: float = 0.02) -> list[FocusPoint]:
    """Return seven points around 25000 of a telescope whose focus is at ``best``."""
    positions = range(24_880, 25_121, 40)
    return [FocusPoint(x, math.hypot(smallest_px, px_per_step * (x - best))) for x in positions]


@given(best=st.floats(24_900, 25_100), smallest_px=st.floats(0.5, 3), px_per_step=st.floats(0.005, 0.1))
def test_the_minimum_of_a_hyperbola_is_found(best: float, smallest_px: float, px_per_step: float) -> None:
    """Points on a hyperbola give its minimum to the step, wherever it lies among them."""
    points = hyperbola(best, smallest_px=smallest_px, px_per_step=px_per_step)
    assert best_position(points) == pytest.approx(best, abs=1.0)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (hyperbola(25_000)[:3], "3 frames only"),
        (hyperbola(26_000), "lies outside"),
        ([FocusPoint(p.position, 5.0 - p.hfr_px) for p in hyperbola(25_000)], "do not shrink"),
        ([FocusPoint(p.position, 2.0 + 0.5 * (i % 2)) for i, p in enumerate(hyperbola(25_000))], "curve|shrink"),
    ],
)
def test_a_bad_curve_is_refused(points: list[FocusPoint], why: str) -> None:
    """Too few points, a minimum outside, a hill and noise are refused."""
    with pytest.raises(ValueError, match=why):
        best_position(points)
