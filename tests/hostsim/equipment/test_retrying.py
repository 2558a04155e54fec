"""What is tried again, how often, and what is not."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.camera import Exposure, TooLateError
from hostsim.equipment.rig import Rig, connect
from hostsim.faults.parts.board import board_of
from hostsim.faults.parts.schedule import FAULT_ADAPTER
from tsplug import DeviceError


def fail(observatory: Observatory, **fault: object) -> None:
    """Put a fault on the board."""
    board_of(observatory).add(FAULT_ADAPTER.validate_python(fault))


@pytest.mark.parametrize("kind", ["http_error", "malformed_json"])
def test_two_hiccups_cost_six_seconds(
    kind: str, rig: Rig, observatory: Observatory, clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The third try succeeds, and each failure is a line in the log with the device and what was tried."""
    assert rig.focuser is not None
    fail(observatory, type=kind, device="focuser", member="position", times=2)
    began = clock.now()
    assert rig.focuser.position() == 25_000
    assert (clock.now() - began).total_seconds() == 6
    assert [
        record.getMessage().startswith('focuser "Simulated focuser": Position did') for record in caplog.records
    ] == [
        True,
        True,
    ]


def test_the_third_failure_is_an_error(rig: Rig, observatory: Observatory) -> None:
    """One clear line, and a count of three."""
    assert rig.focuser is not None
    fail(observatory, type="http_error", device="focuser", member="position")
    with pytest.raises(DeviceError, match="could not tell its position: HTTP 500"):
        rig.focuser.position()
    assert board_of(observatory).entries[0].used == 3


def test_what_a_device_refuses_is_not_tried_again(rig: Rig, observatory: Observatory) -> None:
    """An ASCOM error is an answer."""
    assert rig.panel is not None
    fail(observatory, type="ascom_error", device="covercalibrator", message="no power")
    with pytest.raises(DeviceError, match="no power"):
        rig.panel.brightness()
    assert board_of(observatory).entries[0].used == 1


def test_an_answer_that_does_not_come_is_asked_for_once_more(
    address: str, observatory: Observatory, clock: SimulatedClock
) -> None:
    """Late once: it goes on; late always: two waits, then an error."""
    rig = connect(address, clock, answer_s=1.0)
    assert rig.rotator is not None
    fail(observatory, type="answers_late", device="rotator", by_s=3.0, times=1)
    assert rig.rotator.mechanical_deg() == 0.0
    fail(observatory, type="answers_late", device="rotator", by_s=3.0)
    with pytest.raises(DeviceError, match="no answer in time"):
        rig.rotator.mechanical_deg()
    assert board_of(observatory).entries[1].used == 2


@pytest.mark.parametrize("kind", ["http_error", "malformed_json"])
def test_an_exposure_is_begun_once(kind: str, rig: Rig, observatory: Observatory) -> None:
    """Whether the camera heard the lost request or not, one frame comes back."""
    assert rig.camera is not None
    fail(observatory, type=kind, device="camera", member="startexposure", times=1)
    shot = rig.camera.expose(Exposure(20.0, roi_percent=5.0))
    assert shot.exposure_s == 20.0


def test_a_lost_device_is_connected_again(rig: Rig, observatory: Observatory) -> None:
    """A connection that comes back in time is taken up; one that does not is told with what to look at."""
    assert rig.rotator is not None
    fail(observatory, type="device_disconnects", device="rotator", for_s=8)
    assert rig.rotator.mechanical_deg() == 0.0
    fail(observatory, type="device_disconnects", device="rotator")
    with pytest.raises(DeviceError, match="the connection is lost and does not come back: look at its cable"):
        rig.rotator.mechanical_deg()


def test_an_exposure_that_fails_is_taken_again(rig: Rig, observatory: Observatory) -> None:
    """The camera's error state is left and the exposure repeated; after three failures it is an error."""
    assert rig.camera is not None
    fail(observatory, type="camera_fails", for_s=5)
    assert rig.camera.expose(Exposure(10.0, roi_percent=5.0)).exposure_s == 10.0
    fail(observatory, type="camera_fails")
    with pytest.raises(DeviceError, match="the exposure failed in the camera"):
        rig.camera.expose(Exposure(10.0, roi_percent=5.0))
    rig.camera.abort()


@pytest.mark.parametrize(("room_s", "taken"), [(40.0, True), (20.0, False)])
def test_an_exposure_that_fails_is_taken_again_while_there_is_time(
    rig: Rig, observatory: Observatory, clock: SimulatedClock, room_s: float, taken: bool
) -> None:
    """One that would outlast its limit is not begun again."""
    assert rig.camera is not None
    fail(observatory, type="camera_fails", for_s=5)
    exposure = Exposure(10.0, roi_percent=5.0, ends_by=clock.now() + timedelta(seconds=room_s))
    late = pytest.raises(TooLateError, match="10 s failed, and would end too late if it was begun again")
    with nullcontext() if taken else late:
        assert rig.camera.expose(exposure).exposure_s == 10.0
