"""Looks into the night, whenever they come, leave a night that is under way as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import contributor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsplug.app import open_store
from tsplug.model import Decision, DecisionRequest, Lease, Profile, TakeExposure
from tsplug.services.catalogue import load_catalogue
from tsplug.services.deciding import decide, look_ahead
from tsplug.services.night_ahead import preview_night, season_ahead, told_night
from tsplug.services.recording import record_exposure
from tsplug.services.work_left import tonight_work
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices

RIG = "Refractor"


@contextmanager
def under_way(folder: Path) -> Iterator[FakeContext]:
    """Give a winter night of a rig whose filters take turns and dither, and which shares its first project."""
    document, clock = first_catalogue(), ManualClock(contributor.EVENING)
    document["projects"][0] |= {"filter_switch_frequency": 1, "dither_every": 2, "grading_enabled": False}
    document["projects"][1] |= {"smart_exposure_order": True, "filter_switch_frequency": 1}
    store = open_store(f"sqlite:///{folder / 'store.sqlite'}", clock, create=True)
    with closing(store):
        load_catalogue(document, store, clock=clock)
        with store.write() as unit:
            contributor.add_contributor(unit)
        yield FakeContext(store, clock, recording_devices(clock, folder))


def written(folder: Path) -> list[str]:
    """Return all that a store holds."""
    with closing(sqlite3.connect(folder / "store.sqlite")) as connection:
        return list(connection.iterdump())


def request(context: FakeContext, last: Decision | None) -> DecisionRequest:
    """Return what the host says next, after what it did last."""
    with context.store.read() as unit:
        guid = next(each.guid for each in unit.list(Profile) if each.name == RIG)
    if not isinstance(last, TakeExposure):
        return DecisionRequest(profile_guid=guid)
    return DecisionRequest(
        profile_guid=guid,
        current_target_guid=last.target_guid,
        stays_until=last.stays_until,
        current_filter=last.filter_name,
        since_dither=(last.filter_name,),
    )


def peek(kind: str, context: FakeContext, asked: DecisionRequest) -> None:
    """Look into this night or another one."""
    guid = asked.profile_guid
    if kind == "now":
        look_ahead(asked, context)
    elif kind == "left":
        tonight_work(asked, context)
    elif kind == "season":
        season_ahead(context, guid, nights=3)
    else:
        day = None if kind == "rest" else date(2026, 1, 15) if kind == "night" else date(2026, 7, 3)
        told_night(preview_night(context, guid, day=day))


LOOKS = st.sampled_from(["now", "left", "season", "rest", "night", "summer"])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.lists(LOOKS, max_size=2), st.booleans()), min_size=2, max_size=5))
def test_a_look_into_the_night_changes_neither_store_nor_night(steps: list[tuple[list[str], bool]]) -> None:
    """Between exposures, and within one with its lease, nothing is written, and the next exposure is the same."""
    with TemporaryDirectory() as name, under_way(folder := Path(name)) as context:
        last: Decision | None = None
        for number, (looks, within) in enumerate(steps):
            asked = request(context, last)
            foreseen = look_ahead(asked, context)
            for look in looks:
                before = written(folder)
                peek(look, context, asked)
                assert written(folder) == before, look
            last = decide(asked, context)
            assert last == foreseen
            assert isinstance(last, TakeExposure)
            before = written(folder)
            with context.store.read() as unit:
                leases = unit.count(Lease)
            for look in looks if within else ():
                peek(look, context, asked)
            assert written(folder) == before
            context.clock.advance(120)
            record_exposure(contributor.saved(last, context, number=number), context)
            assert leases == (last.project_name == "Nebulae")
