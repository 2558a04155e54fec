"""What is usual for nights and plans, whatever else was taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.levels import Cause, Levels, Place, Usual, nights_of
from tsplug.grading.night_levels import Sample, Yardstick

FIRST = date(2026, 1, 15)
SIZES = Yardstick(floor=0.05, ceiling=0.1, swing=0.3, young=0.3, steepest=0.6, seeing=True)
COUNTS = Yardstick(floor=0.035, ceiling=0.06, swing=0.2, young=0.05, steepest=0.25, majority=0.0)


Samples = list[tuple[date, Sample]]


def samples(*nights: Sequence[float], air: Sequence[float] | None = None, every_h: float = 0.25) -> Samples:
    placed = [
        (number, 24 * number + every_h * n, harm) for number, night in enumerate(nights) for n, harm in enumerate(night)
    ]
    of_frames = [math.nan] * len(placed) if air is None else air
    return [
        (FIRST + timedelta(days=number), Sample(hour, harm, at, rank=0))
        for (number, hour, harm), at in zip(placed, of_frames, strict=True)
    ]


def usual(of: Samples, yardstick: Yardstick = SIZES, **changes: Any) -> Usual:
    where = {"night": 0, "hour": 0.0, "air": math.nan, "cause": Cause.UNKNOWN} | changes
    night = FIRST + timedelta(days=where.pop("night"))
    return Levels(nights_of(of, yardstick), yardstick).usual(Place(night, **where))


def test_a_night_is_held_against_its_own_level() -> None:
    """After a superb night an ordinary one has its own standard; what is worse by half is outside it."""
    found = usual(samples([0.0] * 10, [0.25] * 10), night=1)
    assert (found.level, found.night, found.plan, found.slack) == (0.25, 0.25, 0.0, 0.0)


def test_a_bad_night_is_held_against_what_the_plan_allows() -> None:
    """A night may be worse than the plan's usual by the swing and no more, and does not move the plan's level."""
    found = usual(samples([0.0] * 10, [0.9] * 10, [0.0] * 10), night=1)
    assert (found.level, found.night, found.plan) == (0.3, 0.9, 0.0)


def test_of_two_nights_the_better_one_is_the_plan() -> None:
    """One bad night beside one good night drags nothing."""
    assert usual(samples([0.9] * 10, [0.0] * 10)).plan == 0.0


def test_a_night_of_few_frames_gets_the_benefit_of_the_doubt() -> None:
    """While a night is not known, the swing between nights is granted beside the spread."""
    found = usual(samples([0.0] * 10, [0.2] * 3), night=1)
    assert (found.level, found.slack, found.night) == (0.0, 0.3, None)


def test_a_short_stretch_does_not_tell_how_its_night_is() -> None:
    """An hour of frames may be superb: sizes get slack after it, star counts hardly any."""
    hour = samples([0.0] * 12, every_h=0.08)
    assert usual(hour).slack == 0.3
    assert usual(hour, COUNTS).slack == 0.05
    assert usual(samples([0.0] * 12)).slack == 0.0


def test_clouds_for_most_of_the_night_set_no_standard() -> None:
    """Nothing is clearer than a clear sky, so stars are counted against the better part, however small."""
    night = samples([0.0, 0.01, 0.02, 0.01, 0.0, 0.01, *[0.6, 0.7, 0.65, 0.8, 0.62, 0.71, 0.9, 0.66]])
    assert usual(night, COUNTS).level == pytest.approx(0.01)


def test_a_superb_half_of_a_night_sets_no_standard_for_sizes() -> None:
    """A level must hold for most of a night: else the ordinary frames would all be bad."""
    night = samples([0.0] * 10 + [0.45] * 10)
    assert usual(night).level == 0.45
    assert usual(samples([0.0] * 14 + [0.45] * 6)).level == 0.0


def test_what_the_air_does_is_not_held_against_a_frame() -> None:
    """Harm that grows with airmass is expected of low frames, up to what air can do."""
    air = np.linspace(0.0, 0.7, 16)
    found = usual(samples((0.4 * air).tolist(), air=air.tolist()), air=0.7)
    assert found.level == pytest.approx(0.28, abs=0.01)
    steep = usual(samples((0.7 * air).tolist(), air=air.tolist()), air=0.7)
    assert steep.air == pytest.approx(0.6 * 0.7)


def test_outliers_neither_move_the_level_nor_widen_the_spread() -> None:
    """A third of awful frames leaves both as they were."""
    clean = [0.0, 0.02, -0.02, 0.06, -0.06, 0.07, -0.07, 0.1, -0.1, 0.0]
    found = usual(samples([*clean, 2.0, 2.5, 3.0, 1.5]))
    assert found.level == pytest.approx(0.0)
    assert found.used == len(clean)
    assert found.spread == pytest.approx(usual(samples(clean)).spread)


harms = st.lists(st.floats(-2, 2), min_size=1, max_size=12)


@given(nights=st.lists(harms, min_size=1, max_size=3), seed=st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(nights: list[list[float]], seed: object) -> None:
    """Levels are those of a set of frames."""
    told = samples(*nights, air=np.linspace(0, 1, sum(map(len, nights))).tolist())
    mixed = list(told)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    for yardstick in (SIZES, COUNTS):
        assert usual(mixed, yardstick, air=0.2) == usual(told, yardstick, air=0.2)


# Ordinary until 2.5 h, then worse; frames every quarter of an hour.
WORSE = [0.0] * 12 + [0.4] * 8
BY_AIR = {"cause": Cause.AIR, "hour": 4.0}


def test_a_night_may_become_worse_for_good() -> None:
    """What lasts for 75 minutes is a level of its own, within the swing that whole nights have."""
    assert usual(samples(WORSE), **BY_AIR).level == 0.3
    assert usual(samples([0.0] * 12 + [0.25] * 8), **BY_AIR).level == 0.25
    assert usual(samples(WORSE), cause=Cause.AIR, hour=1.0).level == 0.0


@pytest.mark.parametrize(
    ("worse", "sigma", "most"),
    [(0.17, 2.0, 0.27), (0.25, 4.0, 0.3), (0.4, 4.0, 0.3), (0.25, 8.0, 0.4), (0.25, 1.0, 0.3)],
    ids=["its own spread", "the swing", "the swing alone", "no less than before", "no more than the swing"],
)
def test_what_became_worse_is_usual_within_limits(worse: float, sigma: float, most: float) -> None:
    """However long it lasts, no frame may exceed the swing, but what the night's own spread allows."""
    found = usual(samples([0.0] * 12 + [worse] * 8), **BY_AIR)
    assert found.lasting == (0.0, 0.3)
    assert found.level + found.reach(sigma) == pytest.approx(most)


def test_nothing_is_better_than_pixels_can_show() -> None:
    """A superb night sets the standard of what is just sampled, and its spread is what is seen beyond that."""
    yardstick = replace(SIZES, sampled=-0.2)
    superb = samples([-0.6, -0.3, -0.5, -0.4, -0.7, -0.25, -0.45, -0.55, -0.35, -0.5])
    found = usual(superb, yardstick)
    assert (found.level, found.night, found.plan, found.spread, found.sampled) == (-0.2, -0.2, -0.2, 0.05, True)
    few = usual(superb[:4], yardstick)
    assert (few.level, few.night, few.sampled) == (-0.2, None, True)
    assert usual(samples([0.0] * 10), yardstick).sampled is False


@pytest.mark.parametrize(
    ("better", "lasting", "most"),
    [(-0.4, 0.0, 0.0), (-0.4, -0.2, -0.1), (-0.25, -0.2, 0.05), (-0.1, -0.2, 0.2), (-0.4, -math.inf, 0.1)],
    ids=["ordinary air", "the swing of what was measured", "the same", "pixels show it all", "pixels of unknown scale"],
)
def test_what_pixels_hide_is_not_granted_twice(better: float, lasting: float, most: float) -> None:
    """A night may be worse by the swing than what was measured, or as bad as ordinary air; not by both together."""
    yardstick = replace(SIZES, sampled=-0.2, lasting=lasting)
    known = [better] * 10, [better] * 10
    assert usual(samples(*known, [0.9] * 10), yardstick, night=2).level == pytest.approx(most)
    lasting_part = usual(samples(*known, [better] * 10 + [0.9] * 8), yardstick, night=2, hour=51.0, cause=Cause.AIR)
    assert lasting_part.level == pytest.approx(most)


def test_a_spell_that_passes_is_no_level() -> None:
    """Half an hour of bad seeing, or an hour of it with one good frame in between, is held against the night."""
    passed = samples([0.0] * 12 + [0.4] * 3 + [0.0] * 5)
    assert usual(passed, cause=Cause.AIR, hour=3.25).level == 0.0
    assert not usual(passed, cause=Cause.AIR, hour=3.25).undecided


def test_one_good_frame_does_not_end_what_became_worse() -> None:
    """The level of the worse part goes on over it."""
    assert usual(samples([0.0] * 12 + [0.25] * 4 + [0.0] + [0.25] * 4), **BY_AIR).level == 0.25


def test_a_spell_that_is_not_over_is_undecided() -> None:
    """While it goes on it may last, and once it has lasted it may still become most of the night."""
    for begun in range(8):
        found = usual(samples([0.0] * 12 + [0.4] * begun), cause=Cause.AIR, hour=3.0 + 0.25 * begun)
        assert found.undecided
    worse = samples([0.0] * 12 + [0.4] * 3)
    assert not usual(worse, cause=Cause.AIR, hour=3.75, is_over=True).undecided
    next_night = samples([0.0] * 12 + [0.4] * 3, [0.0] * 6)
    assert not usual(next_night, cause=Cause.AIR, hour=3.75).undecided


def test_a_young_night_is_undecided_until_it_is_told_or_over() -> None:
    """Later frames may show that an hour was superb, and what the air alone did to the others usual."""
    hour = samples([0.0] * 12, every_h=0.08)
    assert [cause for cause in Cause if usual(hour, cause=cause).undecided] == [Cause.AIR]
    assert not usual(hour, COUNTS, cause=Cause.AIR).undecided
    assert not usual(samples([0.0] * 12), cause=Cause.AIR).undecided
    assert not usual(samples([0.0] * 3, [0.0] * 6), cause=Cause.AIR, is_over=True).undecided
    assert usual(samples([0.0] * 6, [0.0] * 3), night=1, cause=Cause.AIR).undecided


def test_doubt_is_what_a_young_night_is_granted() -> None:
    """Without it nothing is granted but what guiding did."""
    young = usual(samples([0.0] * 12, every_h=0.08), by_guiding=0.1)
    assert (young.slack, young.without_doubt().slack) == (0.4, 0.1)
    told = usual(samples([0.0] * 12), by_guiding=0.1)
    assert told.without_doubt() == told


@pytest.mark.parametrize("cause", [Cause.UNKNOWN, Cause.SHAKEN, Cause.DEFOCUSED], ids=str)
def test_only_what_the_air_alone_did_is_forgiven(cause: Cause) -> None:
    """A frame that was shaken or out of focus, or may have been, is held against the night's best."""
    found = usual(samples(WORSE), cause=cause, hour=4.0)
    assert (found.level, found.undecided) == (0.0, False)


def test_a_disturbed_frame_gets_no_allowance() -> None:
    """A young night's slack and a wide spread are for the air; a disc is measured more narrowly still."""
    few = samples([-0.4, 0.2, 0.3, 0.4, 0.0])
    assert usual(few).reach(4.0) > 0.5
    assert usual(few, cause=Cause.SHAKEN).reach(4.0) == pytest.approx(4 * 0.05)
    assert usual(few, cause=Cause.DEFOCUSED).reach(4.0) == pytest.approx(2 * 0.05)
    assert usual(few, cause=Cause.DEFOCUSED).reach(1.0) == pytest.approx(0.05)
