"""What the picture of a night says of hours in which nothing is imaged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tsplug.model import Profile
from tsplug.services.night_ahead import NightAhead, preview_night
from tsplug.services.night_picture import draw_night
from tsplug.services.night_picture.canvas import PAPER, WIDTH, Canvas, Frame
from tsplug.services.night_picture.gap_list import LIST_TOP, list_gaps, write_gaps
from tsplug.services.night_picture.gaps import Gap, gaps_of
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store
from tsplug.testing.catalogue import first_catalogue

ZURICH = ZoneInfo("Europe/Zurich")


def ahead(folder: Path, *targets: dict[str, Any], **project: Any) -> NightAhead:
    """Return a January night of one project."""
    document, clock = first_catalogue(), ManualClock()
    plans = [{"template": "L", "desired": 400}]
    made = [{"plans": plans, **each} for each in targets]
    document["projects"] = [{"name": "P", "state": "active", "grading_enabled": False, **project, "targets": made}]
    store = stocked_store(clock, document)
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
    context = FakeContext(store, clock, recording_devices(clock, folder))
    return preview_night(context, guid, day=date(2026, 1, 15))


def told(night: NightAhead) -> list[tuple[str, str, str]]:
    return [
        (f"{gap.start.astimezone(ZURICH):%H:%M}-{gap.end.astimezone(ZURICH):%H:%M}", gap.target, gap.cause)
        for gap in gaps_of(night)
    ]


M42, M81 = {"name": "M 42", "ra_hours": 5.588, "dec_deg": -5.39}, {"name": "M 81", "ra_hours": 9.926, "dec_deg": 69.07}


def test_the_gaps_of_a_night_tell_what_forbids_the_best_target(tmp_path: Path) -> None:
    """A constraint by its name, a rule by its own; the wait for dusk is no gap, and what never rises is not told."""
    clock = {"name": "LocalTimeConstraint", "arguments": {"min": "22:00", "max": "23:30"}}
    south = {"name": "South", "ra_hours": 5.0, "dec_deg": -80.0}
    night = ahead(tmp_path, M42, south, constraints=[clock])
    evening, rest = told(night)
    assert evening[1:] == ("M 42", "LocalTimeConstraint")
    assert rest[1:] == ("M 42", "LocalTimeConstraint")
    assert rest[0].endswith("-06:18")
    assert told(ahead(tmp_path, M81)) == []
    window = told(ahead(tmp_path, M42, meridian_window_min=60))
    assert [gap[1:] for gap in window] == [("M 42", "meridian window")] * 2
    assert [window[0][0][:5], window[1][0][6:]] == ["18:52", "06:18"]


def test_weather_that_would_stop_the_rig_is_told(tmp_path: Path) -> None:
    """No preview knows the weather: the limits that it leaves out are named, those of templates with their plans."""
    document, clock = first_catalogue(), ManualClock()
    document["profile"]["planner"] = {"weather_limits": {"wind_speed": 12, "cloud_cover": None}}
    document["templates"][0]["maximum_humidity_percent"] = 85
    store = stocked_store(clock, document)
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
    context = FakeContext(store, clock, recording_devices(clock, tmp_path))
    said = "weather is not foretold: wind_speed at most 12, humidity at most 85 for L are left out of account"
    assert preview_night(context, guid, day=date(2026, 1, 15)).preview.notes == (said,)
    assert ahead(tmp_path, M42).preview.notes == ()


def test_a_night_without_dark_hours_or_work_has_no_gaps(tmp_path: Path) -> None:
    """What is complete, and what wants nothing, leaves none."""
    assert told(ahead(tmp_path, {**M42, "plans": [{"template": "L", "desired": 3}]})) == []
    assert told(ahead(tmp_path)) == []


def test_the_list_keeps_within_its_place(tmp_path: Path) -> None:
    """The three longest gaps, in lines of two at most, stand below the names and within the sheet."""
    start = datetime(2026, 1, 15, 20, tzinfo=UTC)
    hours = [start.replace(hour=hour) for hour in (17, 18, 20, 21, 23)]
    cause = "AirmassConstraint, MoonIlluminationConstraint, PrimaryEclipseConstraint, LocalTimeConstraint"
    gaps = [Gap(*pair, "A nebula with a name", cause) for pair in pairwise(hours)]
    canvas = Canvas()
    list_gaps(canvas, gaps, zone=ZURICH)
    [whole] = [Gap(hours[0], hours[-1], "M 42", "twilight")]
    write_gaps(canvas, [whole], frame=Frame(hours[0], hours[-1]), y=804)
    drawn = np.asarray(canvas.finished())
    inked = np.argwhere((drawn != PAPER).any(axis=2))
    listed = inked[inked[:, 1] > 1280]
    assert listed[:, 0].min() > LIST_TOP - 10
    assert listed[:, 0].max() < 895
    assert listed[:, 1].max() < WIDTH - 5
    assert len(inked) > len(listed)


def test_many_names_leave_room_above_the_list(tmp_path: Path) -> None:
    """Names of targets that get nothing end a line above what is not imaged and why."""
    name, few = "Target {} with a name", [{"template": "L", "desired": 3}]
    far = [{"name": name.format(number), "ra_hours": 17.0, "dec_deg": 9.0} for number in range(60)]
    near = [{"name": f"Near {hour}", "ra_hours": hour, "dec_deg": 30.0, "plans": few} for hour in range(4, 13)]
    night = ahead(tmp_path, *near, *far, meridian_window_min=20, minimum_time_min=5)
    assert len({span.target for span in night.preview.spans}) == len(near)
    assert gaps_of(night)
    drawn = np.asarray(draw_night(night))[LIST_TOP - 24 : LIST_TOP - 9, 1285:]
    assert (drawn == PAPER).all()


@pytest.mark.parametrize("constrained", [False, True])
def test_a_curve_is_dotted_where_something_forbids_its_target(constrained: bool, tmp_path: Path) -> None:
    """Beside the hours that a constraint permits there is paper between its dots; without one the curve is whole."""
    clock = [{"name": "LocalTimeConstraint", "arguments": {"min": "19:00", "max": "21:00"}}]
    night = ahead(tmp_path, M81, constraints=clock if constrained else [])
    drawn = np.asarray(draw_night(night))[92:700, 900:1050].astype(int)
    redness = (drawn[:, :, 0] - drawn[:, :, 2]).max(axis=0)
    # Where it is imaged the curve is bold, where it is forbidden there is paper between the dots.
    assert (redness.min() > 120) != constrained
    assert (np.percentile(redness, 25) < 30) == constrained
