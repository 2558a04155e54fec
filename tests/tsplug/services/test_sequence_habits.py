"""What a sequence says of the steps of its night, for a preview."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tsplug.errors import InputError
from tsplug.model import Overheads, PlannerPreferences, Profile
from tsplug.services.sequence_habits import habits_of

PROFILE = Profile(
    guid="rig",
    name="Rig",
    planner=PlannerPreferences(overheads=Overheads(new_target_s=90, dither_s=9), flip_after_min=2),
)


def text(container: dict[str, Any] | None = None, profile: dict[str, Any] | None = None, **more: Any) -> str:
    nested = {"type": "sequential", "run": [{"type": "scheduler_container", **(container or {})}]}
    return yaml.safe_dump({"catalogue": {"profile": profile or {}}, "run": [{"type": "unpark"}, nested], **more})


def test_what_the_sequence_says_counts_before_what_is_stored() -> None:
    """Overheads of its profile one by one, its container's flip and focus, and its second camera."""
    profile = {"name": "Rig", "planner": {"overheads": {"dither_s": 20, "download_s": 4, "flip_s": 60}}}
    flip = {"after_min": 7, "pause_min": 3}
    given = text({"flip": flip, "autofocus_every_min": 45}, profile, second_camera={"profile": {"name": "Wide"}})
    planner, second, notes = habits_of(given, PROFILE, source="night.yaml")
    assert planner is not None
    assert planner.overheads == Overheads(new_target_s=90, dither_s=20, download_s=4, flip_s=60, autofocus_every_min=45)
    assert (planner.flip_after_min, planner.flip_pause_min, second, notes) == (7, 3, "Wide", ())


@pytest.mark.parametrize(
    ("container", "every_min", "flip_s"),
    [({}, 120, 50), ({"autofocus": False}, 0, 50), ({"flip": {"enabled": False, "pause_min": 3}}, 120, 0)],
)
def test_what_it_does_not_say_is_as_a_container_does(container: dict[str, Any], every_min: int, flip_s: int) -> None:
    """Focus every two hours unless it is off; a flip that is never made takes no time."""
    profile = {"planner": {"overheads": {"flip_s": 50}}}
    planner, second, _ = habits_of(text(container, profile), PROFILE, source="night.yaml")
    assert planner is not None
    assert (planner.overheads.autofocus_every_min, planner.overheads.flip_s) == (every_min, flip_s)
    assert (planner.flip_pause_min, second) == (0, "")


def test_what_no_preview_needs_does_no_harm() -> None:
    """A start that is no date, which running the sequence tells; a list that holds itself; another container."""
    habits = habits_of(
        "start: 2026-02-30T15:30:00+00:00\nrun: &all\n- {type: scheduler_container}\n- {type: sequential, run: *all}\n"
        "- {type: scheduler_container, until: {twilight: nautical}}\n",
        PROFILE,
        source="night.yaml",
    )
    assert habits.notes == ("of 2 containers that image the sequence's first one counts here for the whole night",)


def test_what_is_left_out_of_account_is_told() -> None:
    """A preview of the planner knows no conditions and no lists of instructions."""
    container = {"until": {"time": "03:00"}, "events": {"after_exposure": [{"type": "unpark"}]}}
    notes = habits_of(text(container), PROFILE, source="night.yaml").notes
    assert notes == (
        "the sequence's `until` is left out of account",
        "what the sequence does at its events takes no time here",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("run: [", "night.yaml: line 1: no YAML"),
        ("just words", "night.yaml is no sequence that images: its run has no scheduler_container"),
        (text(profile={"name": "Other"}), "night.yaml images with profile 'Other', not 'Rig'"),
        (text({"flip": {"after_min": "soon"}}), "night.yaml: planner.flip_after_min"),
        (text(profile={"planner": {"overheads": {"dither_s": -1}}}), "night.yaml: planner.overheads.dither_s"),
    ],
)
def test_what_is_no_sequence_of_the_rig_is_refused(given: str, said: str) -> None:
    """A line says where and what."""
    with pytest.raises(InputError) as caught:
        habits_of(given, PROFILE, source="night.yaml")
    assert said in str(caught.value)
