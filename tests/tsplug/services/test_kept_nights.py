"""What is kept between decisions changes none of them, whoever writes to the store meanwhile."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import contributor
import pytest
from databases import Database

from tsplug.app import open_store
from tsplug.errors import NotFoundError
from tsplug.model import (
    AcquiredImage,
    Contribution,
    Counter,
    Decision,
    DecisionRequest,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    GradingStatus,
    Lease,
    Priority,
    Profile,
    Project,
    ProjectState,
    Site,
    TakeExposure,
    Target,
)
from tsplug.model.night import night_of
from tsplug.planning import Place, Situation, decide
from tsplug.ports import Recalled, Store, Unit
from tsplug.services.catalogue import load_catalogue
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.deciding import look_ahead
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.leases import take_lease
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.manual_undo import undo_manual
from tsplug.services.night_sky import outlook_of
from tsplug.services.purging import Scope, purge_images
from tsplug.services.recording import record_exposure
from tsplug.services.rig_records import Candidates, RigRecords, read_records
from tsplug.services.scoring_rules import installed_rules
from tsplug.services.sharing import Holder
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
Change = Callable[[Unit], object]
NUMBERS = count()


class Watched:
    """A host over one store, another hand on the same one, and a look at it that keeps nothing."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.url, self._clock = database.fresh_url(), ManualClock(EVENING)
        self._devices = recording_devices(self._clock, folder)
        self.open()
        load_catalogue(first_catalogue(), self._stores[1], clock=self._clock)
        with self.other.read() as unit:
            self.guid = unit.list(Profile)[0].guid

    def open(self) -> None:
        self._stores = [open_store(self.url, self._clock) for _ in range(2)]
        self.context, self.second = (FakeContext(store, self._clock, self._devices) for store in self._stores)

    @property
    def other(self) -> Store:
        return self._stores[1]

    def close(self) -> None:
        for each in self._stores:
            each.close()

    def change(self, change: Change) -> None:
        with self.other.write() as unit:
            change(unit)

    def seen(self, **said: Any) -> Decision:
        """Return the decision, which is the one that somebody who keeps nothing makes, with reasons and without."""
        told = self._same(DecisionRequest(profile_guid=self.guid, **said))
        short = self._same(DecisionRequest(profile_guid=self.guid, explain=False, **said))
        assert short == _unexplained(told)
        return told

    def _same(self, request: DecisionRequest) -> Decision:
        decision = look_ahead(request, self.context)
        with self.other.read() as unit:
            records = read_records(unit, self.guid, before=RigRecords())
        rig, now = records.rig(self.guid), self._clock.now()
        flips = {name: value for name, value in request if name.startswith("flip_") and value is not None}
        profile = rig.profile.model_copy(update={"planner": rig.profile.planner.model_copy(update=flips)})
        found = Candidates().of(records, profile, now=now)
        candidates = [each for guid, each in found.items() if guid not in request.left_out]
        outlook = outlook_of(Place.of(rig.site), night_of(now, rig.site), candidates=candidates)
        situation = Situation(now, rig.site, profile, outlook, request)
        assert decision == decide(situation, candidates, rules=installed_rules().rules)
        return decision


def _unexplained(decision: Decision) -> Decision:
    nothing: dict[str, Any] = {"rejected": ()}
    return decision.model_copy(update=nothing | ({"scores": ()} if isinstance(decision, TakeExposure) else {}))


@pytest.fixture
def watched(database: Database, tmp_path: Path) -> Iterator[Watched]:
    """Return a host on a winter evening over the small catalogue."""
    made = Watched(database, tmp_path)
    yield made
    made.close()


def _set(kind: type[Any], name: str, **fields: Any) -> Change:
    return lambda unit: unit.update(unit.find(kind, name=name).model_copy(update=fields))  # type: ignore[union-attr]


def _plan(unit: Unit, target: str, *, template: str) -> ExposurePlan:
    own, kind = unit.find(Target, name=target), unit.find(ExposureTemplate, name=template)
    assert own is not None
    assert kind is not None
    found = unit.find(ExposurePlan, target_id=own.id, template_id=kind.id)
    assert found is not None
    return found


def _count(counter: Counter, delta: int, *, target: str = "M 42", template: str = "Ha") -> Change:
    def change(unit: Unit) -> None:
        plan = _plan(unit, target, template=template)
        unit.adjust_counter(plan.id or 0, counter, delta=delta, why="edited", at=EVENING)

    return change


def _new_plan(unit: Unit) -> None:
    own, template = unit.find(Target, name="M 42"), unit.find(ExposureTemplate, name="B")
    assert own is not None
    assert template is not None
    unit.add(ExposurePlan(target_id=own.id or 0, template_id=template.id or 0, desired=5))


def _lease(unit: Unit) -> None:
    rig = unit.find(Profile, name=contributor.CONTRIBUTOR) or contributor.add_contributor(unit)
    plan = _plan(unit, "Rosette", template="Ha")
    take_lease(unit, plan.guid, holder=Holder(rig), exposure_s=10.0, now=EVENING)


CHANGES: dict[str, Change] = {
    "a frame was taken": _count(Counter.ACQUIRED, 1),
    "frames were accepted": _count(Counter.ACCEPTED, 6),
    "frames were rejected": _count(Counter.ACCEPTED, -6),
    "one plan is complete": _count(Counter.ACQUIRED, 30, target="M 81", template="L"),
    "it is open again": _count(Counter.ACQUIRED, -30, target="M 81", template="L"),
    "target disabled": _set(Target, "M 42", enabled=False),
    "target enabled": _set(Target, "M 42", enabled=True),
    "target moved": _set(Target, "M 42", ra_hours=6.1),
    "project paused": _set(Project, "Galaxies", state=ProjectState.INACTIVE),
    "project resumed": _set(Project, "Galaxies", state=ProjectState.ACTIVE),
    "project urgent": _set(Project, "Galaxies", priority=Priority.HIGH),
    "project higher": _set(Project, "Nebulae", minimum_altitude_deg=45.0),
    "project lower": _set(Project, "Nebulae", minimum_altitude_deg=20.0),
    "longer exposures": _set(ExposureTemplate, "Ha", default_exposure_s=600.0),
    "another wheel": _set(Profile, "Refractor", filters=["L", "R", "G", "B", "Ha", "S"]),
    "a hill": _set(Site, "Sternwarte", horizon=[(0.0, 15.0), (180.0, 40.0)]),
    "elsewhere": _set(Site, "Sternwarte", latitude_deg=30.0),
    "a plan more": _new_plan,
    "a plan less": lambda unit: unit.delete(_plan(unit, "M 81", template="R")),
    "another rig takes one": _lease,
    "it went": lambda unit: unit.delete_all(Lease),
    "nobody contributes": lambda unit: unit.delete_all(Contribution),
}


def _recorded(own: Watched, context: FakeContext) -> None:
    """Let a host record the light that it would take."""
    decision = look_ahead(DecisionRequest(profile_guid=own.guid), context)
    if isinstance(decision, TakeExposure):
        record_exposure(contributor.saved(decision, context, number=next(NUMBERS)), context)


def _graded(own: Watched) -> None:
    with own.other.read() as unit:
        plans = unit.list(ExposurePlan)
    for plan in plans[:4]:
        apply_grades(judge_plan(GradePlan(plan_guid=plan.guid, force=True), own.second), own.second)


def _by_hand(own: Watched, status: GradingStatus) -> None:
    with own.other.read() as unit:
        ids = [image.id or 0 for image in unit.list(AcquiredImage)]
    grade_manually(ids, ManualGrade(to_status=status), store=own.other, clock=own.second.clock)


def _taken_back(own: Watched) -> None:
    with suppress(NotFoundError):
        undo_manual(own.other, clock=own.second.clock)


def _edited(own: Watched, kind: str, name: str, field: str) -> None:
    edit_record(Request(kind, name, (field,)), own.other, clock=own.second.clock)


SERVICES: dict[str, Callable[[Watched], object]] = {
    "this host recorded a light": lambda own: _recorded(own, own.context),
    "another host recorded a light": lambda own: _recorded(own, own.second),
    "another light": lambda own: _recorded(own, own.second),
    "lights were graded": _graded,
    "all was rejected by hand": lambda own: _by_hand(own, GradingStatus.REJECTED),
    "all was accepted by hand": lambda own: _by_hand(own, GradingStatus.ACCEPTED),
    "that was taken back": _taken_back,
    "its records were removed": lambda own: purge_images(Scope(older_than=EVENING), own.other, clock=own.second.clock),
    "filters in turn": lambda own: _edited(own, "project", "Nebulae", "filter_switch_frequency=1"),
    "a target is urgent": lambda own: _edited(own, "target", "Rosette", "priority=high"),
    "every plan wants more": lambda own: own.change(lambda unit: unit.set_all(ExposurePlan, {"desired": 40})),
    **{name: lambda own, change=change: own.change(change) for name, change in CHANGES.items()},  # type: ignore[misc]
}


def test_what_another_hand_writes_is_seen_at_the_next_decision(watched: Watched) -> None:
    """After grades, a target disabled, a plan added and weather the answer is at once what the store says now."""
    first = watched.seen()
    assert isinstance(first, TakeExposure)
    assert (first.target_name, first.filter_name) == ("M 42", "Ha")
    assert watched.seen() == first
    watched.change(CHANGES["frames were accepted"])
    graded = watched.seen()
    assert isinstance(graded, TakeExposure)
    assert (graded.target_name, graded.filter_name) == ("M 42", "L")
    watched.change(_count(Counter.ACCEPTED, 10, template="L"))
    assert watched.seen().model_dump()["target_name"] == "Rosette"
    watched.change(_new_plan)
    assert watched.seen().model_dump()["filter_name"] == "B"
    watched.change(CHANGES["target disabled"])
    assert watched.seen().model_dump()["target_name"] == "Rosette"
    assert watched.seen(weather={"wind_speed": 30.0}).kind == "exposure"
    limits = {"planner": {"weather_limits": {"wind_speed": 10.0}}}
    watched.change(lambda unit: unit.update(Profile.model_validate(unit.list(Profile)[0].model_dump() | limits)))
    assert watched.seen(weather={"wind_speed": 30.0}).kind == "wait"
    assert watched.seen(weather={"wind_speed": float("nan")}).kind == "exposure"


def test_a_store_out_of_a_backup_is_read_anew(tmp_path: Path) -> None:
    """A file that was put back beneath a program that runs, and changed as often since, is decided upon as it is."""
    own = Watched(Database("sqlite", lambda: str(tmp_path / "store.sqlite"), str), tmp_path)
    copy = own.other.keep_copy("kept")
    assert copy is not None
    own.change(CHANGES["frames were accepted"])
    assert own.seen().model_dump()["filter_name"] == "L"
    own.close()
    shutil.copy(copy, tmp_path / "store.sqlite")
    own.open()
    own.change(CHANGES["target disabled"])
    assert own.seen().model_dump()["target_name"] == "Rosette"
    own.close()


def test_a_host_says_how_it_flips(watched: Watched) -> None:
    """M 42 passes the meridian within the hour: who must not track there images a galaxy in the north."""
    watched.context.clock.sleep(3600.0)
    assert watched.seen().model_dump()["target_name"] == "M 42"
    for _ in range(2):
        assert watched.seen(flip_pause_min=90.0, flip_after_min=90.0).model_dump()["target_name"] == "M 81"
    assert watched.seen(flip_pause_min=0.0).model_dump()["target_name"] == "M 42"


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_is_kept_shows(watched: Watched, seed: int) -> None:
    """Whatever is written in whatever order, by this host too, decisions are those of somebody who keeps nothing."""
    drawn = random.Random(seed)
    for name in drawn.sample(sorted(SERVICES), k=16):
        SERVICES[name](watched)
        left_out = tuple(drawn.choices(("", "nobody"), k=drawn.randrange(2)))
        flips = drawn.choice(({}, {"flip_pause_min": 60.0}, {"flip_pause_min": 30.0, "flip_after_min": 90.0}))
        current = watched.seen(left_out=left_out, weather={"humidity": drawn.choice((20.0, 95.0))}, **flips)
        said = current.model_dump()
        watched.context.clock.sleep(drawn.choice((1.0, 700.0, 86_400.0)))
        watched.seen(current_target_guid=said.get("target_guid"), stays_until=said.get("stays_until"))


def test_a_program_that_knows_nothing_of_tsplug_is_heard(watched: Watched, database: Database) -> None:
    """A statement of another process changes the next decision; nothing is read from the kept state then."""
    assert watched.seen().model_dump()["target_name"] == "M 42"
    statement = "UPDATE target SET enabled = false WHERE name = 'M 42'"
    module, place = ("sqlite3", watched.url) if database.kind == "sqlite" else ("psycopg", watched.url)
    program = f"import {module}; c = {module}.connect({place!r}); c.execute({statement!r}); c.commit()"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert watched.seen().model_dump()["target_name"] == "Rosette"


def test_rows_that_did_not_change_keep_their_records(watched: Watched) -> None:
    """A second look makes records of changed rows alone, and says nothing changed where nothing did."""
    store = watched.context.store
    with store.read() as unit:
        start = unit.changes(None)
        first = unit.recall(ExposurePlan, Recalled(), changes=start)
    with store.read() as unit:
        still = unit.changes(start.at)
        assert still.none
        assert unit.recall(ExposurePlan, first, changes=still) is first
    watched.change(CHANGES["a frame was taken"])
    with store.read() as unit:
        changes = unit.changes(start.at)
        assert not changes.none
        second = unit.recall(ExposurePlan, first, changes=changes)
        assert list(second.records) == unit.list(ExposurePlan)
    kept = [was is now for was, now in zip(first.records, second.records, strict=True)]
    assert kept.count(False) == 1
