"""What a sequence says of the steps of its night, for a preview."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
import yaml

from tsplug.errors import InputError
from tsplug.model import NEVER_FLIPS_MIN, Altitude, Overheads, PlannerPreferences, Profile, Until
from tsplug.planning.ways import Ways
from tsplug.services.sequence_habits import Habits, habits_of

PROFILE = Profile(
    guid="rig",
    name="Rig",
    planner=PlannerPreferences(overheads=Overheads(new_target_s=90, dither_s=9), flip_after_min=2),
)


def text(container: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, **more: Any) -> str:
    nested = {"type": "sequential", "run": [{"type": "scheduler_container", **(container or {})}]}
    return yaml.safe_dump({"catalogue": {"profile": profile or {}}, "run": [{"type": "unpark"}, nested], **more})


def planned(habits: Habits) -> PlannerPreferences:
    """Return the preferences that count in the only container."""
    [turn] = habits.turns
    assert turn.planner is not None
    return turn.planner


def test_what_the_sequence_says_counts_before_what_is_stored() -> None:
    """Overheads of its profile one by one, its container's flip and focus, and its second camera."""
    profile = {"name": "Rig", "planner": {"overheads": {"dither_s": 20, "download_s": 4, "flip_s": 60}}}
    flip = {"after_min": 7, "pause_min": 3, "autofocus": True}
    focus = {"autofocus_every_min": 45, "autofocus_every_exposures": 9}
    given = text({"flip": flip, **focus}, profile, second_camera={"profile": {"name": "Wide"}})
    habits = habits_of(given, PROFILE, source="night.yaml")
    planner, ways = planned(habits), habits.turns[0].ways
    assert planner.overheads == Overheads(new_target_s=90, dither_s=20, download_s=4, flip_s=60, autofocus_every_min=45)
    assert (planner.flip_after_min, planner.flip_pause_min, habits.second, habits.notes) == (7, 3, "Wide", ())
    assert ways == Ways(focuses_first=True, focuses_after_flip=True, focus_every_exposures=9)


@pytest.mark.parametrize(
    ("container", "every_min", "focuses", "after_min"),
    [
        ({}, 120, True, 2),
        ({"autofocus": False, "flip": {"autofocus": True}, "autofocus_every_exposures": 3}, 0, False, 2),
        ({"flip": {"enabled": False, "pause_min": 3}}, 120, True, NEVER_FLIPS_MIN),
    ],
)
def test_what_it_does_not_say_is_as_a_container_does(
    container: dict[str, Any], every_min: int, focuses: bool, after_min: float
) -> None:
    """Focus every two hours unless it is off; where nothing is flipped nothing is paused for it."""
    habits = habits_of(text(container), PROFILE, source="night.yaml")
    planner = planned(habits)
    assert planner.overheads.autofocus_every_min == every_min
    assert (planner.flip_pause_min, planner.flip_after_min, habits.second) == (0, after_min, "")
    assert habits.turns[0].ways == Ways(focuses_first=focuses)


def test_containers_image_in_turn_after_what_is_waited_for() -> None:
    """Those of a loop so often as it counts; times are the texts that they are where the sequence is run."""
    given = """
    run:
    - {type: cool_camera}
    - {type: wait_until, until: {twilight: nautical}}
    - {type: scheduler_container, until: {time: 22:30}}
    - {type: scheduler_flats}
    - type: loop
      count: 2
      run:
      - {type: wait_until, until: {time: 2026-01-16T01:00:00+00:00}}
      - {type: sequential, run: [{type: unpark}, {type: scheduler_container}]}
    - {type: wait_until, until: {altitude: {ra_hours: 3, dec_deg: 20.5, below_deg: 30}}}
    - {type: warm_camera}
    - {type: scheduler_container, immediate_flats: {}}
    """
    habits = habits_of(given, PROFILE, source="night.yaml")
    later = Until(time=datetime(2026, 1, 16, 1, tzinfo=UTC))
    assert [(turn.before, turn.until) for turn in habits.turns] == [
        ((Until(twilight="nautical"),), Until(time=time(22, 30))),
        ((later,), None),
        ((later,), None),
        ((Until(altitude=Altitude(ra_hours=3, dec_deg=20.5, below_deg=30.0)),), None),
    ]
    assert habits.notes == (
        "what the sequence does before it images takes no time here: warm_camera",
        "immediate flats take no time here",
    )


def test_what_no_preview_needs_does_no_harm() -> None:
    """A start that is no date, which running the sequence tells; a list that holds itself; a name that is a number."""
    habits = habits_of(
        "start: 2026-02-30T15:30:00+00:00\ncatalogue: {profile: {name: 107}}\n"
        "run: &all\n- {type: scheduler_container}\n- {type: sequential, run: *all}\n",
        PROFILE.model_copy(update={"name": "107"}),
        source="night.yaml",
    )
    assert (len(habits.turns), habits.notes) == (1, ())


def test_lists_that_hold_nothing_are_not_repeated_without_end() -> None:
    """Nor are more instructions gone through than anyone would wait for."""
    loops = "[]"
    for _ in range(8):
        loops = f"[{{type: loop, count: 24, run: {loops}}}, {{type: loop, count: 24, run: {loops}}}]"
    given = f"run: [{{type: scheduler_container}}, {{type: sequential, run: {loops}}}]"
    assert habits_of(given, PROFILE, source="night.yaml").notes == ()
    many = "run: [{type: loop, count: 24, run: [" + "{type: scheduler_container}, " * 50 + "]}]"
    habits = habits_of(many, PROFILE, source="night.yaml")
    assert len(habits.turns) == 1000
    assert habits.notes == ("only the first 1000 instructions of the sequence are reckoned with",)


def test_what_is_left_out_of_account_is_told() -> None:
    """A preview of the planner knows no lists of instructions, and no loop without an end of its own."""
    container = {"type": "scheduler_container", "events": {"after_exposure": [{"type": "unpark"}]}}
    loop = {"type": "loop", "as_long_as": "targets_remain", "run": [{"type": "autofocus"}, container]}
    notes = habits_of(yaml.safe_dump({"run": [loop]}), PROFILE, source="night.yaml").notes
    assert notes == (
        "what the sequence does before it images takes no time here: autofocus",
        "what the sequence does at its events takes no time here",
        "a loop that has no `count` is gone through once here",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("run: [", "night.yaml: line 1: no YAML"),
        ("just words", "night.yaml is no sequence that images: its run has no scheduler_container"),
        (text(profile={"name": "Other"}), "night.yaml images with profile 'Other', not 'Rig'"),
        (text({"flip": {"after_min": "soon"}}), "night.yaml: planner.flip_after_min"),
        (text(profile={"planner": {"overheads": {"dither_s": -1}}}), "night.yaml: planner.overheads.dither_s"),
        (text({"until": {"time": 2230}}), "night.yaml: until: time: give a local time without zone"),
        ("[" * 9000, "night.yaml: no YAML"),
    ],
)
def test_what_is_no_sequence_of_the_rig_is_refused(given: str, said: str) -> None:
    """A line says where and what."""
    with pytest.raises(InputError) as caught:
        habits_of(given, PROFILE, source="night.yaml")
    assert said in str(caught.value)
