"""Simulated devices served over real HTTP, and the host's devices connected to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import Rig, connect
from hostsim.sky.scene import ExposureSettings, LightPath


class GradedSky:
    """A sky whose pixels tell their place: 10 x + y."""

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return (10 * x + y).astype(np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 5.0


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 15, 20, tzinfo=UTC))


@pytest.fixture
def observatory(clock: SimulatedClock) -> Observatory:
    return Observatory(GradedSky(), clock)


@pytest.fixture
def address(observatory: Observatory) -> Iterator[str]:
    with AlpacaServer(observatory) as server:
        yield server.address


@pytest.fixture
def rig(address: str, clock: SimulatedClock) -> Rig:
    return connect(address, clock)
