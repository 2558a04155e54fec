"""Best focus moves with temperature and filter, and differs over the sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.focus import best_focus_steps, defocus_um, disc_hfr_per_radius, disc_radius_px, field_defocus_um
from hostsim.sky.scene import LightPath, Optics, Sensor


def test_focus_drifts_with_temperature_and_filter(optics: Optics) -> None:
    """Each degree moves the focus by the drift; a filter adds its own offset; other filters add none."""
    assert best_focus_steps(optics, 10.0, filter_name="L") == optics.best_focus_steps
    assert best_focus_steps(optics, 5.0, filter_name="L") == optics.best_focus_steps + 60.0
    assert best_focus_steps(optics, 10.0, filter_name="Ha") == optics.best_focus_steps + 40.0


def test_defocus_counts_from_best_focus(optics: Optics, path: LightPath) -> None:
    """Steps outside best focus are micrometres behind it; focus that slipped outwards takes as much away."""
    outside = replace(path, temperature_c=10.0, focuser_position=optics.best_focus_steps + 100)
    assert defocus_um(optics, outside) == pytest.approx(120.0)
    assert defocus_um(optics, outside, slipped_um=150.0) == pytest.approx(-30.0)


def test_a_disc_is_travel_over_focal_ratio(optics: Optics, sensor: Sensor) -> None:
    """The disc of a defocused point is as large inside focus as outside."""
    radius_px = disc_radius_px(optics, sensor, away_um=np.array([-120.0, 120.0]))
    assert radius_px == pytest.approx(120.0 / (540.0 / 107.0) / 2.0 / 3.76)


@given(obstruction=st.floats(0.0, 0.7))
def test_half_of_a_ring_lies_within_its_half_flux_radius(obstruction: float) -> None:
    """The area between the hole and the half-flux radius is half of the ring's."""
    inside = disc_hfr_per_radius(obstruction) ** 2 - obstruction**2
    assert inside == pytest.approx((1.0 - obstruction**2) / 2.0)


def test_tilt_and_curvature_reach_the_edges(sensor: Sensor) -> None:
    """The right edge lies as far behind focus as the tilt says, the left before it; corners as curvature says."""
    tilted = Optics(tilt_um=(30.0, -10.0), curvature_um=20.0)
    x, y = np.array([799.0, 0.0, 399.5, 799.0]), np.array([299.5, 299.5, 299.5, 599.0])
    right, left, middle, corner = field_defocus_um(tilted, sensor, x=x, y=y)
    assert right - left == pytest.approx(60.0)
    assert middle == pytest.approx(0.0)
    assert corner == pytest.approx(30.0 - 10.0 + 20.0)
