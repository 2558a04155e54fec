"""The side API of truth."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.observatory import make_observatory
from hostsim.sky.scene import Sensor


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 15, 20, tzinfo=UTC))


def test_any_client_can_ask_what_is_on_the_last_frame(clock: SimulatedClock) -> None:
    """Without a frame, and for a camera that is not there, the answer is 404 with a reason; then it is the truth."""
    config = ObservatoryConfig(devices=(CameraConfig(sensor=Sensor(width=200, height=160)),))
    observatory = make_observatory(config, clock, seed=4)
    with AlpacaServer(observatory) as server, httpx.Client(base_url=f"http://{server.address}") as client:
        for path, why in (("camera/0/truth", "there is no image"), ("camera/7/truth", "there is no camera 7")):
            refused = client.get(f"/simulator/v1/{path}")
            assert refused.status_code == 404
            assert why in refused.json()["error"]
        observatory.camera.start_exposure(60.0, True)
        clock.sleep(62.0)
        told = client.get("/simulator/v1/camera/0/truth").json()
    assert told["stars"]["x"]
    assert told["hfr_px"] > 0
    assert told["sky"]["airmass"] >= 1.0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 404),
        ({"host": "localhost:1"}, 404),
        ({"host": "192.168.1.20:32323"}, 404),
        ({"host": "[fd00::7]:32323"}, 404),
        ({"host": "evil.example:32323"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "[bad"}, 403),
        ({"origin": "http://evil.example"}, 403),
    ],
)
def test_a_page_of_another_server_is_told_nothing(clock: SimulatedClock, headers: dict[str, str], status: int) -> None:
    """A name that anybody can point to this machine, and a page from elsewhere, are refused before anything is told."""
    config = ObservatoryConfig(devices=(CameraConfig(),))
    with AlpacaServer(make_observatory(config, clock, seed=4)) as server:
        answer = httpx.get(f"http://{server.address}/simulator/v1/camera/0/truth", headers=headers, timeout=60)
    assert answer.status_code == status
