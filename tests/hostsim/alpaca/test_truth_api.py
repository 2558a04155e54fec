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
