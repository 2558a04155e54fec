"""A server on loopback over a sky of recognisable pixels, and clients for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite

Pass = Callable[[float], None]


class GradientSky:
    """A sky whose pixels say where they are: 7 x + y, times ``scale``; it can be made to wait."""

    conditions = Conditions(0, SkySite())

    def __init__(self) -> None:
        self.scale = 1
        self.may_render = threading.Event()
        self.may_render.set()

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        self.may_render.wait(60)
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return ((x * 7 + y) * self.scale).astype(np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 10.0


@pytest.fixture
def sky() -> GradientSky:
    return GradientSky()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 20, 20, tzinfo=UTC))


@pytest.fixture
def observatory(sky: GradientSky, clock: SimulatedClock) -> Observatory:
    return Observatory(sky, clock)


@pytest.fixture
def server(observatory: Observatory) -> Iterator[AlpacaServer]:
    with AlpacaServer(observatory) as running:
        yield running


@pytest.fixture
def http(server: AlpacaServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{server.address}", trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def connected(observatory: Observatory) -> Observatory:
    for device in observatory.devices:
        device.set_connected(True)
    return observatory


@pytest.fixture
def client(server: AlpacaServer) -> Iterator[Callable[[Any], Any]]:
    """Make a connected alpyca device of a class; its connections are closed at the end."""
    made: list[Any] = []

    def make(kind: Any) -> Any:
        device = kind(server.address, 0)
        made.append(device)
        device.Connected = True
        return device

    yield make
    for device in made:
        device.rqs.close()
