"""Leaving the equipment safe."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from alpaca.camera import Camera as AlpacaCamera
from alpaca.covercalibrator import CoverCalibrator
from alpaca.telescope import Telescope

from hostsim.devices.observatory import Observatory
from hostsim.equipment.camera import Camera
from hostsim.equipment.mount import CannotParkError, Mount
from hostsim.equipment.panel import Panel
from hostsim.equipment.rig import Rig
from hostsim.equipment.safety import leave_safe
from tsplug import DeviceError
from tsplug.testing.clock import ManualClock


@dataclass
class Stubborn:
    """Equipment that writes down what it is told, and fails at some of it in the way a test chooses."""

    fails: dict[str, Exception] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def obey(*values: object) -> None:
            self.told.append(" ".join([name, *map(str, values)]))
            if name in self.fails:
                raise self.fails[name]

        return obey


def rig_of(device: Stubborn) -> Rig:
    """Return a rig whose panel, camera and mount are one and the same recorder."""
    same = cast("Any", device)
    return Rig(panel=same, camera=same, mount=same)


@pytest.fixture
def rig_without_server() -> Rig:
    """Return devices of an address where nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    clock = ManualClock()
    return Rig(
        mount=Mount(Telescope(address, 0), clock, name="m"),
        camera=Camera(AlpacaCamera(address, 0), clock, name="c"),
        panel=Panel(CoverCalibrator(address, 0), clock, name="p"),
    )


def test_everything_is_made_safe_in_order() -> None:
    """The panel goes dark, the exposure ends, the cover closes before the mount takes its time to park; it is said."""
    device = Stubborn()
    assert leave_safe(rig_of(device)) == "left safe: panel dark, exposure ended, mount parked, cover closed"
    assert device.told == ["light_off", "abort", "close_cover", "park"]


def test_a_second_camera_ends_its_exposure_too() -> None:
    """What it has for itself is seen to beside the first one's: its exposure ends, its focuser stops."""
    device, beside = Stubborn(), Stubborn()
    second = Rig(camera=cast("Any", beside), focuser=cast("Any", beside), panel=cast("Any", beside))
    assert "exposure ended, second exposure ended, mount parked" in leave_safe(rig_of(device), second=second)
    assert beside.told == ["abort", "halt"]


@pytest.mark.parametrize("error", [DeviceError("panel", "lost"), KeyError("Value")])
def test_one_device_that_fails_does_not_keep_the_others_from_safety(error: Exception) -> None:
    """Whatever the panel's driver raises, exposure and mount are still seen to, and it is said."""
    device = Stubborn({"light_off": error})
    said = leave_safe(rig_of(device))
    assert said.startswith("left safe: exposure ended, mount parked, cover closed; NOT left safe: panel (")


def test_a_reason_is_said_once(rig_without_server: Rig) -> None:
    """Where the server died, one short line names what is not safe, and the one reason."""
    assert leave_safe(rig_without_server) == (
        "NOT left safe: panel, exposure, mount, slew, tracking, cover "
        "(the connection is lost: see that the Alpaca server runs and can be reached)"
    )


def test_a_mount_that_does_not_park_stands_still() -> None:
    """Where parking fails, the slew is stopped and tracking switched off, so that nothing runs into the pier."""
    device = Stubborn({"park": DeviceError("telescope", "cannot park")})
    assert leave_safe(rig_of(device)).startswith(
        "left safe: panel dark, exposure ended, slew stopped, tracking off, cover closed; NOT left safe: mount ("
    )
    assert device.told[-4:] == ["close_cover", "park", "stop", "track False"]


def test_whatever_moves_is_stopped(rig: Rig, observatory: Observatory) -> None:
    """A focuser and a rotator on their way stop where they are, and a slew ends for the park position."""
    assert rig.mount is not None
    rig.mount.unpark()
    with observatory.lock:
        observatory.focuser.move(40_000)
        observatory.rotator.move_mechanical(200.0)
        observatory.telescope.slew_to_coordinates_async(6.5, 5.0)
    said = leave_safe(rig)
    assert said == (
        "left safe: panel dark, exposure ended, focuser stopped, rotator stopped, mount parked, cover closed"
    )
    assert not observatory.focuser.is_moving()
    assert observatory.focuser.position() < 40_000
    assert not observatory.rotator.is_moving()
    assert observatory.telescope.at_park()


def test_a_focuser_that_cannot_be_stopped_is_told() -> None:
    """A focuser that moves and does not obey is named; the others are seen to all the same."""
    device = Stubborn({"halt": DeviceError("focuser", "cannot stop")})
    rig = Rig(panel=cast("Any", device), focuser=cast("Any", device), mount=cast("Any", device))
    assert leave_safe(rig) == (
        "left safe: panel dark, mount parked, cover closed; NOT left safe: focuser (cannot stop)"
    )


@dataclass
class Away(Stubborn):
    """Equipment that does not answer for so many attempts."""

    attempts: int = 0

    def __getattr__(self, name: str) -> Callable[..., None]:
        obey = super().__getattr__(name)

        def answer(*values: object) -> None:
            self.fails = {name: DeviceError("server", "no answer")} if self.told.count(name) < self.attempts else {}
            obey(*values)

        return answer


@pytest.mark.parametrize(("patience", "safe"), [(1, False), (2, True), (9, True)])
def test_cover_and_park_are_tried_again_where_they_cannot_be_reached(patience: int, safe: bool) -> None:
    """They are the safety of the whole telescope; it is said how it stands while that is tried, and how it ends."""
    device, said, left = Away(attempts=2), list[str](), iter([True] * patience)

    def again(words: str) -> bool:
        said.append(words)
        return next(left, False)

    ends = leave_safe(Rig(mount=cast("Any", device), panel=cast("Any", device)), again=again)
    assert said[0].endswith("NOT left safe: mount, slew, tracking, cover (no answer)")
    assert ends.endswith("mount parked, cover closed; NOT left safe: panel (no answer)") is safe
    assert device.told.count("park") == device.told.count("close_cover") == min(patience, 2) + 1


def test_a_mount_that_has_no_park_is_not_asked_again() -> None:
    """It stands still, and nothing is gained by waiting."""
    device = Stubborn({"park": CannotParkError("telescope", "cannot park")})
    leave_safe(rig_of(device), again=lambda said: pytest.fail("nothing to be tried again"))
    assert device.told.count("park") == 1
