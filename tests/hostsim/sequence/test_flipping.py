"""When the meridian flip is made, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, target, wait
from scripted import Script, Telescope, pausing

from hostsim.equipment.mount import MountReading
from hostsim.equipment.rig import Rig
from hostsim.sequence.flipping import Flips, FlipSettings
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.slew import Slew
from hostsim.sequence.instructions.take_exposure import TakeExposure as Snapshots
from hostsim.sequence.instructions.unpark import Unpark
from hostsim.sequence.instructions.wait_until import WaitUntil as Pause
from tsplug import DeviceError, Dither, PierSide, TakeExposure
from tsplug.model import PlannerPreferences


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = make_host()
    made.context.devices.rig = Rig(mount=cast("Any", Telescope(made.clock)))
    return made


def telescope(host: Host) -> Telescope:
    return cast("Telescope", host.rig.mount)


@pytest.mark.parametrize(
    ("settings", "transits_in_min", "exposure_min", "waits_min"),
    [
        ({"pause_min": 5, "after_min": 3}, 20, 10, 0),
        ({"pause_min": 5, "after_min": 3}, 20, 16, 23.5),
        ({"pause_min": 5, "after_min": 3}, 2, 1, 5.5),
        ({"pause_min": 5, "after_min": 3}, -1, 1, 2.5),
        ({"pause_min": 5, "after_min": 3}, -4, 60, 0),
        ({"after_min": 3}, 2, 10, 0),
        ({"enabled": False, "pause_min": 5}, 2, 10, 0),
    ],
)
def test_no_exposure_runs_into_the_pause(
    host: Host, settings: dict[str, Any], transits_in_min: float, exposure_min: float, waits_min: float
) -> None:
    """The mount stands still up to the flip, and half a minute more, so that it is sure to flip then, and does."""
    flips, began = Flips(host, FlipSettings(**settings), half_turn=True), host.clock.now()
    aim, slept = target(host, transits_in_min=transits_in_min), []
    telescope(host).wrong = transits_in_min < 0

    def sleep(seconds: float) -> None:
        slept.append(telescope(host).tracking())
        host.clock.clock.sleep(seconds)  # type: ignore[attr-defined]

    host.clock.sleep = sleep  # type: ignore[method-assign]
    assert flips.waited(aim, exposure_s=60.0 * exposure_min) is (waits_min > 0)
    assert telescope(host).told == (["track False", f"center {aim.ra_hours:g}"] if waits_min else [])
    # The last one is the mount's, on its way.
    assert slept[:-1] == [False] * len(slept[:-1])
    centering_min = 0.5 if waits_min else 0.0
    assert (host.clock.now() - began).total_seconds() / 60.0 == pytest.approx(waits_min + centering_min, abs=0.05)


@pytest.mark.parametrize(
    ("transits_in_min", "after_min", "flips_after_min"), [(20, 0, 20.5), (20, 5, 25.5), (-3, 0, 0), (700, 0, None)]
)
def test_a_mount_that_tracks_through_a_wait_is_flipped(
    host: Host, transits_in_min: float, after_min: float, flips_after_min: float | None
) -> None:
    """Outside a Scheduler Container nobody else looks after it; it goes on to point where it pointed."""
    began, place = host.clock.now(), target(host, transits_in_min=transits_in_min)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_after_min=after_min)})
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    Pause.model_validate({"until": {"time": (began + timedelta(hours=2)).isoformat()}}).run(host)
    flips = [] if flips_after_min is None else [pytest.approx(flips_after_min, abs=0.1)]
    assert [(moment - began).total_seconds() / 60.0 for moment in mount.slews] == flips
    assert host.clock.now() == began + timedelta(hours=2)


def test_a_fork_tracks_through_a_pause(host: Host) -> None:
    """It has no sides, so it need not flip."""
    place = target(host, transits_in_min=10)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30)})
    mount = Pointing(host, place)
    mount.pier_side, mount.wrong_side = PierSide.UNKNOWN, lambda ra_hours, dec_deg: False  # type: ignore[method-assign]
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(hours=1))
    assert mount.told == []


@pytest.mark.parametrize("moves_on", ["parked", "points elsewhere"])
def test_a_mount_that_was_moved_meanwhile_is_not_brought_back(host: Host, moves_on: str) -> None:
    """Another instruction has pointed or parked it since it stood still."""
    place = target(host, transits_in_min=10)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30)})
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(minutes=5))
    assert mount.told == ["track False"]
    if moves_on == "parked":
        mount.park()
    else:
        mount.place = target(host, transits_in_min=300)
        mount.slew(mount.place.ra_hours, mount.place.dec_deg)
    told = list(mount.told)
    wait(host, host.clock.now() + timedelta(minutes=30))
    assert mount.told == told


@pytest.mark.parametrize("pointed", [False, True])
def test_a_mount_that_has_left_its_park_is_not_flipped_before_it_was_pointed(host: Host, pointed: bool) -> None:
    """It stands at the pole perhaps, where hour angle and side mean nothing."""
    mount = Pointing(host, target(host, transits_in_min=-30))
    mount.is_parked = True
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    Unpark().run(host)
    mount.off = 4000.0 if pointed else 0.0
    wait(host, host.clock.now() + timedelta(hours=2))
    assert len(mount.slews) == pointed
    # Where it is not flipped it must not be driven on past its meridian either.
    assert mount.tracking() is pointed
    assert len(mount.stops) == (not pointed)


@pytest.mark.parametrize("ends_in_min", [20, 60])
def test_what_is_exposed_after_a_wait_in_the_pause_follows_the_sky(
    host: Host, ends_in_min: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the pause is waited for, and the mount flipped; once, and as it was already where a wait did so."""
    seen: list[tuple[bool, int]] = []
    monkeypatch.setattr(Frames, "snapshots", lambda *given, **asked: seen.append((mount.tracking(), len(mount.slews))))
    began, place = host.clock.now(), target(host, transits_in_min=40)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30, flip_after_min=10)})
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, began + timedelta(minutes=ends_in_min))
    Snapshots(exposure_s=60).run(host)
    assert seen == [(True, int(ends_in_min < 40 or ends_in_min > 50))]
    assert (host.clock.now() - began).total_seconds() / 60.0 == pytest.approx(max(50.5, ends_in_min), abs=0.5)
    assert host.journal.state.standing.paused is None


def test_a_slew_ends_the_pause_of_a_wait(host: Host) -> None:
    """What has been pointed elsewhere is not brought back."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30)})
    mount = Pointing(host, target(host, transits_in_min=20))
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(minutes=5))
    assert host.journal.state.standing.paused is not None
    Slew(ra_hours=3.0, dec_deg=10.0, center=False).run(host)
    assert host.journal.state.standing.paused is None
    assert mount.places == [(3.0, 10.0)]


@pytest.mark.parametrize(
    ("flip", "told"),
    [
        ({}, ["center 0", "slew", "center 0", "slew", "slew"]),
        ({"after_min": 120}, ["center 0", "slew"]),
        ({"enabled": False}, ["center 0", "slew"]),
    ],
)
def test_no_dither_flips_the_mount(
    script: Callable[..., Script], flip: dict[str, Any], told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the meridian it comes after the flip, and is left out where that is not due yet, or is not wanted."""
    night, decided = script("A", "A", "A", "A"), Script.decide
    monkeypatch.setattr("hostsim.sequence.flipping.past_meridian_s", lambda *given, host: 60.0)

    def dithering(request: Any) -> Any:
        decision = decided(night, request)
        known = isinstance(decision, TakeExposure) and request.current_target_guid is not None
        return decision.model_copy(update={"steps": (Dither(), *decision.steps)}) if known else decision

    def pass_the_meridian(host: object) -> None:
        night.telescope.wrong = len(night.done) == 2

    night.decide, night.on_light = dithering, pass_the_meridian  # type: ignore[method-assign]
    if flip:
        # It stays on the wrong side.
        night.on_light = lambda host: setattr(night.telescope, "wrong", len(night.done) >= 2)
    night.run(flip=flip)
    assert [word.split()[0] if word.startswith("slew") else word for word in night.telescope.told] == told
    assert night.done == ["A"] * 4


def test_a_mount_that_was_not_parked_is_flipped_after_unpark(host: Host) -> None:
    """Where it points has been chosen."""
    mount = Pointing(host, target(host, transits_in_min=-30))
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    Unpark().run(host)
    wait(host, host.clock.now() + timedelta(hours=2))
    assert len(mount.slews) == 1


@pytest.mark.parametrize("still", ["parked", "tracks not", "lost"])
def test_a_wait_disturbs_no_mount_that_stands_still(host: Host, still: str) -> None:
    """Nor does one that does not answer end the night."""
    mount = telescope(host)
    mount.is_parked, mount.tracks, mount.wrong = still == "parked", still == "lost", True
    if still == "lost":
        mount.reading = lost  # type: ignore[method-assign]
    until = host.clock.now() + timedelta(hours=1)
    Pause.model_validate({"until": {"time": until.isoformat()}}).run(host)
    assert host.clock.now() == until
    assert mount.told == []
    assert [warning.partition(";")[0] for warning in host.warnings] == (["mount: lost"] if still == "lost" else [])


def lost() -> MountReading:
    raise DeviceError("mount", "lost")


@pytest.mark.parametrize(
    ("spared", "transits_in_min"), [("no sides", 2), ("stands right", 2), ("no sides", -2), ("has flipped", -2)]
)
def test_a_mount_that_need_not_flip_does_not_wait(host: Host, spared: str, transits_in_min: float) -> None:
    """A fork has no sides, and what stands on the other side already can go on."""
    if spared == "no sides":
        telescope(host).pier_side = PierSide.UNKNOWN
    telescope(host).wrong = spared == "stands right"
    flips = Flips(host, FlipSettings(pause_min=5, after_min=5), half_turn=True)
    assert not flips.waited(target(host, transits_in_min=transits_in_min), exposure_s=600.0)


@pytest.mark.parametrize(("transits_in_min", "flips"), [(-2, False), (-6, True), (-720, True)])
def test_the_flip_is_made_no_sooner_than_asked_for(host: Host, transits_in_min: float, flips: bool) -> None:
    """Within the minutes after the meridian imaging goes on as it is; elsewhere a wrong side is left at once."""
    telescope(host).wrong = True
    made = Flips(host, FlipSettings(after_min=5), half_turn=True).if_due(target(host, transits_in_min=transits_in_min))
    assert made is flips
    assert len(telescope(host).told) == flips


def test_the_planner_is_told_on_which_side_the_mount_stands(host: Host) -> None:
    """Of the target that is imaged, where flips are wanted and the mount tells it."""
    flips, stage = Flips(host, FlipSettings(), half_turn=True), host.journal.state.stage
    assert flips.on_wrong_side() is None
    stage.target, stage.on_target = target(host, transits_in_min=-6), True
    assert flips.on_wrong_side() is False
    telescope(host).wrong = True
    assert flips.on_wrong_side() is True
    assert Flips(host, FlipSettings(enabled=False), half_turn=True).on_wrong_side() is False
    telescope(host).wrong_side = lambda ra_hours, dec_deg: lost()  # type: ignore[method-assign,assignment,return-value]
    assert flips.on_wrong_side() is None


def test_a_list_that_takes_long_is_interrupted_for_the_flip(script: Callable[..., Script]) -> None:
    """Before each of its instructions the meridian is looked at, while the telescope is on the target."""
    night = script("A")

    def pass_the_meridian(host: object) -> None:
        night.telescope.wrong = True

    night.on_light = pass_the_meridian
    night.run(events={"after_exposure": [pausing(1), pausing(2)]})
    assert night.telescope.told == ["center 0", "center 0"]
    assert night.done == ["A", 1, 2]


def test_a_list_elsewhere_is_not_interrupted_for_a_flip(script: Callable[..., Script]) -> None:
    """Neither with the mount parked nor far from the target."""
    night = script("A")

    def move(host: object) -> None:
        night.telescope.wrong, night.telescope.off = True, 9000.0

    night.on_light = move
    night.run(events={"after_exposure": [pausing(1)], "after_night": [pausing(2)]})
    assert night.telescope.told == ["center 0", "center 0"]


@pytest.mark.parametrize(
    ("flip", "told"),
    [
        ({}, (4.0, 2.0)),
        ({"pause_min": 7, "after_min": 3}, (7.0, 3.0)),
        ({"pause_min": 7, "enabled": False}, (0.0, 720.0)),
    ],
)
def test_the_planner_is_told_how_the_container_flips(
    script: Callable[..., Script], flip: dict[str, Any], told: tuple[float, float]
) -> None:
    """What its author gave goes before the profile's; without a flip there is nothing to wait for."""
    night, asked = script("A"), set()
    made, decided = night.make_host, night.decide

    def preferring() -> Any:
        host = made()
        planner = PlannerPreferences(flip_pause_min=4.0, flip_after_min=2.0)
        host.profile = host.profile.model_copy(update={"planner": planner})
        return host

    def listening(request: Any) -> Any:
        asked.add((request.flip_pause_min, request.flip_after_min))
        # Another run of the profile has another name.
        assert request.host == night.host.journal.state.run != ""
        return decided(request)

    night.make_host, night.decide = preferring, listening  # type: ignore[method-assign]
    night.run(flip=flip)
    assert asked == {told}
