"""Flats due, from the records of a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tsplug.errors import InputError, NotFoundError
from tsplug.model import ExposurePlan, FlatHistory, FlatInstruction, FlatSet, FlatSetState, Profile, Project, Record
from tsplug.ports import Store
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.flats_due import flats_due, flats_due_rows, judged_sessions
from tsplug.services.flats_run import run_flats
from tsplug.services.rigs import load_rig
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store, store_light

pytestmark = pytest.mark.both_databases

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock on the morning after the night."""
    return ManualClock(EVENING + timedelta(hours=10))


@pytest.fixture
def store() -> Store:
    """Return the stocked store."""
    return stocked_store(ManualClock(EVENING - timedelta(hours=3)))


@pytest.fixture
def context(store: Store, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory) -> FakeContext:
    """Return a context over the stocked store."""
    return FakeContext(store, clock, recording_devices(clock, tmp_path_factory.mktemp("flats")))


@pytest.fixture
def guid(store: Store) -> str:
    """Return the guid of the profile."""
    with store.read() as unit:
        return unit.list(Profile)[0].guid


def test_rows_have_the_promised_keys(store: Store, context: FakeContext, guid: str) -> None:
    """A row holds session, spec, rule and verdict under the keys that scripts rely on."""
    store_light(store, "M 42", filter_name="Ha", started=EVENING, rotation_deg=12.5)
    assert flats_due_rows(guid, context) == [
        {
            "project": "Nebulae",
            "target": "M 42",
            "session_date": "2026-01-15",
            "session_id": 1,
            "filter": "Ha",
            "gain": 200,
            "offset": 30,
            "binning": 1,
            "readout_mode": 0,
            "rotation_deg": 12.5,
            "roi_percent": 100.0,
            "rule": "document",
            "due": True,
            "reason": "session 2026-01-15 is 1 day old, cadence 1 day",
            "due_on": "2026-01-16",
            "temperature_c": None,
            "expires_on": "2026-03-02",
            "expired": False,
        }
    ]


def test_nothing_recorded_nothing_due(context: FakeContext, guid: str) -> None:
    """A store without lights has no sessions."""
    assert flats_due(guid, context) == ()


def test_what_leaves_the_window_is_told(store: Store, context: FakeContext, clock: ManualClock, guid: str) -> None:
    """A session without flats expires in the open: it is told as expired for as long again as the window lasts."""
    store_light(store, "M 42", filter_name="L", started=EVENING)
    told = []
    for days in (44, 45, 46, 91, 92):
        clock.set(EVENING + timedelta(days=days))
        told += [[(due.due, due.expired) for due in flats_due(guid, context)]]
    assert told == [[(True, False)], [(True, False)], [(False, True)], [(False, True)], []]
    clock.set(EVENING + timedelta(days=46))
    (expired,) = flats_due(guid, context)
    assert expired.reason == ("expired: older than the window of 45 days (flats.window_days), its lights have no flats")
    assert expired.expires_on == clock.now().date()


def test_what_needs_no_flats_does_not_expire(store: Store, context: FakeContext, clock: ManualClock, guid: str) -> None:
    """Sessions that have flats, and those of projects that want none, leave the window without a word."""
    for target in ("M 42", "M 81"):
        store_light(store, target, filter_name="L", started=EVENING)
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    with store.write() as unit:
        project = unit.list(Project, name="Galaxies")[0]
        project.flats_handling = 0
        unit.update(project)
    run_flats(FlatInstruction(profile_guid=guid, count=1), context)
    clock.set(EVENING + timedelta(days=50))
    assert flats_due(guid, context) == ()


def test_the_run_date_is_that_of_the_site(store: Store, context: FakeContext, clock: ManualClock, guid: str) -> None:
    """Half an hour after the site's midnight, still the day before in UTC, the night's flats are due."""
    store_light(store, "M 42", filter_name="L", started=EVENING)
    clock.set(datetime(2026, 1, 15, 23, 30, tzinfo=UTC))
    assert [due.due for due in flats_due(guid, context)] == [True]


def test_other_rigs_lights_are_not_ours(store: Store, context: FakeContext, guid: str) -> None:
    """Lights of another profile need that profile's flats."""
    store_light(store, "M 42", filter_name="L", started=EVENING, profile_id=99)
    assert flats_due(guid, context) == ()


def test_completion_follows_the_counters(store: Store, context: FakeContext, guid: str) -> None:
    """Flats on completion become due when the enabled plans of the target are complete."""
    with store.write() as unit:
        project = unit.list(Project, name="Galaxies")[0]
        project.flats_handling = 100
        unit.update(project)
        for plan in unit.list(ExposurePlan):
            plan.desired = 1
            unit.update(plan)
    for number, name in enumerate("LRGB"):
        assert not [due for due in flats_due(guid, context) if due.due]
        store_light(store, "M 81", filter_name=name, started=EVENING + timedelta(minutes=number))
    assert [due.due for due in flats_due(guid, context)] == [True] * 4


def test_revoked_sets_serve_nobody(store: Store, context: FakeContext, guid: str) -> None:
    """A session whose flat set was revoked is outstanding again."""
    store_light(store, "M 42", filter_name="L", started=EVENING)
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    run_flats(FlatInstruction(profile_guid=guid, count=1), context)
    assert [(due.due, due.reason[:14]) for due in flats_due(guid, context)] == [(False, "has flats: set")]
    with store.write() as unit:
        flat_set = unit.list(FlatSet)[0]
        flat_set.state = FlatSetState.REVOKED
        unit.update(flat_set)
        assert unit.list(FlatHistory) != []
    assert [due.due for due in flats_due(guid, context)] == [True]


def test_history_before_the_window_is_not_read(store: Store, context: FakeContext, guid: str) -> None:
    """However many flats a rig took in its life, those of nights outside the window are left where they are."""
    store_light(store, "M 42", filter_name="L", started=EVENING)
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    run_flats(FlatInstruction(profile_guid=guid, count=1), context)
    with store.write() as unit:
        (taken,) = unit.list(FlatHistory)
        for days in range(100, 150):
            unit.add(taken.model_copy(update={"id": None, "session_date": taken.session_date - timedelta(days=days)}))
    read: list[FlatHistory] = []
    with store.read() as unit:
        select = unit.list

        def counting(kind: type[Record], **equals: object) -> list[Any]:
            rows = select(kind, **equals)
            read.extend(row for row in rows if isinstance(row, FlatHistory))
            return rows

        unit.list = counting  # type: ignore[method-assign]
        (judged,) = judged_sessions(unit, load_rig(unit, guid), now=context.clock.now())
    assert judged.verdict.reason.startswith("has flats")
    assert read == [taken]


def test_an_unknown_profile_is_refused(context: FakeContext) -> None:
    """A profile that the store does not hold is one clear error."""
    with pytest.raises(NotFoundError, match="no profile"):
        flats_due("nobody", context)


def test_a_start_date_holds_back_what_is_older(
    store: Store, context: FakeContext, clock: ManualClock, guid: str
) -> None:
    """Flats that are switched on late are taken from a night on, of the profile or of a project, whichever is later."""
    for days in (0, 1, 2):
        store_light(store, "M 42", filter_name="L", started=EVENING + timedelta(days=days))
    clock.set(EVENING + timedelta(days=9))

    def due_days(**start: date | None) -> list[int]:
        with store.write() as unit:
            project, profile = unit.list(Project, name="Nebulae")[0], unit.list(Profile)[0]
            project.flats_start_date = start.get("project")
            profile.flats = profile.flats.model_copy(update={"start_date": start.get("profile")})
            unit.update(project)
            unit.update(profile)
        return [due.session_date.day for due in flats_due(guid, context) if due.due]

    assert due_days() == [15, 16, 17]
    assert due_days(profile=date(2026, 1, 16)) == [16, 17]
    assert due_days(project=date(2026, 1, 17)) == [17]
    assert due_days(project=date(2026, 1, 17), profile=date(2026, 1, 16)) == [17]
    assert due_days(profile=date(2026, 2, 1)) == []
    (first, *_) = flats_due(guid, context)
    assert first.reason == "flats are taken of sessions from 2026-02-01 on"


def test_the_profile_chooses_the_rule_of_its_cadences(store: Store, context: FakeContext, guid: str) -> None:
    """A rule is chosen by name; one that does not exist is refused where it is edited."""
    store_light(store, "M 42", filter_name="L", started=EVENING)
    for name in ("sliding", "session-id", "document"):
        edit_record(Request("profile", guid, (f"flats.due_rule={name}",)), store, clock=context.clock)
        assert [due.rule for due in flats_due(guid, context)] == [name]
    with pytest.raises(InputError, match=r"flats.due_rule: must be one of document, session-id, sliding, not 'weekly'"):
        edit_record(Request("profile", guid, ("flats.due_rule=weekly",)), store, clock=context.clock)


def test_a_contributing_camera_has_sessions_of_its_own(store: Store, context: FakeContext, guid: str) -> None:
    """Lights that a second rig took for a project are owed flats by that rig's profile, and by its own preferences."""
    with store.write() as unit:
        first = unit.list(Profile)[0]
        second = unit.add(first.model_copy(update={"id": None, "guid": "second", "name": "Second camera"}))
        second.flats = second.flats.model_copy(update={"due_rule": "sliding"})
        unit.update(second)
    store_light(store, "M 42", filter_name="L", started=EVENING)
    store_light(store, "M 42", filter_name="L", started=EVENING, profile_id=second.id)
    assert [(due.rule, due.due) for due in flats_due(guid, context)] == [("document", True)]
    assert [(due.rule, due.due) for due in flats_due("second", context)] == [("sliding", True)]
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    run_flats(FlatInstruction(profile_guid=guid, count=1), context)
    assert [due.due for due in flats_due(guid, context)] == [False]
    assert [due.due for due in flats_due("second", context)] == [True]


def test_flats_serve_lights_of_their_own_temperature(store: Store, context: FakeContext, guid: str) -> None:
    """Where the profile minds temperature, flats of cooled lights leave uncooled ones outstanding."""
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    edit_record(Request("profile", guid, ("flats.temperature_tolerance_c=2",)), store, clock=context.clock)
    store_light(store, "M 42", filter_name="L", started=EVENING, camera_set_temperature_c=-10.0)
    run_flats(FlatInstruction(profile_guid=guid, count=1), context)
    store_light(store, "M 42", filter_name="L", started=EVENING, camera_set_temperature_c=5.0)
    assert [(due.spec.temperature_c, due.due) for due in flats_due(guid, context)] == [(-10.0, False), (5.0, True)]
    edit_record(Request("profile", guid, ("flats.temperature_tolerance_c=none",)), store, clock=context.clock)
    assert [due.due for due in flats_due(guid, context)] == [False]


def test_flats_that_are_too_warm_are_told(store: Store, context: FakeContext, guid: str) -> None:
    """Where the profile minds temperature, a set says once that it was not taken at that of its lights."""
    context.devices.frames.level = lambda request, brightness: 25_000.0  # type: ignore[attr-defined]
    edit_record(Request("profile", guid, ("flats.temperature_tolerance_c=2",)), store, clock=context.clock)
    for name, found_c in (("L", 4.0), ("Ha", -9.0)):
        store_light(store, "M 42", filter_name=name, started=EVENING, camera_set_temperature_c=-10.0)
        context.devices.frames.camera_temperature_c = found_c  # type: ignore[attr-defined]
        run_flats(FlatInstruction(profile_guid=guid, count=2), context)
    with store.read() as unit:
        assert [item.message for item in unit.list(FlatSet)] == ["taken at 4.0 C, the lights at -10.0 C", ""]
