"""The light that reaches the sensor during one exposure, before vignetting and dust."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from hostsim.sky.atmosphere import airmass, transmission
from hostsim.sky.filters import curve
from hostsim.sky.guiding import Guiding
from hostsim.sky.panel import panel_e_per_s
from hostsim.sky.photometry import pixel_scale_arcsec, zero_point_e_per_s
from hostsim.sky.projection import TangentPlane, turn
from hostsim.sky.psf import Blur, PointSpread, point_spread
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.seeing import Seeing
from hostsim.sky.skyglow import sky_mag_per_arcsec2
from hostsim.sky.stamps import DrawnStars, Floats, reach_px
from hostsim.sky.stars import stars_near

_SIDEREAL_ARCSEC_PER_S = 15.041
_TRAIL_POINTS = 400
# Fractions of the frame's own noise: stars with less flux and star wings below it cannot be seen.
_FAINTEST_STAR = 2.0
_FAINTEST_WING = 0.05


@dataclass(frozen=True)
class StarLight:
    """The stars of one exposure on the subframe's unbinned canvas, their shape, and where their wings may end."""

    stars: DrawnStars
    spread: PointSpread
    faintest_wing_e: float
    seeing_arcsec: float


@dataclass(frozen=True)
class Light:
    """The light of one exposure: the even part per unbinned pixel, the sky's magnitude, and the stars if seen."""

    even_e: float
    sky_mag_per_arcsec2: float
    starlight: StarLight | None


class LightSource:
    """Everything that shines: stars and sky through an open cover, or the panel in a closed one."""

    def __init__(self, seed: int, site: SkySite, *, optics: Optics, sensor: Sensor) -> None:
        """Draw the night's seeing and guiding of this seed."""
        self._site = site
        self._optics = optics
        self._sensor = sensor
        self._seeing = Seeing(seed)
        self._guiding = Guiding(seed)

    def during(self, path: LightPath, exposure: ExposureSettings) -> Light:
        """Return the light of one exposure; ``exposure.light`` False keeps the shutter shut."""
        if not exposure.light:
            return Light(0.0, math.inf, None)
        if path.cover_closed:
            rate = panel_e_per_s(
                self._optics, self._sensor, filter_curve=curve(path.filter_name), level=path.panel_level
            )
            return Light(rate * exposure.duration_s, math.inf, None)
        middle = exposure.started + timedelta(seconds=exposure.duration_s / 2.0)
        magnitude = sky_mag_per_arcsec2(self._site, middle, altitude_deg=path.altitude_deg)
        sky_e = self._sky_e(path, exposure, magnitude=magnitude)
        return Light(sky_e, magnitude, self._starlight(path, exposure, sky_e=sky_e))

    def _sky_e(self, path: LightPath, exposure: ExposureSettings, *, magnitude: float) -> float:
        band = curve(path.filter_name)
        rate = (
            zero_point_e_per_s(self._optics, self._sensor, filter_curve=band)
            * 10.0 ** (-0.4 * magnitude)
            * band.sky_factor
        )
        return float(rate * pixel_scale_arcsec(self._optics, self._sensor) ** 2 * exposure.duration_s)

    def _starlight(self, path: LightPath, exposure: ExposureSettings, *, sky_e: float) -> StarLight:
        thickness = airmass(path.altitude_deg)
        seeing = self._seeing.fwhm_arcsec(exposure.started, thickness)
        blur = Blur(seeing, self._guiding.sample(exposure.started, exposure.duration_s))
        spread = point_spread(self._optics, self._sensor, path=path, blur=blur)
        read_noise_e = self._sensor.readout_modes[exposure.readout_mode].read_noise_e
        noise_e = math.sqrt(sky_e + read_noise_e**2)
        stars = self._stars(path, exposure, thickness=thickness)
        stars = stars.keep(stars.flux_e > _FAINTEST_STAR * noise_e)
        if not path.tracking:
            stars = self._trailed(stars, path, duration_s=exposure.duration_s)
            stars = stars.keep(stars.flux_e > _FAINTEST_STAR * noise_e)
        stars = _on_canvas(stars, exposure, reach=reach_px(stars.flux_e, spread, faintest_e=_FAINTEST_WING * noise_e))
        return StarLight(stars, spread, _FAINTEST_WING * noise_e, seeing)

    def _stars(self, path: LightPath, exposure: ExposureSettings, *, thickness: float) -> DrawnStars:
        sensor, band = self._sensor, curve(path.filter_name)
        scale = pixel_scale_arcsec(self._optics, sensor)
        centre_x, centre_y = (sensor.width - 1) / 2.0, (sensor.height - 1) / 2.0
        plane = TangentPlane(path.ra_hours * 15.0, path.dec_deg, scale, path.sky_angle_deg, centre_x, centre_y)
        table = stars_near(
            plane.ra_deg, plane.dec_deg, radius_deg=(math.hypot(centre_x, centre_y) + 60.0) * scale / 3600.0
        )
        x, y = plane.to_pixels(table.ra_deg, table.dec_deg)
        arriving = zero_point_e_per_s(self._optics, sensor, filter_curve=band) * transmission(
            thickness, band.extinction_mag
        )
        flux_e = arriving * exposure.duration_s * 10.0 ** (-0.4 * (table.magnitude + band.colour_term * table.colour))
        first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
        return DrawnStars(x - first_x, y - first_y, np.asarray(flux_e))

    def _trailed(self, stars: DrawnStars, path: LightPath, *, duration_s: float) -> DrawnStars:
        """Return the stars spread along the path they drift westwards while the mount stands still."""
        scale = pixel_scale_arcsec(self._optics, self._sensor)
        length_px = _SIDEREAL_ARCSEC_PER_S * math.cos(math.radians(path.dec_deg)) * duration_s / scale
        points = max(1, min(_TRAIL_POINTS, math.ceil(length_px)))
        east = -length_px * (np.arange(points) + 0.5) / points
        right, down = turn(east, np.zeros(points), angle_deg=path.sky_angle_deg)
        return DrawnStars(
            x=(stars.x[:, None] + right).ravel(),
            y=(stars.y[:, None] + down).ravel(),
            flux_e=np.repeat(stars.flux_e / points, points),
        )


def _on_canvas(stars: DrawnStars, exposure: ExposureSettings, *, reach: Floats) -> DrawnStars:
    width, height = exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y
    across = (stars.x > -reach - 1.0) & (stars.x < width + reach)
    return stars.keep(across & (stars.y > -reach - 1.0) & (stars.y < height + reach))
