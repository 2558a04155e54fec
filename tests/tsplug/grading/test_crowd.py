"""Frames judged together get what each gets when it is judged alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.grading.finding import Case
from tsplug.grading.foreseen import foresee
from tsplug.grading.population import Choice, PlanPopulations, population_of
from tsplug.grading.statistical import conclude, judge
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, GradingStatus, PierSide

STATUSES = (GradingStatus.ACCEPTED, GradingStatus.ACCEPTED, GradingStatus.PENDING, GradingStatus.REJECTED)


def metrics(draw: Random) -> dict[str, float]:
    found = {
        "hfr": draw.choice([0.0, 2.0, 2.1, draw.uniform(1.5, 4.0)]),
        "fwhm": draw.uniform(2.0, 6.0),
        "eccentricity": draw.uniform(0.2, 0.7),
        "star_count": float(draw.choice([draw.randint(20, 150), draw.randint(100, 900)])),
        "guiding_rms": draw.uniform(0.3, 2.0),
        "airmass": draw.uniform(1.0, 2.2),
    }
    return {key: value for key, value in found.items() if draw.random() > 0.06}


def plan(draw: Random, count: int) -> list[AcquiredImage]:
    """Return frames of several nights, with gaps in their metrics, ties, and a rotator that moved."""
    turns: list[list[float | None]] = [[10.0], [None], [None, 10.0, 10.4, 11.2]]
    angles = draw.choice(turns)
    at, frames = datetime(2026, 1, 1, 20, tzinfo=UTC), []
    for number in range(count):
        at += timedelta(minutes=draw.choice([5, 10, 20]), hours=20 if draw.random() < 0.07 else 0)
        frames.append(
            AcquiredImage(
                id=number + 1,
                guid=f"frame {number}",
                plan_id=1,
                profile_id=1,
                profile_name="Rig",
                project_name="Project",
                target_name="Target",
                template_name="Template",
                filter_name="L",
                file=f"{number}.fits",
                started=at,
                acquired=at,
                exposure_s=60.0,
                roi_percent=100.0,
                rotation_deg=draw.choice(angles),
                pier_side=PierSide.UNKNOWN,
                detector="detector 1",
                status=draw.choice(STATUSES),
                metrics=metrics(draw),
            )
        )
    return frames


@given(seed=st.integers(0, 10_000), count=st.integers(1, 60), mode=st.sampled_from(GraderMode))
@settings(max_examples=25, deadline=None)
def test_frames_judged_together_get_what_each_gets_alone(seed: int, count: int, mode: GraderMode) -> None:
    """What a plan's frames share is found once, and every number of every verdict stays what it is for one frame."""
    draw = Random(seed)
    frames = plan(draw, count)
    preferences = GraderPreferences(mode=mode, grade_fwhm=True, grade_eccentricity=True, grade_hfr=seed % 5 > 0)
    choice = Choice(mode, draw.choice([None, 5, 10, 50]))
    assert_judged_alike(frames, preferences, choice=choice)


def test_nights_of_very_different_lengths_are_judged_together_as_well() -> None:
    """One long night and many of a single frame come to the same."""
    draw = Random(3)
    first, *others = plan(draw, 36)
    at = datetime(2026, 2, 1, 20, tzinfo=UTC)
    begun = [at + timedelta(minutes=20 * n) if n < 15 else at + timedelta(days=n) for n in range(len(others))]
    frames = [first] + [
        each.model_copy(update={"started": begin, "status": GradingStatus.ACCEPTED, "rotation_deg": first.rotation_deg})
        for each, begin in zip(others, begun, strict=True)
    ]
    assert_judged_alike(frames, GraderPreferences(mode=GraderMode.ROBUST), choice=Choice(GraderMode.ROBUST))


def assert_judged_alike(frames: list[AcquiredImage], preferences: GraderPreferences, *, choice: Choice) -> None:
    """Compare the verdicts of frames together with those of each alone, and what they conclude briefly."""
    together = PlanPopulations(frames)
    cases = [Case(frame, together.of(frame, choice), preferences, 1.5) for frame in frames]
    foresee(cases)
    for frame, case in zip(frames, cases, strict=True):
        alone = judge(Case(frame, population_of(frame, frames, choice=choice), preferences, 1.5))
        brief = conclude(case)
        assert judge(case) == alone
        assert (brief.status, brief.reason) == (alone.status, alone.reason)
