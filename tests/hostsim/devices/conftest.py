"""A whole observatory over a sky of recognisable pixels, without a server."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite


class RecordingSky:
    """A sky whose pixels say where they are, and that remembers what it was asked for."""

    conditions = Conditions(0, SkySite())

    def __init__(self) -> None:
        self.asked: list[tuple[LightPath, ExposureSettings]] = []

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        self.asked.append((path, exposure))
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return (x * 1000 + y).astype(np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 10.0


@pytest.fixture
def sky() -> RecordingSky:
    return RecordingSky()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 20, 20, tzinfo=UTC))


@pytest.fixture
def observatory(sky: RecordingSky, clock: SimulatedClock) -> Observatory:
    made = Observatory(sky, clock)
    for device in made.devices:
        device.set_connected(True)
    return made
