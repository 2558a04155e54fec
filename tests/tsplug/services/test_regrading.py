"""Regrading stored images: what changes, what stays, and that doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from frames_to_regrade import ALL, DEVIATION, START, Frames

from tsplug.errors import InputError, NotFoundError
from tsplug.grading.combine import Rule
from tsplug.grading.criteria import Criteria
from tsplug.model import (
    AcquiredImage,
    Band,
    ExposurePlan,
    ExposureTemplate,
    FramePlace,
    GradePlan,
    GraderPreferences,
    GraderVerdict,
    GradingStatus,
    Profile,
    Project,
    ProjectState,
    RegradeRun,
    StatusChange,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import Store
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.criteria_documents import criteria_of
from tsplug.services.explaining import explain_image
from tsplug.services.grading import apply_grades, failure_of_all, judge_plan
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.purging import Scope, purge_images
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import RegradeReport, regrade
from tsplug.testing import FakeContext, PresentFiles


@pytest.mark.both_databases
def test_frames_are_judged_anew_and_a_second_time_changes_nothing() -> None:
    """Statuses, scores, verdicts, counters and trails change together; then there is nothing left to do."""
    frames = Frames()
    frames.take(2.0, 2.6, 3.0)
    frames.take(3.6, 2.2, target="Rosette", status="rejected", reject_reason="HFR")
    report = frames.regrade()
    assert frames.told() == ["aA", "aC", "rE", "rE", "aA"]
    assert (report.processed, report.updated, report.skipped_manual, frames.accepted()) == (5, 5, 0, [2, 1])
    changes = {each["image"]: (each["from"], each["to"], each["band"], each["reason"]) for each in report.changes}
    assert changes[3] == ("accepted", "rejected", "E", "Grade E < C")
    assert changes[5] == ("rejected", "accepted", "A", "")
    lines = [line for line in frames.all(StatusChange) if line.from_status is not None]
    assert {line.by for line in lines} == {"regrade"}
    assert [(line.image_id, line.from_reason) for line in lines if line.image_id > 3] == [(4, "HFR"), (5, "HFR")]
    before = frames.everything()
    again = frames.regrade()
    assert (again.processed, again.updated, again.changes, frames.everything()) == (5, 0, [], before)


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    """The diff of a dry run is what the run then does."""
    frames = Frames()
    frames.take(2.0, 3.0, 2.2)
    before = frames.everything()
    dry = frames.regrade(RegradeRequest(everything=True, dry_run=True))
    assert (frames.everything(), frames.all(RegradeRun)) == (before, [])
    wet = frames.regrade()
    assert (dry.changes, dry.bands, dry.targets_reopened) == (wet.changes, wet.bands, 1)


def test_plans_and_targets_complete_and_open_again() -> None:
    """A frame that no longer counts opens its plan and target; one that counts again completes them."""
    frames = Frames()
    frames.take(2.0, 2.1, 3.0)
    frames.take(2.0, 2.1, 2.2, target="Rosette", status="rejected")
    report = frames.regrade()
    assert (report.targets_completed, report.targets_reopened) == (1, 1)
    assert (report.completed, report.reopened) == (["Rosette"], ["M 42"])
    assert report.plans == {"completed": ["Rosette/Ha"], "reopened": ["M 42/L"]}
    easier = frames.regrade(RegradeRequest(target="M 42", criteria=looser()))
    assert (easier.completed, frames.accepted()) == (["M 42"], [3, 3])


def looser() -> Criteria:
    """Return a set for which any HFR will do."""
    return criteria_of({"name": "Loose", "rows": {"hfr": {"weight": 1, "good": 9.0, "bad": 10.0}}})


@pytest.mark.parametrize(
    ("project", "why"),
    [({"state": ProjectState.CLOSED}, "it is closed"), ({"grading_enabled": False}, "grading is off for it")],
)
def test_closed_and_ungraded_projects_are_left_alone(project: dict[str, Any], why: str) -> None:
    """What is put away is not opened again, and where nothing is graded nothing is regraded."""
    frames = Frames()
    frames.take(3.0)
    frames.change(Project, **project)
    report = frames.regrade()
    assert (report.processed, frames.told()) == (0, ["a-"])
    assert report.left_alone == [{"project": "Nebulae", "why": why}]


def test_what_was_given_by_hand_stays_unless_asked() -> None:
    """A manual status wins over all graders, and is given up on request only."""
    frames = Frames()
    frames.take(9.0, manual=True)
    frames.take(2.0, status="rejected", reject_reason="Manual", manual=True)
    frames.take(9.0)
    report = frames.regrade()
    assert (report.processed, report.skipped_manual, frames.told()) == (1, 2, ["a-", "r-", "rE"])
    assert frames.regrade(RegradeRequest(everything=True, include_manual=True)).updated == 2
    assert (frames.told(), [image.manual for image in frames.all(AcquiredImage)]) == (["rE", "aA", "rE"], [False] * 3)
    assert frames.accepted() == [1, 0]


def test_frames_are_chosen_by_target_rig_and_night() -> None:
    """Everything else stays, but is compared with."""
    frames = Frames()
    frames.take(3.0, 3.0)
    frames.take(3.0, target="Rosette")
    frames.take(3.0, started=START + timedelta(days=1), acquired=START + timedelta(days=1))
    requests = [
        RegradeRequest(target="Rosette"),
        RegradeRequest(everything=True, first=date(2026, 1, 16)),
        RegradeRequest(everything=True, last=date(2026, 1, 14)),
        RegradeRequest(everything=True, first=START + timedelta(minutes=1), last=START + timedelta(minutes=2)),
        RegradeRequest(profile="Refractor"),
    ]
    found = [[each["image"] for each in _dry(frames, request).changes] for request in requests]
    assert found == [[3], [4], [], [2], [1, 2, 4, 3]]
    with pytest.raises(NotFoundError, match="no target 'M 1' is stored"):
        frames.regrade(RegradeRequest(target="M 1"))
    with pytest.raises(InputError, match="the end comes before the beginning"):
        frames.regrade(RegradeRequest(everything=True, first=date(2026, 1, 16), last=date(2026, 1, 15)))
    with pytest.raises(InputError, match="give a target, a profile, or all"):
        frames.regrade(RegradeRequest())


def _dry(frames: Frames, request: RegradeRequest) -> RegradeReport:
    from dataclasses import replace

    return frames.regrade(replace(request, dry_run=True))


def test_a_set_that_is_taken_away_takes_its_scores_along() -> None:
    """Without criteria the frame is ungraded again, not E; the verdict goes too."""
    frames = Frames()
    frames.take(9.0)
    frames.regrade()
    profile = frames.all(Profile)[0].grader.model_dump() | {"criteria_set": ""}
    frames.change(Profile, grader=GraderPreferences(**profile))
    frames.regrade()
    assert (frames.told(), [each.grader for each in frames.all(Verdict)]) == (["a-"], ["tsplug"])


def test_verdicts_of_other_graders_stay_and_count() -> None:
    """What a plugin rejected stays rejected, whatever the criteria say."""
    frames = Frames()
    frames.take(2.0, status="rejected", reject_reason="Trail")
    with frames.store.write() as unit:
        said = {"grader": "trails", "version": "1", "status": VerdictStatus.REJECT, "reason": "Trail"}
        unit.add(Verdict(image_id=1, judged_at=START, **said))
    assert (frames.regrade().updated, frames.told()) == (1, ["rA"])
    assert [each.grader for each in frames.all(Verdict)] == ["trails", "criteria"]


def test_what_a_grader_said_before_it_went_is_not_taken_up_again() -> None:
    """An error is over once the frame has a status, a verdict once the status was cleared: grading told so already."""
    frames = Frames()
    frames.take(2.0, 2.1, status="pending")
    plan = GradePlan(plan_guid=frames.all(ExposurePlan)[0].guid)
    apply_grades(failure_of_all(plan, frames.context, error="a grader failed: boom"), frames.context)
    assert (frames.told(), frames.regrade().updated, frames.told()) == (["p-", "p-"], 2, ["pA", "pA"])
    apply_grades(judge_plan(plan, frames.context), frames.context)
    assert (frames.told(), frames.regrade().updated) == (["aA", "aA"], 0)
    _reject_by("psf", frames, plan)
    assert frames.told() == ["rA", "rA"]
    frames.clock.advance(3600.0)
    cleared = ManualGrade(to_status=GradingStatus.PENDING)
    assert len(grade_manually([1, 2], cleared, store=frames.store, clock=frames.clock).changed) == 2
    frames.clock.advance(3600.0)
    first = RegradeRequest(everything=True, last=START + timedelta(minutes=1))
    assert (frames.regrade(first).updated, frames.told()) == (1, ["aA", "pA"])
    apply_grades(judge_plan(plan, frames.context), frames.context)
    assert (frames.told(), frames.regrade().updated, frames.accepted()) == (["aA", "aA"], 0, [2, 0])
    assert [(each.image_id, each.grader) for each in frames.all(Verdict) if each.grader != "criteria"] == [(1, "psf")]


def _reject_by(grader: str, frames: Frames, plan: GradePlan) -> None:
    """Clear all frames, and let a grader of others reject them that leaves the built-in ones their word."""
    every = [image.id or 0 for image in frames.all(AcquiredImage)]
    grade_manually(every, ManualGrade(to_status=GradingStatus.PENDING), store=frames.store, clock=frames.clock)
    said = judge_plan(plan, frames.context)
    verdict = {"grader": grader, "version": "1", "status": VerdictStatus.REJECT, "reason": "bad"}
    others = tuple(GraderVerdict(image_guid=each.image_guid, **verdict) for each in said.verdicts)
    apply_grades(said.model_copy(update={"verdicts": (*said.verdicts, *others)}), frames.context)


@pytest.mark.parametrize("status", ["pending", "accepted"])
def test_statistics_and_criteria_are_combined(status: str) -> None:
    """One reject rejects: the frame far from its peers goes, though its band would count. It is settled then."""
    frames = Frames()
    grader = {"criteria_set": "HFR", "delay_percent": 0, "grade_stars": False, "grade_rms": False}
    frames.change(Profile, grader=GraderPreferences(**grader))
    frames.change(ExposureTemplate, minimum_grade=Band.E)
    frames.take(2.0, 2.01, 2.02, 2.03, 2.04, 3.9, status=status)
    frames.regrade()
    assert frames.told() == ["aA"] * 5 + ["rE"]
    assert frames.all(AcquiredImage)[-1].reject_reason == "HFR"
    assert explain_image(frames.store, "6")["rule"] == Rule.REJECT
    before = frames.everything()
    frames.clock.advance(3600.0)
    assert (frames.regrade().updated, frames.everything()) == (0, before)
    grade_manually([1], ManualGrade(to_status=GradingStatus.PENDING), store=frames.store, clock=frames.clock)
    frames.clock.advance(3600.0)
    assert (frames.regrade().updated, frames.told()[0]) == (1, "aA")
    told = explain_image(frames.store, "1")
    assert (told["rule"], [each["earlier"] for each in told["verdicts"]]) == (Rule.ACCEPT, [False, False])


def test_statistics_can_be_kept() -> None:
    """What was compared before is not compared anew on request; what never was is."""
    frames = Frames()
    grader = {"criteria_set": "", "delay_percent": 0, "grade_stars": False, "grade_rms": False}
    frames.change(Profile, grader=GraderPreferences(**grader))
    frames.take(2.0, 2.01, 2.02, 2.03, 2.04)
    with frames.store.write() as unit:
        said = {"grader": "statistical", "version": "1", "status": VerdictStatus.REJECT, "reason": "HFR"}
        unit.add(Verdict(image_id=1, judged_at=START, **said))
    assert frames.regrade(RegradeRequest(everything=True, keep_statistics=True)).updated == 1
    assert (frames.told(), len(frames.all(Verdict))) == (["r-"] + ["a-"] * 4, 5)
    frames.regrade()
    assert frames.told() == ["a-"] * 5


def test_baselines_settle_before_anything_is_written() -> None:
    """Frames that lose their place as peers change the baselines of others; one run sees to the end of it."""
    frames = Frames(document=DEVIATION)
    frames.take(2.0, 2.0, 2.1, 3.0, 3.1, 3.2, 3.3, 2.4)
    frames.regrade()
    before = frames.everything()
    assert frames.regrade().updated == 0
    assert frames.everything() == before


def test_a_status_given_meanwhile_is_left() -> None:
    """A frame that somebody grades by hand between judging and writing keeps that grade."""
    frames = Frames()
    frames.take(9.0, 9.0)
    sent = frames.context.progress.report

    def meanwhile(message: str, **numbers: Any) -> None:
        sent(message, **numbers)
        frames.context.store = _Interfering(frames.store)  # type: ignore[assignment]

    frames.context.progress.report = meanwhile  # type: ignore[method-assign]
    frames.regrade()
    assert frames.told() == ["p-", "rE"]
    assert frames.accepted() == [0, 0]


def test_a_verdict_that_came_meanwhile_is_not_doubled() -> None:
    """Live grading may store the same grader's word between judging and writing: one of them stays."""
    frames = Frames()
    frames.take(2.0)
    sent = frames.context.progress.report

    def meanwhile(message: str, **numbers: Any) -> None:
        sent(message, **numbers)
        frames.context.store = _AlsoGrading(frames.store)  # type: ignore[assignment]

    frames.context.progress.report = meanwhile  # type: ignore[method-assign]
    frames.regrade()
    assert [(each.grader, each.reason, each.band) for each in frames.all(Verdict)] == [("criteria", "", Band.A)]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("go", "left"),
    [
        (lambda frames: _delete_image(frames, 1), ["aA"]),
        (lambda frames: purge_images(Scope(), frames.store, clock=frames.clock), []),
        (lambda frames: delete_record(Request("target", "1"), frames.store), []),
    ],
    ids=["image", "purge", "target"],
)
def test_what_goes_meanwhile_ends_no_run(go: Callable[[Frames], object], left: list[str]) -> None:
    """Records that are removed between judging and writing are left out; all others are written."""
    frames = Frames()
    frames.take(9.0, 2.0)
    frames.clock.advance(timedelta(days=400).total_seconds())
    sent = frames.context.progress.report

    def meanwhile(message: str, **numbers: Any) -> None:
        sent(message, **numbers)
        frames.context.store = _Then(frames.store, [lambda: go(frames)])  # type: ignore[assignment]

    frames.context.progress.report = meanwhile  # type: ignore[method-assign]
    report = frames.regrade()
    assert (frames.told(), [each["to"] for each in report.changes]) == (left, ["accepted"] * len(left))
    assert {each.image_id for each in frames.all(Verdict)} == {each.id for each in frames.all(AcquiredImage)}


def _delete_image(frames: Frames, key: int) -> None:
    with frames.store.write() as unit:
        unit.delete_all(AcquiredImage, id=key)


class _Then:
    """A store in which something happens before anything is written."""

    def __init__(self, store: Store, first: list[Callable[[], object]]) -> None:
        self._store = store
        self._first = first
        self.read = store.read

    def write(self) -> Any:
        while self._first:
            self._first.pop()()
        return self._store.write()


class _AlsoGrading:
    """A store in which someone judges the first frame before anything is written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = store.read

    def write(self) -> Any:
        with self._store.write() as unit:
            if not unit.list(Verdict):
                said = {"grader": "criteria", "version": "1", "status": VerdictStatus.ABSTAIN, "reason": "live"}
                unit.add(Verdict(image_id=1, judged_at=START, **said))
        return self._store.write()


class _Interfering:
    """A store in which someone clears the first frame before anything is written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = store.read

    def write(self) -> Any:
        with self._store.write() as unit:
            image = unit.get(AcquiredImage, 1)
            if image.status is GradingStatus.ACCEPTED:
                unit.set_status(
                    image,
                    StatusChange(
                        image_id=1, from_status=image.status, to_status=GradingStatus.PENDING, by="user", at=START
                    ),
                )
        return self._store.write()


class _Dying(PresentFiles):
    def move(self, source: FramePlace, target: FramePlace, *, begin: Callable[[], None] | None = None) -> None:
        raise KeyboardInterrupt


def test_files_follow_what_a_regrade_decides(tmp_path: Path) -> None:
    """Both ways, also where the run was cut off before they did; one that cannot is told."""
    frames = Frames()
    frames.change(Profile, grader=GraderPreferences(statistical=False, criteria_set="HFR", move_rejected=True))
    for name, hfr in (("a.fits", 2.0), ("b.fits", 3.9)):
        (tmp_path / name).write_bytes(b"pixels")
        frames.take(hfr, file=str(tmp_path / name))
    rejected = tmp_path / "rejected" / "b.fits"
    dying = FakeContext(frames.store, frames.clock, frames.context.devices, files=_Dying())
    with pytest.raises(KeyboardInterrupt):
        regrade(ALL, dying)
    assert (frames.told(), rejected.exists()) == (["aA", "rE"], False)
    resumed = frames.regrade()
    assert (resumed.resumed, resumed.warnings, frames.all(AcquiredImage)[1].file) == (True, [], str(rejected))
    frames.change(ExposureTemplate, minimum_grade=Band.E)
    _dry(frames, ALL)
    assert rejected.exists()
    frames.regrade()
    assert (rejected.exists(), frames.all(AcquiredImage)[1].file) == (False, str(tmp_path / "b.fits"))
    rejected.write_bytes(b"another")
    frames.change(ExposureTemplate, minimum_grade=Band.C)
    (told,) = frames.regrade().warnings
    assert told == f"{tmp_path / 'b.fits'} cannot be moved to {rejected}"
