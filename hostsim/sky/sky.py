"""The one sky that every simulated device looks at: from the state of the light path to the pixels of a frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.canvas import paint
from hostsim.sky.conditions import Conditions
from hostsim.sky.light import Light, LightSource
from hostsim.sky.mosaic import mean
from hostsim.sky.response import Response
from hostsim.sky.scenario import CLEAR, Scenario
from hostsim.sky.scene import ExposureSettings, GuidingSample, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sensor import Detector
from hostsim.sky.truth import FrameTruth, StarsTruth
from hostsim.sky.witness import Witness


class Sky:
    """A seeded sky over one site, seen through one telescope by one sensor.

    Everything it returns is a function of its arguments, the seed and the scenario. Stars depend on the position
    alone; the seed draws the night (seeing, guiding, weather, satellites), the equipment's own marks (dust, hot pixels,
    bias) and the noise. ``conditions`` is the night itself, for whoever else feels it. Instances keep the costly fixed
    patterns, and may be used from several threads.
    """

    def __init__(
        self, *, seed: int, site: SkySite, optics: Optics, sensor: Sensor, scenario: Scenario | Conditions = CLEAR
    ) -> None:
        """Set up the sky of ``seed`` (0 or more) on the night of a scenario, or on a night that others share.

        Raises:
            ValueError: The seed is negative.
        """
        if seed < 0:
            raise ValueError(f"the seed of a sky must be 0 or more, not {seed}")
        self._sensor = sensor
        if isinstance(scenario, Scenario):
            scenario = Conditions(seed, site, scenario=scenario)
        self.conditions = scenario
        self._source = LightSource(seed, site, optics=optics, sensor=sensor, conditions=self.conditions)
        self._witness = Witness(self.conditions, optics=optics, sensor=sensor)
        self._response = Response(seed, sensor, mirrored=optics.mirrored)
        self._detector = Detector(seed, sensor)

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        """Return the frame as digital units, of shape (num_x, num_y), indexed [x][y] and C-contiguous.

        Raises:
            ValueError: The subframe, duration or readout mode does not fit the sensor.
        """
        self._check(exposure)
        light = self._source.during(path, exposure)
        if light is None:
            return self._detector.read(exposure)
        response = self._response.through(path.filter_name, path.rotator_deg)
        return self._detector.read(exposure, light=paint(light, exposure, sensor=self._sensor), response=response)

    def truth(self, path: LightPath, exposure: ExposureSettings) -> FrameTruth:
        """Return what `render` draws for the same arguments: the stars, their shapes, the sky, and what is wrong.

        Raises:
            ValueError: The subframe, duration or readout mode does not fit the sensor.
        """
        self._check(exposure)
        light = self._source.during(path, exposure)
        background_adu = self._background_adu(path, exposure, light=light)
        if light is None or light.open_sky is None:
            return FrameTruth(StarsTruth.none(), 0.0, 0.0, 1.0, middle_hfr_px=0.0, background_adu=background_adu)
        right, down = light.slope
        gradient = (100.0 * right * exposure.num_x * exposure.bin_x, 100.0 * down * exposure.num_y * exposure.bin_y)
        told = self._witness.tell(path, exposure, sky=light.open_sky, background_adu=background_adu)
        return replace(told, gradient_percent=gradient)

    def temperature_c(self, moment: datetime) -> float:
        """Return the air temperature at ``moment`` (aware)."""
        return self.conditions.temperature_c(moment)

    def guiding(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return the guiding error of the exposure begun at ``started`` (aware), the one its stars show."""
        return self.conditions.guiding(started, duration_s)

    def _background_adu(self, path: LightPath, exposure: ExposureSettings, *, light: Light | None) -> float:
        if light is None:
            return self._detector.level_adu(0.0, exposure)
        response = self._response.through(path.filter_name, path.rotator_deg)
        right, down = light.slope
        middle_x = (exposure.start_x + exposure.num_x / 2.0) * exposure.bin_x - self._sensor.width / 2.0
        middle_y = (exposure.start_y + exposure.num_y / 2.0) * exposure.bin_y - self._sensor.height / 2.0
        level_e = mean(light.level_e) * (1.0 + right * middle_x + down * middle_y)
        return self._detector.level_adu(level_e * response.mean(exposure), exposure)

    def _check(self, exposure: ExposureSettings) -> None:
        sensor = self._sensor
        right = (exposure.start_x + exposure.num_x) * exposure.bin_x
        bottom = (exposure.start_y + exposure.num_y) * exposure.bin_y
        sizes = (exposure.bin_x, exposure.bin_y, exposure.num_x, exposure.num_y)
        if min(sizes) < 1 or min(exposure.start_x, exposure.start_y) < 0:
            raise ValueError(f"a subframe needs a size and binning of 1 or more and a start of 0 or more: {exposure}")
        if right > sensor.width or bottom > sensor.height:
            raise ValueError(
                f"the subframe ends at {right} x {bottom}, outside {sensor.width} x {sensor.height} pixels"
            )
        if exposure.duration_s < 0.0:
            raise ValueError(f"an exposure cannot last {exposure.duration_s} s")
        if not 0 <= exposure.readout_mode < len(sensor.readout_modes):
            raise ValueError(f"the sensor has no readout mode {exposure.readout_mode}")
