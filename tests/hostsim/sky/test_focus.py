"""Best focus moves with temperature and filter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostsim.sky.focus import best_focus_steps, blur_radius_um
from hostsim.sky.scene import LightPath, Optics


def test_focus_drifts_with_temperature_and_filter(optics: Optics) -> None:
    """Each degree moves the focus by the drift; a filter adds its own offset; other filters add none."""
    assert best_focus_steps(optics, 10.0, filter_name="L") == optics.best_focus_steps
    assert best_focus_steps(optics, 5.0, filter_name="L") == optics.best_focus_steps + 60.0
    assert best_focus_steps(optics, 10.0, filter_name="Ha") == optics.best_focus_steps + 40.0


def test_blur_grows_alike_on_both_sides(optics: Optics, path: LightPath) -> None:
    """The disc of a defocused point is travel over focal ratio, inside as outside of focus."""
    exact = replace(path, temperature_c=10.0)
    inside, outside = (blur_radius_um(optics, replace(exact, focuser_position=25_000 + step)) for step in (-100, 100))
    assert inside == outside == pytest.approx(120.0 / (540.0 / 107.0) / 2.0)
