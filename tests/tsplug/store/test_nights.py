"""The night of a light, settled when it is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from databases import Database
from older_store import make_older_store

from tsplug.model import AcquiredImage, Profile, Site
from tsplug.ports import Store
from tsplug.services.flats_due import judged_sessions
from tsplug.services.rigs import load_rig
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock, stocked_store, store_light

LATE = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
"""Half past midnight in Zurich; in Auckland the next night has begun."""


def nights(store: Store) -> list[date | None]:
    """Return the nights of all lights."""
    with store.read() as unit:
        return [image.session_date for image in unit.list(AcquiredImage)]


def move(store: Store, zone: str) -> None:
    """Let the profile stand elsewhere."""
    with store.write() as unit:
        profile = unit.list(Profile)[0]
        site = unit.add(Site(name=zone, latitude_deg=-37.0, longitude_deg=175.0, time_zone=zone))
        profile.site_id = site.id
        unit.update(profile)


@pytest.mark.both_databases
def test_a_travelling_profile_keeps_its_old_nights() -> None:
    """Lights keep the night of the site where they were taken; sessions follow, after the telescope has moved too."""
    clock = ManualClock(LATE)
    store = stocked_store(clock)
    store_light(store, "M 42", filter_name="L", started=LATE)
    move(store, "Pacific/Auckland")
    store_light(store, "M 42", filter_name="L", started=LATE)
    assert nights(store) == [date(2026, 1, 15), date(2026, 1, 16)]
    with store.read() as unit:
        rig = load_rig(unit, unit.list(Profile)[0].guid)
        found = judged_sessions(unit, rig, now=LATE + timedelta(hours=12))
        assert [item.session.session_date for item in found] == [date(2026, 1, 15), date(2026, 1, 16)]


@pytest.mark.both_databases
def test_many_lights_are_dated_as_one_is() -> None:
    """Lights stored in one go get their nights too; one that comes with its night keeps it, a stranger's stays open."""
    store = stocked_store(ManualClock(LATE))
    image = store_light(store, "M 42", filter_name="L", started=LATE).model_copy(update={"id": None})
    changes = [
        {"guid": "a", "session_date": None},
        {"guid": "b", "session_date": date(2020, 1, 1)},
        {"guid": "c", "session_date": None, "profile_id": 99},
        {"guid": "d", "session_date": None, "profile_id": None},
    ]
    with store.write() as unit:
        unit.add_many([image.model_copy(update=change) for change in changes])
    assert nights(store)[1:] == [date(2026, 1, 15), date(2020, 1, 1), None, None]


def test_lights_of_an_earlier_store_are_dated(database: Database) -> None:
    """The migration dates the lights whose profile has a site by that site's noon, and no others."""
    url = database.empty_url()
    make_older_store(url, "0001")
    store = open_sql_store(url, ManualClock())
    assert nights(store) == [date(2026, 1, 15), date(2026, 1, 15), None]
    store.close()
