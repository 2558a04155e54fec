"""Finding and connecting equipment."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import Rig, connect
from tsplug import DeviceError, InputError
from tsplug.testing.clock import ManualClock

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]


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


def test_the_first_device_of_a_kind_need_not_be_number_0(serve: Serve) -> None:
    """A server may begin to count its telescopes at 1."""
    listed = [{"DeviceType": "Telescope", "DeviceNumber": 1, "DeviceName": "Second", "UniqueID": "x"}]
    values = {
        "/management/apiversions": [1],
        "/management/v1/configureddevices": listed,
        "/api/v1/telescope/1/interfaceversion": 4,
        "/api/v1/telescope/1/connected": True,
    }

    def answer(connected: socket.socket, request: bytes) -> None:
        path = request.split()[1].decode().partition("?")[0]
        body = json.dumps({"Value": values[path], "ErrorNumber": 0, "ErrorMessage": ""}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connected.sendall(head.encode() + body)

    found = connect(serve(answer), ManualClock())
    assert [device.label for device in found.devices] == ['telescope "Second"']
