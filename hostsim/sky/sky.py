"""The one sky that every simulated device looks at: from the state of the light path to the pixels of a frame."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.guiding import Guiding
from hostsim.sky.light import Light, LightSource
from hostsim.sky.response import Response
from hostsim.sky.scene import ExposureSettings, GuidingSample, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sensor import Detector, electrons_per_adu
from hostsim.sky.stamps import DrawnStars, draw
from hostsim.sky.temperature import Temperature
from hostsim.sky.truth import FrameTruth

_NOTHING = np.zeros(0)


class Sky:
    """A seeded sky over one site, seen through one telescope by one sensor.

    Everything it returns is a function of its arguments and the seed. Stars depend on the position alone; the seed
    draws the night (seeing, guiding, temperature), the equipment's own marks (dust, hot pixels, bias) and the noise.
    Instances keep the costly fixed patterns; use one from one thread at a time.
    """

    def __init__(self, *, seed: int, site: SkySite, optics: Optics, sensor: Sensor) -> None:
        """Set up the sky of ``seed`` (0 or more).

        Raises:
            ValueError: The seed is negative, or the sensor has a colour mosaic, which this sky cannot draw.
        """
        if seed < 0:
            raise ValueError(f"the seed of a sky must be 0 or more, not {seed}")
        if sensor.bayer:
            raise ValueError("this sky draws monochrome sensors only: set bayer to False")
        self._sensor = sensor
        self._source = LightSource(seed, site, optics=optics, sensor=sensor)
        self._guiding = Guiding(seed)
        self._temperature = Temperature(seed, site)
        self._response = Response(seed, sensor)
        self._detector = Detector(seed, sensor)

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        """Return the frame as digital units, of shape (num_x, num_y), indexed [x][y] and C-contiguous.

        Raises:
            ValueError: The subframe, duration or readout mode does not fit the sensor.
        """
        self._check(exposure)
        light = self._source.during(path, exposure)
        shape = (exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y)
        canvas = np.full(shape, light.even_e, dtype=np.float32)
        if light.starlight is not None:
            draw(
                canvas, light.starlight.stars, spread=light.starlight.spread, faintest_e=light.starlight.faintest_wing_e
            )
        if light.even_e > 0.0:
            canvas *= self._response_of(path, exposure)
        self._detector.add_dark(canvas, exposure)
        return self._detector.digitise(canvas, exposure)

    def truth(self, path: LightPath, exposure: ExposureSettings) -> FrameTruth:
        """Return what `render` draws for the same arguments: the stars, their size, and the background.

        Raises:
            ValueError: The subframe, duration or readout mode does not fit the sensor.
        """
        self._check(exposure)
        light = self._source.during(path, exposure)
        seen = light.starlight
        stars = DrawnStars(_NOTHING, _NOTHING, _NOTHING) if seen is None else seen.stars
        binning = (exposure.bin_x * exposure.bin_y) ** 0.5
        return FrameTruth(
            star_x=(stars.x + 0.5) / exposure.bin_x - 0.5,
            star_y=(stars.y + 0.5) / exposure.bin_y - 0.5,
            star_flux_e=stars.flux_e,
            hfr_px=0.0 if seen is None else seen.spread.hfr_px(binning),
            fwhm_px=0.0 if seen is None else seen.spread.fwhm_px(binning),
            elongation=1.0 if seen is None else seen.spread.elongation,
            seeing_arcsec=0.0 if seen is None else seen.seeing_arcsec,
            sky_mag_per_arcsec2=light.sky_mag_per_arcsec2,
            background_adu=self._background_adu(path, exposure, light=light),
        )

    def temperature_c(self, moment: datetime) -> float:
        """Return the air temperature at ``moment`` (aware)."""
        return self._temperature.celsius(moment)

    def guiding(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return the guiding error of the exposure begun at ``started`` (aware), the one its stars show."""
        return self._guiding.sample(started, duration_s)

    def _response_of(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.float32]:
        first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
        whole = self._response.map(path.filter_name, path.rotator_deg)
        last_x, last_y = first_x + exposure.num_x * exposure.bin_x, first_y + exposure.num_y * exposure.bin_y
        return whole[first_x:last_x, first_y:last_y]

    def _background_adu(self, path: LightPath, exposure: ExposureSettings, *, light: Light) -> float:
        electrons = self._detector.dark_e(exposure)
        if light.even_e > 0.0:
            electrons += light.even_e * float(self._response_of(path, exposure).mean())
        pixels = exposure.bin_x * exposure.bin_y
        full_e = self._sensor.full_well_e * pixels
        adu = min(electrons * pixels, full_e) / electrons_per_adu(self._sensor, exposure.gain)
        return min(float(self._sensor.max_adu), self._detector.bias_adu(exposure) + adu)

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
