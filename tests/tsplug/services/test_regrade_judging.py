"""Plans that are regraded as a whole come to what their frames come to one by one, whatever is stored of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from statistics import median
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from varied_plans import METRICS, varied_metrics, varied_plan

from tsplug.grading.combine import Said, combine
from tsplug.grading.criteria import usable_samples
from tsplug.grading.criteria_card import score_values
from tsplug.grading.criteria_verdict import counts_for
from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, population_of
from tsplug.grading.setup import setup_of
from tsplug.grading.statistical import judge
from tsplug.model import AcquiredImage, GraderVerdict, GradingStatus, VerdictStatus
from tsplug.model.json_text import encoded
from tsplug.ports import VerdictRow
from tsplug.services.criteria_documents import criteria_of
from tsplug.services.graders import NOBODY
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_judging import Judges
from tsplug.services.regrade_outcomes import Decided
from tsplug.services.regrade_scope import RegradeRequest, Scope

CRITERIA = criteria_of(
    {
        "name": "s",
        "rows": {
            "hfr": {"weight": 2, "good": 2.0, "bad": 4.0, "deviation": True},
            "star_count": {"weight": 1, "good": 300, "bad": 50, "deviation": True},
            "fwhm": {"weight": 1, "good": 2.0, "bad": 7.0},
        },
    }
)
Rows = Mapping[tuple[int, str], VerdictRow]
PLANS = {"seed": st.integers(0, 100_000), "count": st.integers(1, 16)}


@dataclass
class Unit:
    """A unit that has verdicts alone."""

    rows: Rows

    def verdict_rows(self, plan_ids: Iterable[int]) -> Sequence[VerdictRow]:
        return list(self.rows.values())

    def list(self, kind: type[Any], **equals: object) -> Sequence[Any]:
        return ()


def decide(plan: PlanImages, rows: Rows) -> Decided:
    """Regrade a plan by `CRITERIA`, with verdicts that are stored."""
    scope = Scope(RegradeRequest(everything=True, criteria=CRITERIA), (), {}, {}, None, ())
    (decided,) = Judges(scope).decide([plan], Unit(rows))  # type: ignore[arg-type]
    return decided


def stored_after(decided: Decided, rows: Rows) -> Rows:
    """Return the verdicts that are stored when what was decided is written."""
    gone = {key for _, key in decided.gone}
    kept = {place: row for place, row in rows.items() if row.id not in gone}
    written = {(row.image_id, row.grader): row for row in decided.verdicts}
    numbered = {
        place: replace(row, id=kept[place].id if place in kept else 1000 + 10 * row.image_id + len(row.grader) % 10)
        for place, row in written.items()
    }
    return kept | numbered


def images_after(decided: Decided, plan: PlanImages) -> list[AcquiredImage]:
    """Return the frames as they are when what was decided is written."""
    changed = {each.image_id: each for each in decided.changed}
    return [
        image.model_copy(
            update={"status": new.to_status, "reject_reason": new.reason, "score": new.score, "band": new.band}
        )
        if (new := changed.get(image.id or 0))
        else image
        for image in plan.images
    ]


def of_others(draw: Random, plan: PlanImages) -> dict[tuple[int, str], VerdictRow]:
    """Return what a grader of somebody else said of some frames: mostly that it says nothing."""
    statuses = [VerdictStatus.ABSTAIN, VerdictStatus.ABSTAIN, VerdictStatus.ACCEPT, VerdictStatus.REJECT]
    return {
        (image.id or 0, "other"): VerdictRow(
            image.id, image.id or 0, "other", "1", draw.choice(statuses), None, None, "why", "{}"
        )
        for image in plan.images
        if draw.random() < 0.2
    }


class Alone:
    """Judges every frame of a plan on its own, as slowly as that goes."""

    def __init__(self, plan: PlanImages, rows: Rows) -> None:
        self._plan = plan
        self._others = {
            image_id: GraderVerdict(image_guid="", grader=grader, version="1", status=row.status, reason=row.reason)
            for (image_id, grader), row in rows.items()
            if grader == "other"
        }

    def said(self, image: AcquiredImage, images: Sequence[AcquiredImage]) -> list[GraderVerdict]:
        """Return the verdicts of both graders."""
        rig = self._plan.profile_of(image)
        verdicts = []
        if rig.grader.statistical:
            newest = None if self._plan.owner.grader.delay_percent else rig.grader.max_samples
            choice = Choice(rig.grader.mode, newest, rig.grader.rotation_tolerance_deg)
            population = population_of(image, images, choice=choice)
            scale_arcsec = rig.frame_scale_arcsec(image.binning)
            verdicts.append(judge(Case(image, population, rig.grader, scale_arcsec)))
        return [*verdicts, self._by_criteria(image, images)]

    def _by_criteria(self, image: AcquiredImage, images: Sequence[AcquiredImage]) -> GraderVerdict:
        alike = [
            each
            for each in images
            if each.guid != image.guid and each.status is GradingStatus.ACCEPTED and setup_of(each) == setup_of(image)
        ]
        card = score_values(CRITERIA, image.metrics, baselines=_medians(alike))
        status = VerdictStatus.ABSTAIN
        if card.band is not None:
            counts = counts_for(card.band, self._plan.template.minimum_grade)
            status = VerdictStatus.ACCEPT if counts else VerdictStatus.REJECT
        told = {"image_guid": image.guid, "grader": "criteria", "version": "1", "status": status}
        return GraderVerdict(**told, score=card.score, band=card.band)

    def status(self, image: AcquiredImage, images: Sequence[AcquiredImage]) -> GradingStatus:
        """Return what a frame comes to."""
        if image.manual:
            return image.status
        others: list[Said] = [self._others[image.id or 0]] if image.id in self._others else []
        policy = self._plan.profile_of(image).grader.ungraded
        return combine([*self.said(image, images), *others], policy).status

    def settled(self) -> tuple[list[AcquiredImage], list[GradingStatus]]:
        """Return the frames that all are held against in the end, and what they come to."""
        seen = [[image.status for image in self._plan.images]]
        while (reached := self._next(seen[-1])) not in seen:
            seen.append(reached)
        led_to = [*seen[1:], reached]
        circle = range(seen.index(reached), len(seen))
        chosen = min(circle, key=lambda place: (seen[place].count(GradingStatus.REJECTED), tuple(seen[place])))
        return self._as_if(seen[chosen]), led_to[chosen]

    def _next(self, statuses: Sequence[GradingStatus]) -> list[GradingStatus]:
        images = self._as_if(statuses)
        return [self.status(image, images) for image in images]

    def _as_if(self, statuses: Sequence[GradingStatus]) -> list[AcquiredImage]:
        pairs = zip(self._plan.images, statuses, strict=True)
        return [image.model_copy(update={"status": status}) for image, status in pairs]


def _medians(images: Sequence[AcquiredImage]) -> dict[str, float]:
    found = {}
    for metric in ("hfr", "star_count"):
        values = np.array([image.metrics[metric] for image in images if metric in image.metrics])
        samples = [value for value in usable_samples(metric, values).tolist() if value == value]
        if len(samples) >= 3:
            found[metric] = median(samples)
    return found


@given(**PLANS)
@settings(max_examples=12, deadline=None)
def test_a_plan_comes_to_what_its_frames_come_to_one_by_one(seed: int, count: int) -> None:
    """Statuses, scores and every number that explains a verdict are those of frames that are judged alone."""
    draw = Random(seed)
    plan = varied_plan(draw, count)
    others = of_others(draw, plan)
    decided = decide(plan, others)
    rows, after = stored_after(decided, others), images_after(decided, plan)
    alone = Alone(plan, others)
    peers, statuses = alone.settled()
    assert [image.status for image in after] == statuses
    for image in peers:
        for verdict in () if image.manual else alone.said(image, peers):
            row = rows[image.id or 0, verdict.grader]
            assert (row.status, row.score, row.band) == (verdict.status, verdict.score, verdict.band)
            assert verdict.grader == "criteria" or (row.reason, row.inputs) == (verdict.reason, encoded(verdict.inputs))
    assert not any(image.manual and (image.id or 0, "criteria") in rows for image in after)
    assert (0, NOBODY) not in rows
    again = decide(replace(plan, images=after), rows)
    assert (again.changed, again.verdicts, again.gone) == ((), (), ())


@given(**PLANS)
@settings(max_examples=25, deadline=None)
def test_verdicts_that_stand_are_those_that_would_be_given(seed: int, count: int) -> None:
    """After any change, what is left as it is stored and what is judged anew are what judging all anew comes to."""
    draw = Random(seed)
    plan = varied_plan(draw, count)
    others = of_others(draw, plan)
    first = decide(plan, others)
    rows = stored_after(first, others)
    changed = _changed(draw, replace(plan, images=images_after(first, plan)))
    aged = {
        place: replace(row, version="0" if place[1] == "statistical" else row.version) for place, row in rows.items()
    }
    quick, anew = decide(changed, rows), decide(changed, aged)
    assert quick.changed == anew.changed
    judged = {image.id for image in changed.images if not image.manual}
    assert _of(judged, stored_after(quick, rows)) == _of(judged, stored_after(anew, aged))


def _of(judged: set[int | None], rows: Rows) -> Rows:
    return {place: row for place, row in rows.items() if place[0] in judged}


def _changed(draw: Random, plan: PlanImages) -> PlanImages:
    """Return a plan of which something changed, or nothing."""
    images = list(plan.images)
    place = draw.randrange(len(images))
    rig = plan.owner
    fields: dict[str, Any] = draw.choice(
        [
            {},
            {"metrics": varied_metrics(draw)},
            {"metrics": images[place].metrics | {"hfr": METRICS["hfr"](draw)}},
            {"status": GradingStatus.PENDING},
            {"status": GradingStatus.REJECTED},
            {"rotation_deg": 40.0},
            {"measure_error": "unreadable"},
            {"gain": 7},
        ]
    )
    images[place] = images[place].model_copy(update=fields)
    if draw.random() < 0.3:
        del images[draw.randrange(len(images))]
    if draw.random() < 0.3:
        wanted = {"hfr_sigma": draw.choice([0.5, 2.0]), "accept_improvement": draw.random() < 0.5}
        rig = rig.model_copy(update={"grader": rig.grader.model_copy(update=wanted)})
    return replace(plan, images=images, owner=rig, profiles={**plan.profiles, 1: rig})


def test_what_rests_on_the_same_is_not_judged_again() -> None:
    """A verdict that was made from the same frames stays as it is stored, down to words that nobody would write now."""
    plan = varied_plan(Random(1), 12)
    rows: Rows = {}
    for _ in range(2):
        decided = decide(plan, rows)
        rows, plan = stored_after(decided, rows), replace(plan, images=images_after(decided, plan))
    marked = {place: replace(row, reason="as it was") for place, row in rows.items()}
    written = decide(plan, marked).verdicts
    # One that makes a status is written again as it is, to be dated anew.
    assert all(row == marked[row.image_id, row.grader] for row in written if row.grader == "statistical")
    assert any(grader == "statistical" for _, grader in marked)


def test_what_cannot_be_reckoned_with_costs_no_other_frame_a_verdict() -> None:
    """Frames of a day that nobody can tell fail those of their own plan, which wait, and are no end of the regrade."""
    plan, sound = varied_plan(Random(2), 12), varied_plan(Random(1), 12)
    first_day = {"started": datetime(1, 1, 1, 1, tzinfo=UTC), "session_date": None, "manual": False}
    beyond = [image.model_copy(update=first_day) for image in plan.images]
    scope = Scope(RegradeRequest(everything=True, criteria=CRITERIA), (), {}, {}, None, ())
    spoilt, found = Judges(scope).decide([replace(plan, images=beyond), sound], Unit({}))  # type: ignore[arg-type]
    assert any("OverflowError" in row.reason for row in spoilt.verdicts)
    assert found.verdicts == decide(sound, {}).verdicts


def by_sets(plan: PlanImages, *names: str) -> PlanImages:
    """Return a plan whose rigs grade by the sets of these names, rig by rig."""
    rigs = {
        number: rig.model_copy(update={"grader": rig.grader.model_copy(update={"criteria_set": name})})
        for (number, rig), name in zip(plan.profiles.items(), names, strict=True)
    }
    return replace(plan, owner=rigs[1], profiles=rigs)


@given(**PLANS)
@settings(max_examples=25, deadline=None)
def test_frames_count_once_whichever_sets_their_rigs_have(seed: int, count: int) -> None:
    """One set that stands in for those of two rigs finds the same peers for a frame, be they two sets or one."""
    plan = varied_plan(Random(seed), count)
    two, one = decide(by_sets(plan, "first", "second"), {}), decide(by_sets(plan, "first", "first"), {})
    assert (two.changed, two.verdicts) == (one.changed, one.verdicts)
