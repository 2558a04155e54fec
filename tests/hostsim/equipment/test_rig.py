"""Finding and connecting equipment."""

from __future__ import annotations

import socket

import pytest

from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import Rig, connect
from tsplug import DeviceError, InputError
from tsplug.testing.clock import ManualClock


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
    connected = {device.device_type for device in observatory.devices if device.state.connected}
    assert connected == {"Telescope", "Camera", "FilterWheel", "Focuser", "Rotator", "CoverCalibrator"}


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
