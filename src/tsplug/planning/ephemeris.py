"""The sky over one site for one night, as tables with a sample every minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from tsplug.model import Site
from tsplug.model.night import Night
from tsplug.planning.arrays import FloatArray
from tsplug.planning.astronomy.directions import horizontal, separation_deg, unit_vectors
from tsplug.planning.astronomy.earth import days_since_j2000, earth_frame, site_position_au
from tsplug.planning.astronomy.moon import moon_age_days, moon_illumination, moon_position
from tsplug.planning.astronomy.sun import sun_position

STEP = timedelta(minutes=1)
"""From one sample to the next."""

_KNOT_EVERY = 30


class Place(NamedTuple):
    """What the sky depends on of a site: degrees (east positive), metres, and the horizon by azimuth and altitude."""

    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    horizon: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, site: Site) -> Place:
        """Return the place a site stands at."""
        return cls(site.latitude_deg, site.longitude_deg, site.elevation_m, tuple(site.horizon))


class SkyTarget(NamedTuple):
    """What the sky depends on of a target: its guid, and J2000 coordinates in hours and degrees."""

    guid: str
    ra_hours: float
    dec_deg: float


@dataclass(frozen=True, eq=False)
class NightTables:
    """A night from noon to noon, sampled every minute (n samples, the last at or just before the closing noon).

    Angles are degrees. Arrays of the Sun and Moon have n values, those of targets a row of n for each target. The Moon
    is seen from the site; altitudes are without refraction.
    """

    place: Place
    night: Night
    rows: Mapping[str, int]
    sun_altitude_deg: FloatArray
    moon_altitude_deg: FloatArray
    moon_age_days: FloatArray
    moon_illumination: FloatArray
    altitude_deg: FloatArray
    azimuth_deg: FloatArray
    hour_angle_deg: FloatArray
    moon_separation_deg: FloatArray

    @property
    def samples(self) -> int:
        """Return how many samples the night has."""
        return len(self.sun_altitude_deg)

    def moment(self, sample: int) -> datetime:
        """Return when a sample is."""
        return self.night.start + sample * STEP

    def sample_before(self, moment: datetime) -> int:
        """Return the last sample at or before a moment."""
        return (moment - self.night.start) // STEP

    def sample_after(self, moment: datetime) -> int:
        """Return the first sample at or after a moment."""
        return -((self.night.start - moment) // STEP)


def night_tables(place: Place, night: Night, *, targets: Sequence[SkyTarget]) -> NightTables:
    """Return the tables of a night at a place for some targets, none included."""
    samples = (night.end - night.start) // STEP + 1
    first = days_since_j2000(night.start)
    days = first + np.arange(samples, dtype=np.float64) * (STEP / timedelta(days=1))
    frame = earth_frame(first + samples * (STEP / timedelta(days=1)) / 2)
    sidereal_deg = frame.local_sidereal_deg(days, place.longitude_deg)
    sun, moon = _between_knots(sun_position, days), _between_knots(moon_position, days)
    sun_seen = frame.apparent(sun / np.linalg.norm(sun, axis=-1, keepdims=True))
    moon_seen = _from_site(moon @ frame.to_true_equator.T, sidereal_deg, place=place)
    coordinates = np.array([(15.0 * target.ra_hours, target.dec_deg) for target in targets]).reshape(-1, 2)
    stars = frame.apparent(unit_vectors(coordinates[:, 0], coordinates[:, 1]))
    altitude, azimuth, hour_angle = horizontal(stars[:, None, :], sidereal_deg, latitude_deg=place.latitude_deg)
    return NightTables(
        place=place,
        night=night,
        rows={target.guid: row for row, target in enumerate(targets)},
        sun_altitude_deg=horizontal(sun_seen, sidereal_deg, latitude_deg=place.latitude_deg)[0],
        moon_altitude_deg=horizontal(moon_seen, sidereal_deg, latitude_deg=place.latitude_deg)[0],
        moon_age_days=moon_age_days(moon, sun),
        moon_illumination=moon_illumination(moon, sun),
        altitude_deg=altitude,
        azimuth_deg=azimuth,
        hour_angle_deg=hour_angle,
        moon_separation_deg=separation_deg(stars, moon_seen),
    )


def _between_knots(position: Callable[[FloatArray], FloatArray], days: FloatArray) -> FloatArray:
    """Return positions at all days from exact ones every half hour.

    Linear interpolation of the vectors errs by less than 0.0001 degrees: a chord cuts the distance, hardly the
    direction.
    """
    knots = np.append(days[::_KNOT_EVERY], days[-1])
    exact = position(knots)
    return np.stack([np.interp(days, knots, exact[:, axis]) for axis in range(3)], axis=-1)


def _from_site(position: FloatArray, sidereal_deg: FloatArray, *, place: Place) -> FloatArray:
    """Return unit vectors towards a near body (geocentric, au, true equator of date) as seen from the site."""
    axis_au, north_au = site_position_au(place.latitude_deg, place.elevation_m)
    angle = np.radians(sidereal_deg)
    observer = np.stack((axis_au * np.cos(angle), axis_au * np.sin(angle), np.full_like(angle, north_au)), axis=-1)
    seen = position - observer
    return np.asarray(seen / np.linalg.norm(seen, axis=-1, keepdims=True))
