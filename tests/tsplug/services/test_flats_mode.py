"""The promise that the camera gets its readout mode back: kept over power cuts and lost cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tsplug.errors import DeviceError, StoreUnavailableError
from tsplug.model import ChangedReadoutMode
from tsplug.ports import FrameRequest
from tsplug.services.flats_panel import settle_panel
from tsplug.testing import FakeCamera, Killed

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases

RESTORED = "an earlier run had changed the camera's readout mode, mode 2 is restored"


@pytest.fixture
def rig(flats_rig: FlatsRig) -> FlatsRig:
    """Return a rig whose lights need flats in modes 0 and 1, and whose camera stands in mode 2."""
    flats_rig.light_two_sets()
    camera(flats_rig).mode = 2
    return flats_rig


def camera(rig: FlatsRig) -> FakeCamera:
    """Return the camera of a rig."""
    assert rig.devices.camera is not None
    return rig.devices.camera


def promised(rig: FlatsRig) -> list[int]:
    """Return the modes that are still to be restored."""
    return [row.mode_before for row in rig.all(ChangedReadoutMode)]


def killed(rig: FlatsRig, command: str, *, on_call: int = 1, after: bool = False) -> None:
    """Run flats in a process that dies at a command, and let the machine start again."""
    rig.devices.log.fail(command, on_call=on_call, error=Killed(), after=after)
    with pytest.raises(Killed):
        rig.run()
    rig.devices.log.revive()


@pytest.mark.parametrize(
    ("command", "on_call", "after"),
    [
        ("camera.set_readout_mode", 1, False),
        ("camera.set_readout_mode", 1, True),
        ("frames.take", 2, False),
        ("camera.set_readout_mode", 2, True),
        ("panel.light_off", 1, True),
        ("camera.set_readout_mode", 3, False),
        ("camera.set_readout_mode", 3, True),
    ],
)
def test_a_killed_run_is_made_good_at_the_next_start(rig: FlatsRig, command: str, on_call: int, after: bool) -> None:
    """Wherever a run dies, the next start finds the promise, restores the mode, and then knows of none."""
    killed(rig, command, on_call=on_call, after=after)
    assert promised(rig) == [2]
    assert RESTORED in settle_panel(rig.profile_guid, rig.context)
    assert (camera(rig).mode, promised(rig)) == (2, [])
    assert settle_panel(rig.profile_guid, rig.context) == ""


def test_the_promise_is_given_for_a_change_alone(rig: FlatsRig) -> None:
    """A run that changes no mode promises nothing; one that comes to its end owes nothing."""
    killed(rig, "camera.readout_mode")
    assert promised(rig) == []
    camera(rig).mode = 1
    killed(rig, "frames.take")
    assert promised(rig) == []
    settle_panel(rig.profile_guid, rig.context)
    assert rig.run().failed == ()
    assert (camera(rig).mode, promised(rig)) == (1, [])


@pytest.mark.parametrize("settled", [True, False])
def test_a_camera_that_was_lost_gets_its_mode_when_it_is_back(rig: FlatsRig, settled: bool) -> None:
    """A camera lost amid a set keeps the run's mode; what it was before is restored, by the next start or run."""
    for command in ("frames.take", "camera.set_readout_mode", "camera.readout_mode"):
        rig.devices.log.fail(command, on_call=2, error=DeviceError("camera", "no answer"))
    for call in range(3, 9):
        rig.devices.log.fail("camera.readout_mode", on_call=call, error=DeviceError("camera", "no answer"))
    rig.run()
    assert (camera(rig).mode, promised(rig)) == (1, [2])
    assert "mode 2 cannot be restored: camera: no answer" in settle_panel(rig.profile_guid, rig.context)
    rig.devices.log.revive()
    if settled:
        assert settle_panel(rig.profile_guid, rig.context) == RESTORED
    report = rig.run()
    assert report.failed == ()
    assert (RESTORED in report.message) is not settled
    assert (camera(rig).mode, promised(rig)) == (2, [])


def test_a_run_prefers_the_mode_that_is_owed(rig: FlatsRig) -> None:
    """Where the camera comes back only after the run began, the run restores what the earlier one owes."""
    killed(rig, "frames.take")
    assert camera(rig).mode == 1
    rig.devices.log.fail("camera.readout_mode", on_call=1, error=DeviceError("camera", "no answer"))
    report = rig.run()
    assert "mode 2 cannot be restored" in report.message
    assert report.failed == ()
    assert (camera(rig).mode, promised(rig)) == (2, [])


def test_a_run_without_modes_leaves_the_promise(rig: FlatsRig) -> None:
    """A run that never comes to the camera takes no promise back."""
    killed(rig, "frames.take")
    rig.devices.log.fail("camera.readout_mode", error=DeviceError("camera", "no answer"))
    rig.devices.log.fail("panel.cover_state", error=DeviceError("panel", "no answer"))
    rig.run()
    assert promised(rig) == [2]


def test_the_default_of_a_camera_is_the_mode_that_is_owed(rig: FlatsRig) -> None:
    """Sets of lights without a mode are taken in the mode of before, not in the one a killed run left behind."""
    killed(rig, "frames.take")
    rig.light("M 42", "L", readout_mode=None, rotation_deg=0.0)
    rig.devices.log.fail("camera.readout_mode", on_call=1, error=DeviceError("camera", "no answer"))
    modes: list[tuple[int | None, int]] = []
    level = rig.devices.frames.level

    def seen(request: FrameRequest, brightness: int) -> float:
        modes.append((request.readout_mode, camera(rig).mode))
        return level(request, brightness)

    rig.devices.frames.level = seen
    assert rig.run().failed == ()
    assert modes[0] == (None, 2)


def test_a_missing_camera_is_asked_for(rig: FlatsRig) -> None:
    """A camera that is owed its mode and is not connected any more is named, after the panel."""
    killed(rig, "frames.take")
    rig.devices.camera = None
    said = settle_panel(rig.profile_guid, rig.context)
    assert said.startswith(
        "the panel was lit by an earlier run and is off now; the camera may be in the readout mode of an earlier run"
    )
    assert "connect it, and mode 2 is restored" in said
    assert promised(rig) == [2]


def test_a_mode_that_cannot_be_promised_stays(rig: FlatsRig) -> None:
    """Where the promise cannot be written the camera keeps its mode."""
    store = rig.context.store

    class Full:
        """Reads, and writes until the camera is to be changed."""

        read = store.read

        def write(self) -> NoReturn:
            """Refuse."""
            raise StoreUnavailableError("the disk is full")

    assert rig.devices.rotator is not None
    rotate = rig.devices.rotator.move_mechanical

    def turn(angle_deg: float) -> None:
        rotate(angle_deg)
        rig.context.store = Full()  # type: ignore[assignment]

    rig.devices.rotator.move_mechanical = turn  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailableError):
        rig.run()
    assert camera(rig).mode == 2
    assert not [command for command in rig.devices.commands if command.startswith("camera.")]
