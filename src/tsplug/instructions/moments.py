"""When a condition of a sequence comes to pass, the same for whoever runs a night and whoever previews it."""

from __future__ import annotations

from datetime import datetime

from tsplug.model import Site, Until
from tsplug.model.until import check_year

__all__ = ["check_year", "moment_of"]


def moment_of(until: Until, now: datetime, *, site: Site) -> datetime:
    """Return the first moment (UTC) from ``now`` on at which a condition is so at a site; ``now`` if it is already.

    Raises:
        InputError: it does not come to pass within a day.
    """
    from tsplug.planning.until import moment_of as moment_by_the_sky

    return moment_by_the_sky(until, now, site=site)
