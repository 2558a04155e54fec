"""Devices that answer as those of another simulator do."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from hostsim.alpaca.configuration import ServerConfig
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.omnisim import omnisim_config


class Preset(StrEnum):
    """The simulators whose devices can be had."""

    OMNISIM = "omnisim"


_MAKERS: dict[Preset, Callable[[], ObservatoryConfig]] = {Preset.OMNISIM: omnisim_config}


def preset_server(server: ServerConfig, preset: Preset | None) -> ServerConfig:
    """Return ``server`` with the name and devices of a preset, or as it is where there is none."""
    if preset is None:
        return server
    observatory = _MAKERS[preset]()
    # Without the ids that follow from their names alone, so that those of two machines differ.
    devices = tuple(device.model_copy(update={"unique_id": ""}) for device in observatory.devices)
    return server.model_copy(update={"name": observatory.name, "devices": devices})
