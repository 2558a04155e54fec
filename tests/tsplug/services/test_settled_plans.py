"""Plans that a regrade leads to themselves are known again without reading a frame, and only while nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from frames_to_regrade import ALL, DEVIATION, START, Frames
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.model import (
    AcquiredImage,
    CriteriaRow,
    ExposurePlan,
    ExposureTemplate,
    GradePlan,
    GradingStatus,
    Profile,
    SettledPlan,
    Verdict,
    VerdictStatus,
)
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.services.criteria_documents import criteria_of
from tsplug.services.graders import GRADERS
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.manual_undo import undo_manual
from tsplug.services.regrade_deciding import Decide, Part, deciding_here
from tsplug.services.regrade_judging import Judges
from tsplug.services.regrade_outcomes import Decided
from tsplug.services.regrade_scope import RegradeRequest, Scope, pages_of, scope_of
from tsplug.services.regrading import RegradeReport, regrade
from tsplug.services.settled_plans import CODE, Footings, settled_among

STATISTICAL = {"statistical": True, "delay_percent": 0, "criteria_set": "HFR"}


def frames(url: str = "sqlite://") -> Frames:
    """Return two targets with frames of a night that is over, graded by both graders."""
    found = Frames(url, DEVIATION)
    found.change(Profile, grader=STATISTICAL)
    found.take(2.0, 2.1, 5.0, 2.2, 2.3)
    found.take(2.0, 2.2, target="Rosette", status="rejected", reject_reason="HFR")
    found.clock.advance(2 * 86400)
    return found


def known(found: Frames, request: RegradeRequest = ALL, *, code: Sequence[str] = CODE) -> list[str]:
    """Return the targets of whose plans a regrade knows what they come to."""
    with found.store.read() as unit:
        scope = scope_of(request, unit, now=found.clock.now())
        footings = Footings(scope, Judges(scope).criteria, code=code)
        settled: dict[int, Decided] = {}
        for plans in pages_of(scope, scope.targets, unit=unit):
            settled |= settled_among(plans, footings.of(plans, unit), unit=unit)
    return sorted(each.plan.target.name for each in settled.values())


def forget(found: Frames) -> list[SettledPlan]:
    """Let nothing be known of any plan, and return what was."""
    with found.store.write() as unit:
        before = unit.list(SettledPlan)
        unit.delete_all(SettledPlan)
    return [each.model_copy(update={"id": None}) for each in before]


def dry(found: Frames, request: RegradeRequest = ALL) -> RegradeReport:
    """Return what a regrade would come to."""
    return regrade(replace(request, dry_run=True), found.context)


@pytest.mark.both_databases
def test_what_led_to_itself_is_not_read_again() -> None:
    """The run that wrote it knows that already; the report is the one of a run that reads everything."""
    found = frames()
    assert known(found) == []
    assert found.regrade().updated == 7
    assert known(found) == ["M 42", "Rosette"]
    before, again = found.everything(), found.regrade()
    assert (again.updated, again.processed, found.everything()) == (0, 7, before)
    forget(found)
    assert dry(found) == replace(again, dry_run=True)
    assert (found.regrade(), known(found)) == (again, ["M 42", "Rosette"])


def test_with_other_graders_everything_is_read_once() -> None:
    """What is remembered hangs on which graders there are."""
    found = frames()
    found.regrade()
    assert set(CODE) >= {grader.name for grader in GRADERS}
    assert known(found) == ["M 42", "Rosette"]
    assert known(found, code=[*CODE, "another"]) == []


def of_image(**values: Any) -> Callable[[Frames], object]:
    """Return what gives the first frame other values."""

    def apply(found: Frames) -> None:
        with found.store.write() as unit:
            unit.update(AcquiredImage(**unit.get(AcquiredImage, 1).model_dump() | values))

    return apply


def of_verdict(**values: Any) -> Callable[[Frames], object]:
    """Return what gives the first frame's verdicts other values; with none they are deleted."""

    def apply(found: Frames) -> None:
        with found.store.write() as unit:
            for verdict in unit.list(Verdict, image_id=1):
                if values:
                    unit.update(verdict.model_copy(update=values))
                else:
                    unit.delete(verdict)

    return apply


def of_others(found: Frames) -> None:
    """Let a grader that is not built in say something of the first frame."""
    with found.store.write() as unit:
        said = {"grader": "trails", "version": "1", "status": VerdictStatus.REJECT, "reason": "a trail"}
        if unit.find(Verdict, image_id=1, grader="trails") is None:
            unit.add(Verdict(image_id=1, judged_at=START, **said))


def by_hand(status: GradingStatus) -> Callable[[Frames], object]:
    """Return what grades the first frame by hand."""
    wanted = ManualGrade(to_status=status)
    return lambda found: grade_manually([1], wanted, store=found.store, clock=found.clock)


def another(found: Frames) -> None:
    """Record another frame, of that night."""
    found.take(2.4)


def gone(found: Frames) -> None:
    """Remove the first frame."""
    with found.store.write() as unit:
        unit.delete(unit.get(AcquiredImage, 1))


ONE = {
    "another measurement": of_image(metrics={"hfr": 2.0000000001}),
    "another night": of_image(session_date=date(2026, 1, 14)),
    "a rig that is gone": of_image(profile_id=None),
    "another filter": of_image(filter_name="R"),
    "a score from elsewhere": of_image(score=3.0),
    "a verdict of another version": of_verdict(version="0"),
    "a verdict told otherwise": of_verdict(inputs={"rows": []}),
    "no verdicts": of_verdict(),
    "a verdict of others": of_others,
    "rejected by hand": by_hand(GradingStatus.REJECTED),
    "cleared": by_hand(GradingStatus.PENDING),
    "another frame": another,
    "a frame that is gone": gone,
}
ALL_OF_THEM: dict[str, Callable[[Frames], object]] = {
    "another sigma": lambda found: found.change(Profile, grader=STATISTICAL | {"hfr_sigma": 1.0}),
    "no statistics": lambda found: found.change(Profile, grader=STATISTICAL | {"statistical": False}),
    "another pixel": lambda found: found.change(Profile, pixel_size_um=9.0),
    "another limit of the set": lambda found: found.change(CriteriaRow, bad=3.0),
    "another grade": lambda found: found.change(ExposureTemplate, minimum_grade="A"),
    "another wish": lambda found: found.change(ExposurePlan, desired=9),
}


@pytest.mark.parametrize("name", [*ONE, *ALL_OF_THEM])
def test_whatever_changes_is_judged_anew(name: str) -> None:
    """A frame's plan alone, or all plans where settings changed; then it comes to what it comes to for itself."""
    found = frames()
    found.regrade()
    (ONE | ALL_OF_THEM)[name](found)
    assert known(found) == (["Rosette"] if name in ONE else [])
    told = dry(found)
    forget(found)
    assert dry(found) == told


@pytest.mark.parametrize(
    "request_",
    [
        replace(ALL, include_manual=True),
        replace(ALL, keep_statistics=True),
        replace(ALL, leave_pending=True),
        replace(ALL, first=START),
        replace(ALL, last=date(2026, 2, 1)),
        RegradeRequest(profile="Refractor"),
        replace(ALL, criteria=criteria_of(DEVIATION)),
    ],
)
def test_another_request_is_answered_for_itself(request_: RegradeRequest) -> None:
    """What one request leaves alone another may not; whether one target or all are asked for is the same."""
    found = frames()
    found.regrade()
    assert known(found, request_) == []
    assert known(found, RegradeRequest(target="M 42")) == ["M 42"]


def test_what_says_nothing_of_a_frame_changes_nothing() -> None:
    """Such as where its file lies."""
    found = frames()
    found.regrade()
    of_image(file="rejected/1.fits")(found)
    assert known(found) == ["M 42", "Rosette"]


def test_a_night_that_is_not_over_is_always_looked_at() -> None:
    """What waits in it changes with the time alone."""
    found = frames()
    found.take(2.0, started=found.clock.now(), acquired=found.clock.now() + timedelta(minutes=5))
    for _ in range(2):
        found.regrade()
        assert known(found) == ["Rosette"]
    found.clock.advance(86400)
    found.regrade()
    assert known(found) == ["M 42", "Rosette"]


def deciding_before(found: Frames, change: Callable[[Frames], object]) -> Decide:
    """Return what decides, after which something changes before it is written."""

    def decide(scope: Scope, parts: Sequence[Part]) -> Generator[list[Decided], None, None]:
        for decided in deciding_here(found.store)(scope, parts):
            change(found)
            yield decided

    return decide


@pytest.mark.parametrize("name", ["another measurement", "rejected by hand", "another frame", "a frame that is gone"])
def test_what_changes_while_it_is_judged_is_not_settled(name: str) -> None:
    """Whoever changed it: what was written rests on what was before."""
    found = frames()
    regrade(ALL, found.context, decide=deciding_before(found, ONE[name]))
    assert known(found) == ["Rosette"]


def undone(found: Frames) -> None:
    """Take back what was done by hand."""
    with found.store.read() as unit:
        by_hand_now = [each for each in unit.list(AcquiredImage) if each.manual]
    if by_hand_now:
        undo_manual(found.store, clock=found.clock)


def live(found: Frames) -> None:
    """Let the graders judge what is pending."""
    for plan in found.all(ExposurePlan):
        apply_grades(judge_plan(GradePlan(plan_guid=plan.guid, force=True), found.context), found.context)


def no_target(found: Frames) -> None:
    """Delete the second target, with its frames."""
    if len(found.all(ExposurePlan)) > 1:
        delete_record(Request("target", "Rosette"), found.store)


def test_a_plan_that_is_deleted_while_it_is_judged_ends_no_regrade() -> None:
    """Nothing is remembered of it."""
    found = frames()
    found.regrade()
    forget(found)
    regrade(ALL, found.context, decide=deciding_before(found, no_target))
    assert known(found) == ["M 42"]


def test_plans_graded_by_the_built_in_set_are_known_again() -> None:
    """It is made anew each time, and says the same."""
    found = frames()
    found.change(Profile, grader=STATISTICAL | {"criteria_set": "Default"})
    found.regrade()
    assert known(found) == ["M 42", "Rosette"]


@pytest.mark.parametrize("spoilt", [{"bands": {"Z": 3}}, {"bands": "no object"}, {"processed": "x"}])
def test_what_is_remembered_and_cannot_be_read_counts_as_not_known(spoilt: dict[str, object]) -> None:
    """It can be judged anew at any time."""
    found = frames()
    found.regrade()
    with found.store.write() as unit:
        unit.update_many(SettledPlan, [{"id": row.id, **spoilt} for row in unit.list(SettledPlan)])
    assert known(found) == []
    found.regrade()
    assert known(found) == ["M 42", "Rosette"]


@pytest.mark.parametrize("kept", [{"keep_statistics": True}, {"leave_pending": True}])
def test_a_run_that_leaves_some_frames_alone_knows_only_what_it_finds_unchanged(kept: dict[str, bool]) -> None:
    """The next one leaves alone what this one judged."""
    found, request = frames(), replace(ALL, **kept)
    found.regrade(request)
    assert known(found, request) == []
    found.regrade(request)
    assert known(found, request) == ["M 42", "Rosette"]


def later(found: Frames) -> None:
    """Let half a day pass."""
    found.clock.advance(43200)


def now(found: Frames) -> None:
    """Record a frame of this night."""
    found.take(2.5, started=found.clock.now(), acquired=found.clock.now(), status="pending")


def again(found: Frames) -> None:
    """Regrade, by what is known."""
    found.regrade()


def over_hands(found: Frames) -> None:
    """Regrade what stands by hand too."""
    found.regrade(replace(ALL, include_manual=True))


STEPS = [*(ONE[name] for name in ONE if name != "a frame that is gone"), *ALL_OF_THEM.values()]
STEPS += [undone, live, no_target, later, now, again, again, over_hands]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6), st.booleans())
def test_a_regrade_comes_to_the_same_whatever_is_known(steps: list[Callable[[Frames], object]], hands: bool) -> None:
    """After any sequence of changes and regrades; and what it writes leads to itself where nothing is known."""
    found, request = frames(), replace(ALL, include_manual=hands)
    found.regrade()
    for step in steps:
        step(found)
    told, remembered = dry(found, request), forget(found)
    assert dry(found, request) == told
    with found.store.write() as unit:
        unit.add_many(remembered)
    found.regrade(request)
    told = dry(found, request)
    forget(found)
    assert (told.updated, dry(found, request)) == (0, told)
