"""What a mount may do about the meridian while time passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, minutes_of, target, wait
from scripted import Script, Telescope

from hostsim.equipment.rig import Rig
from hostsim.sequence.flipping import Flips, FlipSettings
from hostsim.sequence.host import Host
from hostsim.sequence.meridian import Meridian
from tsplug.model import PlannerPreferences


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    made = make_host()
    made.context.devices.rig = Rig(mount=cast("Any", Telescope(made.clock)))
    return made


@pytest.mark.parametrize(("transits_in_min", "stops_in_min"), [(60, 29.5), (10, 0), (-5, 0), (-20, None)])
def test_a_mount_stands_still_in_its_pause_through_a_wait(
    host: Host, transits_in_min: float, stops_in_min: float | None
) -> None:
    """Also from one wait to the next; then it points where it pointed. What has no sides tracks on."""
    began, place = host.clock.now(), target(host, transits_in_min=transits_in_min)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30, flip_after_min=10)})
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    for minutes in (0.5, 31, 120):
        wait(host, began + timedelta(minutes=minutes))
    flips_in_min = max(0.0, transits_in_min + 10.5)
    assert minutes_of(mount.slews, began) == [pytest.approx(flips_in_min, abs=0.1)]
    assert mount.places == [(pytest.approx(place.ra_hours), pytest.approx(place.dec_deg))]
    stops = [] if stops_in_min is None else [pytest.approx(stops_in_min, abs=0.1)]
    assert minutes_of(mount.stops, began) == stops
    assert mount.tracking()
    assert host.journal.state.standing.paused is None


@pytest.mark.parametrize(
    ("flip", "meridian"),
    [({"enabled": False}, Meridian(False, 43200.0, 0.0)), ({"after_min": 9}, Meridian(True, 540.0, 0.0))],
)
def test_what_a_container_wants_holds_as_long_as_it_runs(
    script: Callable[..., Script], flip: dict[str, Any], meridian: Meridian
) -> None:
    """Its lists are told; what follows goes by the profile again."""
    night, told = script("A"), []
    night.on_light = lambda host: told.append(host.meridian)
    host = night.run(flip=flip)
    assert told == [meridian]
    assert (host.meridian, host.between, host.ends) == (None, None, None)


@pytest.mark.parametrize(("wrong", "transits_in_min"), [(False, -5), (True, 10)])
def test_a_mount_that_stands_right_for_the_time_after_tracks_through_a_pause(
    host: Host, wrong: bool, transits_in_min: float
) -> None:
    """It has flipped already, or counts as on the wrong side still."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30, flip_after_min=10)})
    mount = Pointing(host, target(host, transits_in_min=transits_in_min))
    mount.wrong_side = lambda ra_hours, dec_deg: wrong  # type: ignore[method-assign]
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(minutes=8))
    assert mount.told == []


def test_a_mount_that_stood_still_points_where_it_pointed_whatever_it_says_of_its_side(host: Host) -> None:
    """Nobody else would bring it back."""
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_pause_min=30)})
    mount = Pointing(host, target(host, transits_in_min=20))
    mount.wrong_side = lambda ra_hours, dec_deg: False  # type: ignore[method-assign]
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(hours=1))
    assert [word.partition(" ")[0] for word in mount.told] == ["track", "slew"]


@pytest.mark.parametrize(
    ("flip", "flips_in_min", "stops_in_min"),
    [({"enabled": False}, [], []), ({"after_min": 30}, [50.5], []), ({"pause_min": 5}, [25.5], [14.5])],
)
def test_a_wait_in_a_list_does_as_its_container_wants(
    host: Host, flip: dict[str, Any], flips_in_min: list[float], stops_in_min: list[float]
) -> None:
    """Not as the profile says, which whoever switches flips off need not change."""
    began, place = host.clock.now(), target(host, transits_in_min=20)
    host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(flip_after_min=5)})
    mount = Pointing(host, place)
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    host.meridian = Flips(host, FlipSettings(**flip), half_turn=True).meridian
    wait(host, began + timedelta(hours=2))
    assert minutes_of(mount.slews, began) == pytest.approx(flips_in_min, abs=0.1)
    assert minutes_of(mount.stops, began) == pytest.approx(stops_in_min, abs=0.1)
