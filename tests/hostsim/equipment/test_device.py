"""Connecting to drivers of every age."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from alpaca.focuser import Focuser as AlpacaFocuser

from hostsim.equipment.focuser import Focuser
from tsplug import DeviceError
from tsplug.testing.clock import ManualClock

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]


class Driver:
    """A focuser's driver of some age that may refuse the new way to connect, or obey and stay unconnected."""

    def __init__(self, version: int, *, refuses: int | None = None, obeys: bool = True) -> None:
        self.version, self.refuses, self.obeys = version, refuses, obeys
        self.connected = False
        self.puts: list[str] = []

    def __call__(self, connected: socket.socket, request: bytes) -> None:
        found = re.match(r"(GET|PUT) /api/v1/focuser/0/([a-z]+)", request.decode())
        assert found is not None
        status, answer = self.answered(*found.groups())
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connected.sendall(head.encode() + body)

    def answered(self, verb: str, member: str) -> tuple[int, dict[str, Any]]:
        if verb == "PUT":
            self.puts.append(member)
            if member == "connect" and self.refuses is not None:
                return (self.refuses, {}) if self.refuses < 600 else (200, self.envelope(None, error=self.refuses))
            self.connected = self.obeys
        values = {"interfaceversion": self.version, "connected": self.connected, "connecting": False}
        return 200, self.envelope(values.get(member), error=0)

    def envelope(self, value: Any, *, error: int) -> dict[str, Any]:
        return {"Value": value, "ErrorNumber": error, "ErrorMessage": "no" if error else ""}


@pytest.mark.parametrize(
    ("driver", "puts"),
    [
        (Driver(4), ["connect"]),
        (Driver(3), ["connected"]),
        (Driver(4, refuses=0x400), ["connect", "connected"]),
        (Driver(4, refuses=404), ["connect", "connected"]),
    ],
)
def test_each_driver_is_connected_its_own_way(serve: Serve, driver: Driver, puts: list[str]) -> None:
    """Platform 7 connects by Connect; older drivers, and those that only claim to know it, by Connected."""
    focuser = Focuser(AlpacaFocuser(serve(driver), 0), ManualClock(), name="F")
    focuser.connect()
    assert driver.connected
    assert driver.puts == puts
    focuser.connect()
    assert driver.puts == puts


@pytest.mark.parametrize("version", [2, 4])
def test_a_device_that_stays_unconnected_is_an_error(serve: Serve, version: int) -> None:
    """A driver that says yes and does nothing is found out."""
    focuser = Focuser(AlpacaFocuser(serve(Driver(version, obeys=False)), 0), ManualClock(), name="F")
    with pytest.raises(DeviceError, match='focuser "F": could not connect, and gives no reason'):
        focuser.connect()
