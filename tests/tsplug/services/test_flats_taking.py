"""Details of a run: time, the rotator's way back, brightness, saturation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tsplug.model import FlatSet, FlatSetState

if TYPE_CHECKING:
    from conftest import FlatsRig


def test_what_does_not_fit_into_the_time_is_left(flats_rig: FlatsRig) -> None:
    """Whole sets are taken while the budget lasts; the others are reported, stay due, and are taken by the next run."""
    flats_rig.light_two_sets()
    dry = flats_rig.run(dry_run=True, budget_min=2.0)
    assert (len(dry.planned), len(dry.left)) == (1, 1)
    report = flats_rig.run(budget_min=2.0)
    assert (len(report.taken), len(report.left), report.failed) == (1, 1, ())
    assert "left for the next run" in report.left[0].reason
    assert report.message == "1 flat set taken, 0 skipped, 0 failed, 1 left for the next run"
    assert len(flats_rig.run().taken) == 1


def test_a_run_that_is_slower_than_planned_keeps_its_time(flats_rig: FlatsRig) -> None:
    """Once the clock has passed what the plan expected, sets that still fitted on paper are left."""
    flats_rig.light_two_sets()
    fast = flats_rig.devices.frames.level

    def slow(request: object, brightness: int) -> float:
        flats_rig.clock.advance(60.0)
        return fast(request, brightness)  # type: ignore[arg-type]

    flats_rig.devices.frames.level = slow
    report = flats_rig.run(budget_min=4.0)
    assert (len(report.taken), len(report.left)) == (1, 1)
    assert "s are left" in report.left[0].reason


def test_no_time_at_all_moves_nothing(flats_rig: FlatsRig) -> None:
    """A budget that no set fits into touches no device."""
    flats_rig.light_two_sets()
    report = flats_rig.run(budget_min=0.1)
    assert (len(report.left), report.message) == (2, "no due set fits into the time")
    assert flats_rig.devices.commands == []


def test_the_rotator_turns_back(flats_rig: FlatsRig) -> None:
    """With ``rotator_back`` the rotator ends where it stood, after the panel is dark."""
    assert flats_rig.devices.rotator is not None
    flats_rig.devices.rotator.angle_deg = 211.0
    flats_rig.light_two_sets()
    assert "turn the rotator back" in flats_rig.run(dry_run=True, rotator_back=True).message
    flats_rig.run(rotator_back=True)
    assert flats_rig.devices.commands[-1] == "rotator.move_mechanical 211.0"
    assert flats_rig.devices.commands[-2] == "panel.light_off"


def test_only_the_rules_that_are_named_are_served(flats_rig: FlatsRig) -> None:
    """Sessions of other due rules are left alone."""
    flats_rig.light()
    assert flats_rig.run(rules=("completion",)).message == "no flats are due"
    assert len(flats_rig.run(rules=("document",)).taken) == 1


def test_a_panel_that_shines_at_another_level_fails_its_set_alone(flats_rig: FlatsRig) -> None:
    """A panel that takes a level and shows another fails the set, with both levels, and the others are tried."""
    flats_rig.light_two_sets()
    panel = flats_rig.devices.panel
    assert panel is not None
    wrong = iter([119])
    panel.brightness = lambda: next(wrong, panel.level)  # type: ignore[method-assign]
    report = flats_rig.run()
    assert len(report.taken) == len(report.failed) == 1
    assert "it was told to shine at 120 and shines at 119" in report.failed[0].reason


def test_saturated_pixels_flag_a_set(flats_rig: FlatsRig) -> None:
    """A frame of the right median of which more than one per cent is saturated does not count."""
    flats_rig.light()
    take = flats_rig.devices.frames.take
    flats_rig.devices.frames.take = lambda request: take(request).model_copy(  # type: ignore[method-assign]
        update={"saturated_fraction": 0.03}
    )
    (failed,) = flats_rig.run().failed
    assert "3.0 % of frame 1 are saturated (allowed 1 %)" in failed.reason
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED]


@pytest.mark.parametrize("count", [1, 4])
def test_the_estimate_is_near_the_truth(flats_rig: FlatsRig, count: int) -> None:
    """A dry run tells how long the run will take; it names no set as left without a budget."""
    flats_rig.light_two_sets()
    report = flats_rig.run(dry_run=True, count=count)
    assert report.estimate_s is not None
    assert report.estimate_s > count * (6.0 + 0.5)
    assert report.message.startswith("dry run, about")
    assert report.left == ()
