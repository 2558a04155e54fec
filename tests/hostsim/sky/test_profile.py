"""The profile of a star holds all its light, whatever focus makes of it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.sky.profile import FARTHEST, FWHM_PER_ALPHA, HFR_PER_ALPHA, PEAK, STEPS, kind_of, profile

RADII = np.arange(round(FARTHEST * STEPS) + 1) / STEPS


@settings(deadline=None, max_examples=25)
@given(kind=st.integers(0, 24), obstruction=st.sampled_from([0.0, 0.2, 0.35, 0.5]))
def test_a_profile_has_its_flux_and_half_flux_radius(kind: int, obstruction: float) -> None:
    """Every profile sums to one, and holds half of it within the same radius."""
    values = profile(kind, obstruction).values.astype(float)
    rings = 2.0 * math.pi * RADII * values
    growth = np.concatenate([[0.0], np.cumsum((rings[1:] + rings[:-1]) / 2.0 / STEPS)])
    assert growth[-1] == pytest.approx(1.0, abs=0.005)
    assert float(np.interp(0.5, growth, RADII)) == pytest.approx(HFR_PER_ALPHA, rel=0.01)


def test_the_sharp_profile_is_a_moffat() -> None:
    """Without a disc the profile is Moffat's, in focus and seen from the side."""
    sharp = profile(0, 0.3)
    assert sharp.values[0] == pytest.approx(PEAK)
    assert sharp.fwhm == pytest.approx(FWHM_PER_ALPHA, rel=1e-3)
    assert sharp.side[::STEPS] == pytest.approx(8.0 / (3.0 * math.pi) * (1.0 + np.arange(33) ** 2.0) ** -3.0, abs=1e-4)


@pytest.mark.parametrize("obstruction", [0.0, 0.35])
def test_far_from_focus_a_star_is_the_shadow_of_the_aperture(obstruction: float) -> None:
    """A large disc is even, ends at the radius of its half-flux radius, and has the hole of the obstruction."""
    far = profile(22, obstruction).values
    outer = HFR_PER_ALPHA / math.sqrt((1.0 + obstruction**2) / 2.0)
    level = 1.0 / (math.pi * outer**2 * (1.0 - obstruction**2))
    lit = np.flatnonzero(far > level / 2.0) / STEPS
    assert lit.max() == pytest.approx(outer, rel=0.02)
    assert lit.min() == pytest.approx(obstruction * outer, abs=0.02)
    assert far[round(0.7 * outer * STEPS)] == pytest.approx(level, rel=0.02)


def test_profiles_change_smoothly_from_sharp_to_donut() -> None:
    """No profile differs from the next by more than a quarter of the brightest."""
    tables = [profile(kind, 0.35).values for kind in range(25)]
    steps = [float(np.abs(one - two).max() / max(one.max(), two.max())) for one, two in pairwise(tables)]
    assert max(steps[:14]) < 0.25


@settings(deadline=None)
@given(kind=st.integers(0, 24))
def test_a_streak_has_all_its_light(kind: int) -> None:
    """Seen from the side, a profile sums to one over both sides; the end of a streak runs from nothing to all."""
    tables = profile(kind, 0.35)
    assert 2.0 * float(np.sum((tables.side[1:] + tables.side[:-1]) / 2.0)) / STEPS == pytest.approx(1.0, abs=1e-3)
    assert (tables.end[0], tables.end[tables.end.size // 2], tables.end[-1]) == pytest.approx((0.0, 0.5, 1.0), abs=1e-3)
    assert np.all(np.diff(tables.end) >= 0.0)


def test_kinds_follow_the_disc() -> None:
    """A disc that does not show has the sharp profile, and larger ones higher kinds, up to the last."""
    kinds = kind_of(np.array([0.0, 0.1, 0.5, 1.0, 10.0, 1e6]))
    assert kinds[0] == kinds[1] == 0
    assert np.all(np.diff(kinds[1:]) > 0)
    assert kinds[-1] == 24


def test_reach_is_where_the_profile_ends() -> None:
    """Beyond its reach a profile stays below the level asked for, also around the hole of a donut."""
    for kind in (0, 14):
        tables = profile(kind, 0.35)
        radius = float(tables.reach(np.array([0.01]))[0])
        assert np.all(tables.values[math.ceil(radius * STEPS) + 1 :] <= 0.01)
        assert tables.values[math.floor(radius * STEPS) - 1] >= 0.01
