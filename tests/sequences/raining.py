"""A host whose telescope stands in the rain, on equipment that writes down what it is told, and what it runs there."""

from __future__ import annotations

from typing import Any, cast

from scripted import Telescope

from hostsim.equipment.rig import Rig
from hostsim.sequence.document import Sequence
from hostsim.sequence.host import Host
from hostsim.sequence.runner import Runner

OUT = ["abort", "close_cover", "park"]
"""What is told when the shelter is taken."""


def equipped(host: Host) -> Host:
    """Give a host a telescope that points elsewhere than it was told to."""
    same = cast("Any", Telescope(host.clock, off=9000.0))
    host.context.devices.rig = Rig(mount=same, camera=same, safety=same, panel=same)
    return host


def rain(host: Host, *spells: tuple[float, float]) -> Telescope:
    """Let it rain from so many minutes after now on until so many."""
    began, telescope = host.clock.now(), cast("Telescope", host.rig.mount)

    def is_safe() -> bool:
        minutes = (host.clock.now() - began).total_seconds() / 60.0
        return not any(start <= minutes < end for start, end in spells)

    telescope.is_safe = is_safe  # type: ignore[method-assign]
    return telescope


def run(host: Host, *items: dict[str, Any]) -> None:
    """Run instructions, or go on with them."""
    document = {"name": "n", "start": "2026-01-15T17:00:00Z", "catalogue": {}, "run": list(items)}
    Runner(Sequence.model_validate(document), host, where="night.yaml", lines={}).run()
