"""What is done when guiding is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, target
from scripted import Telescope

from hostsim.devices.parts import astrometry
from hostsim.equipment.guider import GuidingReading
from hostsim.equipment.mount import MountReading
from hostsim.equipment.rig import Rig
from hostsim.sequence.centering import Centering, CenteringSettings
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import come_in
from hostsim.sequence.pointing import dither
from hostsim.sequence.state import Aim
from hostsim.sequence.watching import Guiding, GuidingSettings, NotPointedError, answer_lost, watch_mount
from tsplug import DeviceError, PierSide, TsplugError
from tsplug.model import PlannerPreferences

GOOD, LOST = GuidingReading(0.3, 0.3, 2.0), GuidingReading(9.0, 9.0, 2.0)
TARGET = Aim(guid="t", name="T", project_name="P", ra_hours=5.0, dec_deg=20.0, rotation_deg=0.0)


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = make_host()
    made.context.devices.rig = Rig(mount=cast("Any", Telescope(made.clock)))
    return made


def answer(host: Host, *readings: GuidingReading | None, **fields: Any) -> None:
    """Answer each of some lights as settings have it."""
    guiding = Guiding()
    for reading in readings:
        guiding.watch(reading, host)
        center = Centering(host, CenteringSettings()).on
        answer_lost(guiding, GuidingSettings(**fields), target=TARGET, host=host, center=center)


@pytest.mark.parametrize(
    ("fields", "minutes", "told"),
    [
        ({}, 0, []),
        ({"when_lost": "pause", "pause_min": 7}, 14, []),
        ({"when_lost": "restart"}, 1, ["center 5", "center 5"]),
    ],
)
def test_lost_guiding_is_answered_as_the_sequence_wants(
    host: Host, fields: dict[str, Any], minutes: float, told: list[str]
) -> None:
    """Each light that was not guided is answered; one that was begins the count anew."""
    began = host.clock.now()
    answer(host, GOOD, LOST, None, GOOD, LOST, attempts=1, **fields)
    assert host.clock.now() - began == timedelta(minutes=minutes)
    assert cast("Telescope", host.rig.mount).told == told
    assert len(host.warnings) == 2


def test_a_pause_for_the_guide_star_is_flipped_through(host: Host) -> None:
    """An hour may take the target past the meridian: nobody else looks after the mount meanwhile."""
    place = target(host, transits_in_min=20)
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    answer(host, LOST, when_lost="pause", pause_min=60)
    assert len(mount.slews) == 1


@pytest.mark.parametrize(
    ("fields", "lost"), [({"when_lost": "fail"}, 1), ({"when_lost": "pause"}, 4), ({"when_lost": "restart"}, 4)]
)
def test_guiding_that_stays_lost_fails_the_container(host: Host, fields: dict[str, Any], lost: int) -> None:
    """At once where that is wanted, else after so many attempts in a row."""
    answer(host, *[LOST] * (lost - 1), **fields)
    with pytest.raises(TsplugError, match=f"guiding was lost in {lost} exposures in a row"):
        answer(host, *[LOST] * lost, **fields)


def test_a_target_that_cannot_be_centered_anew_is_left_out(host: Host) -> None:
    """Neither lost guiding nor a mount that stopped ends the night by it: the sequence says what becomes of it."""
    telescope, centering = cast("Telescope", host.rig.mount), Centering(host, CenteringSettings())
    telescope.misses = {TARGET.ra_hours: 2}
    answer(host, LOST, when_lost="restart")
    assert centering.leaves_out(TARGET)
    telescope.tracks = False
    assert not watch_mount(TARGET, host, center=centering.on)
    assert watch_mount(TARGET, host, center=centering.on)
    assert telescope.told[-1:] == ["center 5"]


@pytest.mark.parametrize("where", ["below the horizon", "in its pause at the meridian"])
def test_a_mount_that_others_point_does_not_track_where_it_must_not(host: Host, where: str) -> None:
    """Its own limits stopped it there: nobody may drive it against its pier."""
    planner = PlannerPreferences(slew_and_center=False, flip_pause_min=30)
    host.profile = host.profile.model_copy(update={"planner": planner})
    telescope = cast("Telescope", host.rig.mount)
    telescope.tracks = False
    # Twenty minutes before its transit, or far from it.
    in_hours, altitude_deg = (0.33, 60.0) if "meridian" in where else (5.0, -1.0)
    hours = astrometry.sidereal_hours(host.clock.now(), host.site.longitude_deg) + in_hours
    reading = MountReading("M", 15.0 * (hours % 24.0), 20.0, altitude_deg, 180.0, PierSide.WEST)
    telescope.reading = lambda: reading  # type: ignore[method-assign]
    with pytest.raises(DeviceError, match=where):
        watch_mount(TARGET, host, center=Centering(host, CenteringSettings()).on)
    assert telescope.told == []


def test_a_mount_that_others_point_tracks_again_where_it_points(host: Host) -> None:
    """With `slew_and_center` off the container points at nothing."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(slew_and_center=False)})
    telescope = cast("Telescope", host.rig.mount)
    telescope.tracks = False
    assert watch_mount(TARGET, host, center=Centering(host, CenteringSettings()).on)
    assert telescope.told == ["track True"]
    assert ["had stopped tracking" in warning for warning in host.warnings] == [True]
    dither(TARGET.ra_hours, TARGET.dec_deg, host=host, pixels=3.0)
    _, ra_hours, dec_deg = telescope.told[-1].split()
    reading = telescope.reading()
    assert (float(ra_hours), float(dec_deg)) == pytest.approx((reading.ra_deg / 15.0, reading.dec_deg), abs=0.01)


def test_a_mount_that_stood_still_for_flats_goes_back_to_where_others_pointed_it(host: Host) -> None:
    """With `slew_and_center` off too: the sky has moved on meanwhile, and lights would be of another field."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(slew_and_center=False)})
    telescope = cast("Telescope", host.rig.mount)
    host.journal.state.standing.unparked = telescope.tracks = True
    # An hour before its transit.
    hours = astrometry.sidereal_hours(host.clock.now(), host.site.longitude_deg) + 1.0
    place = hours % 24.0, 20.0
    telescope.reading = lambda: MountReading("M", 15.0 * place[0], 20.0, 60.0, 180.0, PierSide.WEST)  # type: ignore[method-assign]
    come_in(host, is_long=True)
    assert watch_mount(TARGET, host, center=Centering(host, CenteringSettings()).on)
    assert telescope.told[0] == "track False"
    _, ra_hours, dec_deg = telescope.told[1].split()
    assert (float(ra_hours), float(dec_deg)) == pytest.approx(place, abs=0.01)
    assert host.journal.state.standing.paused is None
    assert host.warnings == []


def others_point(host: Host) -> Telescope:
    """Let a mount stand still that nobody points."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(slew_and_center=False)})
    telescope = cast("Telescope", host.rig.mount)
    telescope.tracks = False
    return telescope


def test_a_mount_whose_field_has_set_meanwhile_exposes_no_other_one(host: Host) -> None:
    """Flats took longer than it was up: where it stands is not the target, though it may well track there."""
    telescope = others_point(host)
    # Where it pointed culminated half a day ago.
    hours = astrometry.sidereal_hours(host.clock.now(), host.site.longitude_deg) + 12.0
    host.journal.state.standing.paused = hours % 24.0, -20.0
    with pytest.raises(NotPointedError, match=r"stands still where the sky has moved on.*: point it at T$"):
        watch_mount(TARGET, host, center=Centering(host, CenteringSettings()).on)
    assert telescope.told == []


def test_a_mount_that_stood_still_for_long_exposes_no_other_field(host: Host) -> None:
    """Nobody knows how long that was: it says how far its target has gone."""
    telescope = others_point(host)
    telescope.off = 7200.0
    with pytest.raises(NotPointedError, match=r"stands still 2\.0 degrees beside T, and nobody points it"):
        watch_mount(TARGET, host, center=Centering(host, CenteringSettings()).on)
    assert telescope.told == []
