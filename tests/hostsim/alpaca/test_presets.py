"""Devices as those of other simulators."""

from __future__ import annotations

import uuid

from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.identity import identified
from hostsim.alpaca.presets import Preset, preset_server


def test_a_preset_brings_its_devices_and_keeps_the_address() -> None:
    """The devices are the preset's, the port is the server's, and ids depend on both."""
    server = ServerConfig(port=8, discovery_port=0)
    changed = preset_server(server, Preset.OMNISIM)
    assert (changed.port, changed.discovery_port) == (8, 0)
    names = [device.name for device in changed.observatory().devices]
    assert "Alpaca Safety Monitor Simulator" in names
    machine = uuid.uuid4()
    ids = [
        {device.unique_id for device in identified(each, machine).devices}
        for each in (changed, changed.model_copy(update={"port": 9}))
    ]
    assert ids[0] & ids[1] == set()


def test_without_a_preset_nothing_changes() -> None:
    """No preset is the server as it was described."""
    server = ServerConfig()
    assert preset_server(server, None) is server
