"""Which night a moment belongs to, by the site's own noon, and the numbers counted from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tsplug.model.project import FLATS_CADENCES
from tsplug.model.site import Site

_NOON = time(12)


@dataclass(frozen=True)
class Night:
    """One night of a site: the date of its first noon, and both noons in UTC.

    ``start`` belongs to the night, ``end`` to the next one. Where clocks change it lasts 23 or 25 hours.
    """

    date: date
    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        """Return whether a moment lies in this night."""
        return self.start <= moment < self.end


def session_date(moment: datetime, site: Site) -> date:
    """Return the date of the last noon at the site at or before a moment (SEMANTICS, Times).

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone to belong to a night")
    local = moment.astimezone(site.night_zone)
    return local.date() if local.time() >= _NOON else local.date() - timedelta(days=1)


def night_starting(first_noon: date, site: Site) -> Night:
    """Return the night whose first noon falls on a date at the site."""
    zone = site.night_zone
    noons = (datetime.combine(day, _NOON, zone) for day in (first_noon, first_noon + timedelta(days=1)))
    start, end = (noon.astimezone(UTC) for noon in noons)
    return Night(first_noon, start, end)


def night_of(moment: datetime, site: Site) -> Night:
    """Return the night that a moment belongs to, noon to noon at the site."""
    return night_starting(session_date(moment, site), site)


def session_id(created_at: datetime, session_date: date, *, flats_handling: int, site: Site) -> int:
    """Return the number of the flats period that a light session falls in.

    A period lasts as many days as the flats cadence, or one day without a cadence, counted from the session date of
    the project's creation: ``floor(days / cadence) + 1`` (domain 3.3, which truncates). Periods before the creation are
    -1, -2 and so on: no number comes twice, and none is 0, which stands for "before session ids existed".

    Args:
        created_at: when the project was created.
        session_date: the date of the session's first noon.
        flats_handling: the project's setting: a cadence in days, or off, on completion, immediate.
        site: where the noon is taken.
    """
    cadence = flats_handling if flats_handling in FLATS_CADENCES else 1
    return numbered_period(_first_noon(created_at, site), session_date, days=cadence)


def numbered_period(first: date, day: date, *, days: int) -> int:
    """Return the number of the period of so many days that a day lies in: 1 begins at the first, -1 lies before it."""
    number = (day - first).days // days + 1
    return number if number > 0 else number - 1


def _first_noon(moment: datetime, site: Site) -> date:
    return session_date(moment, site)
