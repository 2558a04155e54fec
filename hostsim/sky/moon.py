"""Where the Moon stands, and how much of it is lit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.horizontal import horizontal
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import equatorial, sun_longitude_deg

_SUN_KM = 149_597_871.0
_EARTH_KM = 6378.14
# Meeus, Astronomical Algorithms (2nd edition 1998), tables 47.A and 47.B, the largest terms: multiples of D, M, M', F,
# then the longitude in 1e-6 degrees and the distance in metres; and the latitude in 1e-6 degrees.
_LONGITUDE = np.array([
    [0, 0, 1, 0, 6288774, -20905355],
    [2, 0, -1, 0, 1274027, -3699111],
    [2, 0, 0, 0, 658314, -2955968],
    [0, 0, 2, 0, 213618, -569925],
    [0, 1, 0, 0, -185116, 48888],
    [0, 0, 0, 2, -114332, -3149],
    [2, 0, -2, 0, 58793, 246158],
    [2, -1, -1, 0, 57066, -152138],
    [2, 0, 1, 0, 53322, -170733],
    [2, -1, 0, 0, 45758, -204586],
    [0, 1, -1, 0, -40923, -129620],
    [1, 0, 0, 0, -34720, 108743],
    [0, 1, 1, 0, -30383, 104755],
    [2, 0, 0, -2, 15327, 10321],
])  # fmt: skip
_LATITUDE = np.array([
    [0, 0, 0, 1, 5128122],
    [0, 0, 1, 1, 280602],
    [0, 0, 1, -1, 277693],
    [2, 0, 0, -1, 173237],
    [2, 0, -1, 1, 55413],
    [2, 0, -1, -1, 46271],
    [2, 0, 0, 1, 32573],
    [0, 0, 2, 1, 17198],
])  # fmt: skip


@dataclass(frozen=True)
class Moon:
    """The Moon over a site: altitude and azimuth in degrees, and the phase angle, 0 when full and 180 when new."""

    altitude_deg: Floats
    azimuth_deg: Floats
    phase_angle_deg: Floats

    @property
    def illuminated(self) -> Floats:
        """Return the fraction of the disc that is lit, 0 to 1."""
        return np.asarray((1.0 + np.cos(np.radians(self.phase_angle_deg))) / 2.0)


def moon_at(site: SkySite, hours: Floats) -> Moon:
    """Return the Moon as seen from a site, good to 0.1 degrees, ``hours`` after 2000-01-01 00:00 UTC.

    Formula: the largest terms of Meeus, chapter 47, with the parallax of a round Earth and without refraction.
    """
    longitude_deg, latitude_deg, distance_km = _ecliptic(np.asarray(hours, dtype=np.float64))
    ra_deg, dec_deg = equatorial(hours, longitude_deg, latitude_deg=latitude_deg)
    seen = horizontal(site, hours, ra_deg=ra_deg, dec_deg=dec_deg)
    altitude = np.radians(seen.altitude_deg)
    lower = np.degrees(np.arctan2(np.sin(altitude) - _EARTH_KM / distance_km, np.cos(altitude)))
    phase = _phase_angle_deg(longitude_deg - sun_longitude_deg(hours), latitude_deg, distance_km=distance_km)
    return Moon(lower, seen.azimuth_deg, phase)


def _phase_angle_deg(ahead_deg: Floats, latitude_deg: Floats, *, distance_km: Floats) -> Floats:
    """Return the angle between Sun and Earth as seen from the Moon (Meeus, chapter 48)."""
    elongation = np.arccos(np.clip(np.cos(np.radians(latitude_deg)) * np.cos(np.radians(ahead_deg)), -1.0, 1.0))
    away = np.arctan2(_SUN_KM * np.sin(elongation), distance_km - _SUN_KM * np.cos(elongation))
    return np.asarray(np.degrees(away))


def _ecliptic(hours: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the longitude and latitude of date in degrees and the distance in kilometres, from the Earth's centre."""
    centuries = (hours / 24.0 - 0.5) / 36525.0
    mean_deg = 218.3164477 + 481267.88123421 * centuries
    arguments = np.radians(
        np.stack(
            [
                297.8501921 + 445267.1114034 * centuries,
                357.5291092 + 35999.0502909 * centuries,
                134.9633964 + 477198.8675055 * centuries,
                93.2720950 + 483202.0175233 * centuries,
            ],
            axis=-1,
        )
    )
    along = np.sum(arguments[..., np.newaxis, :] * _LONGITUDE[:, :4], axis=-1)
    across = np.sum(arguments[..., np.newaxis, :] * _LATITUDE[:, :4], axis=-1)
    longitude_deg = mean_deg + np.sum(np.sin(along) * _LONGITUDE[:, 4], axis=-1) * 1e-6
    latitude_deg = np.sum(np.sin(across) * _LATITUDE[:, 4], axis=-1) * 1e-6
    distance_km = 385_000.56 + np.sum(np.cos(along) * _LONGITUDE[:, 5], axis=-1) * 1e-3
    return longitude_deg, latitude_deg, distance_km
