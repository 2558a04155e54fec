"""The sky over one site for one night, as tables with a sample every minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from tsplug.model import Site
from tsplug.model.night import Night
from tsplug.planning.arrays import FloatArray, IndexArray
from tsplug.planning.astronomy.directions import altitudes, horizontal, separation_deg, unit_vectors
from tsplug.planning.astronomy.earth import SIDEREAL_DEG_PER_DAY, days_since_j2000, earth_frame, site_position_au
from tsplug.planning.astronomy.moon import moon_age_by_ra_days, moon_age_days, moon_illumination, moon_position
from tsplug.planning.astronomy.sun import sun_position

STEP = timedelta(minutes=1)
"""From one sample to the next."""

SIDEREAL_DEG_PER_MINUTE = SIDEREAL_DEG_PER_DAY / 1440
"""How far hour angles go in a minute."""

_KNOT_EVERY = 30


class Place(NamedTuple):
    """What the sky depends on of a site: degrees (east positive), metres, and the horizon by azimuth and altitude.

    The time zone is that in which moments are told.
    """

    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    horizon: tuple[tuple[float, float], ...] = ()
    time_zone: str = "UTC"

    @classmethod
    def of(cls, site: Site) -> Place:
        """Return the place a site stands at."""
        horizon = tuple(site.horizon)
        return cls(site.latitude_deg, site.longitude_deg, site.elevation_m, horizon, site.time_zone)


class SkyTarget(NamedTuple):
    """What the sky depends on of a target: its guid, and J2000 coordinates in hours and degrees."""

    guid: str
    ra_hours: float
    dec_deg: float


@dataclass(frozen=True, eq=False)
class NightTables:
    """A night from noon to noon, sampled every minute (n samples, the last at or just before the closing noon).

    Angles are degrees. Arrays of the Sun and Moon have n values, those of targets a row of n for each target. The Moon
    is seen from the site; altitudes are without refraction. What few ask for is worked out when it is asked for.

    Attributes:
        place: where.
        night: when.
        rows: the row of each target, by its guid.
        sidereal_deg: local apparent sidereal time, not reduced to one turn.
        sun_altitude_deg: how high the Sun is.
        moon_altitude_deg: how high the Moon is.
        moon_age_days: 0 at new Moon, 14.77 at full Moon, by the ecliptic.
        moon_age_reference_days: the same as Target Scheduler counts it.
        moon_illumination: the lit fraction of its disc.
        altitude_deg: how high each target is.
        stars: unit vectors towards the targets, m x 3, true equator of date.
        moon_seen: unit vectors towards the Moon, n x 3, true equator of date.
    """

    place: Place
    night: Night
    rows: Mapping[str, int]
    sidereal_deg: FloatArray
    sun_altitude_deg: FloatArray
    moon_altitude_deg: FloatArray
    moon_age_days: FloatArray
    moon_age_reference_days: FloatArray
    moon_illumination: FloatArray
    altitude_deg: FloatArray
    stars: FloatArray
    moon_seen: FloatArray

    @property
    def samples(self) -> int:
        """Return how many samples the night has."""
        return len(self.sun_altitude_deg)

    @cached_property
    def azimuth_deg(self) -> FloatArray:
        """Return the azimuths of the targets, 0 to 360."""
        return self.azimuth_of(np.arange(len(self.stars)))

    def azimuth_of(self, rows: IndexArray) -> FloatArray:
        """Return the azimuths of the targets of some rows, 0 to 360."""
        return horizontal(self.stars[rows, None, :], self.sidereal_deg, latitude_deg=self.place.latitude_deg)[1]

    def hour_angle_of(self, row: int, window: slice = slice(None)) -> FloatArray:
        """Return the hour angles of the target of a row in some samples, -180 to 180, west positive."""
        return np.asarray((self.sidereal_deg[window] - self.ra_deg[row] + 180.0) % 360.0 - 180.0)

    @cached_property
    def ra_deg(self) -> FloatArray:
        """Return the right ascensions of the targets, true equinox of date."""
        return np.asarray(np.degrees(np.arctan2(self.stars[:, 1], self.stars[:, 0])))

    def hour_angles_at(self, sample: int, rows: IndexArray) -> FloatArray:
        """Return the hour angles of the targets of some rows at one sample."""
        return np.asarray((self.sidereal_deg[sample] - self.ra_deg[rows] + 180.0) % 360.0 - 180.0)

    @cached_property
    def moon_separation_deg(self) -> FloatArray:
        """Return how far the targets are from the Moon."""
        return separation_deg(self.stars, self.moon_seen)

    def moment(self, sample: int) -> datetime:
        """Return when a sample is."""
        return self.night.start + sample * STEP

    def sample_before(self, moment: datetime) -> int:
        """Return the last sample at or before a moment."""
        return (moment - self.night.start) // STEP

    def sample_after(self, moment: datetime) -> int:
        """Return the first sample at or after a moment."""
        return -((self.night.start - moment) // STEP)

    def transit(self, row: int, near: int) -> datetime | None:
        """Return when a target passes the meridian nearest to a sample, within this night; None if it does not.

        From the hour angle there and the sidereal rate, so to the second.
        """
        minutes = -float(self.hour_angles_at(near, np.array([row]))[0]) / SIDEREAL_DEG_PER_MINUTE
        moment = self.moment(near) + timedelta(minutes=minutes)
        return moment if moment in self.night else None


def night_tables(place: Place, night: Night, *, targets: Sequence[SkyTarget]) -> NightTables:
    """Return the tables of a night at a place for some targets, none included."""
    samples = (night.end - night.start) // STEP + 1
    first = days_since_j2000(night.start)
    days = first + np.arange(samples, dtype=np.float64) * (STEP / timedelta(days=1))
    frame = earth_frame(first + samples * (STEP / timedelta(days=1)) / 2)
    sidereal_deg = frame.local_sidereal_deg(days, place.longitude_deg)
    sun, moon = _between_knots(sun_position, days), _between_knots(moon_position, days)
    sun_seen = frame.apparent(sun / np.linalg.norm(sun, axis=-1, keepdims=True))
    moon_of_date = moon @ frame.to_true_equator.T
    moon_seen = _from_site(moon_of_date, sidereal_deg, place=place)
    from_nowhere = _from_site(moon_of_date, sidereal_deg - place.longitude_deg, place=Place(0.0, 0.0, 0.0))
    coordinates = np.array([(15.0 * target.ra_hours, target.dec_deg) for target in targets]).reshape(-1, 2)
    stars = frame.apparent(unit_vectors(coordinates[:, 0], coordinates[:, 1]))
    return NightTables(
        place=place,
        night=night,
        rows={target.guid: row for row, target in enumerate(targets)},
        sidereal_deg=sidereal_deg,
        sun_altitude_deg=altitudes(sun_seen, sidereal_deg, latitude_deg=place.latitude_deg),
        moon_altitude_deg=altitudes(moon_seen, sidereal_deg, latitude_deg=place.latitude_deg),
        moon_age_days=moon_age_days(moon, sun),
        moon_age_reference_days=moon_age_by_ra_days(from_nowhere, sun_seen),
        moon_illumination=moon_illumination(moon, sun),
        altitude_deg=altitudes(stars[:, None, :], sidereal_deg, latitude_deg=place.latitude_deg),
        stars=stars,
        moon_seen=moon_seen,
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
