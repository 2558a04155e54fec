"""The panel is as bright as its level, filter and optics make it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hostsim.sky.filters import CURVES, Band, curve
from hostsim.sky.panel import panel_e_per_s, panel_slope
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


@pytest.mark.parametrize("filter_name", sorted(CURVES))
def test_colour_cells_see_their_part_of_the_panel(filter_name: str) -> None:
    """Behind each filter every cell sees some of the LEDs, less than a bare pixel, and the fitting cell sees most."""
    rates = [panel_e_per_s(Optics(), Sensor(), filter_curve=curve(filter_name, band), level=1.0) for band in Band]
    assert 0.0 < min(rates[1:]) <= max(rates[1:]) < rates[0]
    fitting = {"R": 1, "Ha": 1, "SII": 1, "G": 2, "OIII": 2, "L": 2, "B": 3}
    assert max(range(1, 4), key=rates.__getitem__) == fitting[filter_name]


def test_the_panel_is_even_and_turns_with_the_telescope() -> None:
    """From corner to corner it differs by less than 0.3 per cent, and turning the camera turns the slope on it."""
    sensor = Sensor()
    right, down = panel_slope(sensor, 0.0)
    across = math.hypot(right, down) * math.hypot(sensor.width, sensor.height)
    assert 0.0005 < across < 0.003
    assert panel_slope(sensor, 180.0) == pytest.approx((-right, -down))
    assert math.hypot(*panel_slope(sensor, 77.0)) == pytest.approx(math.hypot(right, down))


def test_the_panels_slope_turns_as_the_stars_do() -> None:
    """Behind an odd number of reflections it is the mirror image, at every angle."""
    for angle_deg in (0.0, 30.0, 77.0):
        right, down = panel_slope(Sensor(), angle_deg)
        assert panel_slope(Sensor(), angle_deg, mirrored=True) == pytest.approx((-right, down))
