"""The canvas: the electrons that would reach each pixel of a subframe through a perfect train."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.extended import Window, add_extended
from hostsim.sky.light import Light, OpenSky
from hostsim.sky.mosaic import cells, pattern
from hostsim.sky.scene import ExposureSettings, Sensor
from hostsim.sky.stamps import Canvas, DrawnStars
from hostsim.sky.starfield import StarLight, Streak
from hostsim.sky.streaks import draw_moving, draw_streaks


def paint(light: Light, exposure: ExposureSettings, *, sensor: Sensor) -> Canvas:
    """Return the unbinned canvas of an exposure, indexed [x][y] and C-contiguous: the only array of a frame's size."""
    canvas = np.empty((exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y), dtype=np.float32)
    _paint_even(canvas, light, exposure=exposure, sensor=sensor)
    if light.open_sky is not None:
        _paint_objects(canvas, light.open_sky, exposure=exposure, sensor=sensor)
        _paint_stars(canvas, light.open_sky, exposure=exposure, sensor=sensor)
    return canvas


def _paint_even(canvas: Canvas, light: Light, *, exposure: ExposureSettings, sensor: Sensor) -> None:
    """Fill the canvas with sky or panel, a plane that leans by the light's slope about the sensor's middle."""
    right, down = light.slope
    x = np.arange(canvas.shape[0]) + exposure.start_x * exposure.bin_x - (sensor.width - 1) / 2.0
    y = np.arange(canvas.shape[1]) + exposure.start_y * exposure.bin_y - (sensor.height - 1) / 2.0
    across, along = 1.0 + right * x, down * y
    for band, place in cells(sensor, exposure):
        level_e = light.level_e[band]
        columns = (level_e * across[place[0]]).astype(np.float32)
        rows = (level_e * along[place[1]]).astype(np.float32)
        np.add(columns[:, None], rows[None, :], out=canvas[place])


def _paint_objects(canvas: Canvas, sky: OpenSky, *, exposure: ExposureSettings, sensor: Sensor) -> None:
    """Add galaxies and nebulae, for a mosaic in each of its cells by itself."""
    first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
    for band, place in cells(sensor, exposure):
        corner = (first_x + (place[0].start or 0), first_y + (place[1].start or 0))
        window = Window(*corner, every=place[0].step or 1)
        add_extended(canvas[place], sky.objects, plane=sky.view.plane, window=window, light=sky.surface[band])


def _paint_stars(canvas: Canvas, sky: OpenSky, *, exposure: ExposureSettings, sensor: Sensor) -> None:
    starlight, seen = sky.starlight, pattern(sensor, exposure)
    for part in starlight.parts:
        draw_moving(canvas, part, move=starlight.move_px, faintest_e=starlight.faintest_wing_e, pattern=seen)
    for streak in starlight.streaks:
        _paint_streak(canvas, streak, starlight=starlight, seen=seen)


def _paint_streak(canvas: Canvas, streak: Streak, *, starlight: StarLight, seen: NDArray[np.intp]) -> None:
    (from_x, from_y), (to_x, to_y) = streak.from_px, streak.to_px
    move = (to_x - from_x, to_y - from_y)
    if math.hypot(*move) < 1.0:
        return
    body = DrawnStars(
        np.array([(from_x + to_x) / 2.0]),
        np.array([(from_y + to_y) / 2.0]),
        np.array([streak.flux_e]),
        spread=starlight.middle,
    )
    draw_streaks(canvas, body, move=move, faintest_e=starlight.faintest_wing_e, pattern=seen)
