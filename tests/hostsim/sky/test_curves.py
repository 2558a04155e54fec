"""Series are seeded, stay in their range, and have soft ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.curves import FAST_H, Blocks, Wander, during, soft_step

HOURS = np.linspace(230_000.0, 230_100.0, 5001)


def test_a_curve_belongs_to_its_seed_and_name() -> None:
    """The same seed and name give the same curve; another of either gives another."""
    values = Wander(3, "x").at(HOURS)
    assert np.array_equal(values, Wander(3, "x").at(HOURS))
    assert not np.allclose(values, Wander(4, "x").at(HOURS))
    assert not np.allclose(values, Wander(3, "y").at(HOURS))


def test_a_curve_wanders_within_one() -> None:
    """It stays between -1 and 1 and uses most of that; one hour at a time gives the same values."""
    values = Wander(3, "x", periods_h=FAST_H).at(HOURS)
    assert np.abs(values).max() <= 1.0
    assert np.ptp(values) > 1.2
    assert float(Wander(3, "x", periods_h=FAST_H).at(HOURS[77])) == values[77]


def test_a_slow_curve_moves_little_in_a_minute() -> None:
    """What changes through a night has no jumps."""
    values = Wander(5, "x").at(np.arange(230_000.0, 230_050.0, 1.0 / 60.0))
    assert np.abs(np.diff(values)).max() < 0.05


@given(first=st.integers(-10_000, 100_000_000), count=st.integers(1, 900), cut=st.integers(0, 899))
def test_blocks_do_not_depend_on_where_one_starts(first: int, count: int, cut: int) -> None:
    """Whatever span is asked for, each block has its own number."""
    blocks = Blocks(5, "x", per_hour=360)
    whole = blocks.between(first, first + count - 1)
    assert whole.shape == (count,)
    assert np.all((whole >= 0.0) & (whole < 1.0))
    assert np.array_equal(whole[min(cut, count - 1) :], blocks.between(first + min(cut, count - 1), first + count - 1))


def test_a_spell_has_soft_ends() -> None:
    """It is 0 outside, 1 inside, half in the middle of an edge; without an edge it is a step."""
    hours = np.array([0.9, 1.0, 1.1, 1.2, 2.0, 2.9, 3.0, 3.1])
    assert np.allclose(during(hours, 1.0, end=3.0, edge=0.2), [0, 0, 0.5, 1, 1, 0.5, 0, 0])
    assert np.array_equal(during(hours, 1.0, end=3.0, edge=0.0), [0, 1, 1, 1, 1, 1, 1, 0])


@given(st.floats(0.0, 10.0))
def test_edges_longer_than_the_spell_meet_in_its_middle(edge: float) -> None:
    """However long the edges, a spell reaches its whole strength once."""
    assert float(during(np.asarray(2.0), 1.0, end=3.0, edge=edge)) == 1.0


def test_a_soft_step_rises_from_0_to_1() -> None:
    """It stays flat outside and is halfway in the middle."""
    assert np.allclose(soft_step(np.array([-1.0, 0.0, 0.5, 1.0, 9.0])), [0, 0, 0.5, 1, 1])
