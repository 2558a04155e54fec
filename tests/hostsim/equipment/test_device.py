"""Connecting to drivers of every age, and moves that an old one answers only when they are done."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from alpaca.focuser import Focuser as AlpacaFocuser
from alpaca.telescope import Telescope

from hostsim.clock import SystemClock
from hostsim.equipment.focuser import Focuser
from hostsim.equipment.mount import Mount
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


class SlowDriver:
    """A mount of Platform 6 that answers to Park and Connected when they are done; meanwhile to questions, or not.

    They are done ``takes_s`` after the first question that is asked meanwhile.
    """

    def __init__(self, *, takes_s: float, deaf: bool = False) -> None:
        self.takes_s, self.deaf = takes_s, deaf
        self.values = {"interfaceversion": 3, "connected": False, "slewing": False, "tracking": True}
        self.values |= {"atpark": False, "canpark": True}
        self.asked_meanwhile = 0
        self.asked = threading.Event()
        self.busy = threading.Lock()

    def __call__(self, connected: socket.socket, request: bytes) -> None:
        found = re.match(r"(GET|PUT) /api/v1/telescope/0/([a-z]+)", request.decode())
        assert found is not None
        verb, member = found.groups()
        if verb == "PUT":
            with self.busy:
                self.asked.wait(60)
                self.asked.clear()
                time.sleep(self.takes_s)
            self.values["atpark" if member == "park" else "connected"] = True
        elif self.busy.locked():
            self.asked_meanwhile += 1
            self.asked.set()
            if self.deaf:
                with self.busy:
                    pass
        body = json.dumps({"Value": self.values.get(member), "ErrorNumber": 0, "ErrorMessage": ""}).encode()
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize("deaf", [False, True])
def test_an_old_driver_is_watched_instead_of_waited_for(serve: Serve, deaf: bool) -> None:
    """A PUT that answers at the end is left after the usual time, so that other devices are heard, and then watched."""
    driver = SlowDriver(takes_s=0.5, deaf=deaf)
    mount = Mount(Telescope(serve(driver), 0), SystemClock(), name="Old", answer_s=1.0)
    mount.connect()
    assert driver.asked_meanwhile
    driver.asked_meanwhile = 0
    mount.park()
    assert driver.values["atpark"]
    assert driver.asked_meanwhile


def test_an_old_driver_that_stays_silent_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence after a move is borne for a while only."""
    monkeypatch.setattr("hostsim.equipment.device._OLD_SILENCE_S", 0.4)
    driver = SlowDriver(takes_s=2.0, deaf=True)
    mount = Mount(Telescope(serve(driver), 0), ManualClock(), name="Old", answer_s=1.0)
    with pytest.raises(DeviceError, match=r'telescope "Old": could not be watched while connecting: no answer in time'):
        mount.connect()


@pytest.mark.parametrize("silent", ["slewing", "abortslew"])
def test_a_mount_that_cannot_stop_is_parked_all_the_same(serve: Serve, silent: str) -> None:
    """An error while it tells or stops its slew does not keep the mount from the command to park."""
    parked = threading.Event()

    def driver(connected: socket.socket, request: bytes) -> None:
        member = request.decode().partition(" HTTP")[0].partition("?")[0].rpartition("/")[2]
        if member == "park":
            parked.set()
        value = parked.is_set() if member == "atpark" else True
        error = 0x500 if member == silent else 0
        body = json.dumps({"Value": value, "ErrorNumber": error, "ErrorMessage": "stuck" if error else ""}).encode()
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)

    Mount(Telescope(serve(driver), 0), ManualClock(), name="M").park()
    assert parked.is_set()


def test_what_was_connected_is_disconnected(serve: Serve) -> None:
    """Disconnecting undoes a connection of one's own, once, and leaves that of somebody else alone."""
    driver = Driver(4)
    focuser = Focuser(AlpacaFocuser(serve(driver), 0), ManualClock(), name="F")
    focuser.connect()
    focuser.disconnect()
    focuser.disconnect()
    assert driver.puts == ["connect", "connected"]
    driver.connected = True
    focuser.connect()
    focuser.disconnect()
    assert driver.puts == ["connect", "connected"]
