"""How much of the light each pixel gets: vignetting, dust and pixel response together, as a flat sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.defects import DimPixels, dim_pixels
from hostsim.sky.dust import FILTER_GLASS, SENSOR_WINDOW, TELESCOPE_GLASS, Patch, Shadows, patches, shadows
from hostsim.sky.projection import turn
from hostsim.sky.randomness import stream
from hostsim.sky.scene import ExposureSettings, Sensor
from hostsim.sky.vignetting import Vignetting

_PIXEL_RESPONSE = 0.006
# One byte holds how a pixel differs: steps far below the difference itself, and room for five times as much.
_STEPS = 24.0
_LIMIT = 127.0
_KEPT = 16
# Angles closer than this share a response, which is that of the rounded angle: what came first must not matter.
_PER_DEGREE = 100.0
_COLUMNS_AT_ONCE = 64
_MEAN_SAMPLES = 48

Canvas = NDArray[np.float32]


@dataclass(frozen=True)
class Transmission:
    """What one filter at one rotator angle leaves of the light; kept in a quarter of a frame, made part by part."""

    vignetting: Vignetting
    dust: Sequence[Patch]
    pixels: NDArray[np.int8]
    dim: DimPixels

    def fill(self, out: Canvas, scratch: Canvas, *, first_x: int, first_y: int) -> None:
        """Write the response of the part that begins at an unbinned pixel; about 1 in the middle of the frame.

        ``out`` is indexed [x][y]; ``scratch``, of the same shape, is overwritten.
        """
        self.vignetting.fill(out, first_x=first_x, first_y=first_y)
        for patch in self.dust:
            patch.dim(out, first_x=first_x, first_y=first_y)
        part = self.pixels[first_x : first_x + out.shape[0], first_y : first_y + out.shape[1]]
        np.multiply(part, np.float32(_PIXEL_RESPONSE / _STEPS), out=scratch)
        scratch += np.float32(1.0)
        out *= scratch
        self.dim.multiply(out, first_x=first_x, first_y=first_y)

    def region(self, exposure: ExposureSettings) -> Canvas:
        """Return the response of an exposure's subframe, unbinned, indexed [x][y]."""
        out = np.empty((exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y), dtype=np.float32)
        first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
        self.fill(out, np.empty_like(out), first_x=first_x, first_y=first_y)
        return out

    def mean(self, exposure: ExposureSettings) -> float:
        """Return the mean response of an exposure's subframe, sampled."""
        columns = _samples(exposure.start_x * exposure.bin_x, exposure.num_x * exposure.bin_x)
        height = exposure.num_y * exposure.bin_y
        out, scratch = np.empty((1, height), dtype=np.float32), np.empty((1, height), dtype=np.float32)
        total = 0.0
        for column in columns:
            self.fill(out, scratch, first_x=column, first_y=exposure.start_y * exposure.bin_y)
            total += float(out.mean(dtype=np.float64))
        return total / len(columns)


class Response:
    """The responses of one camera and telescope, by filter and rotator angle.

    The sensor's window and each filter turn with the camera, so their dust stays where it is on the frame; the
    telescope's own dust and vignetting turn over the frame when the rotator moves, as the stars do.
    """

    def __init__(self, seed: int, sensor: Sensor, *, mirrored: bool = False) -> None:
        """Draw the dust and pixel response of this seed; ``mirrored`` is that of the optics."""
        self._seed = seed
        self._sensor = sensor
        self._size_um = (sensor.width * sensor.pixel_um, sensor.height * sensor.pixel_um)
        self._mirrored = mirrored
        self._kept = lru_cache(_KEPT)(self._build)

    def through(self, filter_name: str, rotator_deg: float) -> Transmission:
        """Return the response with a filter in the light and the rotator at a mechanical angle, to 0.01 degrees."""
        return self._kept(filter_name, round(rotator_deg * _PER_DEGREE) % round(360.0 * _PER_DEGREE))

    def _build(self, filter_name: str, hundredths: int) -> Transmission:
        sensor, rotator_deg = self._sensor, hundredths / _PER_DEGREE
        dust = [
            shadows(self._seed, "window", layer=SENSOR_WINDOW, size_um=self._size_um),
            shadows(self._seed, f"filter {filter_name}", layer=FILTER_GLASS, size_um=self._size_um),
            self._telescope_dust(rotator_deg),
        ]
        shape = (sensor.width, sensor.height)
        return Transmission(
            Vignetting(*shape, rotator_deg=rotator_deg, mirrored=self._mirrored),
            [patch for surface in dust for patch in patches(surface, shape=shape, pixel_um=sensor.pixel_um)],
            self._pixels,
            self._dim,
        )

    @cached_property
    def _pixels(self) -> NDArray[np.int8]:
        rng = stream(self._seed, "pixel response")
        pixels = np.empty((self._sensor.width, self._sensor.height), dtype=np.int8)
        for first in range(0, self._sensor.width, _COLUMNS_AT_ONCE):
            part = pixels[first : first + _COLUMNS_AT_ONCE]
            drawn = rng.standard_normal(part.shape, dtype=np.float32)
            drawn *= np.float32(_STEPS)
            part[...] = np.clip(np.rint(drawn, out=drawn), -_LIMIT, _LIMIT, out=drawn)
        return pixels

    @cached_property
    def _dim(self) -> DimPixels:
        return dim_pixels(self._seed, self._sensor)

    def _telescope_dust(self, rotator_deg: float) -> Shadows:
        fixed = shadows(self._seed, "telescope", layer=TELESCOPE_GLASS, size_um=self._size_um)
        right_um, down_um = turn(fixed.right_um, fixed.down_um, angle_deg=rotator_deg, mirrored=self._mirrored)
        return Shadows(right_um, down_um, fixed.radius_um, fixed.depth)


def _samples(first: int, length: int) -> list[int]:
    count = min(length, _MEAN_SAMPLES)
    return [first + (2 * number + 1) * length // (2 * count) for number in range(count)]
