"""Flats flatten what they were taken for and nothing else; colour frames have the colours of their cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.sky.columngain import ColumnGain
from hostsim.sky.filters import Band, curve
from hostsim.sky.panel import panel_slope
from hostsim.sky.response import Response
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sensor import electrons_per_adu
from hostsim.sky.sky import Sky

Floats = NDArray[np.float64]
FRAMES = 4
BLOCK = 40


@pytest.fixture(scope="module")
def sky() -> Sky:
    """Return a sky so bright that the noise of a light is far below a per cent in a block of pixels."""
    return Sky(seed=5, site=SkySite(sky_brightness_mag=15.0), optics=Optics(), sensor=Sensor(width=800, height=600))


@pytest.fixture(scope="module")
def colour_sky() -> Sky:
    """Return the same sky over a sensor with a mosaic that begins with a green cell."""
    sensor = Sensor(width=800, height=600, bayer=True, bayer_offset=(1, 0))
    return Sky(seed=5, site=SkySite(sky_brightness_mag=15.0), optics=Optics(), sensor=sensor)


def stack(sky: Sky, path: LightPath, exposure: ExposureSettings) -> Floats:
    """Return the mean of some frames, each less its own dark."""
    total = np.zeros((exposure.num_x, exposure.num_y))
    for number in range(FRAMES):
        light = replace(exposure, started=exposure.started + timedelta(seconds=80 * number))
        dark = replace(light, started=light.started + timedelta(days=1), light=False)
        total += sky.render(path, light).astype(float) - sky.render(path, dark)
    return total / FRAMES


def panel(path: LightPath) -> LightPath:
    """Return the same path with the panel before it."""
    return replace(path, cover_closed=True, panel_level=0.4)


def flat(sky: Sky, path: LightPath, exposure: ExposureSettings) -> Floats:
    """Return a stacked flat of a path, half full."""
    duration_s = 2.0 / curve(path.filter_name).panel
    return stack(sky, panel(path), replace(exposure, duration_s=duration_s))


def unevenness(light: Floats, flat_by: Floats) -> float:
    """Return the range of the block medians of a flattened light beside a plane, as the sky has a gradient."""
    width, height = (length // BLOCK for length in light.shape)
    ratio = np.divide(light, flat_by, out=np.ones_like(light), where=flat_by > 100.0)
    blocks = np.median(ratio.reshape(width, BLOCK, height, BLOCK), axis=(1, 3)).ravel()
    x, y = (axis.ravel() - axis.mean() for axis in np.indices((width, height)))
    plane = np.stack([np.ones(blocks.size), x, y], axis=1)
    rest = blocks - plane @ np.linalg.lstsq(plane, blocks, rcond=None)[0]
    return float(np.ptp(rest) / np.median(blocks))


@pytest.fixture(scope="module")
def lit(exposure: ExposureSettings) -> ExposureSettings:
    """Return an exposure that the bright sky fills without saturation."""
    return replace(exposure, gain=0, duration_s=60.0)


@pytest.mark.parametrize("filter_name", ["L", "R"])
def test_the_matching_flat_flattens(sky: Sky, path: LightPath, lit: ExposureSettings, filter_name: str) -> None:
    """The flat of the same filter and angle leaves less than half a per cent; none leaves vignetting and dust."""
    path = replace(path, filter_name=filter_name)
    light = stack(sky, path, lit)
    assert unevenness(light, flat(sky, path, lit)) < 0.005
    assert unevenness(light, np.full_like(light, 1000.0)) > 0.1


@pytest.mark.parametrize(
    ("change", "residual"),
    [({"rotator_deg": 210.0}, 0.08), ({"rotator_deg": 120.0}, 0.07), ({"rotator_deg": 40.0}, 0.02)],
)
def test_the_flat_of_another_angle_does_not(
    sky: Sky, path: LightPath, lit: ExposureSettings, change: dict[str, float], residual: float
) -> None:
    """A flat of another angle leaves several per cent: vignetting and the telescope's dust turned over the frame."""
    assert unevenness(stack(sky, path, lit), flat(sky, replace(path, **change), lit)) > residual


def test_the_flat_of_another_filter_does_not(sky: Sky, path: LightPath, lit: ExposureSettings) -> None:
    """A flat of another filter leaves the dust of both."""
    assert unevenness(stack(sky, path, lit), flat(sky, replace(path, filter_name="R"), lit)) > 0.02


def test_the_flat_of_another_readout_mode_does_not(sky: Sky, path: LightPath, lit: ExposureSettings) -> None:
    """A flat of another readout mode, less its own bias, leaves how columns differ in both; dust and fall-off go."""
    light, other = stack(sky, path, lit), flat(sky, path, replace(lit, readout_mode=1))
    assert 0.01 < unevenness(light, other) < 0.06


def test_brightness_time_and_filter_multiply(sky: Sky, path: LightPath, exposure: ExposureSettings) -> None:
    """The panel's signal is proportional to its level, to the time, and to what the filter passes of it."""
    shut = replace(panel(path), panel_level=0.2)
    usual = replace(exposure, gain=0, duration_s=1.0)
    dark = sky.render(shut, replace(usual, light=False)).astype(float)
    signal = np.median(sky.render(shut, usual) - dark)
    for change, seconds, factor in (
        ({"panel_level": 0.4}, 1.0, 2.0),
        ({}, 3.0, 3.0),
        ({"filter_name": "Ha"}, 10.0, 0.5),
    ):
        changed = sky.render(replace(shut, **change), replace(usual, duration_s=seconds))
        assert np.median(changed - dark) == pytest.approx(factor * signal, rel=0.005)


@pytest.mark.parametrize("filter_name", ["L", "Ha", "OIII"])
def test_cells_see_their_part_of_the_panel(
    colour_sky: Sky, path: LightPath, exposure: ExposureSettings, filter_name: str
) -> None:
    """The planes of a flat stand as the cells' shares of the panel's light through the filter."""
    path = replace(path, filter_name=filter_name)
    settings = replace(exposure, gain=0, duration_s=2.0 / curve(filter_name).panel, offset=0)
    seen = stack(colour_sky, panel(path), settings)
    planes = {Band.RED: seen[1::2, 0::2], Band.BLUE: seen[0::2, 1::2], Band.GREEN: seen[0::2, 0::2]}
    levels = {band: float(np.median(plane)) for band, plane in planes.items()}
    assert np.median(seen[1::2, 1::2]) == pytest.approx(levels[Band.GREEN], rel=0.01)
    for band in (Band.RED, Band.BLUE):
        expected = curve(filter_name, band).panel / curve(filter_name, Band.GREEN).panel
        assert levels[band] / levels[Band.GREEN] == pytest.approx(expected, rel=0.03)


def test_colour_lights_are_flattened_by_colour_flats(colour_sky: Sky, path: LightPath, lit: ExposureSettings) -> None:
    """Each plane of a colour light is flat after its flat."""
    light, flat_by = stack(colour_sky, path, lit), flat(colour_sky, path, lit)
    for place in (np.s_[1::2, 0::2], np.s_[0::2, 0::2], np.s_[0::2, 1::2]):
        # Planes are half as wide, so a block holds a quarter of the light.
        assert unevenness(light[place][:, :280], flat_by[place][:, :280]) < 0.008


def test_a_colour_subframe_keeps_its_colours(colour_sky: Sky, path: LightPath, lit: ExposureSettings) -> None:
    """A subframe that begins in an odd column shows the same planes as its part of the full frame."""
    part = replace(lit, start_x=201, start_y=101, num_x=200, num_y=200)
    whole = stack(colour_sky, path, lit)[201:401, 101:301]
    cut = stack(colour_sky, path, part)
    for column in range(2):
        for row in range(2):
            expected = np.median(whole[column::2, row::2])
            assert np.median(cut[column::2, row::2]) == pytest.approx(expected, rel=0.01)


def test_colour_bins_mix_all_cells(colour_sky: Sky, path: LightPath, lit: ExposureSettings) -> None:
    """Bins of two by two hold one red, two green and one blue pixel, and are grey."""
    binned = replace(lit, duration_s=20.0, bin_x=2, bin_y=2, num_x=400, num_y=300)
    single = stack(colour_sky, path, replace(lit, duration_s=20.0))
    blocks = single.reshape(400, 2, 300, 2).sum(axis=(1, 3))
    assert np.median(stack(colour_sky, path, binned)) == pytest.approx(np.median(blocks), rel=0.01)


def test_stars_have_colours(path: LightPath, exposure: ExposureSettings) -> None:
    """On a colour frame stars differ in the ratio of their red to their blue light, and bring the light they should."""
    sensor = Sensor(width=800, height=600, bayer=True)
    sky = Sky(seed=5, site=SkySite(), optics=Optics(), sensor=sensor)
    lit = replace(exposure, gain=0, duration_s=20.0)
    frame, stars = sky.render(path, lit).astype(float), sky.truth(path, lit).stars
    ratios, gathered = [], []
    for x, y, flux_e in zip(np.rint(stars.x), np.rint(stars.y), stars.flux_e, strict=True):
        left, top = (int(middle) // 2 * 2 - 10 for middle in (x, y))
        around = frame[left : left + 22, top : top + 22]
        if left < 0 or top < 0 or around.shape != (22, 22) or around.max() > 60_000:
            continue
        planes = np.stack([around[column::2, row::2] for column in range(2) for row in range(2)])
        levels = np.median(planes[:, [0, 0, -1, -1], [0, -1, 0, -1]], axis=1)
        red, green, also_green, blue = (planes - levels[:, None, None]).sum(axis=(1, 2))
        ratios.append(red / blue)
        gathered.append((red + green + also_green + blue) * electrons_per_adu(sensor, 0) / flux_e)
        if len(ratios) == 25:
            break
    assert len(ratios) == 25
    low, high = np.percentile(ratios, (10, 90))
    assert high > 1.3 * low > 0.0
    # Vignetting and dust take a part, wings beyond the box a little more.
    assert 0.7 < np.median(gathered) < 1.02


@pytest.mark.parametrize("rotator_deg", [0.0, 150.0])
def test_the_panels_slope_turns_over_the_frame(
    sky: Sky, path: LightPath, lit: ExposureSettings, rotator_deg: float
) -> None:
    """Behind a known response a flat shows the panel's own small slope, as it lies at the rotator's angle."""
    sensor, turned = Sensor(width=800, height=600), replace(path, rotator_deg=rotator_deg)
    response = Response(5, sensor).through(path.filter_name, rotator_deg).region(lit)
    response *= ColumnGain(5, sensor).factors(lit)[:, None]
    seen = response > 0.9 * np.median(response)
    ratio = flat(sky, turned, lit)[seen] / response[seen]
    x, y = (axis[seen] - axis.mean() for axis in np.indices(response.shape))
    level, right, down = np.linalg.lstsq(np.stack([np.ones(x.size), x, y], axis=1), ratio, rcond=None)[0]
    assert (right / level, down / level) == pytest.approx(panel_slope(sensor, rotator_deg), abs=2e-7)
