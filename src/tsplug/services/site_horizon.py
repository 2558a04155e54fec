"""Gives a site the horizon that was read from a file."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.errors import InputError
from tsplug.model import Site
from tsplug.ports import Store
from tsplug.services.lookup import find_named


def set_horizon(store: Store, name: str, *, points: Sequence[tuple[float, float]]) -> Site:
    """Store points of azimuth and altitude (degrees) as the horizon of a site; return the site as it is then.

    Args:
        store: where the site is.
        name: its name, id or guid; the only site where it is empty.
        points: the horizon.

    Raises:
        NotFoundError: there is no such site.
        InputError: there are several sites and none is named, or none at all.
    """
    with store.write() as unit:
        if name:
            site = find_named(unit, Site, name=name)
        else:
            sites = unit.list(Site)
            if len(sites) != 1:
                known = ", ".join(each.name for each in sites)
                raise InputError(f"give --site, one of: {known}" if sites else "the store has no site yet")
            [site] = sites
        site.horizon = list(points)
        unit.update(site)
        return site
