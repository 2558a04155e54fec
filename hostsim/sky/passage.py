"""What one exposure's light passes through on its way down, averaged over the exposure: air, clouds, dew, trees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.atmosphere import airmass
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite

Floats = NDArray[np.float64]

_SIDEREAL_DEG_PER_S = 15.041 / 3600.0
# One look every so many seconds, at least and at most so many: a cloud's edge or a branch takes longer to pass.
_SECONDS_PER_LOOK = 6.0
_FEWEST_LOOKS, _MOST_LOOKS = 3, 20


@dataclass(frozen=True)
class Passage:
    """The way through the air as columns, one row for each look during the exposure.

    ``clear`` is which part of the light clouds, dew and obstacles leave; ``sky`` the sky's surface brightness as a
    fraction of magnitude 0 per square arcsecond, where the view is free. ``gradient`` is per degree upwards and
    towards growing azimuth; ``altitude_deg`` and ``azimuth_deg`` are those of the middle of the exposure.
    """

    airmass: Floats
    cloud_mag: Floats
    dew_mag: Floats
    seeing_arcsec: Floats
    blocked: Floats
    sky: Floats
    gradient: tuple[float, float]
    altitude_deg: float
    azimuth_deg: float

    @property
    def clear(self) -> Floats:
        """Return which part of a star's light is left at each look, beside what clear air takes."""
        return np.asarray((1.0 - self.blocked) * 10.0 ** (-0.4 * (self.cloud_mag + self.dew_mag)), dtype=np.float64)

    def transmission(self, extinction_mag: float) -> float:
        """Return the part of a star's light that arrives, for an extinction in magnitudes per airmass."""
        return float(np.mean(self.clear * 10.0 ** (-0.4 * extinction_mag * self.airmass)))

    def dimming_mag(self, magnitudes: Floats) -> float:
        """Return by how many magnitudes a star is dimmer over the whole exposure, for those of each look."""
        return float(-2.5 * np.log10(np.mean(10.0 ** (-0.4 * magnitudes)))) + 0.0

    @property
    def sky_mag_per_arcsec2(self) -> float:
        """Return the mean surface brightness of the sky as the sensor sees it; infinite when nothing is seen."""
        mean = float(np.mean(self.sky * (1.0 - self.blocked)))
        return -2.5 * math.log10(mean) if mean > 0.0 else math.inf


def passage(conditions: Conditions, site: SkySite, *, path: LightPath, exposure: ExposureSettings) -> Passage:
    """Return what the light of an exposure passes; the telescope follows the sky unless it stands still."""
    looks = min(_MOST_LOOKS, max(_FEWEST_LOOKS, math.ceil(exposure.duration_s / _SECONDS_PER_LOOK)))
    seconds = [(look + 0.5) / looks * exposure.duration_s for look in range(looks)]
    moments = [exposure.started + timedelta(seconds=each) for each in seconds]
    places = [_place(site, path, seconds=each) for each in seconds]
    middle = exposure.started + timedelta(seconds=exposure.duration_s / 2.0)
    altitude_deg, azimuth_deg = _place(site, path, seconds=exposure.duration_s / 2.0)
    thickness = [airmass(altitude) for altitude, _ in places]
    magnitudes = [
        conditions.sky_mag_per_arcsec2(moment, altitude_deg=place[0], azimuth_deg=place[1])
        for moment, place in zip(moments, places, strict=True)
    ]
    return Passage(
        airmass=np.array(thickness),
        cloud_mag=np.array([conditions.cloud_mag(moment) for moment in moments]),
        dew_mag=np.array([conditions.dew_mag(moment) for moment in moments]),
        seeing_arcsec=np.array(
            [conditions.seeing_arcsec(moment, each) for moment, each in zip(moments, thickness, strict=True)]
        ),
        blocked=np.array([conditions.blocked(*place) for place in places]),
        sky=10.0 ** (-0.4 * np.array(magnitudes)),
        gradient=conditions.sky_gradient(middle, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg),
        altitude_deg=altitude_deg,
        azimuth_deg=azimuth_deg,
    )


def gradient_on_sky(site: SkySite, way: Passage) -> tuple[float, float]:
    """Return the sky's gradient as fractions per degree towards east and towards north."""
    latitude, altitude = math.radians(site.latitude_deg), math.radians(way.altitude_deg)
    azimuth = math.radians(way.azimuth_deg)
    # The direction to the pole, upwards and towards growing azimuth, which is to the right of who looks there.
    up = math.sin(latitude) * math.cos(altitude) - math.cos(latitude) * math.sin(altitude) * math.cos(azimuth)
    right = -math.cos(latitude) * math.sin(azimuth)
    length = math.hypot(up, right) or 1.0
    up, right = up / length, right / length
    per_up, per_right = way.gradient
    return per_up * right - per_right * up, per_up * up + per_right * right


def _place(site: SkySite, path: LightPath, *, seconds: float) -> tuple[float, float]:
    """Return altitude and azimuth so many seconds after the exposure began."""
    if not path.tracking:
        return path.altitude_deg, path.azimuth_deg
    latitude, altitude = math.radians(site.latitude_deg), math.radians(path.altitude_deg)
    azimuth = math.radians(path.azimuth_deg)
    pole = math.sin(latitude) * math.sin(altitude) + math.cos(latitude) * math.cos(altitude) * math.cos(azimuth)
    south = math.cos(latitude) * math.sin(altitude) - math.sin(latitude) * math.cos(altitude) * math.cos(azimuth)
    west = -math.cos(altitude) * math.sin(azimuth)
    hour_angle = math.atan2(west, south) + math.radians(_SIDEREAL_DEG_PER_S * seconds)
    south, west = math.hypot(south, west) * math.cos(hour_angle), math.hypot(south, west) * math.sin(hour_angle)
    sine = math.sin(latitude) * pole + math.cos(latitude) * south
    north = math.cos(latitude) * pole - math.sin(latitude) * south
    return math.degrees(math.asin(max(-1.0, min(1.0, sine)))), math.degrees(math.atan2(-west, north)) % 360.0
