"""How a night that cannot go on is left: dark panel, no exposure, parked mount."""

from __future__ import annotations

from collections.abc import Callable

from hostsim.equipment.rig import Rig
from tsplug import TsplugError


def leave_safe(rig: Rig) -> str:
    """Bring the equipment to a safe end as far as it obeys, and say in words what was done and what was not."""
    if not rig.devices:
        return "nothing was connected"
    said: list[str] = []
    if rig.panel is not None:
        said.append(_tried("panel dark", rig.panel.light_off))
    if rig.camera is not None:
        said.append(_tried("exposure ended", rig.camera.abort))
    if rig.mount is not None:
        said.append(_tried("mount parked", rig.mount.park))
    return ", ".join(said) or "nothing moves"


def _tried(outcome: str, act: Callable[[], None]) -> str:
    try:
        act()
    except TsplugError as error:
        return f"NOT {outcome} ({error})"
    return outcome
