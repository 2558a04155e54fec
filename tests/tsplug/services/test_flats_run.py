"""The flats run: what it takes, in which order, and what it reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from tsplug.errors import Cancelled, NotFoundError
from tsplug.model import FlatHistory, FlatInstruction, FlatSet, FlatSetState, Project, TrainedFlat
from tsplug.ports import CoverState, FrameRequest, SavedFrame
from tsplug.services.flats_run import run_flats
from tsplug.testing import CountingCancellation, Killed
from tsplug.testing.devices import FakeFrames

pytestmark = pytest.mark.both_databases

if TYPE_CHECKING:
    from conftest import FlatsRig

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 16, 6, 30, tzinfo=UTC)
COUNT = 3


def test_nothing_due_touches_nothing(flats_rig: FlatsRig) -> None:
    """Without due sessions no device receives a command, and the report says so."""
    report = flats_rig.run()
    assert flats_rig.devices.commands == []
    assert (report.taken, report.failed, report.panel_off) == ((), (), True)
    assert report.message == "no flats are due"


def test_a_run_takes_sets_in_order_of_angle(flats_rig: FlatsRig) -> None:
    """The run closes the cover, takes sets by rising angle, and ends dark, closed and in the old readout mode."""
    flats_rig.light_two_sets()
    report = flats_rig.run()
    assert flats_rig.devices.commands == [
        "panel.close_cover",
        "rotator.move_mechanical 20.0",
        "camera.set_readout_mode 1",
        "wheel.select Ha",
        "panel.light_on 120",
        *(f"frames.take Ha {number}" for number in (1, 2, 3)),
        "rotator.move_mechanical 100.0",
        "camera.set_readout_mode 0",
        "wheel.select L",
        *(f"frames.take L {number}" for number in (1, 2, 3)),
        "panel.light_off",
    ]
    assert [item.on_disk for item in report.taken] == [3, 3]
    assert [item.adu_median for item in report.taken] == [25_000.0, 25_000.0]
    assert report.message == "2 flat sets taken, 0 skipped, 0 failed"
    assert flats_rig.devices.panel is not None
    assert flats_rig.devices.panel.cover is CoverState.CLOSED
    flats_rig.check_books()


def test_frames_carry_the_settings_of_the_lights(flats_rig: FlatsRig) -> None:
    """A frame is asked for with the light's gain, offset, binning, ROI and readout mode, and its session's names."""
    flats_rig.light("M 42", "Ha", session_id=7, roi_percent=50.0)
    flats_rig.run(count=1)
    (request,) = flats_rig.devices.frames.requests
    assert (request.gain, request.offset, request.binning, request.readout_mode) == (200, 30, 1, 0)
    assert (request.roi_percent, request.exposure_s, request.session_id) == (50.0, 6.0, 7)
    assert (request.target_name, request.project_name) == ("M 42", "Nebulae")


def test_the_readout_mode_is_restored(flats_rig: FlatsRig) -> None:
    """A readout mode that only the flats needed is undone at the end."""
    flats_rig.light("M 42", "L", readout_mode=1)
    flats_rig.change(TrainedFlat, readout_mode=None)
    flats_rig.run()
    assert flats_rig.devices.camera is not None
    assert flats_rig.devices.camera.mode == 0
    assert flats_rig.devices.commands[-2:] == ["panel.light_off", "camera.set_readout_mode 0"]


def test_without_rotator_nothing_turns(flats_rig: FlatsRig) -> None:
    """Lights taken without a rotator get flats without a command to the rotator that is there now."""
    flats_rig.light(rotation_deg=None)
    assert len(flats_rig.run().taken) == 1
    assert not [command for command in flats_rig.devices.commands if command.startswith("rotator")]


def test_equal_specs_of_two_targets_share_a_set(flats_rig: FlatsRig) -> None:
    """Two targets with equal specs are served by one set, each with its own history row."""
    flats_rig.light("M 42", "L", rotation_deg=359.8)
    flats_rig.light("M 81", "L", rotation_deg=0.4)
    report = flats_rig.run()
    assert [item.sessions for item in report.taken] == [("M 42 2026-01-15", "M 81 2026-01-15")]
    assert report.taken[0].spec.rotation_deg == pytest.approx(0.1)
    assert {row.target_name for row in flats_rig.all(FlatHistory)} == {"M 42", "M 81"}
    assert {row.flat_set_id for row in flats_rig.all(FlatHistory)} == {1}
    assert {row.rotation_deg for row in flats_rig.all(FlatHistory)} == {359.8, 0.4}
    assert flats_rig.run().message == "no flats are due"


def test_lights_that_have_flats_do_not_turn_those_of_others(flats_rig: FlatsRig) -> None:
    """Rotation classes are those of one run: flats are taken at the angle of the lights they are for, no others."""
    for night, angle in enumerate((10.0, 10.8)):
        flats_rig.light(rotation_deg=angle, started=EVENING + timedelta(days=night))
        flats_rig.clock.set(MORNING + timedelta(days=night))
        assert flats_rig.run().taken[0].spec.rotation_deg == pytest.approx(angle)
    assert flats_rig.run().message == "no flats are due"
    flats_rig.check_books()


def test_repeat_takes_a_set_for_each_session(flats_rig: FlatsRig) -> None:
    """With repeat every session has its own set, named after its own target."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "L")
    flats_rig.run(repeat=True)
    assert [request.target_name for request in flats_rig.devices.frames.requests] == ["M 42"] * 3 + ["M 81"] * 3
    assert len({row.flat_set_id for row in flats_rig.all(FlatHistory)}) == 2
    flats_rig.check_books()


def test_the_profile_says_how_many(flats_rig: FlatsRig) -> None:
    """Without a count in the instruction the profile's flats to take are taken."""
    flats_rig.light()
    assert flats_rig.run(count=None).taken[0].on_disk == 10


def test_a_dry_run_moves_and_writes_nothing(flats_rig: FlatsRig) -> None:
    """A dry run lists the sets and steps, moves nothing and stores nothing."""
    flats_rig.light_two_sets()
    report = flats_rig.run(dry_run=True)
    assert flats_rig.devices.commands == []
    assert [item.spec.filter_name for item in report.planned] == ["Ha", "L"]
    assert report.taken == ()
    assert "turn the rotator to 20.00 degrees" in report.message
    assert flats_rig.all(FlatSet) == []


def test_sets_without_training_are_skipped(flats_rig: FlatsRig) -> None:
    """A session that no training fits is skipped with the training it needs, the others are taken."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "Ha", gain=7)
    report = flats_rig.run()
    assert [item.spec.filter_name for item in report.taken] == ["L"]
    assert "no training for filter Ha, gain 7, offset 30, binning 1x1" in report.skipped[0].reason


def test_only_skipped_sets_move_nothing(flats_rig: FlatsRig) -> None:
    """Where every due set is skipped, nothing is touched."""
    flats_rig.light(gain=7)
    report = flats_rig.run()
    assert report.message == "every due set was skipped"
    assert flats_rig.devices.commands == []


def test_the_cover_opens_when_asked_for(flats_rig: FlatsRig) -> None:
    """The cover is open at a regular end if the instruction says so, after the light is out."""
    flats_rig.light()
    flats_rig.run(cover_at_end="open")
    assert flats_rig.devices.commands[-2:] == ["panel.light_off", "panel.open_cover"]


def test_a_panel_without_cover_is_fine(flats_rig: FlatsRig) -> None:
    """A panel that has no cover is only lit."""
    assert flats_rig.devices.panel is not None
    flats_rig.devices.panel.cover = CoverState.NOT_PRESENT
    flats_rig.light()
    assert len(flats_rig.run(cover_at_end="open").taken) == 1
    assert not [command for command in flats_rig.devices.commands if "cover" in command]


def test_a_wrong_level_is_corrected_once(flats_rig: FlatsRig) -> None:
    """A set whose first frame is too bright is flagged, and taken with the exposure scaled to the trained level."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    flats_rig.light()
    report = flats_rig.run()
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED, FlatSetState.COMPLETE]
    assert [item.exposure_s for item in flats_rig.all(FlatSet)] == [0.5, pytest.approx(0.4)]
    assert "exposure corrected from 0.5 s to 0.4 s: the first frame's median is 25000 ADU, +25.0 %" in (
        report.taken[0].reason
    )
    done, total = flats_rig.context.progress.reports[-1][1:]
    assert (done, total) == (COUNT, COUNT + 1)
    flats_rig.check_books()


def test_a_correction_holds_for_every_angle(flats_rig: FlatsRig) -> None:
    """What one set needed is where the next one like it begins, so that a stale training costs one frame a run."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    for angle in (20.0, 100.0, 200.0):
        flats_rig.light(rotation_deg=angle)
    flats_rig.light("M 42", "L", roi_percent=50.0)
    report = flats_rig.run()
    assert len(report.taken) == 4
    assert [item.exposure_s for item in report.taken] == [pytest.approx(0.4)] * 4
    assert [item.state for item in flats_rig.all(FlatSet)].count(FlatSetState.FLAGGED) == 2
    assert "exposure corrected from 0.5 s to 0.4 s, as for the set before" in report.taken[-1].reason
    done, total = flats_rig.context.progress.reports[-1][1:]
    assert (done, total) == (4 * COUNT + 1, 4 * COUNT + 2)
    flats_rig.check_books()


def test_a_correction_of_another_angle_is_resumed_and_told(flats_rig: FlatsRig) -> None:
    """A set that began with the exposure of the set before goes on with it after an interruption, and says so."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    for angle in (20.0, 100.0):
        flats_rig.light(rotation_deg=angle)
    flats_rig.context.cancellation = CountingCancellation(after=18)
    with pytest.raises(Cancelled):
        flats_rig.run()
    begun = flats_rig.all(FlatSet)
    assert [item.state for item in begun] == [FlatSetState.FLAGGED, FlatSetState.COMPLETE, FlatSetState.INTERRUPTED]
    flats_rig.context.cancellation = CountingCancellation()
    (resumed,) = flats_rig.run().taken
    assert resumed.exposure_s == pytest.approx(0.4)
    assert resumed.reason == "exposure corrected from 0.5 s to 0.4 s before the set was interrupted"
    assert len(flats_rig.all(FlatSet)) == 3
    flats_rig.check_books()


def test_a_later_run_of_the_night_knows_the_correction(flats_rig: FlatsRig) -> None:
    """What a run has learnt of a stale training the next one of the night takes from the records, as does its plan."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    flats_rig.light()
    flats_rig.run()
    flats_rig.light(rotation_deg=100.0)
    assert flats_rig.run(dry_run=True).planned[0].exposure_s == pytest.approx(0.4)
    (taken,) = flats_rig.run().taken
    assert taken.reason == "exposure corrected from 0.5 s to 0.4 s, as for the set before"
    flats_rig.light("M 81", rotation_deg=200.0)
    flats_rig.change(TrainedFlat, exposure_s=0.6)
    assert flats_rig.run(dry_run=True).planned[0].exposure_s == pytest.approx(0.6)
    states = [item.state for item in flats_rig.all(FlatSet)]
    assert states == [FlatSetState.FLAGGED, FlatSetState.COMPLETE, FlatSetState.COMPLETE]


def test_a_resumed_run_knows_the_correction(flats_rig: FlatsRig) -> None:
    """Interrupted in the corrected set, the run goes on with it, and begins the next angle with its exposure."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    for angle in (20.0, 100.0):
        flats_rig.light(rotation_deg=angle)
    flats_rig.devices.log.fail("frames.take", on_call=3, error=Killed())
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()
    report = flats_rig.run()
    assert [item.exposure_s for item in report.taken] == [pytest.approx(0.4)] * 2
    states = [item.state for item in flats_rig.all(FlatSet)]
    assert states == [FlatSetState.FLAGGED, FlatSetState.COMPLETE, FlatSetState.COMPLETE]
    flats_rig.check_books()


@pytest.mark.parametrize(("brighter", "exposure_s", "looks"), [(3.0, 0.167, 1), (2.7, 0.185, 1), (8.0, None, 1)])
def test_a_clipped_first_frame_is_looked_at_shorter(
    brighter: float, exposure_s: float | None, looks: int, flats_rig: FlatsRig
) -> None:
    """How bright a panel is that clips the frame, a short frame tells that is not kept; one correction is enough."""
    full = flats_rig.devices.frames.level
    flats_rig.devices.frames.level = lambda request, brightness: min(65_535.0, brighter * full(request, brightness))
    flats_rig.light()
    report = flats_rig.run()
    assert [item.exposure_s for item in report.taken] == ([] if exposure_s is None else [exposure_s])
    assert [request.exposure_s for request in flats_rig.devices.frames.measured] == [0.125] * looks
    if exposure_s is None:
        assert "65535 ADU, the end of the range" in report.failed[0].reason
    flats_rig.check_books()


def test_a_clipped_exposure_is_halved_where_nobody_can_look(flats_rig: FlatsRig) -> None:
    """A host that cannot measure a frame without saving it gets half of the exposure, once."""
    full = flats_rig.devices.frames

    class OnlyTakes:
        def take(self, request: FrameRequest) -> SavedFrame:
            return full.take(request)

    level = full.level
    full.level = lambda request, brightness: min(65_535.0, 2.65 * level(request, brightness))
    flats_rig.devices.frames = cast("FakeFrames", OnlyTakes())
    flats_rig.change(TrainedFlat, target_adu=33_000.0)
    flats_rig.light()
    (taken,) = flats_rig.run().taken
    assert (taken.exposure_s, taken.adu_median) == (0.25, pytest.approx(33_125.0))


def test_a_correction_leaves_the_bias_out(flats_rig: FlatsRig) -> None:
    """Where the training knows the bias, only what the light has made is scaled, so that one correction is enough."""
    flats_rig.change(TrainedFlat, target_adu=12_500.0, bias_adu=10_000.0)
    flats_rig.devices.frames.level = lambda request, brightness: 10_000.0 + 10_000.0 * request.exposure_s
    flats_rig.light()
    (taken,) = flats_rig.run().taken
    assert (taken.exposure_s, taken.adu_median) == (pytest.approx(0.25), pytest.approx(12_500.0))


@pytest.mark.parametrize("level", [0.0, 900.0, 60_000.0])
def test_a_level_that_stays_wrong_is_flagged(flats_rig: FlatsRig, level: float) -> None:
    """A level that one bounded correction does not mend leaves no history, and the report has the numbers."""
    flats_rig.devices.frames.level = lambda request, brightness: level
    flats_rig.light()
    report = flats_rig.run()
    assert {item.state for item in flats_rig.all(FlatSet)} == {FlatSetState.FLAGGED}
    assert flats_rig.all(FlatHistory) == []
    assert f"median is {level:.0f} ADU" in report.failed[0].reason
    assert "trained 25000 ADU (allowed 10 %)" in report.failed[0].reason
    assert report.failed[0].adu_median == level
    flats_rig.check_books()


def test_cadence_keeps_flats_waiting(flats_rig: FlatsRig) -> None:
    """With cadence 3 nothing is taken on the first two mornings, and every night's flats on the third."""
    flats_rig.change(Project, flats_handling=3)
    for night in range(3):
        flats_rig.light(started=EVENING + timedelta(days=night))
        flats_rig.clock.set(MORNING + timedelta(days=night))
        report = flats_rig.run()
        assert [len(item.sessions) for item in report.taken] == ([] if night < 2 else [3])


def test_an_unknown_profile_is_refused(flats_rig: FlatsRig) -> None:
    """A profile that the store does not hold is one clear error."""
    with pytest.raises(NotFoundError, match="no profile has the id nobody"):
        run_flats(FlatInstruction(profile_guid="nobody"), flats_rig.context)


def test_a_light_that_drifts_a_little_does_no_harm(flats_rig: FlatsRig) -> None:
    """Once the first frame's level is right, the others may be off it by twice as much."""
    flats_rig.devices.frames.level = lambda request, brightness: 25_000.0 if request.number == 1 else 30_000.0
    flats_rig.light()
    report = flats_rig.run()
    assert report.failed == ()
    assert report.taken[0].adu_median == 30_000.0


def test_a_light_that_fails_in_the_middle_of_a_set_flags_it(flats_rig: FlatsRig) -> None:
    """A later frame without light ends the set: no history, no correction, and the report names the frame."""
    flats_rig.devices.frames.level = lambda request, brightness: 25_000.0 if request.number == 1 else 500.0
    flats_rig.light()
    report = flats_rig.run()
    assert report.taken == ()
    assert report.failed[0].on_disk == 2
    assert "the median of frame 2 is 500 ADU, -98.0 % from the 25000 ADU of the first one" in report.failed[0].reason
    assert report.failed[0].reason.endswith("look at the panel's light")
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED]
    assert flats_rig.all(FlatHistory) == []
    assert report.panel_off
    flats_rig.check_books()


def dimmed(flats_rig: FlatsRig, part: float) -> None:
    """Leave a part of the panel's light."""
    full = flats_rig.devices.frames.level
    flats_rig.devices.frames.level = lambda request, brightness: part * full(request, brightness)


def test_without_a_target_the_level_is_that_of_earlier_sets(flats_rig: FlatsRig) -> None:
    """Once a set is complete, a dimmer panel is noticed although no target is trained, and corrected."""
    flats_rig.change(TrainedFlat, target_adu=None)
    flats_rig.light("M 42", rotation_deg=20.0)
    assert flats_rig.run().taken[0].reason == "no target ADU is trained: the level cannot be checked"
    dimmed(flats_rig, 0.6)
    flats_rig.light("M 42", rotation_deg=100.0, started=EVENING + timedelta(hours=1))
    report = flats_rig.run()
    assert report.taken[0].adu_median == pytest.approx(25_000.0, rel=1e-3)
    assert "-40.0 % from the 25000 ADU of earlier sets" in report.taken[0].reason
    flats_rig.check_books()


@pytest.mark.parametrize(("part", "percent"), [(0.1, 4), (2.5, 95)])
def test_without_a_target_an_implausible_level_is_flagged(part: float, percent: int, flats_rig: FlatsRig) -> None:
    """A set whose level no flat should have does not count, though nobody knows which one is wanted."""
    flats_rig.change(TrainedFlat, target_adu=None)
    dimmed(flats_rig, part)
    flats_rig.light()
    (failed,) = flats_rig.run().failed
    assert f"{percent} % of the camera's range, and no target ADU is trained" in failed.reason
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED]
    assert flats_rig.all(FlatHistory) == []


def test_without_a_target_a_panel_that_dims_within_a_set_is_noticed(flats_rig: FlatsRig) -> None:
    """Later frames are held against the first one, whatever was trained."""
    flats_rig.change(TrainedFlat, target_adu=None)
    full = flats_rig.devices.frames.level
    flats_rig.devices.frames.level = lambda request, brightness: full(request, brightness) / request.number
    flats_rig.light()
    (failed,) = flats_rig.run().failed
    assert "the median of frame 2 is 12500 ADU, -50.0 % from the 25000 ADU of the first one" in failed.reason
