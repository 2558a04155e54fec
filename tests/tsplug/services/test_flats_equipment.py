"""Whatever device fails at whatever step: the panel ends dark and the reason is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tsplug.errors import Cancelled, DeviceError, FileError, StoreUnavailableError, TsplugError
from tsplug.model import FlatHistory, TrainedFlat
from tsplug.ports import CoverState
from tsplug.testing import Killed

if TYPE_CHECKING:
    from conftest import FlatsRig


@pytest.mark.parametrize("state", [CoverState.UNKNOWN, CoverState.ERROR])
def test_a_doubtful_cover_stops_the_run(flats_rig: FlatsRig, state: CoverState) -> None:
    """A cover whose state is unknown or an error stops the run before any frame, with device, step and remedy."""
    assert flats_rig.devices.panel is not None
    flats_rig.devices.panel.cover = state
    flats_rig.light()
    report = flats_rig.run()
    assert flats_rig.devices.frames.requests == []
    reason = report.failed[0].reason
    assert reason.startswith(f"not tried: panel: the cover's state is {state} (while trying to close the cover)")
    assert "by hand" in reason
    flats_rig.check_books()


def test_missing_devices_are_named(flats_rig: FlatsRig) -> None:
    """Without a panel every set fails with a reason that names it; without a rotator its sets are skipped."""
    flats_rig.light("M 42", "L", rotation_deg=5.0)
    flats_rig.light("M 42", "Ha")
    panel, flats_rig.devices.panel = flats_rig.devices.panel, None
    assert {item.reason[:31] for item in flats_rig.run().failed} == {"not tried: panel: not connected"}
    flats_rig.devices.panel, flats_rig.devices.rotator = panel, None
    report = flats_rig.run()
    assert "no rotator is connected" in report.skipped[0].reason
    assert [item.spec.filter_name for item in report.taken] == ["Ha"]


FAILING = [
    ("rotator.move_mechanical", "turn the rotator"),
    ("camera.readout_mode", "set readout mode"),
    ("camera.set_readout_mode", "set readout mode"),
    ("wheel.select", "select filter"),
    ("frames.take", "take 3 of 3 flats"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("command", "step"), FAILING)
def test_a_failing_device_costs_its_set_alone(flats_rig: FlatsRig, command: str, step: str, after: bool) -> None:
    """A set whose device fails is reported with device and step; the other is taken, and the next run the rest."""
    flats_rig.light_two_sets()
    flats_rig.devices.log.fail(command, on_call=1, after=after)
    report = flats_rig.run()
    assert len(report.taken) == len(report.failed) == 1
    assert step in report.failed[0].reason
    assert "check" in report.failed[0].reason
    assert command.partition(".")[0] in report.failed[0].reason
    flats_rig.check_books()
    flats_rig.devices.log.revive()
    assert len(flats_rig.run().taken) == 1
    assert len(flats_rig.all(FlatHistory)) == 2
    flats_rig.check_books()


CALLS = [
    *("panel.cover_state", "panel.close_cover", "panel.light_on", "panel.light_off"),
    *("rotator.move_mechanical", "camera.readout_mode", "camera.set_readout_mode", "wheel.select", "frames.take"),
]


@pytest.mark.parametrize("error", [DeviceError, FileError, Cancelled, Killed, RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("command", CALLS)
def test_any_call_may_fail_at_any_step(flats_rig: FlatsRig, command: str, error: type[BaseException]) -> None:
    """Each device call failing at each step, in any way: the panel ends dark, books are right, the next run goes on."""
    flats_rig.light_two_sets()
    for on_call in range(1, 8):
        flats_rig.devices.log.revive()
        what = DeviceError(command, "lost") if error is DeviceError else error("lost")
        flats_rig.devices.log.fail(command, on_call=on_call, error=what, after=on_call % 2 == 0)
        died = False
        try:
            flats_rig.run()
        except (TsplugError, Killed, RuntimeError, KeyboardInterrupt):
            # A dead process switches nothing off.
            died = error is Killed
        if not died:
            flats_rig.check_books()
    flats_rig.devices.log.revive()
    flats_rig.run()
    flats_rig.check_books()
    assert len(flats_rig.all(FlatHistory)) == 2


def test_a_dead_panel_ends_the_run(flats_rig: FlatsRig) -> None:
    """Once the panel cannot be lit, the sets left are not tried."""
    flats_rig.light_two_sets()
    flats_rig.devices.log.fail("panel.light_on")
    report = flats_rig.run()
    assert report.failed[1].reason.startswith("not tried: panel: light_on failed")
    assert flats_rig.devices.commands.count("panel.light_on 120") == 1


def test_each_safe_end_action_is_tried(flats_rig: FlatsRig) -> None:
    """A panel that cannot be switched off is said so, tried twice, and the readout mode is restored nevertheless."""
    flats_rig.light("M 42", "L", readout_mode=1)
    flats_rig.change(TrainedFlat, readout_mode=None)
    flats_rig.devices.log.fail("panel.light_off")
    report = flats_rig.run(cover_at_end="open")
    assert not report.panel_off
    assert "switch the panel off by hand" in report.message
    assert flats_rig.devices.commands[-3:] == ["panel.light_off", "panel.light_off", "camera.set_readout_mode 0"]


def test_a_late_cancel_does_not_leave_the_panel_lit(flats_rig: FlatsRig) -> None:
    """A stop that reaches the switching off itself is not obeyed before the panel is dark."""
    flats_rig.light()
    flats_rig.devices.log.fail("panel.light_off", on_call=1, error=Cancelled("stop"))
    assert flats_rig.run().panel_off
    flats_rig.check_books()


def test_an_impatient_user_does_not_leave_the_panel_lit(flats_rig: FlatsRig) -> None:
    """An interrupt that reaches the switching off itself is raised only after it has been tried again."""
    flats_rig.light()
    flats_rig.devices.log.fail("panel.light_off", on_call=1, error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        flats_rig.run()
    flats_rig.check_books()


def test_a_store_that_fails_before_the_first_move_leaves_the_panel_dark(flats_rig: FlatsRig) -> None:
    """A panel that a killed run left lit is switched off even where the next run cannot open its books."""
    flats_rig.light()
    assert flats_rig.devices.panel is not None
    flats_rig.devices.panel.level = 120
    store = flats_rig.context.store

    class ReadOnly:
        """Reads and refuses to write."""

        read = store.read

        def write(self) -> NoReturn:
            """Refuse."""
            raise StoreUnavailableError("the disk is full")

    flats_rig.context.store = ReadOnly()  # type: ignore[assignment]
    with pytest.raises(StoreUnavailableError):
        flats_rig.run()
    assert flats_rig.devices.panel.level == 0


def test_a_stopped_run_says_that_the_panel_may_be_lit(flats_rig: FlatsRig) -> None:
    """Where a stop ends the run and the panel cannot be switched off, the user is told although there is no report."""
    flats_rig.light()
    flats_rig.devices.log.fail("frames.take", error=Cancelled("stop"))
    flats_rig.devices.log.fail("panel.light_off")
    with pytest.raises(Cancelled):
        flats_rig.run()
    assert "switch the panel off by hand" in flats_rig.context.progress.reports[-1][0]


def test_a_foreign_error_does_not_skip_the_readout_mode(flats_rig: FlatsRig) -> None:
    """An error of a kind no device may raise leaves the run, after the readout mode has been restored."""
    flats_rig.light("M 42", "L", readout_mode=1)
    flats_rig.change(TrainedFlat, readout_mode=None)
    flats_rig.devices.log.fail("panel.light_off", error=RuntimeError("broken driver"))
    with pytest.raises(RuntimeError, match="broken driver"):
        flats_rig.run()
    assert flats_rig.devices.commands[-1] == "camera.set_readout_mode 0"
