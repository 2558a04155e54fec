"""How many exposures of a second camera fit beside one of the first, alone and in a previewed night."""

from __future__ import annotations

from typing import Any

import pytest

from tsplug.model import Overheads
from tsplug.planning.beside import SecondCamera, fitting
from tsplug.planning.preview import preview
from tsplug.planning.ways import Ways


@pytest.mark.parametrize(
    ("first_s", "own_s", "between_s", "room_s", "count"),
    [
        (300, 300, 0, 1e4, 1),
        (300, 60, 0, 1e4, 5),
        (300, 60, 1, 1e4, 4),
        (300, 60, 60, 1e4, 3),
        (300, 60, 0, 180, 3),
        (60, 900, 0, 900, 1),
        (60, 900, 0, 899, 0),
        (300, 60, 0, 59, 0),
    ],
)
def test_as_many_fit_as_end_in_time(first_s: float, own_s: float, between_s: float, room_s: float, count: int) -> None:
    """Wholly within the first camera's exposure, one at least, and none beyond the limits."""
    assert fitting(first_s, own_s, between_s=between_s, room_s=room_s) == count


def night(make: Any, second: dict[str, Any], costs: dict[str, float], **project: Any) -> list[Any]:
    """Return seven exposures of 120 s with what a second camera takes beside them."""
    named = make.project(filter_switch_frequency=1, minimum_time_min=0, **project)
    candidate = make.candidate(make.plan("L", desired=7, exposure_s=120.0), project=named)
    template = make.plan("L", {"name": "L", "filter_name": "Clear", "default_exposure_s": 50.0, **second}).template
    profile = make.rig(Overheads(**costs)).model_copy(update={"filters": ["Clear"]})
    camera = SecondCamera(profile, {template.name: template}, {named.guid})
    situation = make.situation(make.utc(20), (candidate,), profile=make.rig(Overheads(download_s=2)))
    [visit] = preview(situation, (candidate,), ways=Ways(second=camera)).spans
    return [(each.start - visit.start, each.beside) for each in visit.exposures]


@pytest.mark.parametrize(
    ("second", "beside"),
    [
        ({}, [2, 2, 0]),
        ({"filter_name": "Gone"}, [0] * 7),
        ({"name": "Ha"}, [0] * 7),
        ({"default_exposure_s": 200.0}, [1, 1, 1, 0]),
        ({"moon_avoidance": True, "moon_separation_deg": 180, "moon_relax_scale": 0, "moon_width_days": 14}, [0] * 7),
        ({"twilight": "civil", "twilight_offset_min": 800}, [0] * 7),
    ],
)
def test_a_preview_counts_what_a_second_camera_takes(second: dict[str, Any], beside: list[int], make: Any) -> None:
    """Two of 50 s beside each of 120 s, the last one alone; nothing without a template that permits it."""
    assert [count for _, count in night(make, second, {})] == beside


def test_the_mount_waits_for_both_cameras(make: Any) -> None:
    """The next exposure begins when the slower one is read out; its wheel turns once."""
    costs = {"download_s": 5.0, "filter_change_s": 10.0}
    starts = [start.total_seconds() for start, _ in night(make, {"default_exposure_s": 200.0}, costs)]
    assert starts == [0, 215, 420, 625]
    assert [start.total_seconds() for start, _ in night(make, {}, {})][:2] == [0, 122]
