"""Which nights are over, by the noon at the site of whoever imaged in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tsplug.model import AcquiredImage, Profile, Site
from tsplug.model.night import session_date
from tsplug.ports import Unit

_LONGEST_NIGHT = timedelta(days=1)


@dataclass(frozen=True)
class Noons:
    """A moment, and the sites by id at whose noons nights end; without a moment no night is over."""

    now: datetime | None = None
    sites: Mapping[int, Site] = field(default_factory=dict)

    def has_passed(self, image: AcquiredImage, profile: Profile) -> bool:
        """Return whether the noon after an image's night has passed, so that no other image of that night will come.

        Where the site of its rig is not known, that is so a day after the image was begun.
        """
        return self.is_over(image.session_date, profile, last_started=image.started)

    def is_over(self, night: date | None, profile: Profile, *, last_started: datetime) -> bool:
        """Return whether that is so for all frames of one night of a rig, of which the last was begun at a moment."""
        if self.now is None:
            return False
        site = self.sites.get(profile.site_id or 0)
        if site is None or night is None:
            return self.now - last_started >= _LONGEST_NIGHT
        return night < session_date(self.now, site)


NO_NOONS = Noons()


def noons_at(now: datetime, profiles: Iterable[Profile], *, unit: Unit) -> Noons:
    """Return which nights of rigs are over at a moment; a site whose record is spoilt counts as not known."""
    ids = sorted({profile.site_id for profile in profiles if profile.site_id is not None})
    found = unit.sift(Site, [], id=ids) if ids else []
    return Noons(now, {site.id or 0: site for site in found})
