"""Finding and connecting equipment."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory, ObservatoryConfig
from hostsim.devices.telescope import TelescopeConfig
from hostsim.equipment.rig import Rig, check_reachable, connect
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


def test_the_first_device_of_a_kind_need_not_be_number_0(clock: SimulatedClock) -> None:
    """A server may begin to count its telescopes at 1."""
    config = ObservatoryConfig(telescope=TelescopeConfig(number=1))
    with AlpacaServer(Observatory(BlankSky(), clock, config=config)) as server:
        mount = connect(server.address, clock).mount
    assert mount is not None
