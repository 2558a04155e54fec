"""Which night a light belongs to, settled when it is stored, so that a telescope that moves keeps its old nights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, select

from tsplug.model import AcquiredImage, Profile, Record, Site
from tsplug.model.night import session_date
from tsplug.store.rows import Rows
from tsplug.store.tables import TABLES

R = TypeVar("R", bound=Record)


def dated(connection: Connection, records: Sequence[R]) -> Sequence[R]:
    """Return records as they are, but lights without a night with that of their profile's site.

    Where no site is known the night stays open.
    """
    return list(_dated(connection, records)) if records and isinstance(records[0], AcquiredImage) else records


def _dated(connection: Connection, records: Sequence[R]) -> Iterator[R]:
    sites: dict[int | None, Site | None] = {None: None}
    for record in records:
        if not isinstance(record, AcquiredImage) or record.session_date is not None:
            yield record
            continue
        if record.profile_id not in sites:
            sites[record.profile_id] = _site_of(connection, record.profile_id)
        site = sites[record.profile_id]
        night = None if site is None else session_date(record.started, site)
        yield record.model_copy(update={"session_date": night})


def _site_of(connection: Connection, profile_id: int | None) -> Site | None:
    profiles, sites = TABLES[Profile], TABLES[Site]
    of_profile = profiles.c.site_id == sites.c.id
    query = select(sites).join(profiles, of_profile).where(profiles.c.id == profile_id)
    # A light is recorded even where its site is spoilt, which the doctor tells.
    found = Rows(connection).sift(Site, query, spoilt=[])
    return found[0] if found else None
