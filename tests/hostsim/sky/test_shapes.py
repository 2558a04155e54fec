"""Patterns are light: never negative, gone beyond their edge, always the same."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.deepsky import Part
from hostsim.sky.shapes import EDGE, PATTERNS, brightness, texture

AXIS = np.linspace(-2.5, 2.5, 101, dtype=np.float32)
U, V = np.meshgrid(AXIS, AXIS, indexing="ij")


@pytest.mark.parametrize("shape", PATTERNS)
def test_patterns_are_light(shape: str) -> None:
    """Each pattern is finite, not negative, somewhere bright, and nothing outside its edge."""
    values = brightness(U, V, part=Part(shape, 1.0, (10.0, 10.0)), name="a nebula")
    assert np.isfinite(values).all()
    assert values.min() >= 0.0
    assert values.max() > 0.05
    assert values[np.hypot(U, V) > EDGE].max() < 0.02 * values.max()


def test_texture_belongs_to_its_name() -> None:
    """The same name draws the same noise, another name another; its mean is 0 and its deviation 1."""
    one = texture("one")(U, V)
    texture.cache_clear()
    assert np.array_equal(one, texture("one")(U, V))
    assert not np.allclose(one, texture("two")(U, V))
    fine = np.linspace(-2.0, 2.0, 513, dtype=np.float32)[:-1]
    field = texture("one")(*np.meshgrid(fine, fine, indexing="ij"))
    assert field.mean() == pytest.approx(0.0, abs=0.01)
    assert field.std() == pytest.approx(1.0, abs=0.02)


def test_texture_is_smooth() -> None:
    """Neighbouring places differ little, everywhere."""
    close = np.linspace(-1.0, 1.0, 2001, dtype=np.float32)
    line = texture("one")(close, np.zeros_like(close))
    assert np.abs(np.diff(line)).max() < 0.15
