"""When the meridian flip is made, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from scripted import Script, Telescope, pausing

from hostsim.devices.parts import astrometry
from hostsim.equipment.rig import Rig
from hostsim.sequence.flipping import Flips, FlipSettings
from hostsim.sequence.host import Host
from hostsim.sequence.state import Aim
from tsplug import PierSide


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = make_host()
    made.context.devices.rig = Rig(mount=cast("Any", Telescope(made.clock)))
    return made


def telescope(host: Host) -> Telescope:
    return cast("Telescope", host.rig.mount)


def target(host: Host, *, transits_in_min: float) -> Aim:
    """Return a target that passes the meridian in so many minutes."""
    moment = host.clock.now()
    of_date = astrometry.sidereal_hours(moment, host.site.longitude_deg) + transits_in_min * 1.00273791 / 60.0
    ra_hours, dec_deg = astrometry.j2000(of_date % 24.0, 20.0, moment=moment)
    return Aim(guid="t", name="T", project_name="P", ra_hours=ra_hours, dec_deg=dec_deg, rotation_deg=0.0)


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
    """The time up to the flip passes, and half a minute more, so that the mount is sure to flip then."""
    flips, began = Flips(host, FlipSettings(**settings), half_turn=True), host.clock.now()
    aim = target(host, transits_in_min=transits_in_min)
    assert flips.waited(aim, exposure_s=60.0 * exposure_min) is (waits_min > 0)
    assert (host.clock.now() - began).total_seconds() / 60.0 == pytest.approx(waits_min, abs=0.05)


@pytest.mark.parametrize("spared", ["no sides", "stands right"])
def test_a_mount_that_need_not_flip_does_not_wait(host: Host, spared: str) -> None:
    """A fork has no sides, and what stands on the other side already can go on."""
    if spared == "no sides":
        telescope(host).pier_side = PierSide.UNKNOWN
    else:
        telescope(host).wrong = True
    flips = Flips(host, FlipSettings(pause_min=5), half_turn=True)
    assert not flips.waited(target(host, transits_in_min=2), exposure_s=600.0)


@pytest.mark.parametrize(("transits_in_min", "flips"), [(-2, False), (-6, True), (-720, True)])
def test_the_flip_is_made_no_sooner_than_asked_for(host: Host, transits_in_min: float, flips: bool) -> None:
    """Within the minutes after the meridian imaging goes on as it is; elsewhere a wrong side is left at once."""
    telescope(host).wrong = True
    made = Flips(host, FlipSettings(after_min=5), half_turn=True).if_due(target(host, transits_in_min=transits_in_min))
    assert made is flips
    assert len(telescope(host).told) == flips


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
