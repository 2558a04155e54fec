"""The panel is as bright as its level, filter and optics make it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostsim.sky.filters import curve
from hostsim.sky.panel import panel_e_per_s
from hostsim.sky.scene import Optics, Sensor


def test_brightness_is_proportional_to_the_level() -> None:
    """Half the level is half the light, and off is dark."""
    full, half, off = (
        panel_e_per_s(Optics(), Sensor(), filter_curve=curve("L"), level=level) for level in (1.0, 0.5, 0.0)
    )
    assert half == pytest.approx(full / 2.0)
    assert off == 0.0


def test_a_full_panel_fills_a_well_in_about_two_seconds() -> None:
    """Through L the well is full between one and two and a half seconds, through Ha after twenty times that."""
    full = panel_e_per_s(Optics(), Sensor(), filter_curve=curve("L"), level=1.0)
    assert 1.0 < Sensor().full_well_e / full < 2.5
    assert full / panel_e_per_s(Optics(), Sensor(), filter_curve=curve("Ha"), level=1.0) == pytest.approx(20.0)


def test_larger_pixels_and_faster_optics_see_more() -> None:
    """Light grows with the pixel's area and the square of the aperture."""
    usual = panel_e_per_s(Optics(), Sensor(), filter_curve=curve("L"), level=1.0)
    assert panel_e_per_s(Optics(), Sensor(pixel_um=7.52), filter_curve=curve("L"), level=1.0) == pytest.approx(
        4.0 * usual
    )
    assert panel_e_per_s(
        replace(Optics(), aperture_mm=214.0), Sensor(), filter_curve=curve("L"), level=1.0
    ) == pytest.approx(4.0 * usual)
