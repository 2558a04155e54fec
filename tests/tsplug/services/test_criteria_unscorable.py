"""Criteria sets that no frame can be scored by, as those of a store that another version wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from frames_to_regrade import Frames
from varied_plans import varied_plan

from tsplug.model import AcquiredImage, CriteriaRow, ExposurePlan, GradePlan, Profile, Verdict, VerdictStatus
from tsplug.services.criteria import add_criteria
from tsplug.services.criteria_documents import criteria_of
from tsplug.services.criteria_grader import CriteriaGrader
from tsplug.services.graders import PreparedGrader
from tsplug.services.grading import apply_grades, judge_plan

SET = {"name": "Sound", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 4.0}}}


@pytest.fixture
def frames() -> Frames:
    """Two pending frames of a rig whose set asks for a metric that nobody knows, and two of a rig with a sound one."""
    frames = Frames()
    frames.change(CriteriaRow, metric="sharpness_of_old")
    add_criteria(SET, frames.store)
    with frames.store.write() as unit:
        [rig] = unit.list(Profile)
        sound = rig.grader.model_copy(update={"criteria_set": "Sound"})
        other = unit.add(Profile(**rig.model_dump(exclude={"id", "guid", "grader"}) | {"name": "Other"}, grader=sound))
    frames.take(2.0, 2.1, status="pending")
    frames.take(2.0, 3.0, target="Rosette", status="pending", profile_id=other.id)
    return frames


def test_an_unknown_metric_leaves_its_frames_pending_and_the_regrade_goes_on(frames: Frames) -> None:
    """Frames wait with the error told; those of another rig are graded."""
    frames.regrade()
    assert frames.told() == ["p-", "p-", "aA", "rE"]
    assert _told_failures(frames) == [1, 2]


def test_an_unknown_metric_leaves_frames_pending_while_the_night_goes_on(frames: Frames) -> None:
    """Grading after an exposure fails no less quietly."""
    for plan in frames.all(ExposurePlan):
        apply_grades(judge_plan(GradePlan(plan_guid=plan.guid), frames.context), frames.context)
    assert frames.told() == ["p-", "p-", "aA", "rE"]
    assert _told_failures(frames) == [1, 2]


def _told_failures(frames: Frames) -> list[int]:
    verdicts = [each for each in frames.all(Verdict) if "KeyError: 'sharpness_of_old'" in each.reason]
    assert all(each.status is VerdictStatus.ABSTAIN for each in verdicts)
    return [each.image_id for each in verdicts]


class Walked(list[AcquiredImage]):
    """Frames that count how often somebody goes through all of them."""

    walks = 0

    def __iter__(self) -> Iterator[AcquiredImage]:
        self.walks += 1
        return super().__iter__()


@pytest.mark.parametrize("count", [3, 30])
def test_a_set_that_fails_is_tried_once_for_a_plan(count: int) -> None:
    """Every frame is told the error, and none costs another look at all the others."""
    sound = criteria_of(SET)
    unknown = replace(sound, rows=tuple(row.model_copy(update={"metric": "gone"}) for row in sound.rows))
    plan = varied_plan(Random(1), count)
    walked = Walked(plan.images)
    grader = CriteriaGrader(unknown)
    ready = PreparedGrader(grader, grader.prepare(replace(plan, images=walked), None))  # type: ignore[arg-type]
    ready.conclusion(plan.images[0])
    before = walked.walks
    verdicts = [ready.verdict(image) for image in plan.images]
    assert {each.reason for each in verdicts} == {"grading failed: KeyError: 'gone'"}
    assert walked.walks == before
