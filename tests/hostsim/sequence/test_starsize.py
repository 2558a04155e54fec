"""Frames looked at for the size of their stars."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hostsim.sequence.host import Host
from hostsim.sequence.starsize import star_size_px


def test_stars_of_a_globular_cluster_are_told_apart(make_host: Callable[[], Host]) -> None:
    """Light that hangs together over thousands of stars is no reason to measure nothing."""
    draw = np.random.default_rng(1)
    rows, columns = np.mgrid[:300, :300]
    peaks = draw.uniform(5_000.0, 40_000.0, (43, 43))[rows // 7, columns // 7]
    cluster = peaks * np.exp(-((rows % 7 - 3) ** 2 + (columns % 7 - 3) ** 2) / 6.0) + 500.0
    light = draw.normal(1000.0, 5.0, (500, 500))
    light[100:400, 100:400] += cluster
    host = make_host()
    assert star_size_px(light.clip(0, 65535).astype(np.uint16), host) == pytest.approx(2.0, abs=0.6)
    assert host.warnings == []


def test_what_cannot_be_measured_costs_a_warning(make_host: Callable[[], Host]) -> None:
    """The night goes on with the focus it has, whatever the measuring trips over."""
    host = make_host()
    assert star_size_px(np.zeros(100, np.uint16), host) is None
    assert "could not be measured for the focus" in host.warnings[0]
