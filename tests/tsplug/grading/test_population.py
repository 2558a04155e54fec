"""Who a frame is compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from comparable_lights import NIGHT, light

from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, PlanPopulations, population_of
from tsplug.grading.statistical import judge
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus, VerdictStatus


def frame(number: int, **changes: Any) -> AcquiredImage:
    usual = {"profile_id": 1, "plan_id": 1, "gain": 100, "offset": 50, "rotation_deg": 0.4, "detector": "d"}
    return light(number, {}, **usual | changes)


def ids(*others: AcquiredImage, mode: GraderMode = GraderMode.ROBUST, most: int | None = None) -> tuple[int, ...]:
    return population_of(frame(0), (frame(0), *others), choice=Choice(mode, most)).ids


@pytest.mark.parametrize(
    "change",
    [
        {"profile_id": 2},
        {"plan_id": 2},
        {"filter_name": "R"},
        {"exposure_s": 61.0},
        {"gain": 101},
        {"offset": None},
        {"binning": 2},
        {"roi_percent": 50.0},
        {"readout_mode": 1},
        {"detector": "other"},
        {"rotation_deg": 1.5},
        {"rotation_deg": None},
    ],
    ids=lambda change: next(iter(change)) + f"={next(iter(change.values()))}",
)
def test_a_frame_that_was_taken_otherwise_is_not_compared_with(change: dict[str, Any]) -> None:
    """Plan, exposure, gain, offset, binning, ROI, readout mode, rotation and detector must match."""
    assert ids(frame(1, **change), frame(2)) == (2,)


def test_rotation_is_compared_on_the_circle() -> None:
    """359.6 and 0.4 degrees are 0.8 degrees apart."""
    assert ids(frame(1, rotation_deg=359.6)) == (1,)


def test_the_newest_samples_are_kept_and_the_frame_itself_takes_no_place() -> None:
    """The limit counts other frames only; the newest come first."""
    population = population_of(frame(3), [frame(n) for n in range(6)], choice=Choice(GraderMode.ROBUST, 3))
    assert population.ids == (5, 4, 2)
    assert population.earlier == 2
    assert [each.id for each in population.crowd.frames] == [5, 4, 2, 1, 0]
    assert population.matched == 5


def test_the_tolerance_of_rotation_is_a_choice() -> None:
    """Three degrees apart is one framing for who says so; None matches None only."""
    turned, fixed = frame(1, rotation_deg=357.5), frame(2, rotation_deg=None)
    wide = Choice(GraderMode.ROBUST, rotation_tolerance_deg=3.0)
    assert population_of(frame(0), (turned, fixed), choice=wide).ids == (1,)


def test_pending_frames_are_compared_with_where_too_few_are_accepted() -> None:
    """With ten accepted frames pending ones count for their own night only."""
    accepted = [frame(n, status=GradingStatus.ACCEPTED) for n in range(1, 11)]
    tonight = {"started": NIGHT + timedelta(days=1)}
    pending = [frame(20), frame(21, **tonight)]
    assert ids(*accepted[:9], *pending)[:2] == (21, 20)
    assert set(ids(*accepted, *pending)) == {20, *range(1, 11)}
    new = population_of(frame(22, **tonight), (*accepted, *pending), choice=Choice(GraderMode.ROBUST))
    assert set(new.ids) == {21, *range(1, 11)}


@pytest.mark.parametrize("mode", GraderMode, ids=str)
def test_rejected_frames_are_no_peers(mode: GraderMode) -> None:
    """What was found bad is no standard; that the reference takes it in is one of its faults."""
    rejected = frame(1, status=GradingStatus.REJECTED)
    assert ids(rejected, frame(2), frame(3, status=GradingStatus.ACCEPTED), mode=mode) == (3, 2)


def test_the_newest_few_of_the_compatible_grader_are_all() -> None:
    """Graded at once, mean and deviation of the newest would never follow a change without the rejected ones."""
    newest = Choice(GraderMode.TARGET_SCHEDULER, max_samples=5)
    rejected = frame(1, status=GradingStatus.REJECTED)
    assert population_of(frame(0), (rejected, frame(2)), choice=newest).ids == (2, 1)
    assert PlanPopulations([frame(0), rejected, frame(2)]).of(frame(0), newest).ids == (2, 1)


def test_values_leave_out_what_is_missing_or_no_number() -> None:
    """A missing or NaN metric of a peer is not a sample."""
    others = [frame(1, metrics={"hfr": 2.0}), frame(2), frame(3, metrics={"hfr": float("nan")})]
    assert population_of(frame(0), others, choice=Choice(GraderMode.ROBUST)).values("hfr") == (2.0,)


def night_of_frames(number: int, hfr: float, *, count: int, accepted: bool) -> list[AcquiredImage]:
    """Return frames of one night that differ a little, of which all that may be known is known."""
    found = []
    for each in range(count):
        size = hfr * (1.0 + 0.01 * (each % 3 - 1))
        numbers = {"hfr": size, "fwhm": 1.706 * size, "star_count": 900.0, "guiding_rms": 0.6, "eccentricity": 0.3}
        at = NIGHT + timedelta(days=number, minutes=6 * each)
        status = GradingStatus.ACCEPTED if accepted else GradingStatus.PENDING
        found.append(frame(100 * number + each, metrics=numbers, started=at, acquired=at, status=status))
    return found


def verdicts(images: list[AcquiredImage], plan: list[AcquiredImage], **changes: Any) -> set[VerdictStatus]:
    """Return what the statistical grader says of frames, among a plan's found together and one by one."""
    preferences = GraderPreferences(mode=GraderMode.ROBUST, **changes)
    choice, populations = Choice(GraderMode.ROBUST), PlanPopulations(plan)
    held = [(image, populations.of(image, choice)) for image in images]
    held += [(image, population_of(image, plan, choice=choice)) for image in images]
    return {judge(Case(image, population, preferences, 1.4)).status for image, population in held}


@pytest.mark.parametrize("later", [False, True], ids=["the last night", "a later night was begun"])
def test_frames_of_a_short_night_wait_until_a_later_one_is_begun(later: bool) -> None:
    """No more of its frames will come then, also where the later ones are pending and so no peers of these."""
    plan = night_of_frames(0, 1.5, count=20, accepted=True) + night_of_frames(1, 1.9, count=3, accepted=False)
    if later:
        plan += night_of_frames(2, 2.0, count=3, accepted=False)
    assert verdicts(plan[20:23], plan) == {VerdictStatus.ACCEPT if later else VerdictStatus.ABSTAIN}


@pytest.mark.parametrize("accept_improvement", [False, True])
def test_stars_that_pixels_hardly_show_are_not_too_sharp(accept_improvement: bool) -> None:
    """The level is what pixels can just show; sharper stars are no fault, accepted improvements or not."""
    plan = night_of_frames(0, 0.7, count=20, accepted=True)
    assert verdicts(plan, plan, accept_improvement=accept_improvement) == {VerdictStatus.ACCEPT}
