"""Levels that are found for many frames at once are those that are found for each."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsplug.grading.asked import Asked
from tsplug.grading.harm import HALF_FLUX
from tsplug.grading.left_out import levels_without
from tsplug.grading.levels import Cause, Levels, Place, nights_of
from tsplug.grading.night_levels import Sample, Yardstick

COUNTS = Yardstick(floor=0.036, ceiling=0.05, swing=0.2, young=0.05, steepest=0.25, majority=0.0, better=0.25)
SHAPES = Yardstick(floor=0.08, ceiling=0.1, swing=0.1, young=0.1, steepest=0.0)
ENDLESS = Yardstick(floor=1e-9, ceiling=math.inf, swing=math.inf, young=0.0, steepest=0.3, majority=0.9)
YARDSTICKS = {"sizes": HALF_FLUX, "counts": COUNTS, "shapes": SHAPES, "endless": ENDLESS}
HARMS = st.one_of(st.sampled_from([0.0, 0.5, 0.55]), st.floats(-1.0, 2.0))
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


@pytest.mark.parametrize("yardstick", YARDSTICKS.values(), ids=YARDSTICKS.keys())
@given(data=st.data(), samples=plans(), newest=st.sampled_from([None, 3, 10]))
@settings(max_examples=60, deadline=None)
def test_levels_found_at_once_are_those_found_one_by_one(
    yardstick: Yardstick, *, data: st.DataObject, samples: Samples, newest: int | None
) -> None:
    """Every number is the same to the last bit, wherever the frame stands and whatever made its harm."""
    nights = nights_of(samples, yardstick)
    asked = [
        Asked(night, sample, None if newest is None else newest + (sample.rank < newest)) for night, sample in samples
    ]
    if len(samples) == 1:
        return
    for each, quick in zip(
        asked, levels_without(asked, samples, yardstick=yardstick, nights=nights.__getitem__), strict=True
    ):
        others = [found for found in samples if found[1] is not each.sample]
        plain = Levels(nights_of(others, yardstick, newest=each.newest), yardstick)
        place = Place(each.night, each.sample.hour, each.sample.air, data.draw(st.sampled_from(Cause)), 0.01)
        assert repr(quick.usual(place)) == repr(plain.usual(place))
