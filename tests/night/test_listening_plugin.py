"""What other plugins hear of a whole night: each event at its moment, with the values that the records have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from listening import heard
from nights import Night

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("short night")]

LIGHTS = ["M 42"] * 5 + ["M 45"] * 6
PLACES = {
    "M 42": {"project_name": "Winter", "ra_hours": 5.588, "dec_deg": -5.39, "rotation_deg": 75.0},
    "M 45": {"project_name": "Winter", "ra_hours": 3.7911, "dec_deg": 24.11, "rotation_deg": 30.0},
}
EXPOSED = {
    "M 42": {"filter_name": "Ha", "exposure_s": 300.0, "gain": 100, "offset": 50, "binning": 1},
    "M 45": {"filter_name": "L", "exposure_s": 120.0, "gain": 100, "offset": 50, "binning": 1},
}
SLACK = timedelta(seconds=2)


@pytest.fixture
def told(short_night: Night) -> list[dict[str, Any]]:
    """Everything that was told of the short night, in order; all of it of its only profile."""
    assert short_night.plugins is not None
    return heard(short_night.plugins)


def of(told: list[dict[str, Any]], hook: str) -> list[dict[str, Any]]:
    """Return what one hook was told."""
    return [each for each in told if each["hook"] == hook]


def moment(text: str) -> datetime:
    """Return a time of JSON."""
    return datetime.fromisoformat(text)


def test_events_come_in_the_order_of_the_night(told: list[dict[str, Any]]) -> None:
    """A wait for darkness, one target to its end, then the other; each light is decided, saved and graded."""
    light = ["target_started", "image_saved", "image_graded"]
    assert [each["hook"].removeprefix("on_") for each in told] == [
        *("container_started", "wait_started", "wait_ended"),
        *light * 5,
        "target_completed",
        *light * 6,
        *("target_completed", "container_stopped", "flats_taken"),
    ]
    assert all(moment(each["at"]) == moment(each["now"]) for each in told if "at" in each)
    (stopped,) = of(told, "on_container_stopped")
    assert (stopped["reason"], stopped["failed"]) == ("no enabled target wants more exposures", False)


def test_a_wait_tells_the_target_that_follows_it(told: list[dict[str, Any]]) -> None:
    """Its project and place are those of the target that starts when the wait ends, as it foretold."""
    (begun,), (ended,), first = of(told, "on_wait_started"), of(told, "on_wait_ended"), of(told, "on_target_started")[0]
    same = ("target_name", "target_guid", *PLACES["M 42"])
    assert {key: begun[key] for key in same} == {key: first[key] for key in same}
    assert moment(begun["until"]) == moment(ended["at"]) == moment(first["at"])
    assert begun["reason"].startswith("twilight: ")


def test_targets_are_told_as_they_are_exposed(told: list[dict[str, Any]], short_night: Night) -> None:
    """New is the first of each target; what is told is what the catalogue says, and until when there is time."""
    started, (profile,) = of(told, "on_target_started"), short_night.tsplug("profile", "list")
    assert [each["target_name"] for each in started] == LIGHTS
    assert [place for place, each in enumerate(started) if each["new"]] == [0, 5]
    for each in [*started, *of(told, "on_target_completed")]:
        assert PLACES[each["target_name"]].items() <= each.items()
        assert each["profile_guid"] == profile["guid"]
    for each in started:
        assert EXPOSED[each["target_name"]].items() <= each.items()
        assert moment(each["until"]) > moment(each["now"]) + timedelta(seconds=each["exposure_s"])
    assert [each["target_name"] for each in of(told, "on_target_completed")] == ["M 42", "M 45"]


def test_images_are_told_once_when_they_are_recorded_and_when_they_are_graded(
    told: list[dict[str, Any]], short_night: Night
) -> None:
    """Saved is told as the exposure has ended, with the counts after it; graded at once, with the final status."""
    rows = sorted(short_night.tsplug("images", "list"), key=lambda row: row["started"])
    saved, graded = of(told, "on_image_saved"), of(told, "on_image_graded")
    guids = [row["guid"] for row in rows]
    assert [each["exposure"]["guid"] for each in saved] == [each["grade"]["image_guid"] for each in graded] == guids
    assert [each["exposure"]["file"] for each in saved] == [row["file"] for row in rows]
    assert [each["grade"]["status"] for each in graded] == [row["status"] for row in rows]
    assert [each["outcome"]["acquired"] for each in saved] == [*range(1, 6), *range(1, 7)]
    for each, verdict in zip(saved, graded, strict=True):
        assert timedelta(0) <= moment(each["now"]) - moment(each["exposure"]["ended"]) < SLACK
        assert verdict["now"] == each["now"]
        assert verdict["plan_guid"] == each["exposure"]["plan_guid"]
        assert verdict["grade"]["changed"]


def test_flats_are_told_when_they_lie_on_disk(told: list[dict[str, Any]], short_night: Night) -> None:
    """Once, with the sets of both targets, whose frames are those of the history."""
    (taken,) = of(told, "on_flats_taken")
    sets = {(each["spec"]["filter_name"], each["spec"]["rotation_deg"]): each for each in taken["report"]["taken"]}
    assert {key: (each["wanted"], each["on_disk"]) for key, each in sets.items()} == {
        ("L", 30.0): (4, 4),
        ("Ha", 75.0): (4, 4),
    }
    assert len(short_night.frames("flats")) == 8
