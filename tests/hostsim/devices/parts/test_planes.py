"""Colour planes of a mosaic."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.devices.parts.planes import colour_planes
from hostsim.sky.mosaic import cells
from hostsim.sky.scene import ExposureSettings, Sensor

LEVELS = (100, 220, 340)


def exposure(**changed: Any) -> ExposureSettings:
    usual: dict[str, Any] = {"bin_x": 1, "bin_y": 1, "start_x": 0, "start_y": 0, "num_x": 7, "num_y": 5}
    return ExposureSettings(
        started=datetime(2026, 11, 20, 20, tzinfo=UTC),
        duration_s=1.0,
        light=True,
        gain=0,
        offset=0,
        readout_mode=0,
        ccd_temperature_c=0.0,
        **(usual | changed),
    )


def even(sensor: Sensor, settings: ExposureSettings) -> NDArray[np.uint16]:
    """Return a mosaic under light of one colour."""
    mosaic = np.zeros((settings.num_x, settings.num_y), dtype=np.uint16)
    for band, place in cells(sensor, settings):
        mosaic[place] = LEVELS[band]
    return mosaic


@pytest.mark.parametrize("offset", list(product(range(2), repeat=2)), ids=str)
@pytest.mark.parametrize("start", [(0, 0), (3, 2)], ids=str)
def test_even_light_gives_even_planes(offset: tuple[int, int], start: tuple[int, int]) -> None:
    """Each plane has its colour's level everywhere, edges included, wherever pattern and subframe begin."""
    sensor = Sensor(bayer=True, bayer_offset=offset)
    settings = exposure(start_x=start[0], start_y=start[1])
    planes = colour_planes(lambda whole: even(sensor, whole), settings, sensor=sensor)
    assert planes.shape == (7, 5, 3)
    assert planes.dtype == np.uint16
    assert planes.flags.c_contiguous
    assert (planes == LEVELS).all()


def test_what_a_cell_saw_stays_and_the_rest_lies_between() -> None:
    """A pixel's own colour is as it was read; red between two red cells is their mean, green that of four."""
    sensor, settings = Sensor(bayer=True), exposure()
    mosaic = np.random.default_rng(1).integers(0, 60_000, (7, 5)).astype(np.uint16)
    planes = colour_planes(lambda whole: mosaic, settings, sensor=sensor)
    for band, place in cells(sensor, settings):
        assert (planes[:, :, band][place] == mosaic[place]).all()
    whole = mosaic.astype(float)
    assert planes[1, 2, 0] == pytest.approx((whole[0, 2] + whole[2, 2]) / 2, abs=0.51)
    assert planes[1, 1, 0] == pytest.approx(whole[0:3:2, 0:3:2].mean(), abs=0.51)
    assert planes[2, 2, 1] == pytest.approx((whole[1, 2] + whole[3, 2] + whole[2, 1] + whole[2, 3]) / 4, abs=0.51)


def test_bins_have_the_sum_of_their_pixels() -> None:
    """The colours are told apart before pixels are binned, and a full bin ends at the sensor's range."""
    sensor = Sensor(bayer=True, max_adu=1200)
    settings = exposure(bin_x=2, bin_y=2, start_x=1, start_y=1, num_x=3, num_y=2)
    planes = colour_planes(lambda whole: even(sensor, whole), settings, sensor=sensor)
    assert planes.shape == (3, 2, 3)
    assert (planes == (400, 880, 1200)).all()


def test_a_frame_of_one_pixel_is_a_frame() -> None:
    """Where no cell of a colour lies within reach, its plane is dark."""
    sensor = Sensor(bayer=True)
    planes = colour_planes(lambda whole: even(sensor, whole), exposure(num_x=1, num_y=1), sensor=sensor)
    assert planes.tolist() == [[[100, 0, 0]]]
