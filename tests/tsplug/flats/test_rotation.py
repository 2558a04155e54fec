"""Rotation classes on the circle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.rotation import mean_deg, rotation_classes
from tsplug.model.angles import separation_deg

ANGLES = st.lists(st.integers(0, 719).map(lambda half: half / 2), max_size=30)
TOLERANCES = st.sampled_from([0.25, 0.75, 1.25, 5.25, 90.25])


def partition(classes: dict[float | None, float | None]) -> set[frozenset[float | None]]:
    """Return which angles are together."""
    return {frozenset(a for a, mean in classes.items() if mean == one) for one in set(classes.values())}


def test_worked_example() -> None:
    """A class ends where an angle lies more than the tolerance from its first, not from its neighbour."""
    classes = rotation_classes([10.0, 10.9, 11.8, 200.0, None], tolerance_deg=1.0)
    assert partition(classes) == {frozenset({10.0, 10.9}), frozenset({11.8}), frozenset({200.0}), frozenset({None})}
    assert classes[10.0] == classes[10.9] == pytest.approx(10.45)
    assert classes[None] is None


def test_classes_cross_north() -> None:
    """Angles on both sides of zero are one class, taken at their mean on the circle."""
    classes = rotation_classes([359.7, 0.1, 0.4], tolerance_deg=1.0)
    assert len(set(classes.values())) == 1
    assert classes[0.1] == pytest.approx(0.2 / 3)


def test_exactly_the_tolerance_is_within() -> None:
    """An angle at the tolerance belongs to the class, in spite of rounding."""
    assert len(set(rotation_classes([0.1, 0.2, 0.3], tolerance_deg=0.2).values())) == 1


def test_nothing_gives_nothing() -> None:
    """Without angles there are no classes."""
    assert rotation_classes([], tolerance_deg=1.0) == {}


@given(ANGLES, TOLERANCES)
def test_members_lie_within_the_tolerance(angles: list[float], tolerance: float) -> None:
    """Every angle has a class, and all angles of a class and its mean lie within the tolerance of each other."""
    classes = rotation_classes(angles, tolerance_deg=tolerance)
    assert set(classes) == set(angles)
    for one, mean in classes.items():
        assert one is not None and mean is not None  # noqa: PT018
        assert separation_deg(one, mean) <= tolerance + 1e-6
        assert 0 <= mean < 360
        for other in (a for a, m in classes.items() if m == mean):
            assert separation_deg(one, other or 0.0) <= tolerance + 1e-6


@given(ANGLES, TOLERANCES, st.randoms())
def test_order_does_not_matter(angles: list[float], tolerance: float, random: object) -> None:
    """The classes of a run do not depend on the order of the lights."""
    shuffled = list(angles)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = partition(rotation_classes(angles, tolerance_deg=tolerance))
    assert one == partition(rotation_classes(shuffled, tolerance_deg=tolerance))


@given(ANGLES, TOLERANCES, st.integers(0, 719).map(lambda half: half / 2))
def test_zero_may_lie_anywhere(angles: list[float], tolerance: float, turn: float) -> None:
    """Turning all angles by a constant leaves the sizes of the classes."""
    plain = partition(rotation_classes(angles, tolerance_deg=tolerance))
    turned = partition(rotation_classes([(a + turn) % 360 for a in angles], tolerance_deg=tolerance))
    assert sorted(map(len, plain)) == sorted(map(len, turned))


def test_mean_stays_below_a_turn() -> None:
    """The mean of angles just below a turn is an angle from 0 up to 360 degrees."""
    assert mean_deg([359.0, 1.0]) == pytest.approx(0.0)
    assert 0 <= mean_deg([360.0 - 1e-15, -1e-15]) < 360
