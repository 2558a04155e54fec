"""What the mount does while the Scheduler Container waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, target
from scripted import Script, pausing

from hostsim.equipment.rig import Rig
from hostsim.sequence.standstill import wait_for
from hostsim.sequence.state import Waiting
from tsplug import SlewCenter
from tsplug.model import PlannerPreferences


@pytest.mark.parametrize("slews", [True, False])
def test_a_mount_that_others_point_is_left_where_it_points(
    script: Callable[..., Script], make_host: Callable[..., Any], slews: bool
) -> None:
    """With `slew_and_center` off it tracks through a wait, is not parked, and no list makes it point anew."""
    night = script("A", 60, "A")

    def preferring() -> Any:
        host = make_host()
        planner = PlannerPreferences(park_on_wait=True, slew_and_center=slews)
        host.profile = host.profile.model_copy(update={"planner": planner})
        return host

    def move(host: Any) -> None:
        night.telescope.off = 4000.0

    decided = night.decide

    def pointed(request: Any) -> Any:
        decision = decided(request)
        steps = [step for step in getattr(decision, "steps", ()) if slews or not isinstance(step, SlewCenter)]
        return decision.model_copy(update={"steps": tuple(steps)} if steps else {})

    night.decide, night.on_light, night.make_host = pointed, move, preferring  # type: ignore[method-assign]
    night.run(events={"after_exposure": [pausing(4)]})
    assert night.done == ["A", 4, "A", 4]
    assert night.telescope.told == (["center 0"] * 2 + ["park", "unpark"] + ["center 0"] * 2 if slews else [])


def test_a_container_that_waits_brings_nothing_back(make_host: Callable[..., Any]) -> None:
    """It points anew by itself, where a wait of one of its lists let the mount stand still before."""
    host = make_host()
    mount = Pointing(host, target(host, transits_in_min=-5))
    mount.tracks = False
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    host.journal.state.standing.paused = mount.place.ra_hours, mount.place.dec_deg
    wait_for(Waiting(until=host.clock.now() + timedelta(hours=1), target_name="T"), host)
    assert mount.slews == []
