from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tsplug.services.night_plots import HEIGHT, WIDTH, Sample, plot

EVENING = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Zurich")


def sample(minutes: float, value: float, target: str = "M 81") -> Sample:
    """Return a sample some minutes into the evening."""
    return Sample(EVENING + timedelta(minutes=minutes), value, target, "lum", "circle", "accepted", "")


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 1e5)), min_size=1, max_size=40), st.booleans())
def test_everything_lies_within_the_picture(points: list[tuple[float, float]], floored: bool) -> None:
    """Whatever the values, dots and ticks lie inside, later is further right, higher is further up."""
    samples = [sample(*point) for point in sorted(points)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE, floor_at_zero=floored)
    assert drawn is not None
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in drawn.dots)
    assert [dot.x for dot in drawn.dots] == sorted(dot.x for dot in drawn.dots)
    by_value = sorted(drawn.dots, key=lambda dot: dot.sample.value)
    assert [dot.y for dot in by_value] == sorted((dot.y for dot in by_value), reverse=True)
    assert 2 <= len(drawn.levels) <= 12
    assert drawn.times


def test_without_values_there_is_no_plot() -> None:
    """A metric that no light has is left out."""
    assert plot("Altitude", [], unit="deg", zone=ZONE) is None


def test_hours_follow_the_clocks_where_they_change() -> None:
    """In the night in which clocks are put back an hour is there twice, and ticks keep their distance."""
    evening = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    samples = [Sample(evening + timedelta(hours=each), 2.0, "M 81", "lum", "circle", "", "") for each in range(5)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE)
    assert drawn is not None
    assert [tick.label for tick in drawn.times] == ["01:00", "02:00", "02:00", "03:00"]
    gaps = [later.place - tick.place for tick, later in pairwise(drawn.times)]
    assert max(gaps) - min(gaps) < 0.3


def test_hours_are_those_of_the_site() -> None:
    """The axis shows whole hours of the site, and each target's lights in a row are one run."""
    samples = [sample(0, 2.0), sample(30, 2.1), sample(61, 2.0, "M 42"), sample(120, 2.2)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE)
    assert drawn is not None
    assert [tick.label for tick in drawn.times] == ["19:00", "20:00", "21:00"]
    assert [run.target_name for run in drawn.runs] == ["M 81", "M 42", "M 81"]
