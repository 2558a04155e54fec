"""The book of flat sets: what is interrupted is resumed, and history equals the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tsplug.errors import Cancelled
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, TrainedFlat
from tsplug.ports import FrameRequest, FrameStatus
from tsplug.services.flats_records import FlatRecords, frame_guid
from tsplug.testing import CountingCancellation, Killed
from tsplug.testing.context import PresentFiles

pytestmark = pytest.mark.both_databases

if TYPE_CHECKING:
    from conftest import FlatsRig

COUNT = 3


def test_cancelling_leaves_a_set_to_be_resumed(flats_rig: FlatsRig) -> None:
    """A cancelled run ends dark and raises; the set is interrupted, and resumed at every frame by the next run."""
    flats_rig.light_two_sets()
    for allowed in range(0, 15):
        flats_rig.context.cancellation = CountingCancellation(after=allowed)
        try:
            flats_rig.run()
        except Cancelled:
            assert FlatSetState.RUNNING not in {item.state for item in flats_rig.all(FlatSet)}
        flats_rig.check_books()
    flats_rig.context.cancellation = CountingCancellation()
    flats_rig.run()
    flats_rig.check_books()
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.COMPLETE] * 2
    assert len(flats_rig.devices.frames.requests) == 2 * COUNT


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("frame", range(1, 2 * COUNT + 1))
def test_a_killed_run_is_taken_up(flats_rig: FlatsRig, frame: int, after: bool) -> None:
    """Killed before or after any frame reached the disk, the next run takes exactly the rest and ends dark."""
    flats_rig.light_two_sets()
    flats_rig.devices.log.fail("frames.take", on_call=frame, error=Killed(), after=after)
    with pytest.raises(Killed):
        flats_rig.run()
    assert flats_rig.devices.panel is not None
    assert flats_rig.devices.panel.level > 0
    flats_rig.devices.log.revive()
    flats_rig.clock.sleep(600)
    flats_rig.run()
    flats_rig.check_books()
    assert len(flats_rig.all(FlatSet)) == 2
    assert len({request.guid for request in flats_rig.devices.frames.requests}) == 2 * COUNT


def test_a_panel_left_lit_is_darkened(flats_rig: FlatsRig) -> None:
    """A run killed when all was recorded leaves the panel lit; the next finds nothing due and switches it off."""
    flats_rig.light()
    flats_rig.devices.log.fail("panel.light_off", error=Killed())
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.devices.commands.clear()
    report = flats_rig.run()
    assert flats_rig.devices.commands == ["panel.light_off"]
    assert report.message == "no flats are due; the panel was lit by an earlier run and is off now"
    flats_rig.check_books()


def test_a_panel_left_lit_is_darkened_days_later(flats_rig: FlatsRig) -> None:
    """A run killed amid a set leaves the panel lit; a run of any later night that has nothing to take ends that."""
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=2, error=Killed())
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.devices.commands.clear()
    flats_rig.clock.sleep(60 * 86_400)
    report = flats_rig.run()
    assert flats_rig.devices.commands == ["panel.light_off"]
    assert report.panel_off


def test_a_lost_file_is_taken_again(flats_rig: FlatsRig) -> None:
    """On resuming, a frame whose file is gone does not count and is taken again."""
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=3)
    flats_rig.run()
    lost, kept = flats_rig.all(FlatSetFile)
    Path(lost.file).unlink()
    flats_rig.devices.log.revive()
    report = flats_rig.run()
    assert report.taken[0].on_disk == COUNT
    assert sorted(file.number for file in flats_rig.all(FlatSetFile)) == [1, 2, 3]
    assert kept.guid in {file.guid for file in flats_rig.all(FlatSetFile)}
    flats_rig.check_books()


def test_an_interrupted_set_of_another_night_is_not_resumed(flats_rig: FlatsRig) -> None:
    """A set begun the night before is taken anew, and the old one is no longer running."""
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=2, error=Killed())
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.clock.sleep(86_400)
    flats_rig.run()
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.INTERRUPTED, FlatSetState.COMPLETE]
    flats_rig.check_books()


def test_a_corrected_set_is_resumed_with_its_exposure(flats_rig: FlatsRig) -> None:
    """A set interrupted after its exposure was corrected goes on with the corrected exposure."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=3)
    flats_rig.run()
    flats_rig.devices.log.revive()
    assert flats_rig.run().taken[0].exposure_s == pytest.approx(0.4)
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED, FlatSetState.COMPLETE]
    flats_rig.check_books()


def test_a_frame_that_is_not_there_fails_its_set(flats_rig: FlatsRig) -> None:
    """A host that reports a frame which is not on disk is not believed."""
    flats_rig.light()
    take = flats_rig.devices.frames.take

    class Liar:
        """Says it saved."""

        def take(self, request: FrameRequest) -> Any:
            """Take a frame and lose it."""
            saved = take(request)
            saved.file.unlink()
            return saved

    flats_rig.devices.frames = Liar()  # type: ignore[assignment]
    report = flats_rig.run()
    assert "is not there" in report.failed[0].reason
    assert flats_rig.all(FlatSetFile) == flats_rig.all(FlatHistory) == []


def test_a_corrected_exposure_is_not_corrected_again(flats_rig: FlatsRig) -> None:
    """A set resumed with its corrected exposure that is off nevertheless is flagged, and that is the end of it."""
    flats_rig.change(TrainedFlat, target_adu=20_000.0)
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=2)
    flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.devices.frames.level = lambda request, brightness: 15_000.0
    assert len(flats_rig.run().failed) == 1
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED] * 2


def test_a_recorded_first_frame_is_checked_on_resuming(flats_rig: FlatsRig) -> None:
    """A set whose first frame was recorded and whose level is off is not continued but corrected."""
    flats_rig.change(TrainedFlat, target_adu=None)
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=2)
    flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.change(TrainedFlat, target_adu=50_000.0)
    assert flats_rig.run().taken[0].exposure_s == pytest.approx(1.0)
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.FLAGGED, FlatSetState.COMPLETE]
    flats_rig.check_books()


def test_a_whole_set_whose_level_is_off_is_taken_anew_under_light(flats_rig: FlatsRig) -> None:
    """A resumed set that lacks no frame and has the wrong level is taken once more with the equipment in its place."""
    flats_rig.change(TrainedFlat, target_adu=None)
    flats_rig.light(rotation_deg=20.0)
    flats_rig.devices.log.fail("frames.take", on_call=2)
    flats_rig.run()
    flats_rig.devices.log.revive()
    flats_rig.change(TrainedFlat, target_adu=50_000.0)
    report = flats_rig.run(count=1)
    assert report.failed == ()
    assert report.taken[0].exposure_s == pytest.approx(1.0)
    flats_rig.check_books()


def test_the_disk_and_the_devices_are_asked_outside_transactions(flats_rig: FlatsRig) -> None:
    """While files are checked, also those of a set that is resumed, the store is free for others to write."""
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", on_call=3)
    flats_rig.run()
    flats_rig.devices.log.revive()
    store, asked = flats_rig.store, []

    class Probing(PresentFiles):
        """Opens a unit of work at every question, which fails inside another."""

        def status(self, file: Path) -> FrameStatus:
            """Say whether a file is there."""
            with store.write():
                asked.append(file)
            return super().status(file)

    flats_rig.context.files = Probing()
    assert len(flats_rig.run().taken) == 1
    assert len(asked) == 2 + 2 + 1
    flats_rig.check_books()


def test_a_frame_is_recorded_once(flats_rig: FlatsRig) -> None:
    """Recording the same frame again changes nothing."""
    flats_rig.light()
    flats_rig.run(count=1)
    (flat_set,), (saved,) = flats_rig.all(FlatSet), flats_rig.devices.frames.saved.values()
    records = FlatRecords(flats_rig.context, profile_id=1, night=flat_set.night)
    records.add_frame(flat_set, 1, saved=saved)
    assert len(flats_rig.all(FlatSetFile)) == 1
    assert saved.guid == frame_guid(flat_set.guid, 1)
