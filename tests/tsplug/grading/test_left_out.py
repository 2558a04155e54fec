"""Levels that are found for many frames at once are those that are found for each."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.grading.asked import Asked, Question
from tsplug.grading.crowd import Held
from tsplug.grading.harm import HALF_FLUX
from tsplug.grading.levels import Cause, Levels, Place, nights_of
from tsplug.grading.many_usual import usual_of_many
from tsplug.grading.night_levels import Sample, Yardstick

COUNTS = Yardstick(floor=0.036, ceiling=0.05, swing=0.2, young=0.05, steepest=0.25, majority=0.0, better=0.25)
SHAPES = Yardstick(floor=0.08, ceiling=0.1, swing=0.1, young=0.1, steepest=0.0)
ENDLESS = Yardstick(floor=1e-9, ceiling=math.inf, swing=math.inf, young=0.0, steepest=0.3, majority=0.9)
COARSE, FINE = HALF_FLUX.at(1.94), HALF_FLUX.at(0.7)
YARDSTICKS = {
    "sizes": HALF_FLUX,
    "coarse": COARSE,
    "fine": FINE,
    "counts": COUNTS,
    "shapes": SHAPES,
    "endless": ENDLESS,
}
HARMS = st.one_of(st.sampled_from([0.0, 0.5, 0.55]), st.floats(-1.0, 2.0).map(lambda harm: harm + 0.0))
AIRS = st.one_of(st.just(math.nan), st.sampled_from([0.0, 0.2, 0.9]), st.floats(0.0, 1.0))
HOURS = st.one_of(st.integers(0, 12).map(float), st.floats(0.0, 8.0))

Samples = list[tuple[date, Sample]]


@st.composite
def plans(draw: st.DrawFn) -> Samples:
    """Return samples of a few nights, with ties, gaps, unknown air and trends with it, in the order of their ages."""
    found: Samples = []
    for number in range(draw(st.integers(1, 5))):
        trend, level = draw(st.sampled_from([0.0, 0.2, 0.5])), draw(st.sampled_from([0.0, 0.1, 0.4]))
        for _ in range(draw(st.one_of(st.integers(1, 4), st.integers(5, 24)))):
            air = draw(AIRS)
            harm = level + draw(HARMS) * draw(st.sampled_from([0.05, 1.0])) + (0.0 if math.isnan(air) else trend * air)
            hour = 24.0 * number + draw(HOURS)
            found.append((date(2026, 1, 15) + timedelta(days=number), Sample(hour, harm, air, len(found))))
    return found


CROWDS = st.lists(
    st.tuples(st.sampled_from(list(YARDSTICKS)), plans(), st.sampled_from([None, 3, 10])), min_size=1, max_size=4
)


@given(crowds=CROWDS, cause=st.sampled_from(Cause), is_over=st.booleans())
@settings(max_examples=80, deadline=None)
def test_levels_found_at_once_are_those_found_one_by_one(
    crowds: list[tuple[str, Samples, int | None]], cause: Cause, is_over: bool
) -> None:
    """Every number is the same to the last bit, wherever the frame stands, and whatever else is asked with it."""
    assert_found_alike(crowds, cause=cause, is_over=is_over)


def test_large_crowds_are_found_part_by_part_and_come_to_the_same() -> None:
    """Where many frames share nights only the middle of these is looked at for each, and nothing but time changes."""
    draw = Random(5)
    nights = [(number, draw.gauss(0.3, 0.1), draw.choice([0.0, 0.3])) for number in range(20)]
    samples: Samples = []
    for number, level, trend in nights:
        for minutes in range(0, 480, 12):
            air = draw.random()
            harm = level + trend * air + draw.gauss(0.0, 0.03) + draw.choice([0.0, 0.0, 0.0, 0.5])
            sample = Sample(24.0 * number + minutes / 60.0, harm, air, len(samples))
            samples.append((date(2026, 1, 15) + timedelta(days=number), sample))
    assert_found_alike([("sizes", samples, None), ("counts", samples, 10)], cause=Cause.AIR, is_over=False, every=9)


def assert_found_alike(
    crowds: list[tuple[str, Samples, int | None]], *, cause: Cause, is_over: bool, every: int = 1
) -> None:
    """Compare what is usual by levels that were found at once with what is usual by those of each frame."""
    questions = [
        [
            Question(held, Asked(night, sample, _newest(newest, sample)), _place(night, sample, cause, is_over))
            for night, sample in samples[::every]
        ]
        for name, samples, newest in crowds
        for held in [Held(YARDSTICKS[name], samples)]
        if len(samples) > 1
    ]
    for among, found in zip(questions, usual_of_many(questions) if questions else [], strict=True):
        for question, usual in zip(among, found, strict=True):
            held, asked, place = question
            others = [each for each in held.samples if each[1] is not asked.sample]
            plain = Levels(nights_of(others, held.yardstick, newest=asked.newest), held.yardstick)
            assert repr(usual) == repr(plain.usual(place))


def _newest(newest: int | None, sample: Sample) -> int | None:
    return None if newest is None else newest + (sample.rank < newest)


def _place(night: date, sample: Sample, cause: Cause, is_over: bool) -> Place:
    return Place(night, sample.hour, sample.air, cause, 0.01, is_over)
