"""Centre, width and elongation of stars."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.shapes import Shapes, adaptive_shapes
from tsplug.imaging.stamps import Stamps

HALF = 9
COLUMNS = ("dx", "dy", "xx", "yy", "xy", "amplitude", "settled")


def gaussians(count: int) -> tuple[Stamps, np.ndarray]:
    """Draw Gaussians of several shapes in their stamps; also return what `COLUMNS` should tell but for the last."""
    chance = np.random.default_rng(8)
    dx, dy = chance.uniform(-0.5, 0.5, (2, count))
    xx, yy = chance.uniform(1.5, 4.0, (2, count))
    xy = chance.uniform(-0.6, 0.6, count) * np.sqrt(xx * yy)
    height = chance.uniform(300.0, 9000.0, count)
    span = np.arange(-HALF, HALF + 1, dtype=np.float64)
    x, y = span[None, :, None] - dx, span[:, None, None] - dy
    squared = (yy * x * x + xx * y * y - 2.0 * xy * x * y) / (xx * yy - xy**2)
    values = (height * np.exp(-squared / 2.0)).astype(np.float32)
    return Stamps(values, np.zeros(count), np.zeros(count)), np.array([dx, dy, xx, yy, xy, height])


def columns(shapes: Shapes) -> np.ndarray:
    return np.array([getattr(shapes, name) for name in COLUMNS])


@pytest.mark.parametrize("boldness", [0.0, 2.0 / 3.0, 1.0])
def test_a_gaussian_is_found_as_it_is(boldness: float) -> None:
    """Careful steps and bold ones end with the shape that was drawn."""
    stamps, drawn = gaussians(40)
    found = columns(adaptive_shapes(stamps, 1.6, boldness=boldness))
    assert found[6].all()
    assert found[:2] == pytest.approx(drawn[:2], abs=0.01)
    assert found[2:6] == pytest.approx(drawn[2:], rel=0.01, abs=0.02)


def test_a_star_is_measured_alike_alone_and_among_others() -> None:
    """What is found does not depend on which stars are worked on together, or on how long others take."""
    stamps, _ = gaussians(700)
    noise = np.random.default_rng(4).normal(0.0, 120.0, stamps.values.shape)
    stamps.values[...] += noise.astype(np.float32)
    together = columns(adaptive_shapes(stamps, 1.6))
    for star in (0, 303, 304, 699):
        alone = columns(adaptive_shapes(stamps.pick(np.array([star])), 1.6))[:, 0]
        # Nothing but the rounding of sums of floats of 32 bits may differ.
        assert together[:, star] == pytest.approx(alone, rel=1e-5, abs=1e-5)
