"""Grading a plan in the store: verdicts, status, counters and audit trail together."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.errors import InputError, NotFoundError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    GradePlan,
    GraderPreferences,
    GraderVerdict,
    GradingStatus,
    ImageGrade,
    PlanGrades,
    Profile,
    Project,
    StatusChange,
    Target,
    Verdict,
    VerdictStatus,
)
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.manual_undo import undo_manual
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices

pytestmark = pytest.mark.both_databases

PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED
NAN = float("nan")


class PlanInStore:
    """One plan of a stored catalogue, with what tests do to it."""

    def __init__(self, *, desired: int = 14, target: str = "M 42", **preferences: Any) -> None:
        self.clock = ManualClock()
        self.context = FakeContext(stocked_store(self.clock), self.clock, recording_devices(self.clock, Path("unused")))
        self.store = self.context.store
        with self.store.write() as unit:
            place = unit.find(Target, name=target)
            assert place is not None
            plan = unit.list(ExposurePlan, target_id=place.id)[-1]
            plan.desired = desired
            unit.update(plan)
            project = unit.get(Project, place.project_id)
            profile = unit.get(Profile, project.profile_id)
            profile.grader = GraderPreferences(**{"delay_percent": 60, **preferences})
            unit.update(profile)
        assert plan.id is not None
        self.plan_id, self.guid, self.profile, self.project = plan.id, plan.guid, profile, project
        self.taken = 0

    def take(self, *rows: dict[str, float], **changes: Any) -> None:
        """Store a frame for each row of metrics."""
        for metrics in rows:
            fields: dict[str, Any] = {
                "guid": f"g{self.taken}",
                "profile_id": self.profile.id,
                "profile_name": self.profile.name,
                "project_name": self.project.name,
                "target_name": "t",
                "plan_id": self.plan_id,
                "filter_name": "L",
                "file": f"{self.taken}.fits",
                "started": START + timedelta(minutes=self.taken),
                "acquired": START + timedelta(minutes=self.taken + 1),
                "exposure_s": 60,
                "metrics": metrics,
                "detector": "d",
            }
            with self.store.write() as unit:
                unit.add_image(AcquiredImage(**{**fields, **changes}))
            self.taken += 1

    def grade(self, *, force: bool = False) -> PlanGrades:
        """Judge and apply, as the hook does."""
        return apply_grades(judge_plan(GradePlan(plan_guid=self.guid, force=force), self.context), self.context)

    def images(self) -> list[AcquiredImage]:
        """Return the plan's frames by number."""
        with self.store.read() as unit:
            return unit.list(AcquiredImage, plan_id=self.plan_id)

    def statuses(self) -> str:
        """Return the first letter of each frame's status."""
        return "".join(image.status.value[0] for image in self.images())

    def everything(self) -> list[list[Any]]:
        """Return all that grading could change."""
        with self.store.read() as unit:
            return [unit.list(kind) for kind in (AcquiredImage, ExposurePlan, Verdict, StatusChange)]


GOOD = {"hfr": 2.0, "star_count": 200.0, "guiding_rms": 0.6}
SOFT, CLOUDED = {**GOOD, "hfr": 5.0}, {**GOOD, "star_count": 20.0}


def good(number: int) -> dict[str, float]:
    """Return a good frame that differs a little from the others."""
    return {**GOOD, "hfr": 2.0 + 0.02 * (number % 4), "star_count": 200.0 + number}


@pytest.mark.parametrize("mode", ["robust", "target-scheduler"])
def test_ten_of_twenty_wait_and_ten_of_fourteen_are_graded(mode: str) -> None:
    """At a delay of 60 %, 10 of 20 does nothing; 10 of 14 grades ten, and the two bad ones are rejected."""
    frames = [good(n) for n in range(8)] + [SOFT, CLOUDED]
    factors = {"mode": mode, "hfr_sigma": 2, "stars_sigma": 2}
    early = PlanInStore(desired=20, **factors)
    early.take(*frames)
    waiting = early.grade()
    assert waiting.waiting == "10 of 20 taken; grading begins with 12 (60 %)"
    assert (early.statuses(), waiting.verdicts, waiting.acquired) == ("p" * 10, (), 10)
    ripe = PlanInStore(desired=14, **factors)
    ripe.take(*frames)
    result = ripe.grade()
    assert ripe.statuses() == "a" * 8 + "rr"
    assert (result.acquired, result.accepted, len(result.grades)) == (10, 8, 10)
    assert [image.reject_reason for image in ripe.images()[8:]] == ["HFR", "Star Count"]


def test_force_grades_before_the_delay_is_reached() -> None:
    """The manual trigger does not wait."""
    plan = PlanInStore(desired=50)
    plan.take(GOOD, GOOD, GOOD, SOFT)
    assert plan.grade().waiting
    assert not plan.grade(force=True).waiting
    assert plan.statuses() == "aaar"


def test_without_delay_each_frame_is_graded_at_once_against_the_newest() -> None:
    """The first three are accepted by rule; then as many others as wanted, the frame itself not counted."""
    plan = PlanInStore(delay_percent=0, max_samples=4)
    for frame in (GOOD, GOOD, GOOD, SOFT, GOOD, GOOD, GOOD):
        plan.take(frame)
        plan.grade()
    assert plan.statuses() == "aaaraaa"
    with plan.store.read() as unit:
        sizes = [verdict.inputs["population"]["size"] for verdict in unit.list(Verdict)]
    assert sizes == [0, 1, 2, 3, 3, 4, 4]


CALM, WORSE = ({"star_count": 500, "hfr": hfr, "fwhm": 1.6 * hfr, "guiding_rms": 0.5} for hfr in (1.5, 1.9))


def graded_as_they_come(*frames: dict[str, float]) -> tuple[PlanInStore, list[str]]:
    """Return a plan whose frames are taken every quarter of an hour and graded at once, and its statuses each time."""
    plan, seen = PlanInStore(delay_percent=0), []
    for number, metrics in enumerate(frames):
        plan.take(metrics, started=START + timedelta(minutes=15 * number))
        plan.grade()
        seen.append(plan.statuses())
    return plan, seen


def test_a_night_that_becomes_worse_is_waited_for_and_accepted() -> None:
    """Steadily guided, focused frames stay pending until what follows shows that the night stays so."""
    _, seen = graded_as_they_come(*[CALM] * 10, *[WORSE] * 8)
    assert seen[10:15] == ["a" * 10 + "p" * waiting for waiting in range(1, 6)]
    assert seen[-1] == "a" * 18


def test_a_spell_that_passes_is_rejected_once_it_has_passed() -> None:
    """Two good frames after it show that the night was not over its best."""
    _, seen = graded_as_they_come(*[CALM] * 10, *[WORSE] * 3, *[CALM] * 3)
    assert seen[12] == "a" * 10 + "ppp"
    assert seen[-1] == "a" * 10 + "rrr" + "aaa"


def test_a_waiting_frame_says_so_and_force_decides() -> None:
    """The verdict abstains with its numbers; the manual trigger does not wait for later frames."""
    plan, _ = graded_as_they_come(*[CALM] * 10, WORSE)
    with plan.store.read() as unit:
        verdict = unit.list(Verdict)[-1]
    assert verdict.status is VerdictStatus.ABSTAIN
    assert "later frames will tell" in verdict.reason
    assert verdict.inputs["waits"] == verdict.reason
    plan.grade(force=True)
    assert plan.statuses() == "a" * 10 + "r"


def test_grading_is_off_where_the_project_says_so() -> None:
    """Nothing is judged; the answer says why."""
    plan = PlanInStore(target="M 81")
    plan.take(GOOD)
    result = plan.grade(force=True)
    assert result.waiting == "grading is off for project 'Galaxies'"
    assert (plan.statuses(), result.verdicts) == ("p", ())


def test_a_verdict_explains_itself_and_the_trail_says_who_and_why() -> None:
    """Inputs, reason with numbers, and one audit line for each change."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD, GOOD, GOOD, SOFT)
    grade = plan.grade().grades[3]
    assert grade.reason.startswith("HFR: hfr 5 px is above 3.455 (median 2")
    assert grade.changed
    with plan.store.read() as unit:
        verdict = unit.list(Verdict)[3]
        change = unit.list(StatusChange)[3]
    assert verdict.inputs["population"]["ids"] == [image.id for image in reversed(plan.images()[:3])]
    assert (verdict.inputs["decided_by"], verdict.inputs["rule"]) == ("HFR", "spread")
    assert (change.by, change.why, change.from_status, change.to_status) == ("statistical", "HFR", PENDING, REJECTED)


def test_grading_twice_changes_nothing() -> None:
    """The second run finds nothing to do, held frames included."""
    plan = PlanInStore(desired=1, ungraded="hold")
    plan.take(GOOD, GOOD, GOOD, SOFT, {})
    plan.grade()
    assert plan.statuses() == "aaarp"
    before = plan.everything()
    plan.clock.advance(60)
    assert not any(grade.changed for grade in plan.grade().grades)
    assert plan.everything() == before


@pytest.mark.parametrize("mode", ["robust", "target-scheduler"])
@pytest.mark.parametrize(("policy", "status"), [("count", "a"), ("hold", "p")])
def test_a_frame_nobody_can_judge_follows_the_policy(policy: str, status: str, mode: str) -> None:
    """Missing metrics abstain, and so do numbers too large to be any; counting or holding is the profile's choice."""
    plan = PlanInStore(desired=1, ungraded=policy, mode=mode)
    plan.take({"hfr": NAN}, {"hfr": 1.7e308}, *map(good, range(6)))
    assert [each.status for each in plan.grade().verdicts[:2]] == [VerdictStatus.ABSTAIN] * 2
    assert plan.statuses() == status * 2 + "a" * 6


@pytest.mark.parametrize("policy", ["count", "hold"])
def test_an_error_in_judging_leaves_its_frame_pending_and_the_others_are_graded(policy: str) -> None:
    """An exception abstains with its text and neither rejects nor counts, whatever the policy for abstentions."""
    plan = PlanInStore(desired=1, mode="target-scheduler", ungraded=policy)
    # Nobody can tell the noon before the first day there is.
    plan.take(GOOD, GOOD, started=datetime(1, 1, 1, 1, tzinfo=UTC), profile_id=None)
    plan.take(GOOD, GOOD, GOOD, GOOD, gain=1)
    result = plan.grade()
    assert plan.statuses() == "ppaaaa"
    assert result.verdicts[0].status is VerdictStatus.ABSTAIN
    assert result.verdicts[0].reason.startswith("grading failed: OverflowError")


def test_the_verdict_that_decides_has_its_own_numbers() -> None:
    """A frame set back to pending and accepted again shows the population of the second judgement."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD, GOOD, GOOD, GOOD)
    plan.grade()
    image = plan.images()[0]
    with plan.store.write() as unit:
        cleared = StatusChange(image_id=image.id or 0, from_status=ACCEPTED, to_status=PENDING, by="user", at=START)
        unit.set_status(image, cleared)
    plan.take(GOOD, GOOD)
    plan.grade()
    with plan.store.read() as unit:
        (verdict,) = unit.list(Verdict, image_id=image.id)
    assert verdict.inputs["population"]["size"] == 5


def test_a_manual_status_is_left_alone() -> None:
    """Frames that a person accepted or rejected get neither another status nor a verdict."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD, GOOD, GOOD, SOFT)
    image = plan.images()[3]
    assert image.id is not None
    with plan.store.write() as unit:
        change = StatusChange(
            image_id=image.id, from_status=PENDING, to_status=ACCEPTED, by="user", why="Manual", at=START
        )
        unit.set_status(image, change)
    assert plan.grade().accepted == 4
    with plan.store.read() as unit:
        assert unit.find(Verdict, image_id=image.id) is None


def test_a_status_that_changed_since_judging_is_not_overwritten() -> None:
    """Whoever decided in between wins: the verdict comes too late."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD, GOOD, GOOD, SOFT)
    judged = judge_plan(GradePlan(plan_guid=plan.guid), plan.context)
    plan.grade()
    late = apply_grades(judged, plan.context)
    assert late.grades[3] == ImageGrade(image_guid="g3", status=REJECTED, reason="HFR")
    assert (late.acquired, late.accepted) == (4, 3)


def test_each_rig_is_graded_by_its_own_preferences() -> None:
    """A contributing profile's frames use that profile's grader, optics and population."""
    plan = PlanInStore(desired=1, rms_threshold_px=0.5)
    with plan.store.write() as unit:
        other = unit.add(
            Profile(name="wide", site_id=plan.profile.site_id, focal_length_mm=100, aperture_mm=50, pixel_size_um=3.76)
        )
    plan.take(GOOD, GOOD)
    plan.take(GOOD, GOOD, profile_id=other.id)
    plan.grade()
    assert plan.statuses() == "aaaa"
    plan.take({**GOOD, "guiding_rms": 1.0})
    plan.take({**GOOD, "guiding_rms": 1.0}, profile_id=other.id)
    plan.grade()
    assert plan.statuses() == "aaaara"


def test_verdicts_of_another_grader_are_recorded_and_combined() -> None:
    """Whoever judged, one transaction holds its verdicts, score and band; one reject rejects."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD)
    said = [
        GraderVerdict(image_guid="g0", grader="mine", version="2", status=VerdictStatus.ACCEPT, score=91.5, band="A"),
        GraderVerdict(image_guid="g0", grader="other", version="1", status=VerdictStatus.REJECT, reason="ugly"),
        GraderVerdict(image_guid="gone", grader="mine", version="2", status=VerdictStatus.ACCEPT),
    ]
    result = apply_grades(PlanGrades(plan_guid=plan.guid, verdicts=tuple(said)), plan.context)
    [image] = plan.images()
    assert (image.status, image.reject_reason, image.score, image.band) == (REJECTED, "ugly", 91.5, "A")
    assert [grade.image_guid for grade in result.grades] == ["g0"]


def test_a_verdict_about_another_plan_is_refused_whole() -> None:
    """A grader that mixes plans up changes nothing at all."""
    plan = PlanInStore(desired=1)
    plan.take(GOOD)
    plan.take(GOOD, plan_id=plan.plan_id - 1)
    judged = judge_plan(GradePlan(plan_guid=plan.guid), plan.context)
    foreign = judged.verdicts[0].model_copy(update={"image_guid": "g1"})
    with pytest.raises(InputError, match="not of plan"):
        apply_grades(judged.model_copy(update={"verdicts": (*judged.verdicts, foreign)}), plan.context)
    assert plan.statuses() == "p"


def test_an_unknown_plan_is_named() -> None:
    """The message says which guid is unknown."""
    context = PlanInStore().context
    with pytest.raises(NotFoundError, match="'nowhere'"):
        judge_plan(GradePlan(plan_guid="nowhere"), context)
    with pytest.raises(NotFoundError, match="'nowhere'"):
        apply_grades(PlanGrades(plan_guid="nowhere"), context)


values = st.one_of(st.none(), st.just(NAN), st.floats(0.1, 20))
rows = st.fixed_dictionaries({"hfr": values, "star_count": values, "guiding_rms": values})


@settings(max_examples=20)
@given(
    frames=st.lists(rows, min_size=1, max_size=9),
    choice=st.sampled_from(list(product(["robust", "target-scheduler"], ["count", "hold"]))),
)
def test_order_does_not_matter_and_counters_follow(
    frames: list[dict[str, float | None]], choice: tuple[str, str]
) -> None:
    """Verdicts applied in any order give the same statuses; counters equal rows; a second run changes nothing."""
    told = [{key: value for key, value in frame.items() if value is not None} for frame in frames]
    results = []
    for seed in (0, 1):
        plan = PlanInStore(desired=1, mode=choice[0], ungraded=choice[1], hfr_sigma=1, stars_sigma=1)
        plan.take(*told)
        judged = judge_plan(GradePlan(plan_guid=plan.guid), plan.context)
        shuffled = random.Random(seed).sample(judged.verdicts, len(judged.verdicts))
        done = apply_grades(judged.model_copy(update={"verdicts": tuple(shuffled)}), plan.context)
        assert (done.acquired, done.accepted) == (len(frames), plan.statuses().count("a"))
        before = plan.everything()
        plan.grade()
        assert plan.everything() == before
        results.append(plan.statuses())
    assert results[0] == results[1]


by_hand = st.tuples(st.lists(st.integers(1, 9), min_size=1, unique=True), st.sampled_from(GradingStatus))


@settings(max_examples=6)
@given(frames=st.lists(rows, min_size=4, max_size=9), changes=st.lists(by_hand, max_size=3))
def test_what_was_changed_by_hand_and_undone_leaves_no_trace_in_grades(
    frames: list[dict[str, float | None]], changes: list[tuple[list[int], GradingStatus]]
) -> None:
    """Frames that are graded, changed by hand, undone and graded again have the verdicts of the first time."""
    plan = PlanInStore(desired=1, hfr_sigma=1, stars_sigma=1)
    plan.take(*({key: value for key, value in frame.items() if value is not None} for frame in frames))
    plan.grade()
    before = plan.everything()[:3]
    done = [grade_manually(ids, ManualGrade(to_status=to), store=plan.store, clock=plan.clock) for ids, to in changes]
    for _ in [each for each in done if each.batch is not None]:
        undo_manual(plan.store, clock=plan.clock)
    plan.grade()
    assert plan.everything()[:3] == before
