from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tsplug.services.reporting.drawing.night_bars import BOTTOM, LEFT, RIGHT, TOP, Share, night_bars

NIGHT = date(2026, 1, 15)


@given(st.lists(st.lists(st.floats(0, 12), max_size=5), min_size=1, max_size=60))
def test_bars_stand_side_by_side_and_as_high_as_their_hours(nights: list[list[float]]) -> None:
    """Blocks lie inside, those of a night on top of each other, and heights go by hours."""
    given_nights = [
        (NIGHT + timedelta(days=place), [Share(f"F{n}", "lum", value) for n, value in enumerate(hours)])
        for place, hours in enumerate(nights)
    ]
    drawn = night_bars(given_nights)
    if not any(sum(hours) for hours in nights):
        assert drawn is None
        return
    assert drawn is not None
    blocks = drawn.blocks
    assert all(block.x >= LEFT and block.x + block.width <= RIGHT for block in blocks)
    assert all(block.y >= TOP - 0.02 and block.y + block.height <= BOTTOM + 0.02 for block in blocks)
    per_hour = (BOTTOM - drawn.levels[-1].place) / float(drawn.levels[-1].label)
    heights = sum(block.height for block in blocks)
    assert abs(heights - per_hour * sum(map(sum, nights))) < 0.05 * len(blocks) + 0.01 * heights


def test_dates_below_never_overlap() -> None:
    """Of sixty nights as many dates are shown as find room."""
    drawn = night_bars([(NIGHT + timedelta(days=n), [Share("L", "lum", 1.0)]) for n in range(60)])
    assert drawn is not None
    places = [tick.place for tick in drawn.nights]
    assert len(places) >= 5
    assert min(later - place for place, later in pairwise(places)) >= 70
