"""Grading by criteria in the store: score, band, and what counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tsplug.model import (
    AcquiredImage,
    Band,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    GraderPreferences,
    GradingStatus,
    Profile,
    Target,
    Verdict,
    VerdictStatus,
)
from tsplug.services.criteria import add_criteria, delete_criteria
from tsplug.services.criteria_documents import Document
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices
from tsplug.testing.lights import store_light

HFR: Document = {"name": "HFR", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 4.0}}}
DEVIATION: Document = {"name": "HFR", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 4.0, "deviation": True}}}


class Graded:
    """A plan whose rig grades by criteria alone, at once."""

    def __init__(self, document: Document | None = HFR, *, minimum: Band = Band.C, **grader: Any) -> None:
        self.clock = ManualClock()
        self.store = stocked_store(self.clock)
        self.context = FakeContext(self.store, self.clock, recording_devices(self.clock, Path("unused")))
        if document is not None:
            add_criteria(document, self.store)
        usual = {"statistical": False, "delay_percent": 0, "criteria_set": "HFR" if document else ""}
        with self.store.write() as unit:
            profile = unit.list(Profile)[0]
            profile.grader = GraderPreferences(**profile.grader.model_dump() | usual | grader)
            unit.update(profile)
            target = unit.find(Target, name="M 42")
            assert target is not None
            plan = unit.list(ExposurePlan, target_id=target.id)[-1]
            template = unit.get(ExposureTemplate, plan.template_id)
            template.minimum_grade = minimum
            unit.update(template)
        self.guid, self.plan_id, self.filter = plan.guid, plan.id, template.filter_name
        self.taken = 0

    def take(self, *values: float | None) -> None:
        """Store a frame for each HFR, and grade the plan after each."""
        for value in values:
            metrics = {} if value is None else {"hfr": value}
            started = START + timedelta(minutes=self.taken)
            store_light(self.store, "M 42", filter_name=self.filter, started=started, metrics=metrics, detector="d")
            self.taken += 1
            self.grade()

    def grade(self) -> None:
        """Grade the plan, as the hook does."""
        apply_grades(judge_plan(GradePlan(plan_guid=self.guid), self.context), self.context)

    def images(self) -> list[AcquiredImage]:
        """Return the frames."""
        with self.store.read() as unit:
            return unit.list(AcquiredImage, plan_id=self.plan_id)

    def told(self) -> list[tuple[str, float | None, str | None, str]]:
        """Return status, score, band and reason of each frame."""
        return [(str(each.status), each.score, each.band, each.reject_reason) for each in self.images()]

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts."""
        with self.store.read() as unit:
            return unit.list(Verdict, grader="criteria")


def test_a_band_below_the_minimum_is_kept_shown_and_not_counted() -> None:
    """C counts where C is asked for, D does not and says so; both stay listed with score and band."""
    plan = Graded()
    plan.take(2.0, 2.6, 2.8)
    assert plan.told() == [
        ("accepted", 100, "A", ""),
        ("accepted", 70, "C", ""),
        ("rejected", 60, "D", "Grade D < C"),
    ]
    with plan.store.read() as unit:
        assert unit.get(ExposurePlan, plan.plan_id or 0).accepted == 2


def test_below_the_d_threshold_the_band_is_e_and_everything_counts_by_default() -> None:
    """A template that asks for nothing takes the lowest band too."""
    plan = Graded(minimum=Band.E)
    plan.take(9.0)
    assert plan.told() == [("accepted", 1, "E", "")]


@pytest.mark.parametrize(("policy", "status"), [("count", "accepted"), ("hold", "pending")])
def test_auto_grading_off_is_ungraded_and_not_e(policy: str, status: str) -> None:
    """The grader abstains, the policy for ungraded frames decides, and no band is shown."""
    plan = Graded(auto_grade=False, ungraded=policy)
    plan.take(9.0)
    assert plan.told() == [(status, None, None, "")]
    assert [(each.status, each.reason) for each in plan.verdicts()] == [
        (VerdictStatus.ABSTAIN, "auto grading is off for profile 'Refractor'")
    ]


@pytest.mark.parametrize(("policy", "status"), [("count", "accepted"), ("hold", "pending")])
def test_without_a_set_a_frame_is_ungraded(policy: str, status: str) -> None:
    """No set, no score, no band, whatever the template asks for."""
    plan = Graded(None, minimum=Band.A, ungraded=policy)
    plan.take(9.0)
    assert (plan.told(), plan.verdicts()) == ([(status, None, None, "")], [])


def test_a_missing_metric_abstains() -> None:
    """A frame of which nothing is known is not a bad frame."""
    plan = Graded(ungraded="hold")
    plan.take(None)
    assert plan.told() == [("pending", None, None, "")]
    assert plan.verdicts()[0].reason == "none of the metrics of 'HFR' is known"


def test_a_set_that_is_gone_abstains() -> None:
    """An assigned set that is not stored, as after an import, is a reason and no failure."""
    plan = Graded(ungraded="count")
    with plan.store.write() as unit:
        profile = unit.list(Profile)[0]
        profile.grader = GraderPreferences(**profile.grader.model_dump() | {"criteria_set": "Gone"})
        unit.update(profile)
    delete_criteria("HFR", store=plan.store)
    plan.take(9.0)
    assert plan.told() == [("accepted", None, None, "")]
    assert plan.verdicts()[0].reason == "criteria set 'Gone' of profile 'Refractor' is not stored"


def test_a_baseline_comes_from_the_accepted_frames_of_the_plan() -> None:
    """With three accepted peers a worsening by 30 % halves the row; before there is no baseline."""
    plan = Graded(DEVIATION)
    plan.take(2.0, 2.0, 2.0, 2.6)
    assert plan.told()[-1] == ("rejected", 50, "E", "Grade E < C")
    first, last = plan.verdicts()[0].inputs, plan.verdicts()[-1].inputs
    assert (first["rows"][0]["baseline"], first["rows"][0]["samples"]) == (None, 0)
    assert (last["rows"][0]["baseline"], last["rows"][0]["samples"], last["rows"][0]["decided_by"]) == (
        2.0,
        3,
        "deviation",
    )
    assert last["would_pass"] == {"hfr": pytest.approx(2.522)}
    assert (last["set"], last["minimum_grade"], last["coverage"]) == ("HFR", "C", 1.0)


def test_a_good_grade_does_not_outweigh_the_statistics() -> None:
    """One reject rejects: a frame far from its peers is rejected although its band would count."""
    plan = Graded(minimum=Band.E, statistical=True, grade_stars=False, grade_rms=False)
    plan.take(2.0, 2.01, 2.02, 2.03, 3.5)
    assert plan.told()[-1] == ("rejected", 25, "E", "HFR")


def test_an_earlier_score_goes_when_nobody_gives_one_any_more() -> None:
    """A frame that is graded anew without a set has no score of before."""
    plan = Graded(ungraded="hold")
    plan.take(2.0)
    with plan.store.write() as unit:
        image = unit.list(AcquiredImage)[0]
        unit.set_status(image, _pending(image))
        profile = unit.list(Profile)[0]
        profile.grader = GraderPreferences(**profile.grader.model_dump() | {"auto_grade": False})
        unit.update(profile)
    plan.grade()
    assert plan.told() == [("pending", None, None, "")]


def _pending(image: AcquiredImage) -> Any:
    from tsplug.model import StatusChange

    return StatusChange(
        image_id=image.id or 0, from_status=image.status, to_status=GradingStatus.PENDING, by="user", at=START
    )
