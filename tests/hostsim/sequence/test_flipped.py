"""A mount that tells its side of the pier wrongly is flipped once in a passage of the meridian, and that is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any, cast

import pytest
from pointing import Pointing, target, wait
from scripted import Script, Telescope, pausing

from hostsim.equipment.mount import MountReading
from hostsim.equipment.rig import Rig
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.flipped import flip_at, note_flip
from hostsim.sequence.host import Host
from hostsim.sequence.state import Flipped
from tsplug import PierSide


def lying(
    monkeypatch: pytest.MonkeyPatch, *, past_s: float, moves: bool, about: tuple[float, ...] = (0.0, 1.0)
) -> None:
    """Let the mount say of places that a flip is due; with ``moves`` it tells another side with each question."""
    sides = cycle([PierSide.EAST, PierSide.WEST] if moves else [PierSide.EAST])
    there = MountReading("M", 150.0, 30.0, 45.0, 180.0, PierSide.EAST)
    monkeypatch.setattr("hostsim.sequence.flipping.past_meridian_s", lambda *given, host: past_s)
    monkeypatch.setattr(Telescope, "wrong_side", lambda self, ra_hours, dec_deg: ra_hours in about)
    monkeypatch.setattr(Telescope, "reading", lambda self: replace(there, pier_side=next(sides)))


@pytest.mark.parametrize(("past_s", "moves"), [(-600.0, False), (-600.0, True), (600.0, True)])
def test_a_mount_that_contradicts_itself_is_flipped_once(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, past_s: float, moves: bool
) -> None:
    """It has changed its side, or has not to yet: imaging goes on, with one warning for each target."""
    night = script("A", "A", "A", "B", "A", "A")
    lying(monkeypatch, past_s=past_s, moves=moves)
    host = night.run(events={"after_exposure": [pausing(1), pausing(2)]})
    assert [each for each in night.done if isinstance(each, str)] == list("AAABAA")
    # Each arrival, and one flip for each target.
    assert night.telescope.told == ["center 0", "center 0", "center 1", "center 1", "center 0"]
    assert sum("it is not flipped there again" in said for said in host.warnings) == 2


@pytest.mark.parametrize(
    ("when_failed", "lights"), [(None, "B"), ("skip_target", "B"), ("continue", "AAAB"), ("stop", None)]
)
def test_a_mount_that_stands_as_before_past_the_meridian_is_left_to_the_policy(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, when_failed: str | None, lights: str | None
) -> None:
    """It may drive on into the pier: the target is left out, unless the sequence says otherwise; thrice at most."""
    night = script("A", "A", "A", "B")
    lying(monkeypatch, past_s=600.0, moves=False, about=(0.0,))
    flip = {} if when_failed is None else {"when_failed": when_failed}
    if lights is None:
        with pytest.raises(InstructionFailedError, match="did not flip for A: look at its limits"):
            night.run(flip=flip)
        return
    host = night.run(flip=flip)
    assert [each for each in night.done if isinstance(each, str)] == list(lights)
    assert night.telescope.told.count("center 0") == (2 if when_failed == "continue" else 4)
    left_out = [said for said in host.warnings if "did not flip for A; A is left out" in said]
    assert len(left_out) == (0 if when_failed == "continue" else 3)


def test_a_wait_flips_once_however_often_it_is_waited(make_host: Callable[[], Host]) -> None:
    """A mount that says to stand as before must not track on past the meridian: it stands still."""
    host = make_host()
    began, mount = host.clock.now(), Pointing(host, target(host, transits_in_min=-5))
    mount.wrong_side = lambda ra_hours, dec_deg: True  # type: ignore[method-assign]
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    for _ in range(5):
        wait(host, host.clock.now() + timedelta(minutes=10))
        # Somebody lets it follow the sky again.
        mount.tracks = host.clock.now() < began + timedelta(minutes=45)
    assert len(mount.slews) == 1
    assert not mount.tracking()
    assert any("did not flip in a wait" in said for said in host.warnings)


def test_a_flip_counts_for_its_place_and_passage(make_host: Callable[[], Host]) -> None:
    """Elsewhere, and half a day later, the mount is flipped as ever; what is long past is forgotten."""
    host = make_host()
    note_flip(made(5.0, host), host=host)
    known = partial(flip_at, host=host, past=True, pier_side=PierSide.EAST)
    assert known(5.001, 20.01) is not None
    assert known(5.1, 20.0) is None
    assert known(5.0, 21.0) is None
    host.clock.sleep(7 * 3600.0)
    assert known(5.0, 20.0) is None
    note_flip(made(6.0, host), host=host)
    assert len(host.journal.state.standing.flips) == 1


def made(ra_hours: float, host: Host) -> Flipped:
    """Return a flip that was made past the meridian."""
    return Flipped(ra_hours=ra_hours, dec_deg=20.0, moment=host.clock.now(), past=True)


@pytest.mark.parametrize(("hours", "back"), [(1.0, True), (9.0, False), (15.5, False)])
def test_no_mount_goes_back_hours_after_its_pause(make_host: Callable[[], Host], hours: float, back: bool) -> None:
    """The place has set, or the Sun has risen: it stays where it stands, and that is told."""
    host = make_host()
    place = target(host, transits_in_min=10)
    mount = Pointing(host, place)
    mount.tracks = False
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    host.journal.state.standing.paused = place.ra_hours, place.dec_deg
    host.clock.sleep(3600.0 * hours)
    wait(host, host.clock.now() + timedelta(minutes=10))
    assert len(mount.slews) == back
    assert host.journal.state.standing.paused is None
    assert (host.warnings == []) is back


def test_a_target_that_is_centered_ends_the_pause_of_a_wait(script: Callable[..., Script]) -> None:
    """What a wait let stand still is pointed elsewhere: nobody brings it back."""
    night = script("A")
    made = night.make_host

    def paused() -> Host:
        host = made()
        host.journal.state.standing.paused = (3.0, 20.0)
        return host

    night.make_host = paused
    assert night.run().journal.state.standing.paused is None
