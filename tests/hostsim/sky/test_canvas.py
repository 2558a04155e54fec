"""The canvas holds even light, and everything that shines on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hostsim.sky.canvas import paint
from hostsim.sky.light import Light, LightSource
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite


def test_even_light_leans_about_the_sensors_middle(sensor: Sensor, exposure: ExposureSettings) -> None:
    """A slope leaves the middle of the sensor as it is and brightens its right side; a subframe shows its own part."""
    light = Light((100.0,), slope=(1.0e-3, 0.0))
    whole = paint(light, exposure, sensor=sensor)
    assert whole.dtype == np.float32
    assert float(whole.mean()) == pytest.approx(100.0, rel=1e-4)
    assert float(whole[799, 0]) == pytest.approx(100.0 * (1.0 + 0.3995), rel=1e-4)
    part = replace(exposure, start_x=100, start_y=50, num_x=200, num_y=90)
    assert np.allclose(paint(light, part, sensor=sensor), whole[100:300, 50:140])


def test_each_colour_has_its_level(exposure: ExposureSettings) -> None:
    """In an odd corner of a mosaic every cell still has its own band."""
    colour = Sensor(width=800, height=600, bayer=True)
    part = replace(exposure, start_x=101, start_y=50, num_x=20, num_y=10)
    canvas = paint(Light((3.0, 2.0, 1.0)), part, sensor=colour)
    assert canvas[:2, :2].tolist() == [[2.0, 1.0], [3.0, 2.0]]


def test_binning_paints_every_pixel(sensor: Sensor, exposure: ExposureSettings) -> None:
    """The canvas of a binned exposure is unbinned."""
    binned = replace(exposure, bin_x=2, bin_y=2, num_x=400, num_y=300)
    assert paint(Light((1.0,)), binned, sensor=sensor).shape == (800, 600)


def test_a_galaxy_shines_on_mono_and_colour_alike(path: LightPath, exposure: ExposureSettings) -> None:
    """The Andromeda galaxy brightens the middle of the canvas; a mosaic's cells have their bands' parts of it."""
    at_m31 = replace(path, ra_hours=0.7123, dec_deg=41.269)
    planes = []
    for bayer in (False, True):
        sensor = Sensor(width=800, height=600, bayer=bayer)
        source = LightSource(7, SkySite(), optics=Optics(), sensor=sensor)
        light = source.during(at_m31, exposure)
        assert light is not None
        canvas = paint(light, exposure, sensor=sensor)
        planes.append((float(np.median(canvas[390:410:2, 290:310:2])), float(np.median(canvas[:20:2, :20:2]))))
    (mono, beside), (red, red_beside) = planes
    assert mono > 3.0 * beside
    assert 0.1 * (mono - beside) < red - red_beside < mono - beside
