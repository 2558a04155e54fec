"""What needs no sky: nothing stays out in the rain for it, and no mount is driven on while nobody looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, target
from raining import OUT, equipped, rain, run
from scripted import Script, Telescope

from hostsim.equipment.mount import MountReading
from hostsim.equipment.rig import Rig
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import leave_in
from hostsim.sequence.instructions.scheduler_flats import SchedulerFlats
from hostsim.sequence.instructions.take_darks import TakeDarks
from hostsim.sequence.pointing import dither
from hostsim.sequence.shelter import take_shelter
from tsplug import DeviceError, PierSide

DARKS = {"type": "take_darks", "exposure_s": 300}
FLATS = {"type": "scheduler_flats"}


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = equipped(make_host())
    made.journal.state.standing.unparked = made.journal.state.standing.cover_open = True
    return made


@pytest.fixture
def indoors(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let flats and darks take two hours; return whether the mount tracked meanwhile."""
    tracked: list[bool] = []

    def last(self: object, host: Host) -> None:
        host.clock.sleep(7200.0)
        tracked.append(host.mount().tracking())

    monkeypatch.setattr(TakeDarks, "run", last)
    monkeypatch.setattr(SchedulerFlats, "run", last)
    return tracked


@pytest.mark.parametrize("item", [DARKS, FLATS])
def test_what_stays_out_comes_in_before_what_does_not_look(
    host: Host, indoors: list[bool], item: dict[str, Any]
) -> None:
    """It is done in the shelter, without waiting for the weather; in a dry night everything stays where it is."""
    run(host, item)
    assert cast("Telescope", host.rig.mount).told == ["track False"]
    host.journal.state.cursor.clear()
    telescope, began = rain(host, (0, 600)), host.clock.now()
    telescope.told.clear()
    run(host, item)
    assert telescope.told == OUT
    assert host.clock.now() == began + timedelta(hours=2)
    assert indoors == [False, False]


def test_a_mount_stands_still_through_flats_and_goes_back_for_the_next_light(
    make_host: Callable[[], Host], indoors: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In two hours it would pass its meridian; what is exposed after them is what was before."""
    host = make_host()
    place = target(host, transits_in_min=60)
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    host.journal.state.standing.unparked = True
    seen: list[bool] = []
    monkeypatch.setattr(Frames, "snapshots", lambda *given, **asked: seen.append(mount.tracking()))
    run(host, FLATS, {"type": "take_exposure", "exposure_s": 60})
    assert mount.told == ["track False", f"slew {place.ra_hours} {place.dec_deg}"]
    assert (indoors, seen) == ([False], [True])


def test_flats_of_a_list_leave_the_mount_to_its_container(script: Callable[..., Script], indoors: list[bool]) -> None:
    """It looks after weather and meridian itself, and goes on with its target."""
    night = script("A", "A")
    night.run(events={"after_exposure": [DARKS]})
    assert indoors == [True, True]
    assert night.telescope.told == ["center 0"]


@pytest.mark.parametrize("out", [True, False])
def test_a_sequence_leaves_nothing_out_at_its_end(host: Host, out: bool) -> None:
    """Its author forgot it, or there were no flats to close the cover for."""
    standing = host.journal.state.standing
    standing.unparked, standing.cover_open = False, out
    telescope = cast("Telescope", host.rig.mount)
    telescope.halt = lambda: False  # type: ignore[attr-defined]
    leave_in(host)
    assert telescope.told == (["light_off", "abort", "close_cover", "park"] if out else [])
    assert len(host.warnings) == out


def test_what_is_in_the_shelter_is_in(host: Host) -> None:
    """There is nothing to bring in at the end of a wet night."""
    take_shelter(host, why="rain")
    told = list(cast("Telescope", host.rig.mount).told)
    leave_in(host)
    assert cast("Telescope", host.rig.mount).told == told


@pytest.mark.parametrize("tracks", [True, False])
def test_no_dither_lets_a_mount_track_that_has_stopped(
    host: Host, monkeypatch: pytest.MonkeyPatch, tracks: bool
) -> None:
    """It stands at its limit perhaps: whoever watches it decides what is to be done."""
    there = MountReading("M", 150.0, 80.0, 45.0, 180.0, PierSide.EAST)
    monkeypatch.setattr(Telescope, "reading", lambda self: there)
    telescope = cast("Telescope", host.rig.mount)
    telescope.tracks = tracks
    assert dither(10.0, 80.0, host=host, pixels=5.0) is tracks
    assert len(telescope.told) == tracks


def jamming(host: Host, times: int) -> Telescope:
    """Let a cover refuse so many times to close."""
    telescope, left = cast("Telescope", host.rig.mount), iter([True] * times)
    close = telescope.close_cover
    telescope.halt = lambda: False  # type: ignore[attr-defined]

    def refuse() -> None:
        if next(left, False):
            raise DeviceError("flat panel", "jams")
        close()

    telescope.close_cover = refuse  # type: ignore[method-assign]
    return telescope


@pytest.mark.parametrize(
    ("times", "minutes", "ends"), [(3, 1.5, "mount parked, cover closed"), (99, 4.5, "cover (jams)")]
)
def test_a_cover_that_does_not_close_at_the_end_is_told_and_tried_for_a_while(
    host: Host, times: int, minutes: float, ends: str
) -> None:
    """Nobody else is there to close it; a stop that was asked for keeps nobody from that."""
    telescope, began = jamming(host, times), host.clock.now()
    host.context.cancellation.ask()
    assert host.leave_safe().endswith(ends)
    assert host.clock.now() == began + timedelta(minutes=minutes)
    assert telescope.told.count("park") == 1
    assert host.warnings == ["left safe: mount parked; NOT left safe: cover (jams); trying for 5 min"]


class Cooling(Telescope):
    """A camera that takes an hour for a temperature, and is asked by the minute."""

    def cool(self, celsius: float, *, watch: Callable[[], None], **asked: object) -> None:
        for _ in range(60):
            watch()
            self.clock.sleep(60.0)

    def warm(self, *, watch: Callable[[], None], **asked: object) -> None:
        self.cool(0.0, watch=watch)

    def expose(self, exposure: object, *, watch: Callable[[], None] | None, **asked: object) -> None:
        assert watch is not None
        self.cool(0.0, watch=watch)
        raise DeviceError("camera", "has no frame")


@pytest.mark.parametrize("out", [True, False])
@pytest.mark.parametrize(
    "item", [{"type": "cool_camera", "temperature_c": -10}, {"type": "warm_camera"}, {**DARKS, "on_error": "continue"}]
)
def test_rain_amid_what_takes_its_time_finds_nothing_outside(host: Host, item: dict[str, Any], out: bool) -> None:
    """The shelter is taken within the minute, and what needs no sky goes on; no dark is dropped for it."""
    same = cast("Any", Cooling(host.clock))
    host.context.devices.rig = Rig(mount=same, camera=same, safety=same, panel=same)
    standing = host.journal.state.standing
    standing.unparked = standing.cover_open = out
    began, telescope, parked = host.clock.now(), rain(host, (10, 30)), list[float]()
    park = telescope.park
    telescope.park = lambda: (parked.append((host.clock.now() - began).total_seconds() / 60.0), park())  # type: ignore[method-assign,assign,func-returns-value]
    run(host, item)
    assert parked == ([10.0] if out else [])
    assert telescope.told.count("abort") == (out and item["type"] != "take_darks")
    assert host.clock.now() == began + timedelta(minutes=60)


def test_rain_amid_flats_finds_no_mount_outside(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A roof wants to close; the flats behind their cover go on."""
    telescope = rain(host, (10, 30))

    def take(self: object, host: Host) -> None:
        for _ in range(60):
            host.clock.sleep(60.0)
            assert host.watch_out is not None
            host.watch_out()

    monkeypatch.setattr(SchedulerFlats, "_take", take)
    run(host, FLATS)
    assert telescope.told == ["track False", "close_cover", "park"]
    assert host.watch_out is None
