"""Numbers of stars beside their sizes: what size hides is excused, and accuses no other frame."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from comparable_lights import light
from confusion import graded, ours
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_nights import MeasuredFrame
from simulated_nights import Quality

from tsplug.grading.finding import Case
from tsplug.grading.population import Choice, population_of
from tsplug.grading.statistical import judge
from tsplug.model import GraderMode, GraderPreferences

SHARP_PX, STARS = 2.1, 300


def night(count: int, soft: Collection[int], *, size: float, exponent: float = 0.0) -> list[MeasuredFrame]:
    """Return sharp frames among which some are soft, with numbers that hang on size by a power."""
    frames = []
    for number in range(count):
        hfr = (size if number in soft else SHARP_PX) * (1.0 + 0.01 * (number * 7 % 5 - 2))
        stars = STARS * (hfr / SHARP_PX) ** exponent + (number * 11 % 7 - 3)
        values = {"hfr": hfr, "fwhm": 1.7 * hfr, "star_count": stars, "eccentricity": 0.3, "guiding_rms": 0.6}
        image = light(number, values, plan_id=1)
        frames.append(MeasuredFrame(image, Quality.BAD if number in soft else Quality.GOOD))
    return frames


def rejected(frames: list[MeasuredFrame], *, immediate: bool) -> tuple[int, int]:
    """Return how many sharp and how many soft frames are rejected in robust mode."""
    accepted = graded(frames, ours(GraderMode.ROBUST, immediate=immediate), immediate=immediate)
    lost = [frame.quality for frame in frames if not accepted[frame.image.guid]]
    return lost.count(Quality.GOOD), lost.count(Quality.BAD)


def checks_of(frames: list[MeasuredFrame], place: int, preferences: GraderPreferences) -> dict[str, Any]:
    """Return the checks of a frame among the others, by metric."""
    images = [frame.image for frame in frames]
    population = population_of(images[place], images, choice=Choice(mode=preferences.mode, max_samples=None))
    checks = judge(Case(images[place], population, preferences, 1.5, True)).inputs["checks"]
    return {check["metric"]: check for check in checks}


@pytest.mark.parametrize(
    ("count", "soft", "size", "exponent"),
    [
        (12, 2, 3.0, 0.0),
        (12, 2, 5.0, 0.0),
        (20, 3, 3.0, 0.0),
        (20, 5, 3.0, 0.0),
        (40, 8, 3.0, 0.0),
        (40, 8, 2.7, 0.0),
        (40, 8, 3.5, -0.3),
        (20, 4, 3.5, -0.3),
    ],
)
def test_larger_stars_that_are_not_fewer_accuse_no_sharp_frame(
    count: int, soft: int, size: float, exponent: float
) -> None:
    """Doubled stars, or those of a host that lists so many at most, would be more if sharp: nobody has them."""
    every = count // soft
    frames = night(count, range(every - 1, count, every)[:soft], size=size, exponent=exponent)
    assert rejected(frames, immediate=False) == (0, soft)
    assert rejected(frames, immediate=True)[0] == 0


@pytest.mark.parametrize("exponent", [0.0, -0.3, -0.75])
def test_sharper_frames_need_no_more_stars_than_others_have(exponent: float) -> None:
    """A few superb frames among ordinary ones are kept, however little their numbers gain by it."""
    frames = night(40, range(40), size=3.0, exponent=exponent)
    superb = night(40, (), size=3.0, exponent=exponent)
    mixed = [superb[number] if 12 <= number < 17 else frame for number, frame in enumerate(frames)]
    assert rejected(mixed, immediate=False) == (0, 0)


def test_soft_frames_are_excused_but_not_from_cloud() -> None:
    """Stars of 2.6 px may be 15 % fewer, and are rejected with half of them gone."""
    frames = night(30, range(10, 20), size=2.6, exponent=-0.75)
    frames[15].image.metrics["star_count"] *= 0.5
    preferences = GraderPreferences(mode=GraderMode.ROBUST)
    outcomes = {place: checks_of(frames, place, preferences)["star_count"]["outcome"] for place in range(10, 20)}
    assert [place for place, outcome in outcomes.items() if outcome == "reject"] == [15]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 39), st.floats(2.2, 6.0), st.floats(0.0, 1.0))
def test_no_growth_of_one_frames_stars_asks_more_of_another(grown: int, size: float, kept: float) -> None:
    """Whatever the size of one frame becomes, with numbers that fall less than that hides, no other frame fails."""
    frames = night(40, (grown,), size=size, exponent=-0.75 * kept)
    assert rejected(frames, immediate=False)[0] == 0


@pytest.mark.parametrize("mode", GraderMode)
@pytest.mark.parametrize(
    ("metric", "outcome"),
    [("hfr", "reject"), ("fwhm", "reject"), ("star_count", "reject"), ("eccentricity", "abstain")],
)
@pytest.mark.parametrize("level", [0.0, 2.5])
def test_less_than_nothing_is_no_best_frame(mode: GraderMode, metric: str, outcome: str, *, level: float) -> None:
    """Programs say -1 for what they did not measure: it fails where zero does, or says nothing, whatever the levels."""
    levels = {f"auto_accept_{each}": level for each in ("hfr", "fwhm", "eccentricity")}
    frames = night(13, (), size=SHARP_PX)
    frames[12].image.metrics[metric] = -1.0
    preferences = GraderPreferences(mode=mode, grade_fwhm=True, grade_eccentricity=True, **levels)
    check = checks_of(frames, 12, preferences)[metric]
    assert check["outcome"] == outcome
    assert "negative" in check["detail"]
