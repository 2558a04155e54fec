"""Finding and connecting equipment."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory, ObservatoryConfig
from hostsim.devices.telescope import TelescopeConfig
from hostsim.equipment.rig import Rig, connect
from hostsim.sky.scene import ExposureSettings, LightPath
from tsplug import DeviceError, InputError
from tsplug.testing.clock import ManualClock


class BlankSky:
    """A sky that nobody looks at."""

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        return np.zeros((exposure.num_x, exposure.num_y), np.uint16)

    def temperature_c(self, moment: object) -> float:
        return 5.0


def test_every_kind_is_found_and_connected(rig: Rig, observatory: Observatory) -> None:
    """The six devices are found by the management API and connected."""
    assert [device.kind for device in rig.devices] == [
        "telescope",
        "camera",
        "filter wheel",
        "focuser",
        "rotator",
        "flat panel",
    ]
    assert all(device.state.connected for device in observatory.devices)


def test_a_silent_address_is_one_clear_line() -> None:
    """Where nothing listens, the error names the address and what to do, in one line."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DeviceError, match=f"{address}: cannot be reached .* check the address") as caught:
            connect(address, ManualClock())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("address", ["somewhere", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", ":32323"])
def test_an_address_has_host_and_port(address: str) -> None:
    """What is not HOST:PORT is refused before anything is tried."""
    with pytest.raises(InputError, match="HOST:PORT"):
        connect(address, ManualClock())


def test_the_first_device_of_a_kind_need_not_be_number_0(clock: SimulatedClock) -> None:
    """A server may begin to count its telescopes at 1."""
    config = ObservatoryConfig(telescope=TelescopeConfig(number=1))
    with AlpacaServer(Observatory(BlankSky(), clock, config=config)) as server:
        mount = connect(server.address, clock).mount
    assert mount is not None
