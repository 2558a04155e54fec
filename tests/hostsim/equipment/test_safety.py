"""Leaving the equipment safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from hostsim.equipment.rig import Rig
from hostsim.equipment.safety import leave_safe
from tsplug import DeviceError


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


def test_everything_is_made_safe_in_order() -> None:
    """The panel goes dark, the exposure ends, the mount parks, and it is said."""
    device = Stubborn()
    assert leave_safe(rig_of(device)) == "panel dark, exposure ended, mount parked"
    assert device.told == ["light_off", "abort", "park"]


@pytest.mark.parametrize("error", [DeviceError("panel", "lost"), KeyError("Value")])
def test_one_device_that_fails_does_not_keep_the_others_from_safety(error: Exception) -> None:
    """Whatever the panel's driver raises, exposure and mount are still seen to, and it is said."""
    device = Stubborn({"light_off": error})
    said = leave_safe(rig_of(device))
    assert said.startswith("NOT panel dark (")
    assert said.endswith("), exposure ended, mount parked")


def test_a_mount_that_does_not_park_stands_still() -> None:
    """Where parking fails, the slew is stopped and tracking switched off, so that nothing runs into the pier."""
    device = Stubborn({"park": DeviceError("telescope", "cannot park")})
    assert leave_safe(rig_of(device)).endswith(", slew stopped, tracking off")
    assert device.told[-2:] == ["stop", "track False"]
