"""What a loop asks: are flats needed, and can they be taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tsplug.model import FlatInstruction, FlatNeeds, FlatSet, FlatSetState, SkyFlatSettings, TrainedFlat
from tsplug.services.flats_needed import flats_needed

if TYPE_CHECKING:
    from conftest import FlatsRig

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)


def needs(flats_rig: FlatsRig) -> FlatNeeds:
    """Return what is needed."""
    return flats_needed(FlatInstruction(profile_guid=flats_rig.profile_guid), flats_rig.context)


def test_nothing_is_needed(flats_rig: FlatsRig) -> None:
    """Without due sessions nothing is needed."""
    assert needs(flats_rig) == FlatNeeds(needed=0, possible=0)


def test_what_cannot_be_shot_is_needed_and_not_possible(flats_rig: FlatsRig) -> None:
    """A set without training is needed, not possible, and said; the other is both until it is taken."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "Ha", gain=7)
    before = needs(flats_rig)
    assert (before.needed, before.possible, before.frames) == (2, 1, 0)
    flats_rig.run(count=3)
    after = needs(flats_rig)
    assert (after.needed, after.possible, after.frames) == (1, 0, 3)
    assert "no training for filter Ha, gain 7" in after.impossible[0]


def test_clouds_over_sky_flats_leave_panel_flats_possible(flats_rig: FlatsRig) -> None:
    """Sky flats that were flagged, however often, say nothing of the panel."""
    flats_rig.light("M 42", "L")
    turns = iter([20_000.0, *(6_000.0, 60_000.0) * 20])
    flats_rig.devices.frames.level = lambda request, brightness: next(turns)
    for _ in range(2):
        flats_rig.run(kind="sky", sky=SkyFlatSettings(when="dusk"))
    assert [item.state for item in flats_rig.all(FlatSet)].count(FlatSetState.FLAGGED) >= 2
    assert needs(flats_rig).possible == 1


def test_a_level_that_stays_wrong_is_not_tried_for_ever(flats_rig: FlatsRig) -> None:
    """A set flagged twice in a night counts as not possible, with what would help."""
    flats_rig.light("M 42", "L")
    flats_rig.devices.frames.level = lambda request, brightness: 900.0
    flats_rig.run()
    assert needs(flats_rig).possible == 1
    flats_rig.run()
    after = needs(flats_rig)
    assert after.possible == 0
    assert "train the panel anew" in after.impossible[0]


def test_a_correction_that_holds_keeps_sets_possible(flats_rig: FlatsRig) -> None:
    """Lights that come after a stale training was corrected, however often, still get their flats."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    for number in range(3):
        flats_rig.light("M 42", "L", started=EVENING + timedelta(minutes=number), rotation_deg=100.0 * number)
        assert (needs(flats_rig).needed, needs(flats_rig).possible) == (1, 1)
        assert len(flats_rig.run().taken) == 1
    assert [item.state for item in flats_rig.all(FlatSet)].count(FlatSetState.FLAGGED) == 1
    assert needs(flats_rig).needed == 0


def test_without_a_panel_nothing_is_possible(flats_rig: FlatsRig) -> None:
    """Equipment that is missing makes every set impossible."""
    flats_rig.light("M 42", "L")
    flats_rig.devices.panel = None
    after = needs(flats_rig)
    assert (after.needed, after.possible, after.impossible) == (1, 0, ("no flat panel is connected",))
