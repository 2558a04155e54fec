"""When a condition of a sequence comes to pass at a site, by the sky that nights are planned with."""

from __future__ import annotations

import datetime as dates
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tsplug.errors import InputError
from tsplug.model import Altitude, Site, Until
from tsplug.model.night import Night, night_starting, session_date
from tsplug.planning.arrays import FloatArray, Mask
from tsplug.planning.ephemeris import STEP, Place, SkyTarget, night_tables

_SUN_DEG = {"civil": -6.0, "nautical": -12.0, "astronomical": -18.0, "horizon": -0.833}
_LONGEST = timedelta(hours=24)
_JUST_NOW = timedelta(hours=2)


def moment_of(until: Until, now: datetime, *, site: Site) -> datetime:
    """Return the first full minute (UTC) from ``now`` on at which it is so; ``now`` if it is so already.

    Dawn is when the Sun rises through its altitude for the last time in a night, noon to noon: in the present one, or
    the coming one where it came more than two hours ago. A night in which it does not ends at its noon.

    Raises:
        InputError: it does not come to pass within a day.
    """
    if until.time is not None:
        return _next_time(until.time, now, site=site).astimezone(UTC)
    if until.twilight is not None and until.when == "dawn":
        return _next_dawn(_SUN_DEG[until.twilight], now, site=site)
    if _holding(until, now, site=site, length=STEP)[0]:
        return now
    # Full minutes of the clock, so that it is the same moment whenever it is asked for.
    first = now.replace(second=0, microsecond=0) + STEP
    holds = _holding(until, first, site=site, length=_LONGEST)
    if not holds.any():
        raise InputError(f"`until` ({until.described()}) does not come to pass within a day at {site.name}")
    return first + int(np.argmax(holds)) * STEP


def _holding(until: Until, first: datetime, *, site: Site, length: timedelta) -> Mask:
    """Return for every minute from a moment on whether a dusk has come, or an altitude is reached."""
    night = Night(first.date(), first, first + length)
    if until.altitude is None:
        assert until.twilight is not None
        return _sun_deg(night, site) <= _SUN_DEG[until.twilight]
    return _reached(until.altitude, night, site=site)


def _reached(wanted: Altitude, night: Night, *, site: Site) -> Mask:
    star = SkyTarget("", wanted.ra_hours, wanted.dec_deg)
    altitude_deg = night_tables(Place.of(site), night, targets=(star,)).altitude_deg[0]
    if wanted.above_deg is not None:
        return np.asarray(altitude_deg >= wanted.above_deg)
    return np.asarray(altitude_deg <= (wanted.below_deg or 0.0))


def _next_time(wanted: dates.time | datetime, now: datetime, *, site: Site) -> datetime:
    if isinstance(wanted, datetime):
        return max(wanted, now)
    zone = ZoneInfo(site.time_zone)
    today = now.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    return min(moment for day in (today, tomorrow) for moment in _shown(wanted, day, zone=zone) if moment >= now)


def _shown(wanted: dates.time, day: dates.date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the two moments (UTC) at which clocks show a time of a day; the same twice but where they go back.

    In UTC, for clocks of one zone do not tell the two apart. A time that they skip is when it would have been.
    """
    first, second = (datetime.combine(day, wanted.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first, max(first, second)


def _next_dawn(limit_deg: float, now: datetime, *, site: Site) -> datetime:
    night = night_starting(session_date(now, site), site)
    dawn = _last_rise(limit_deg, night, site=site)
    if dawn is not None and now - dawn > _JUST_NOW:
        night = night_starting(night.date + timedelta(days=1), site)
        dawn = _last_rise(limit_deg, night, site=site)
    return max(now, dawn or night.end)


def _last_rise(limit_deg: float, night: Night, *, site: Site) -> datetime | None:
    """Return the first full minute after the Sun has risen through an altitude for the last time in a night."""
    above = _sun_deg(night, site) >= limit_deg
    rises = np.flatnonzero(~above[:-1] & above[1:])
    return night.start + int(rises[-1] + 1) * STEP if len(rises) else None


def _sun_deg(night: Night, site: Site) -> FloatArray:
    return night_tables(Place.of(site), night, targets=()).sun_altitude_deg
