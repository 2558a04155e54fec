"""What a simulated frame costs: to render beside its noise alone, to fetch beside the bare transfer."""

from __future__ import annotations

import http.client
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import numpy as np
import pytest
from alpaca.camera import Camera
from stopwatch import best_s, line

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.observatory import Observatory
from hostsim.sky.scene import ExposureSettings
from hostsim.sky.sky import Sky

MOMENT = datetime(2026, 1, 15, 22, tzinfo=UTC)


CONFIG = ObservatoryConfig()
SKY = Sky(seed=1, site=CONFIG.telescope.site, optics=CONFIG.optics, sensor=CONFIG.camera.sensor)


@pytest.fixture
def observatory() -> Observatory:
    """A telescope with its own sky on a winter evening."""
    return Observatory(SKY, SimulatedClock(MOMENT), config=CONFIG)


def test_rendering_beside_its_noise(observatory: Observatory) -> None:
    """A frame with all its stars against drawing as many normal deviates."""
    sensor = CONFIG.camera.sensor
    path = replace(observatory.light_path(), altitude_deg=60.0, cover_closed=False, tracking=True)
    exposure = ExposureSettings(
        started=MOMENT,
        duration_s=60.0,
        light=True,
        gain=100,
        offset=30,
        bin_x=1,
        bin_y=1,
        start_x=0,
        start_y=0,
        num_x=sensor.width,
        num_y=sensor.height,
        readout_mode=0,
        ccd_temperature_c=-10.0,
    )
    generator = np.random.default_rng(1)
    noise = best_s(lambda: generator.standard_normal((sensor.width, sensor.height), dtype=np.float32))
    stars = len(SKY.truth(path, exposure).stars.x)
    rendered = best_s(lambda: SKY.render(path, exposure))
    print(line(f"render a frame of {stars} stars", ours_s=rendered, peer="its noise alone", peer_s=noise))


def test_fetching_beside_the_bare_transfer(observatory: Observatory) -> None:
    """alpyca's ImageArray, turned to rows, against reading the same answer into one buffer."""
    with AlpacaServer(observatory) as server:
        camera = Camera(server.address, 0)
        camera.Connected = True
        camera.StartExposure(1.0, True)
        observatory.clock.sleep(60)
        assert camera.ImageReady
        fetched = best_s(lambda: np.array(camera.ImageArray, dtype=np.uint16).T)
        print(line("fetch a frame", ours_s=fetched, peer="bare transfer", peer_s=best_s(lambda: _bare(server.address))))


def _bare(address: str) -> bytes:
    parts = urlsplit(f"http://{address}")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", "/api/v1/camera/0/imagearray", headers={"Accept": "application/imagebytes"})
    body = connection.getresponse().read()
    connection.close()
    return body
