"""Finding and connecting equipment."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from alpaca.exceptions import DriverException

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.mount import Mount
from hostsim.equipment.rig import Rig, check_reachable, connect
from hostsim.equipment.safety import leave_safe
from tsplug import Cancelled, DeviceError, InputError
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
        "safety monitor",
        "weather station",
    ]
    connected = {device.device_type for device in observatory.devices if device.state.connected}
    others = {"CoverCalibrator", "SafetyMonitor", "ObservingConditions"}
    assert connected == {"Telescope", "Camera", "FilterWheel", "Focuser", "Rotator"} | others


def test_a_silent_address_is_one_clear_line() -> None:
    """Where nothing listens, the error names the address and what to do, in one line."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DeviceError, match=f"{address}: cannot be reached .* check the address") as caught:
            connect(address, ManualClock())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "somewhere",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:99999",
        "127.0.0.1:\N{SUPERSCRIPT TWO}",
        ":32323",
        "http://127.0.0.1:32323",
        "user@127.0.0.1:32323",
        "a host:32323",
        "::1:32323",
    ],
)
def test_an_address_has_host_and_port(address: str) -> None:
    """What is not HOST:PORT is refused before anything is tried."""
    with pytest.raises(InputError, match="HOST:PORT"):
        connect(address, ManualClock())


class Answers(BaseHTTPRequestHandler):
    """A server of something else: status and text are the same whatever is asked."""

    status, text = 404, "<!DOCTYPE HTML>\n<html>nothing here</html>"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve with a handler on a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "text"),
    [(404, "<html>\nno</html>"), (200, "<html>\nhello</html>"), (200, "{}"), (200, "[1]"), (200, '{"Value": [7]}')],
)
def test_a_server_of_something_else_is_one_short_line(status: int, text: str) -> None:
    """Where another kind of server answers, the error says so without its page, before anything is connected."""
    handler = type("Handler", (Answers,), {"status": status, "text": text})
    with serving(handler) as address, pytest.raises(DeviceError, match="is not an Alpaca server") as caught:
        check_reachable(address)
    assert "\n" not in str(caught.value)
    assert "html" not in str(caught.value)
    assert address in str(caught.value)


def test_an_alpaca_server_is_reachable(address: str) -> None:
    """An Alpaca server passes, by name as well as by number."""
    check_reachable(address)
    check_reachable(address.replace("127.0.0.1", "localhost"))


def test_a_server_without_management_is_reachable(serve: Serve) -> None:
    """A server that has devices but no management API passes, even if a device refuses the question."""

    def answer(connected: socket.socket, request: bytes) -> None:
        known = request.startswith(b"GET /api/v1/camera/0/interfaceversion")
        body = b'{"ErrorNumber": 1024, "ErrorMessage": "no"}' if known else b"<html>no</html>"
        head = f"HTTP/1.1 {200 if known else 404} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connected.sendall(head.encode() + body)

    check_reachable(serve(answer))


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


LEFT_SAFE = "panel dark, exposure ended, mount parked, cover closed"


def refuse(driver: object) -> None:
    """Fail as a driver without power does."""
    raise DriverException(0x500, "no power")


def test_a_rig_that_cannot_be_connected_is_left_safe_and_disconnected(
    address: str, observatory: Observatory, monkeypatch: pytest.MonkeyPatch, clock: SimulatedClock
) -> None:
    """Where the third device fails what may move or shine is not left alone: one line says what was done."""
    rig = connect(address, clock)
    assert rig.mount is not None
    rig.mount.unpark()
    for device in rig.devices:
        device.disconnect()
    monkeypatch.setattr("alpaca.filterwheel.FilterWheel.Connect", refuse)
    with pytest.raises(DeviceError, match=r'^filter wheel "[^"]+": could not connect: .*no power') as caught:
        connect(address, clock)
    assert str(caught.value).endswith(f"; the others are left safe: {LEFT_SAFE}, disconnected")
    assert leave_safe(Rig(), caught.value) == "left safe: nothing is connected"
    assert not any(device.state.connected for device in observatory.devices)
    monkeypatch.undo()
    again = connect(address, clock).mount
    assert again is not None
    assert again.parked()


def test_what_cannot_be_disconnected_is_said(
    address: str, observatory: Observatory, monkeypatch: pytest.MonkeyPatch, clock: SimulatedClock
) -> None:
    """A device that does not obey on the way out is named in the same line."""

    def stuck(mount: Mount) -> None:
        raise DeviceError(mount.label, "could not disconnect: stuck")

    monkeypatch.setattr("alpaca.camera.Camera.Connect", refuse)
    monkeypatch.setattr(Mount, "disconnect", stuck)
    with pytest.raises(DeviceError, match=r"cover closed; NOT left safe: connection \(could not disconnect: stuck\)$"):
        connect(address, clock)
    assert not observatory.covercalibrator.state.connected


def test_what_cannot_be_left_safe_is_named(
    address: str, monkeypatch: pytest.MonkeyPatch, clock: SimulatedClock
) -> None:
    """Of what could not be connected either nobody knows how it stands."""
    for driver in ("telescope.Telescope", "covercalibrator.CoverCalibrator"):
        monkeypatch.setattr(f"alpaca.{driver}.Connect", refuse)
    with pytest.raises(DeviceError, match=r"the others are left safe: exposure ended, disconnected$") as caught:
        connect(address, clock)
    said = leave_safe(Rig(), caught.value)
    assert (
        said
        == 'NOT left safe: telescope "Simulated telescope", flat panel "Simulated flat panel" could not be connected'
    )


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), Cancelled("stopped on request")])
def test_an_interrupt_while_connecting_gives_the_connections_back(
    address: str,
    observatory: Observatory,
    monkeypatch: pytest.MonkeyPatch,
    clock: SimulatedClock,
    interruption: BaseException,
) -> None:
    """Ctrl-C at the third device leaves none of them connected, the third neither."""

    def interrupted(driver: object) -> None:
        raise interruption

    monkeypatch.setattr("alpaca.filterwheel.FilterWheel.Connect", interrupted)
    with pytest.raises(type(interruption)):
        connect(address, clock)
    assert not any(device.state.connected for device in observatory.devices)
