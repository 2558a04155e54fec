"""Several telescopes on one plan: what is given out and what is counted stay within what is wanted, come what may."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import contributor
import pytest
from databases import Database
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tsplug.app import open_store
from tsplug.model import (
    Contribution,
    Decision,
    DecisionRequest,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    Lease,
    PlannerPreferences,
    Profile,
    Project,
    TakeExposure,
)
from tsplug.ports import Store, Unit
from tsplug.services.deciding import decide
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.leases import SPARE_TIME, keep_lease
from tsplug.services.recording import record_exposure
from tsplug.services.second_camera import fit_exposures
from tsplug.testing import FakeContext, ManualClock, memory_store, recording_devices

THROTTLE = 140
TWIN = "Another host of the owner"
LENGTH = timedelta(seconds=contributor.SECONDS)
Task = tuple[TakeExposure, int, datetime]
"""What a rig takes, how many its second camera takes meanwhile, and until when it was given."""


class Rigs:
    """Three telescopes on one plan, the first with a second camera; each saves what it was given in time, or never.

    The first one's profile has two hosts, which give themselves names.
    """

    def __init__(self, desired: int, *, graded: bool) -> None:
        clock = ManualClock(contributor.EVENING)
        self.context = FakeContext(memory_store(clock), clock, recording_devices(clock, Path()))
        contributor.stock(self.context.store, desired)
        self.graded, self.limit = graded, desired if graded else desired * THROTTLE // 100
        self.tasks: dict[str, Task] = {}
        self._number = 0
        with self.context.store.write() as unit:
            contributor.add_contributor(unit, name="Astrograph")
            wide = contributor.add_contributor(unit, name="Wide")
            template = unit.list(ExposureTemplate, name="L")[0]
            copied = {"id": None, "guid": "wide-L", "profile_id": wide.id, "default_exposure_s": 4.0}
            unit.add(ExposureTemplate.model_validate(template.model_dump() | copied))
            unit.set_all(Project, {"grading_enabled": graded})
            planner = PlannerPreferences(exposure_throttle_percent=THROTTLE)
            for each in unit.list(Profile):
                unit.update(each.model_copy(update={"planner": planner}))
            assert unit.count(Contribution) == 3
            self.guids = {each.name: each.guid for each in unit.list(Profile)}
        self.guids[TWIN] = self.guids[contributor.OWNER]

    def ask(self, name: str) -> None:
        """A rig asks for its next exposure; the first one's second camera for what it takes beside it."""
        self.tasks.pop(name, None)
        host = name if name in (contributor.OWNER, TWIN) else ""
        decision = decide(DecisionRequest(profile_guid=self.guids[name], host=host), self.context)
        if not isinstance(decision, TakeExposure):
            return
        beside = 0
        if name == contributor.OWNER:
            beside = fit_exposures(decision, self.context, profile_guid=self.guids["Wide"]).count
        self.tasks[name] = decision, beside, self.context.clock.now() + LENGTH + SPARE_TIME

    def begin(self, name: str) -> None:
        """A rig opens its shutter, however long ago it asked; it does not where others take all that is wanted."""
        if name not in self.tasks:
            return
        decision, beside, until = self.tasks.pop(name)
        now = self.context.clock.now()
        if keep_lease(decision, self.context):
            beside = beside if now < until else 0
            self.tasks[name] = decision, beside, now + LENGTH + SPARE_TIME

    def save(self, name: str) -> None:
        """A rig saves what it was given, if it still is, the second camera first; lights are graded at once."""
        if name not in self.tasks:
            return
        decision, beside, until = self.tasks.pop(name)
        if self.context.clock.now() >= until:
            return
        second = decision.model_copy(update={"profile_guid": self.guids["Wide"]})
        for each in (*[second] * beside, decision):
            self._number += 1
            record_exposure(contributor.saved(each, self.context, number=self._number), self.context)
            if self.graded:
                apply_grades(judge_plan(GradePlan(plan_guid=each.plan_guid), self.context), self.context)

    def held(self) -> int:
        """Return what is counted and what may still come."""
        with self.context.store.read() as unit:
            [plan] = unit.list(ExposurePlan)
        now = self.context.clock.now()
        coming = sum(1 + beside for _, beside, until in self.tasks.values() if now < until)
        return (plan.accepted if self.graded else plan.acquired) + coming


NAMES = st.sampled_from([contributor.OWNER, TWIN, contributor.CONTRIBUTOR, "Astrograph"])
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), NAMES),
        st.tuples(st.just("ask"), NAMES),
        st.tuples(st.just("save"), NAMES),
        st.tuples(st.just("begin"), NAMES),
        st.tuples(st.just("pass"), st.sampled_from([5, 300, 700])),
    ),
    min_size=4,
    max_size=12,
)


@example(desired=1, graded=True, actions=[("ask", contributor.OWNER), ("ask", TWIN), ("begin", TWIN)])
@example(
    desired=2,
    graded=False,
    actions=[("ask", contributor.OWNER), ("ask", TWIN), ("save", TWIN), ("ask", contributor.CONTRIBUTOR)],
)
@example(
    desired=3,
    graded=False,
    actions=[("ask", contributor.OWNER), ("ask", contributor.CONTRIBUTOR), ("ask", "Astrograph")],
)
@given(desired=st.integers(1, 3), graded=st.booleans(), actions=ACTIONS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_more_is_given_out_than_is_wanted(desired: int, graded: bool, actions: list[tuple[str, object]]) -> None:
    """At every moment, whoever asks, saves, dies or waits: with the throttle's share where nothing is graded."""
    rigs = Rigs(desired, graded=graded)
    for kind, what in actions:
        if kind == "ask":
            rigs.ask(str(what))
        elif kind == "save":
            rigs.save(str(what))
        elif kind == "begin":
            rigs.begin(str(what))
        else:
            rigs.context.clock.sleep(float(str(what)))
        assert rigs.held() <= rigs.limit


class Meeting:
    """A store of one connection's own, whose first unit that writes waits for the other's: both have looked by then."""

    def __init__(self, store: Store, meeting: Barrier) -> None:
        self._store, self._meeting, self._met = store, meeting, False

    def read(self) -> AbstractContextManager[Unit]:
        return self._store.read()

    @contextmanager
    def write(self) -> Iterator[Unit]:
        if not self._met:
            self._met = True
            self._meeting.wait(timeout=300.0)
        with self._store.write() as unit:
            yield unit

    def close(self) -> None:
        self._store.close()


@pytest.mark.parametrize(("desired", "given", "twins"), [(1, 1, False), (2, 2, False), (1, 1, True), (2, 2, True)])
def test_two_rigs_that_looked_at_once_do_not_both_get_the_last_exposure(
    database: Database, desired: int, given: int, twins: bool
) -> None:
    """Each over its own connection sees the plan open; what is wanted is counted again with the lease, in one unit.

    So it is for two hosts of one profile that nobody contributes to, where they have names.
    """
    url, clock, meeting = database.fresh_url(), ManualClock(contributor.EVENING), Barrier(2)
    stores = [open_store(url, clock) for _ in range(2)]
    contributor.stock(stores[0], desired)
    with stores[0].read() as unit:
        guids = [profile.guid for profile in unit.list(Profile)]
    names = ["", ""]
    if twins:
        guids, names = [guids[0]] * 2, ["one", "two"]
        with stores[0].write() as unit:
            unit.delete_all(Contribution)

    def ask(store: Store, guid: str, host: str) -> Decision:
        context = FakeContext(Meeting(store, meeting), clock, recording_devices(clock, Path()))
        return decide(DecisionRequest(profile_guid=guid, explain=False, host=host), context)

    with ThreadPoolExecutor(2) as hosts:
        decisions = list(hosts.map(ask, stores, guids, names))
    assert sum(isinstance(each, TakeExposure) for each in decisions) == given
    with stores[1].read() as unit:
        assert unit.count(Lease) == given
    for store in stores:
        store.close()


@pytest.mark.parametrize("other", [False, True])
@pytest.mark.parametrize(("late_s", "kept"), [(500, True), (700, False)])
def test_a_lease_is_kept_from_when_the_exposure_begins(late_s: float, kept: bool, other: bool) -> None:
    """However long centering took: with a lease that ended it is taken only if nobody else was given it meanwhile."""
    rigs = Rigs(1, graded=True)
    rigs.ask(contributor.OWNER)
    rigs.context.clock.sleep(late_s)
    if other:
        rigs.ask(contributor.CONTRIBUTOR)
    assert (contributor.CONTRIBUTOR in rigs.tasks) is (other and not kept)
    rigs.begin(contributor.OWNER)
    assert (contributor.OWNER in rigs.tasks) is (kept or not other)
    with rigs.context.store.read() as unit:
        [lease] = unit.list(Lease)
    since = contributor.EVENING + timedelta(seconds=late_s)
    assert lease.until == since + LENGTH + SPARE_TIME


def test_what_nobody_shares_or_is_gone_is_kept_without_a_lease() -> None:
    """Nothing is written for a rig that images alone, and none is held up by a plan that was deleted."""
    rigs = Rigs(1, graded=True)
    rigs.ask(contributor.OWNER)
    decision, _, _ = rigs.tasks[contributor.OWNER]
    with rigs.context.store.write() as unit:
        unit.delete_all(Lease)
        unit.delete_all(Contribution)
    for changes in ({"host": ""}, {"plan_guid": "gone"}):
        told = decision.model_copy(update=changes)
        assert keep_lease(told, rigs.context)
    with rigs.context.store.read() as unit:
        assert unit.count(Lease) == 0


def test_a_restarted_run_takes_up_what_it_was_given() -> None:
    """Its name is the same; another run of the profile waits for the lease to end; one without a name is them all."""
    rigs = Rigs(1, graded=True)
    with rigs.context.store.write() as unit:
        unit.delete_all(Contribution)
    asked = DecisionRequest(profile_guid=rigs.guids[contributor.OWNER], host="run 1")
    first = decide(asked, rigs.context)
    other = decide(asked.model_copy(update={"host": "run 2"}), rigs.context)
    again = decide(asked, rigs.context)
    assert [each.kind for each in (first, other, again)] == ["exposure", "wait", "exposure"]
    with rigs.context.store.read() as unit:
        assert [each.owner for each in unit.list(Lease)] == ["run 1"]
    nameless = decide(asked.model_copy(update={"host": ""}), rigs.context)
    assert nameless.kind == "exposure"
    with rigs.context.store.read() as unit:
        assert unit.count(Lease) == 0
