"""Coma keeps a star's light and place, and grows away from the middle."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.coma import coma_px, with_coma, zones
from hostsim.sky.psf import PointSpread
from hostsim.sky.scene import Optics, Sensor
from hostsim.sky.stamps import DrawnStars, draw

ROUND = PointSpread(*(np.array([part]) for part in (4.0, 0.0, 4.0)), kind=np.array([0]))
STAR = DrawnStars(np.array([60.0]), np.array([60.0]), np.array([[1.0e5]]), spread=ROUND)


def test_the_tail_is_as_long_as_said_in_the_corner(sensor: Sensor) -> None:
    """In a corner the outermost ring has a third of the tail's length, in the middle none."""
    optics = Optics(coma_um=45.0)
    right, down = coma_px(optics, sensor, x=np.array([799.0, 399.5]), y=np.array([599.0, 299.5]))
    assert np.hypot(right, down) == pytest.approx(np.array([15.0 / 3.76, 0.0]))


def test_the_zones_keep_light_and_place() -> None:
    """Drawn zone by zone a star keeps its flux and centre, and fades away from the middle of the frame."""
    canvas = np.zeros((120, 120), dtype=np.float32)
    for part in zones(STAR, (np.array([6.0]), np.array([0.0]))):
        draw(canvas, part, faintest_e=0.01)
    across = canvas.sum(axis=1).astype(float)
    assert across.sum() == pytest.approx(1.0e5, rel=0.01)
    assert float(np.average(np.arange(120), weights=across)) == pytest.approx(60.0, abs=0.1)
    assert int(across.argmax()) < 60
    assert across[75] > 2.0 * across[45]


def test_the_shape_told_is_long_along_the_tail() -> None:
    """The truth's shape is three times as much wider along the tail as across it, in squares."""
    told = with_coma(ROUND, (np.array([3.0]), np.array([0.0])))
    assert told.xx[0] - 4.0 == pytest.approx(3.0 * (told.yy[0] - 4.0))
    assert told.xy[0] == 0.0
