"""How equipment is left that cannot go on: dark panel, no exposure, parked mount."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hostsim.equipment.mount import Mount

if TYPE_CHECKING:
    from hostsim.equipment.rig import Rig


def leave_safe(rig: Rig) -> str:
    """Bring the equipment to a safe end as far as it obeys, and say in words what was done and what was not.

    A mount that does not park is stopped where it is, without tracking.
    """
    if not rig.devices:
        return "nothing is connected"
    said: list[str] = []
    if rig.panel is not None:
        said.append(_tried("panel dark", rig.panel.light_off))
    if rig.camera is not None:
        said.append(_tried("exposure ended", rig.camera.abort))
    if rig.mount is not None:
        said.extend(_mount_at_rest(rig.mount))
    return ", ".join(said) or "nothing moves"


def _mount_at_rest(mount: Mount) -> list[str]:
    parked = _tried("mount parked", mount.park)
    if parked == "mount parked":
        return [parked]
    return [parked, _tried("slew stopped", mount.stop), _tried("tracking off", lambda: mount.track(False))]


def _tried(outcome: str, act: Callable[[], None]) -> str:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever one device does, the next one must still be made safe
        return f"NOT {outcome} ({str(error) or type(error).__name__})"
    return outcome
