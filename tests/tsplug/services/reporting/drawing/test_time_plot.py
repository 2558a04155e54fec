from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tsplug.services.reporting.drawing.time_plot import HEIGHT, MOST_DOTS, WIDTH, Sample, plot

EVENING = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Zurich")


def sample(minutes: float, value: float, target: str = "M 81", *, filter_name: str = "L", nights: int = 0) -> Sample:
    """Return a sample some minutes into the evening of the first night or a later one."""
    return Sample(
        moment=EVENING + timedelta(minutes=minutes, days=nights),
        value=value,
        night=EVENING.date() + timedelta(days=nights),
        target_name=target,
        filter_name=filter_name,
        colour="lum",
        grade="accepted",
        title="",
    )


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
    hours = (evening - EVENING).total_seconds() / 60
    samples = [replace(sample(hours + 60 * each, 2.0), night=evening.date()) for each in range(5)]
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
    assert [run.name for run in drawn.runs] == ["M 81", "M 42", "M 81"]


def test_nights_lie_side_by_side() -> None:
    """Weeks apart, nights follow each other without the days between, each with its date; no line joins two nights."""
    samples = [sample(30 * each, 2.0, nights=night) for night in (0, 40, 41) for each in range(8)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE)
    assert drawn is not None
    assert [tick.label for tick in drawn.times] == ["2026-01-15", "2026-02-24", "2026-02-25"]
    assert [len(run.lines[0].points.split()) for run in drawn.runs] == [8, 8, 8]
    assert max(later.x - dot.x for dot, later in pairwise(drawn.dots)) < 60


def test_filters_have_lines_and_bands_of_their_own() -> None:
    """Lights of one filter are joined across those of another, and each change of filter begins a band."""
    samples = [sample(10 * each, 2.0, filter_name="LR"[each % 2]) for each in range(6)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE)
    assert drawn is not None
    assert [len(line.points.split()) for line in drawn.runs[0].lines] == [3, 3]
    assert [band.name for band in drawn.bands] == list("LRLRLR")


def test_very_many_lights_are_thinned_evenly() -> None:
    """Beyond the limit evenly chosen lights are drawn, the first and the last among them, and all are counted."""
    samples = [sample(each, 2.0) for each in range(3 * MOST_DOTS)]
    drawn = plot("HFR", samples, unit="px", zone=ZONE)
    assert drawn is not None
    assert (len(drawn.dots), drawn.total) == (MOST_DOTS, 3 * MOST_DOTS)
    assert (drawn.dots[0].sample, drawn.dots[-1].sample) == (samples[0], samples[-1])
