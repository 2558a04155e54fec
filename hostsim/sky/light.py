"""The light that reaches the sensor during one exposure, before vignetting and dust."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hostsim.sky.conditions import Conditions
from hostsim.sky.deepsky import ExtendedObject
from hostsim.sky.extended import SurfaceLight, extended_near
from hostsim.sky.filters import FilterCurve, curve
from hostsim.sky.mosaic import bands
from hostsim.sky.panel import panel_e_per_s, panel_slope
from hostsim.sky.passage import Passage, gradient_on_sky, passage
from hostsim.sky.photometry import pixel_scale_arcsec, zero_point_e_per_s
from hostsim.sky.projection import TangentPlane
from hostsim.sky.psf import Orientation
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.starfield import StarField, StarLight, View

# The even light never falls below this part of its middle anywhere on the frame.
_DIMMEST_CORNER = 0.1


@dataclass(frozen=True)
class OpenSky:
    """What an open cover shows beside even light: the view, and the stars, satellites, galaxies and nebulae in it.

    ``surface`` is how bright galaxies and nebulae are in each band.
    """

    view: View
    starlight: StarLight
    objects: tuple[ExtendedObject, ...]
    surface: tuple[SurfaceLight, ...]


@dataclass(frozen=True)
class Light:
    """The light of one exposure, in the sensor's bands.

    ``level_e`` is the even light in the middle of the sensor, in electrons per unbinned pixel, for each band;
    ``slope`` by which fraction of that it grows per pixel to the right and downwards. Behind a closed cover there is
    no ``open_sky``.
    """

    level_e: tuple[float, ...]
    slope: tuple[float, float] = (0.0, 0.0)
    open_sky: OpenSky | None = None


class LightSource:
    """Everything that shines: stars and sky through an open cover, or the panel in a closed one."""

    def __init__(
        self, seed: int, site: SkySite, *, optics: Optics, sensor: Sensor, conditions: Conditions | None = None
    ) -> None:
        """Look at the sky of a seed; without ``conditions`` its night is clear and calm."""
        self._site = site
        self._optics = optics
        self._sensor = sensor
        self._conditions = conditions or Conditions(seed, site)
        self._field = StarField(seed, optics, sensor=sensor, conditions=self._conditions)
        self._scale = pixel_scale_arcsec(optics, sensor)

    def during(self, path: LightPath, exposure: ExposureSettings) -> Light | None:
        """Return the light of one exposure; None when ``exposure.light`` keeps the shutter shut."""
        if not exposure.light:
            return None
        curves = [curve(path.filter_name, band) for band in bands(self._sensor)]
        if path.cover_closed:
            level_e = tuple(self._panel_e(each, path, exposure=exposure) for each in curves)
            return Light(level_e, slope=self._panel_slope(path))
        way = passage(self._conditions, self._site, path=path, exposure=exposure)
        sky = 10.0 ** (-0.4 * way.sky_mag_per_arcsec2) * self._scale**2
        level_e = tuple(self._per_mag_e(each, exposure) * each.sky_factor * sky for each in curves)
        read_noise_e = self._sensor.readout_modes[exposure.readout_mode].read_noise_e
        view = View(
            self._plane(path),
            passage=way,
            per_mag_e=tuple(self._per_mag_e(each, exposure) * way.transmission(each.extinction_mag) for each in curves),
            noise_e=math.sqrt(min(level_e) + read_noise_e**2),
        )
        return Light(level_e, slope=self._slope(path, way), open_sky=self._open_sky(view, path, exposure=exposure))

    def _open_sky(self, view: View, path: LightPath, *, exposure: ExposureSettings) -> OpenSky:
        plane = view.plane
        radius_deg = math.hypot(plane.centre_x, plane.centre_y) * self._scale / 3600.0
        seen = bands(self._sensor)
        starlight = self._field.during(view, path, exposure=exposure)
        spread = starlight.middle.stretched(*starlight.move_px)
        return OpenSky(
            view,
            starlight=starlight,
            objects=extended_near(plane.ra_deg, plane.dec_deg, radius_deg=radius_deg),
            surface=tuple(
                SurfaceLight(per_mag_e, path.filter_name, band, spread)
                for per_mag_e, band in zip(view.per_mag_e, seen, strict=True)
            ),
        )

    def _panel_e(self, passed: FilterCurve, path: LightPath, *, exposure: ExposureSettings) -> float:
        rate = panel_e_per_s(self._optics, self._sensor, filter_curve=passed, level=path.panel_level)
        return rate * exposure.duration_s

    def _panel_slope(self, path: LightPath) -> tuple[float, float]:
        return panel_slope(self._sensor, path.rotator_deg, mirrored=self._optics.mirrored)

    def _per_mag_e(self, passed: FilterCurve, exposure: ExposureSettings) -> float:
        return zero_point_e_per_s(self._optics, self._sensor, filter_curve=passed) * exposure.duration_s

    def _plane(self, path: LightPath) -> TangentPlane:
        return TangentPlane(
            path.ra_hours * 15.0,
            path.dec_deg,
            self._scale,
            sky_angle_deg=path.sky_angle_deg,
            centre_x=(self._sensor.width - 1) / 2.0,
            centre_y=(self._sensor.height - 1) / 2.0,
            mirrored=self._optics.mirrored,
        )

    def _slope(self, path: LightPath, way: Passage) -> tuple[float, float]:
        """Return the sky's gradient per pixel, held back where it would leave a corner dark."""
        east, north = gradient_on_sky(self._site, way)
        right, down = Orientation(path.sky_angle_deg, self._optics.mirrored).to_pixels(east, north)
        right, down = right * self._scale / 3600.0, down * self._scale / 3600.0
        corner = (abs(right) * self._sensor.width + abs(down) * self._sensor.height) / 2.0
        held = min(1.0, (1.0 - _DIMMEST_CORNER) / corner) if corner > 0.0 else 1.0
        return right * held, down * held
