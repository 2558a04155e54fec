"""What is done when it is not safe to observe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any, cast

import pytest

from hostsim.equipment.mount import CannotParkError, MountReading
from hostsim.equipment.rig import Rig
from hostsim.night.resume import take_up
from hostsim.sequence.host import Host
from hostsim.sequence.safety_settings import SafetySettings
from hostsim.sequence.shelter import (
    TooLateInDayError,
    UnsafeError,
    check_safe,
    leave_shelter,
    stay_sheltered,
    take_shelter,
)
from hostsim.sequence.state import Focus
from tsplug import DeviceError, PierSide, TsplugError


@dataclass
class Telescope:
    """Equipment that writes down what it is told, and a monitor whose answer a test chooses."""

    safe: bool | None = True
    told: list[str] = field(default_factory=list)
    label: str = 'safety monitor "M"'

    def is_safe(self) -> bool:
        if self.safe is None:
            raise DeviceError(self.label, "no answer in time")
        return self.safe

    def parked(self) -> bool:
        return "park" in self.told

    def reading(self) -> MountReading:
        return MountReading("M", 150.0, 30.0, 45.0, 180.0, PierSide.EAST)

    def tracking(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *values: self.told.append(name)


@pytest.fixture
def telescope() -> Telescope:
    return Telescope()


@pytest.fixture
def host(make_host: Callable[[], Host], telescope: Telescope) -> Host:
    made, same = make_host(), cast("Any", telescope)
    made.context.devices.rig = Rig(camera=same, panel=same, mount=same, safety=same)
    made.journal.state.standing.unparked = made.journal.state.standing.cover_open = True
    return made


@pytest.mark.parametrize(("safe", "why"), [(False, "it is not safe to observe"), (None, "that counts as unsafe")])
def test_no_and_no_answer_are_both_unsafe(host: Host, telescope: Telescope, safe: bool | None, why: str) -> None:
    """A monitor that cannot be asked is no reason to leave the cover open."""
    check_safe(host)
    telescope.safe = safe
    with pytest.raises(UnsafeError, match=why):
        check_safe(host)


def test_a_sequence_may_ignore_the_monitor(host: Host, telescope: Telescope) -> None:
    """With `when_unsafe: ignore` it is not even asked."""
    host.safety = SafetySettings(when_unsafe="ignore")
    telescope.safe = False
    check_safe(host)


def test_shelter_is_taken_once_and_left_with_a_new_focus(host: Host, telescope: Telescope, screen: StringIO) -> None:
    """Exposure dropped, cover closed, mount parked; then mount and cover as before, and the old focus forgotten."""
    host.journal.state.focus = Focus(moment=host.clock.now())
    take_shelter(host, why="rain")
    take_shelter(host, why="rain")
    assert telescope.told == ["abort", "close_cover", "park"]
    leave_shelter(host)
    leave_shelter(host)
    assert telescope.told[3:] == ["unpark", "open_cover"]
    assert host.journal.state.standing.idle == (10.0, 30.0)
    assert host.journal.state.focus is None
    assert screen.getvalue().count("rain: cover closed and mount parked") == 1


def test_a_cover_that_jams_does_not_keep_the_mount_from_its_park(host: Host, telescope: Telescope) -> None:
    """What can be brought in is; the night is not taken for sheltered."""

    def jam() -> None:
        raise DeviceError("cover", "is jammed")

    telescope.close_cover = jam  # type: ignore[attr-defined]
    with pytest.raises(DeviceError, match="is jammed"):
        take_shelter(host, why="rain")
    assert telescope.told == ["abort", "park"]
    assert not host.journal.state.sheltered


def test_a_mount_that_cannot_park_stands_still_in_the_rain(host: Host, telescope: Telescope) -> None:
    """The cover is shelter enough: the night goes on when it is safe again, and what the mount is not is told once."""

    def refuse() -> None:
        raise CannotParkError("telescope", "cannot park")

    telescope.park = refuse  # type: ignore[attr-defined]
    for _ in range(2):
        take_shelter(host, why="rain")
        assert host.journal.state.sheltered
        leave_shelter(host)
    assert telescope.told == ["abort", "close_cover", "track", "unpark", "open_cover"] * 2
    assert sum("stands still instead" in said for said in host.warnings) == 1


def test_the_place_of_a_pause_that_is_over_is_not_pointed_back_to(
    host: Host, telescope: Telescope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount that tracks points where it points, whatever a wait before let stand still."""
    host.journal.state.standing.paused = (3.0, 80.0)
    monkeypatch.setattr(Telescope, "tracking", lambda self: True)
    take_shelter(host, why="rain")
    assert host.journal.state.sheltered_from == (10.0, 30.0)
    assert host.journal.state.standing.paused is None


def test_what_fails_to_come_in_is_tried_again(host: Host, telescope: Telescope) -> None:
    """The network may be away for a minute: nobody else is there to close the cover in the rain."""
    fails = iter([True, True, True])

    def hiccup() -> None:
        if next(fails, False):
            raise DeviceError("cover", "the connection is lost")
        telescope.told.append("close_cover")

    telescope.close_cover = hiccup  # type: ignore[attr-defined]
    take_shelter(host, why="rain")
    assert telescope.told == ["abort", "park", "close_cover"]
    assert host.journal.state.sheltered
    assert sum("trying again" in said for said in host.warnings) == 1


def test_a_night_is_not_taken_up_without_its_safety_monitor(host: Host) -> None:
    """A server that lists it no longer must not make a wet night a safe one."""
    state, rig = host.journal.state, host.rig
    state.simulators, state.standing.connected, state.standing.monitored = None, True, True
    host.connect = lambda: replace(rig, safety=None)
    with pytest.raises(DeviceError, match="is not listed now"):
        take_up(host)


def test_a_cover_that_does_not_open_leaves_nothing_in_the_rain(host: Host, telescope: Telescope) -> None:
    """Half out of the shelter is no place to be: cover and mount go back in, and the next try begins from there."""

    def jam() -> None:
        raise DeviceError("cover", "is jammed")

    take_shelter(host, why="rain")
    telescope.open_cover = jam  # type: ignore[attr-defined]
    telescope.told.clear()
    with pytest.raises(DeviceError, match="is jammed"):
        leave_shelter(host)
    assert telescope.told == ["unpark", "close_cover", "park"]
    assert host.journal.state.sheltered


@pytest.mark.parametrize(("dec_deg", "why"), [(80.0, None), (-80.0, "has set")])
def test_hours_later_the_telescope_points_at_nothing_that_has_set(
    host: Host, telescope: Telescope, dec_deg: float, why: str | None
) -> None:
    """It costs a warning, and whoever comes next points anew."""
    take_shelter(host, why="rain")
    host.journal.state.sheltered_from = (10.0, dec_deg)
    leave_shelter(host, back=True)
    assert ("slew" in telescope.told) is (why is None)
    assert why is None or why in host.warnings[-1]


def test_the_shelter_is_not_left_by_the_day_that_follows(host: Host, telescope: Telescope) -> None:
    """Safe or not, the Sun shines on a closed cover; the next night may leave it."""
    take_shelter(host, why="rain")
    host.clock.sleep(3600.0 * 17.0)
    with pytest.raises(TooLateInDayError, match="the Sun has risen"):
        leave_shelter(host, back=True)
    assert telescope.told == ["abort", "close_cover", "park"]
    host.clock.sleep(3600.0 * 9.0)
    leave_shelter(host)
    assert telescope.told[3:] == ["unpark", "open_cover"]


def test_patience_has_an_end(host: Host) -> None:
    """After as many hours as the sequence waits, the instruction fails and says why."""
    host.safety = SafetySettings(wait_hours=0.1)
    take_shelter(host, why="rain")
    for _ in range(3):
        stay_sheltered(host)
    with pytest.raises(TsplugError, match=r"has not been safe for 0\.1 h"):
        stay_sheltered(host)


@pytest.mark.parametrize("safe", [True, False, None])
def test_a_night_that_is_taken_up_in_the_rain_stays_sheltered(
    host: Host, telescope: Telescope, safe: bool | None
) -> None:
    """Whatever stood open before a power cut is opened again only where it is safe; else the shelter is taken."""
    telescope.safe, telescope.told = safe, ["park"]
    state = host.journal.state
    state.simulators, state.standing.connected = None, False
    take_up(host)
    opened = {"unpark", "open_cover"} & set(telescope.told)
    assert opened == ({"unpark", "open_cover"} if safe else set())
    assert state.sheltered is (not safe)
    # Where it left its park nobody has pointed it.
    assert state.standing.idle == ((10.0, 30.0) if safe else None)
    assert {"close_cover", "park"} <= set(telescope.told) or safe
