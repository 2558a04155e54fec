"""What regrading a plan comes to, whatever its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.combine import combine, has_failed, status_by
from tsplug.model import (
    AcquiredImage,
    Band,
    ExposurePlan,
    ExposureTemplate,
    GraderMode,
    GraderPreferences,
    GraderVerdict,
    GradingStatus,
    Profile,
    Project,
    Target,
    UngradedPolicy,
    VerdictStatus,
)
from tsplug.services.criteria_documents import criteria_of
from tsplug.services.criteria_grader import CriteriaGrader
from tsplug.services.graders import conclusions_of, prepared_graders, verdicts_of
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_decisions import Judging, Regraded, regrade_plan
from tsplug.services.statistical_grader import StatisticalGrader
from tsplug.testing.clock import START

GRADER = CriteriaGrader(
    criteria_of({"name": "s", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 6.0, "deviation": True}}})
)
HFRS = st.one_of(st.none(), st.sampled_from([2.0, 2.3, 2.5, 2.8]), st.floats(1.5, 6.0))
FRAMES = st.lists(st.tuples(HFRS, st.sampled_from(list(GradingStatus)), st.booleans()), min_size=1, max_size=14)


def plan_of(images: Sequence[AcquiredImage], minimum: Band, *, policy: UngradedPolicy) -> PlanImages:
    """Return a plan with images."""
    grader = GraderPreferences(statistical=False, ungraded=policy)
    owner = Profile(id=1, name="rig", grader=grader)
    return PlanImages(
        plan=ExposurePlan(id=1, target_id=1, template_id=1, desired=10),
        template=ExposureTemplate(id=1, profile_id=1, name="L", filter_name="L", minimum_grade=minimum),
        target=Target(id=1, project_id=1, name="t", ra_hours=1.0, dec_deg=1.0),
        project=Project(id=1, profile_id=1, name="p", created_at=START),
        owner=owner,
        profiles={1: owner},
        images=images,
    )


def frame(number: int, hfr: float | None, status: GradingStatus, **changes: Any) -> AcquiredImage:
    """Return a frame of the plan."""
    names = {"profile_name": "rig", "project_name": "p", "target_name": "t", "filter_name": "L", "file": "x.fits"}
    started = START + timedelta(minutes=number)
    metrics = {} if hfr is None else {"hfr": hfr}
    return AcquiredImage(
        **{"id": number + 1, "guid": f"g{number}", **names, "started": started, "acquired": started, "exposure_s": 1.0},
        plan_id=1,
        metrics=metrics,
        status=status,
        **changes,
    )


def regraded(plan: PlanImages) -> list[Regraded]:
    """Regrade what does not stand by hand."""
    images = tuple(image for image in plan.images if not image.manual)
    return regrade_plan(plan, Judging(images, {}, (GRADER,)), unit=None)  # type: ignore[arg-type]


def told(results: Sequence[Regraded]) -> dict[str, Any]:
    """Return by guid what frames come to, with all that led to it."""
    return {
        each.image.guid: (each.combination.status, each.score, each.band, each.reason, each.verdicts)
        for each in results
    }


PLANS = st.tuples(FRAMES, st.sampled_from([Band.A, Band.C, Band.E]), st.sampled_from(list(UngradedPolicy)))


@given(PLANS, st.randoms())
def test_regrading_is_idempotent_and_independent_of_order(drawn: tuple[Any, ...], random: Any) -> None:
    """What a plan comes to is what it comes to again, to the last number, in whatever order its frames are given."""
    rows, minimum, policy = drawn
    images = [frame(number, hfr, status, manual=manual) for number, (hfr, status, manual) in enumerate(rows)]
    plan = plan_of(images, minimum, policy=policy)
    first = told(regraded(plan))
    shuffled = list(images)
    random.shuffle(shuffled)
    assert told(regraded(replace(plan, images=shuffled))) == first
    after = [
        image.model_copy(update={"status": first[image.guid][0]}) if image.guid in first else image for image in images
    ]
    assert told(regraded(replace(plan, images=after))) == first


@given(PLANS, st.sampled_from(["", "unreadable"]), st.sampled_from(list(GraderMode)))
def test_graders_conclude_briefly_what_their_verdicts_conclude(
    drawn: tuple[Any, ...], error: str, mode: GraderMode
) -> None:
    """What settles a plan is what is then explained."""
    rows, minimum, policy = drawn
    images = [frame(number, hfr, status, measure_error=error) for number, (hfr, status, _) in enumerate(rows)]
    preferences = GraderPreferences(mode=mode, delay_percent=0, hfr_sigma=0.5, grade_stars=False)
    rig = Profile(id=1, name="rig", grader=preferences)
    plan = replace(plan_of(images, minimum, policy=policy), owner=rig, profiles={1: rig})
    graders = prepared_graders(plan, None, graders=(StatisticalGrader(), GRADER))  # type: ignore[arg-type]
    for image in images:
        verdicts = verdicts_of(image, plan, graders=graders)
        brief = conclusions_of(image, plan, graders=graders)
        assert [_gist(each) for each in brief] == [_gist(each) for each in verdicts]
        assert status_by(brief, policy) is combine(verdicts, policy).status


def _gist(said: Any) -> tuple[Any, ...]:
    return said.grader, said.status, said.reason, said.score, said.band, has_failed(said)


def test_states_that_follow_each_other_in_a_circle_come_to_one() -> None:
    """Where each frame counts only while the other does not, a run still ends, and the next one ends there too."""
    images = [frame(number, 2.0, GradingStatus.ACCEPTED) for number in range(2)]
    flipping = Flips()
    plan = plan_of(images, Band.E, policy=UngradedPolicy.COUNT)

    def come_to(among: Sequence[AcquiredImage]) -> list[GradingStatus]:
        judging = Judging(tuple(among), {}, (flipping,))
        results = regrade_plan(replace(plan, images=among), judging, unit=None)  # type: ignore[arg-type]
        return [each.combination.status for each in results]

    once = come_to(images)
    assert come_to(_with(images, once)) == once


def test_a_regrade_accepts_no_clouded_frames_for_want_of_peers() -> None:
    """Few clear frames are left when the clouded ones are rejected; what was judged among all of them holds."""
    rig = Profile(id=1, name="rig", grader=GraderPreferences(delay_percent=0))
    clouded = [310, 450, 1000, 260, 980, 520, 390, 340]
    images = [
        frame(number, 2.0, GradingStatus.PENDING).model_copy(
            update={"metrics": {"hfr": 2.0, "star_count": float(count)}}
        )
        for number, count in enumerate(clouded)
    ]
    plan = replace(plan_of(images, Band.E, policy=UngradedPolicy.COUNT), owner=rig, profiles={1: rig})
    live = prepared_graders(plan, None, graders=(StatisticalGrader(),))  # type: ignore[arg-type]
    graded = [status_by(verdicts_of(image, plan, graders=live), UngradedPolicy.COUNT) for image in images]
    assert [status.value[0] for status in graded] == list("rrararrr")
    for known in (images, _with(images, graded)):
        judging = Judging(tuple(known), {}, (StatisticalGrader(),))
        results = regrade_plan(replace(plan, images=known), judging, unit=None)  # type: ignore[arg-type]
        assert [each.combination.status for each in results] == graded


def _with(images: Sequence[AcquiredImage], statuses: Sequence[GradingStatus]) -> list[AcquiredImage]:
    return [image.model_copy(update={"status": status}) for image, status in zip(images, statuses, strict=True)]


class Flips:
    """A grader that accepts frames while none is accepted, and rejects them otherwise."""

    name = "flips"

    def enabled(self, profile: Profile) -> bool:
        return True

    def prepare(self, plan: PlanImages, unit: Any) -> Any:
        some = any(image.status is GradingStatus.ACCEPTED for image in plan.images)
        status = VerdictStatus.REJECT if some else VerdictStatus.ACCEPT
        return lambda image: GraderVerdict(image_guid=image.guid, grader=self.name, version="1", status=status)
