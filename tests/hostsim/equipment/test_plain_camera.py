"""The host's camera on a driver that knows only what every camera must."""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from alpaca.camera import Camera as AlpacaCamera

from hostsim.equipment.camera import Camera, Exposure
from hostsim.equipment.waiting import Patience
from tsplug.testing.clock import ManualClock

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]
NOT_IMPLEMENTED, INVALID_OPERATION = 0x400, 0x40B


class PlainDriver:
    """A camera of 4 x 2 pixels; what is not listed is not implemented."""

    def __init__(self, **values: Any) -> None:
        plain = {"cameraxsize": 4, "cameraysize": 2, "numx": 4, "numy": 2, "binx": 1, "pixelsizex": 3.8}
        self.values = plain | {"camerastate": 0, "imageready": True} | values
        self.aborted = 0
        self.written: dict[str, str] = {}

    def __call__(self, connected: socket.socket, request: bytes) -> None:
        found = re.match(r"(GET|PUT) /api/v1/camera/0/([a-z]+)", request.decode())
        assert found is not None
        member = found[2]
        if member == "imagearray":
            header = struct.pack("<2i2I7i", 1, 0, 0, 1, 44, 2, 8, 2, 4, 2, 0)
            self.send(connected, header + np.arange(8, dtype="<u2").tobytes(), kind="application/imagebytes")
            return
        self.aborted += member == "abortexposure"
        if found[1] == "PUT":
            self.written |= {name.lower(): value for name, value in parse_qsl(form(connected, request))}
        number = self.refusal(member, writes=found[1] == "PUT")
        answer = {"Value": self.values.get(member), "ErrorNumber": number, "ErrorMessage": "no" if number else ""}
        self.send(connected, json.dumps(answer).encode(), kind="application/json")

    def refusal(self, member: str, *, writes: bool) -> int:
        if member == "lastexposureduration" and member not in self.values:
            return INVALID_OPERATION
        known = member in self.values or (writes and member not in ("gain", "abortexposure"))
        return 0 if known else NOT_IMPLEMENTED

    def send(self, connected: socket.socket, body: bytes, *, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connected.sendall(head.encode() + body)


def form(connected: socket.socket, request: bytes) -> str:
    """Return the form of a request whose head, and perhaps more, has come."""
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while length and len(body) < int(length[1]):
        body += connected.recv(4096)
    return body.decode()


def camera(serve: Serve, driver: PlainDriver) -> Camera:
    """Return the host's camera on such a driver."""
    return Camera(AlpacaCamera(serve(driver), 0), ManualClock(), name="Plain")


def test_the_obligatory_is_enough_for_a_frame(serve: Serve) -> None:
    """Without gain, readout modes, temperature or the length of the exposure a frame still comes, and says so."""
    shot = camera(serve, PlainDriver()).expose(Exposure(3.0))
    np.testing.assert_array_equal(shot.pixels, [[0, 2, 4, 6], [1, 3, 5, 7]])
    assert shot.exposure_s == 3.0
    reading = shot.reading
    assert (reading.gain, reading.offset, reading.readout_mode, reading.readout_mode_name) == (None, None, None, "")
    assert (reading.egain, reading.temperature_c, reading.set_temperature_c) == (None, None, None)


def test_the_camera_tells_how_long_it_exposed(serve: Serve) -> None:
    """Where the driver knows the length of the exposure, that counts."""
    assert camera(serve, PlainDriver(lastexposureduration=2.9)).expose(Exposure(3.0)).exposure_s == 2.9


def test_a_camera_in_error_is_freed_first(serve: Serve) -> None:
    """A camera whose last exposure failed is told to drop it before the next one, even if it cannot."""
    driver = PlainDriver(camerastate=5)
    camera(serve, driver).expose(Exposure(1.0))
    assert driver.aborted == 1


def test_a_camera_that_cannot_abort_is_left_alone(serve: Serve) -> None:
    """Ending an exposure on a camera that cannot is no failure: it ends by itself."""
    driver = PlainDriver(camerastate=2)
    camera(serve, driver).abort()
    assert driver.aborted == 1


def test_warming_needs_no_sensor_in_the_heat_sink(serve: Serve) -> None:
    """Without a temperature of the air, warm is what was asked for."""
    driver = PlainDriver(ccdtemperature=12.0)
    camera(serve, driver).warm(at_least_c=10.0, patience=Patience(timeout_s=5))


def test_a_cooler_with_nothing_left_to_do_is_warm_enough(serve: Serve) -> None:
    """Where the air is colder than the goal and nothing tells its temperature, an idle cooler ends the warming."""
    driver = PlainDriver(ccdtemperature=3.0, coolerpower=0.0)
    camera(serve, driver).warm(at_least_c=10.0, patience=Patience(timeout_s=5))
    assert float(driver.written["setccdtemperature"]) == 10.0
    assert driver.written["cooleron"] == "False"
