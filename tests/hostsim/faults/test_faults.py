"""Every fault: what it is as data, and what it does to its device."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from hostsim.devices.camera import CameraStatus
from hostsim.devices.covercalibrator import CalibratorStatus, CoverStatus
from hostsim.devices.observatory import Observatory
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.faults import FAULTS
from hostsim.faults.camera_fails import CameraFails
from hostsim.faults.cooler_fails import CoolerFails
from hostsim.faults.cover_jams import CoverJams
from hostsim.faults.device_disconnects import DeviceDisconnects
from hostsim.faults.focuser_stuck import FocuserStuck
from hostsim.faults.guiding_lost import GuidingLost
from hostsim.faults.mount_lost import MountLost
from hostsim.faults.panel_dies import PanelDies
from hostsim.faults.panel_dims import PanelDims
from hostsim.faults.parts.board import FaultBoard
from hostsim.faults.parts.schedule import FAULT_ADAPTER
from hostsim.faults.rotator_stuck import RotatorStuck
from hostsim.faults.save_folder_full import SaveFolderFull
from hostsim.faults.save_folder_read_only import SaveFolderReadOnly
from hostsim.faults.unsafe import Unsafe
from hostsim.faults.wheel_stuck import WheelStuck

Pass = Callable[[float], None]
NEEDED = {
    "answers_late": {"device": "camera", "by_s": 1.0},
    "http_error": {"device": "camera"},
    "malformed_json": {"device": "camera"},
    "ascom_error": {"device": "camera"},
    "device_disconnects": {"device": "camera"},
    "panel_dims": {"to": 0.5},
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_plain_frozen_data(name: str) -> None:
    """Each is named as its file, has a sentence, survives JSON, refuses what it does not know, and cannot change."""
    kind = FAULTS[name]
    assert import_module(f"hostsim.faults.{name}").FAULT is kind
    assert kind.help.endswith(".")
    assert all(field.description for key, field in kind.model_fields.items() if key != "type")
    fault = FAULT_ADAPTER.validate_python({"type": name, "after_s": 3, "for_s": 5, **NEEDED.get(name, {})})
    assert FAULT_ADAPTER.validate_json(fault.model_dump_json()) == fault
    with pytest.raises(ValidationError, match="extra_forbidden"):
        FAULT_ADAPTER.validate_python({"type": name, "colour": "red", **NEEDED.get(name, {})})
    with pytest.raises(ValidationError, match="frozen"):
        fault.for_s = 7  # type: ignore[misc]


def test_there_are_nineteen() -> None:
    """What the registry collects is what lies in the folder."""
    assert len(FAULTS) == 19
    assert list(FAULTS) == sorted(FAULTS)


def test_a_fault_begins_once() -> None:
    """A moment and a delay together are refused."""
    with pytest.raises(ValidationError, match="not both"):
        Unsafe.model_validate({"after_s": 1, "at": "2026-01-15T20:00:00+00:00"})


def test_a_stuck_wheel_turns_until_it_is_freed(observatory: Observatory, let_pass: Pass) -> None:
    """It stays at -1, and arrives once the fault is over."""
    FaultBoard(observatory, [WheelStuck(for_s=100)])
    observatory.filterwheel.set_position(2)
    let_pass(99)
    assert observatory.filterwheel.position() == -1
    let_pass(4)
    assert observatory.filterwheel.position() == 2


@pytest.mark.parametrize("fault", [RotatorStuck(for_s=100), FocuserStuck(for_s=100)])
def test_what_is_stuck_says_that_it_moves(
    fault: RotatorStuck | FocuserStuck, observatory: Observatory, let_pass: Pass
) -> None:
    """Rotator and focuser stay where they are, moving, and go on once the fault is over."""
    FaultBoard(observatory, [fault])
    device = observatory.rotator if isinstance(fault, RotatorStuck) else observatory.focuser
    start, goal = device.state.motion.position, device.state.motion.position + 12
    device.move_mechanical(goal) if isinstance(fault, RotatorStuck) else observatory.focuser.move(int(goal))
    let_pass(99)
    assert (device.is_moving(), device.state.motion.position) == (True, start)
    let_pass(60)
    assert (device.is_moving(), device.state.motion.position) == (False, goal)


def test_a_slew_ends_half_way(observatory: Observatory, let_pass: Pass) -> None:
    """The mount stands between where it was and where it should be, and says that it has arrived."""
    FaultBoard(observatory, [MountLost()])
    telescope = observatory.telescope
    telescope.unpark()
    telescope.set_tracking(True)
    telescope.slew_to_coordinates_async(5.0, 30.0)
    let_pass(300)
    assert not telescope.slewing()
    assert telescope.declination() == pytest.approx(60.0, abs=0.5)
    telescope.park()
    let_pass(300)
    assert (telescope.at_park(), telescope.slewing()) == (False, False)


def test_tracking_stops_at_its_moment(observatory: Observatory, let_pass: Pass) -> None:
    """In one jump over the moment, the sky moves on for the rest of it; switching tracking on does nothing."""
    board = FaultBoard(observatory, [MountLost(how="tracking_stops", after_s=600)])
    telescope = observatory.telescope
    telescope.unpark()
    telescope.set_tracking(True)
    telescope.slew_to_coordinates_async(5.0, 30.0)
    let_pass(300)
    let_pass(900)
    assert (telescope.right_ascension() - 5.0) * 3600 == pytest.approx(600, abs=5)
    telescope.set_tracking(True)
    board.settle()
    assert not telescope.tracking()


@pytest.mark.parametrize("says", ["error", "unknown"])
def test_a_cover_jams_half_way(says: str, observatory: Observatory, let_pass: Pass) -> None:
    """It moves for half of its time, then says what the fault says."""
    FaultBoard(observatory, [FAULT_ADAPTER.validate_python({"type": "cover_jams", "says": says})])
    panel = observatory.covercalibrator
    panel.open_cover()
    let_pass(2)
    assert panel.cover_state() is CoverStatus.MOVING
    let_pass(2)
    assert panel.cover_state() is CoverStatus[says.upper()]
    assert not panel.closed


def test_a_dead_panel_is_dark(observatory: Observatory, let_pass: Pass) -> None:
    """It says so unless it does not notice, goes off when told to, and is well when the fault is over."""
    panel = observatory.covercalibrator
    board = FaultBoard(observatory, [PanelDies(after_s=10, unnoticed=True), PanelDies(after_s=20, for_s=10)])
    panel.calibrator_on(255)
    let_pass(9)
    assert panel.level == 1.0
    let_pass(9)
    assert (panel.level, panel.calibrator_state()) == (0.0, CalibratorStatus.READY)
    let_pass(9)
    assert (panel.level, panel.calibrator_state()) == (0.0, CalibratorStatus.ERROR)
    let_pass(9)
    assert (panel.level, panel.calibrator_state()) == (0.0, CalibratorStatus.READY)
    board.clear()
    assert panel.level == 1.0
    panel.calibrator_off()
    assert panel.calibrator_state() is CalibratorStatus.OFF


def test_a_dim_panel_gives_a_part_of_its_light(observatory: Observatory, let_pass: Pass) -> None:
    """The light falls, the level that is told does not."""
    FaultBoard(observatory, [PanelDims(to=0.25)])
    panel = observatory.covercalibrator
    panel.calibrator_on(255)
    let_pass(5)
    assert (panel.level, panel.brightness()) == (0.25, 255)


def test_a_camera_fails_in_its_exposure(observatory: Observatory, let_pass: Pass) -> None:
    """It ends in the error state without a frame; aborted after the fault it exposes again."""
    FaultBoard(observatory, [CameraFails(after_s=30, for_s=10)])
    camera = observatory.camera
    camera.start_exposure(60, True)
    let_pass(200)
    assert (camera.camera_state(), camera.image_ready()) == (CameraStatus.ERROR, False)
    camera.abort_exposure()
    camera.start_exposure(1, True)
    let_pass(10)
    assert camera.image_ready()


def test_a_dead_cooler_says_that_it_runs(observatory: Observatory, let_pass: Pass) -> None:
    """The sensor warms up to the air, and cools again afterwards."""
    camera = observatory.camera
    camera.set_set_point(-15.0)
    camera.set_cooler_on(True)
    let_pass(600)
    assert camera.ccd_temperature() == pytest.approx(-15.0)
    FaultBoard(observatory, [CoolerFails(for_s=600)])
    let_pass(500)
    assert camera.cooler_on()
    assert camera.ccd_temperature() == pytest.approx(camera.ambient_c())
    let_pass(600)
    assert camera.ccd_temperature() == pytest.approx(-15.0)


def test_lost_guiding_drifts_in_the_light_path(observatory: Observatory, let_pass: Pass) -> None:
    """What the camera sees drifts as long as the fault lasts."""
    FaultBoard(observatory, [GuidingLost(drift_ra_arcsec_per_s=0.2, drift_dec_arcsec_per_s=-0.1, after_s=5, for_s=10)])
    assert observatory.light_path().drift_arcsec_per_s == (0.0, 0.0)
    let_pass(6)
    assert observatory.light_path().drift_arcsec_per_s == (0.2, -0.1)
    let_pass(10)
    assert observatory.light_path().drift_arcsec_per_s == (0.0, 0.0)


def test_unsafe_and_disconnected_hold_against_the_client(observatory: Observatory, let_pass: Pass) -> None:
    """The monitor stays unsafe and the device disconnected, whatever is asked, until the fault is over."""
    board = FaultBoard(observatory, [Unsafe(for_s=10), DeviceDisconnects(device="rotator", for_s=10)])
    monitor = observatory.device(SafetyMonitor)
    monitor.set_safe(True)
    observatory.rotator.set_connected(True)
    board.settle()
    assert (monitor.state.safe, observatory.rotator.connected()) == (False, False)
    let_pass(11)
    assert monitor.state.safe
    observatory.rotator.set_connected(True)
    board.settle()
    assert observatory.rotator.connected()


@pytest.mark.parametrize(("fault", "says"), [(SaveFolderFull(), "No space"), (SaveFolderReadOnly(), "Read-only")])
def test_a_folder_refuses_frames(
    fault: SaveFolderFull | SaveFolderReadOnly, says: str, observatory: Observatory, tmp_path: Path
) -> None:
    """The board objects as the file system would, until it is cleared; nothing is touched."""
    board = FaultBoard(observatory, [fault])
    with pytest.raises(OSError, match=says):
        board.before_writing(tmp_path / "a.fits")
    board.clear()
    board.before_writing(tmp_path / "a.fits")
    assert list(tmp_path.iterdir()) == []


def test_a_jam_needs_no_more_than_its_half(observatory: Observatory, let_pass: Pass) -> None:
    """A jump over the whole movement jams the cover, too."""
    FaultBoard(observatory, [CoverJams()])
    observatory.covercalibrator.open_cover()
    let_pass(100)
    assert observatory.covercalibrator.cover_state() is CoverStatus.ERROR
