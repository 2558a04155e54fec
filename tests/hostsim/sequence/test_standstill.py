"""What the mount does while the Scheduler Container waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted import Script, pausing

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
