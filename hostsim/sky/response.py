"""How much of the light each pixel gets: vignetting, dust and pixel response together, as a flat sees them."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.dust import FILTER_GLASS, SENSOR_WINDOW, TELESCOPE_GLASS, Shadows, cast, shadows
from hostsim.sky.projection import turn
from hostsim.sky.randomness import stream
from hostsim.sky.scene import Sensor
from hostsim.sky.vignetting import vignetting

_PIXEL_RESPONSE = 0.006
_CACHE_BYTES = 64_000_000


class Response:
    """The response maps of one camera and telescope, by filter and rotator angle.

    The sensor's window and each filter turn with the camera, so their dust stays where it is on the frame; the
    telescope's own dust and vignetting turn over the frame when the rotator moves.
    """

    def __init__(self, seed: int, sensor: Sensor) -> None:
        """Draw the dust and pixel response of this seed."""
        self._seed = seed
        self._sensor = sensor
        self._size_um = (sensor.width * sensor.pixel_um, sensor.height * sensor.pixel_um)
        self._cache: OrderedDict[tuple[str, int], NDArray[np.float32]] = OrderedDict()
        self._camera: NDArray[np.float32] | None = None

    def map(self, filter_name: str, rotator_deg: float) -> NDArray[np.float32]:
        """Return the response of the whole unbinned sensor, indexed [x][y]; read-only, about 1 in the middle."""
        key = (filter_name, round(rotator_deg % 360.0 * 100.0))
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        built = self._build(filter_name, rotator_deg)
        built.flags.writeable = False
        self._cache[key] = built
        while len(self._cache) > max(1, _CACHE_BYTES // built.nbytes):
            self._cache.popitem(last=False)
        return built

    def _build(self, filter_name: str, rotator_deg: float) -> NDArray[np.float32]:
        sensor = self._sensor
        built = vignetting(sensor.width, sensor.height, rotator_deg=rotator_deg)
        built *= self._camera_map()
        filter_dust = shadows(self._seed, f"filter {filter_name}", layer=FILTER_GLASS, size_um=self._size_um)
        cast(built, filter_dust, pixel_um=sensor.pixel_um)
        cast(built, self._telescope_dust(rotator_deg), pixel_um=sensor.pixel_um)
        return built

    def _camera_map(self) -> NDArray[np.float32]:
        if self._camera is None:
            rng = stream(self._seed, "pixel response")
            shape = (self._sensor.width, self._sensor.height)
            camera = rng.standard_normal(shape, dtype=np.float32)
            camera *= np.float32(_PIXEL_RESPONSE)
            camera += np.float32(1.0)
            cast(
                camera,
                shadows(self._seed, "window", layer=SENSOR_WINDOW, size_um=self._size_um),
                pixel_um=self._sensor.pixel_um,
            )
            self._camera = camera
        return self._camera

    def _telescope_dust(self, rotator_deg: float) -> Shadows:
        fixed = shadows(self._seed, "telescope", layer=TELESCOPE_GLASS, size_um=self._size_um)
        right_um, down_um = turn(fixed.right_um, fixed.down_um, angle_deg=rotator_deg)
        return Shadows(right_um, down_um, fixed.radius_um, fixed.depth)
