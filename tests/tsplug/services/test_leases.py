"""Several telescopes on one plan: what is given out and what is counted stay within what is wanted, come what may."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import contributor
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tsplug.model import (
    Contribution,
    DecisionRequest,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    PlannerPreferences,
    Profile,
    Project,
    TakeExposure,
)
from tsplug.services.deciding import decide
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.leases import SPARE_TIME
from tsplug.services.recording import record_exposure
from tsplug.services.second_camera import fit_exposures
from tsplug.testing import FakeContext, ManualClock, memory_store, recording_devices

THROTTLE = 140
LENGTH = timedelta(seconds=contributor.SECONDS)
Task = tuple[TakeExposure, int, datetime]
"""What a rig takes, how many its second camera takes meanwhile, and until when it was given."""


class Rigs:
    """Three telescopes on one plan, the first with a second camera; each saves what it was given in time, or never."""

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

    def ask(self, name: str) -> None:
        """A rig asks for its next exposure; the first one's second camera for what it takes beside it."""
        self.tasks.pop(name, None)
        decision = decide(DecisionRequest(profile_guid=self.guids[name]), self.context)
        if not isinstance(decision, TakeExposure):
            return
        beside = 0
        if name == contributor.OWNER:
            beside = fit_exposures(decision, self.context, profile_guid=self.guids["Wide"]).count
        self.tasks[name] = decision, beside, self.context.clock.now() + LENGTH + SPARE_TIME

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


NAMES = st.sampled_from([contributor.OWNER, contributor.CONTRIBUTOR, "Astrograph"])
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), NAMES),
        st.tuples(st.just("ask"), NAMES),
        st.tuples(st.just("save"), NAMES),
        st.tuples(st.just("pass"), st.sampled_from([5, 300, 700])),
    ),
    min_size=4,
    max_size=12,
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
        else:
            rigs.context.clock.sleep(float(str(what)))
        assert rigs.held() <= rigs.limit
