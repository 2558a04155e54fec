"""A frame that waits for room on its disk keeps nothing out in the rain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from raining import OUT, equipped, rain, run

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import connect
from hostsim.sequence.host import Host
from hostsim.sequence.room import wait_for_room
from hostsim.sequence.shelter import UnsafeError
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky


class FullFor:
    """A disk that is full until a moment."""

    def __init__(self, host: Host, until: datetime) -> None:
        self._host, self._until = host, until

    def before_writing(self, file: Path) -> None:
        if self._host.clock.now() < self._until:
            raise OSError(28, "No space left on device")


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Iterator[Host]:
    """A host whose camera is simulated, and whose telescope writes down what it is told."""
    optics, sensor = Optics(focal_length_mm=300, aperture_mm=75), Sensor(width=64, height=48)
    sky = Sky(seed=3, site=SkySite(), optics=optics, sensor=sensor)
    devices = standard_devices(CameraConfig(sensor=sensor))
    made = equipped(make_host())
    clock = SimulatedClock(datetime(2026, 1, 15, 20, 30, tzinfo=UTC))
    with AlpacaServer(Observatory(sky, clock, config=ObservatoryConfig(devices=devices))) as server:
        camera = connect(server.address, clock).camera
        made.context.devices.rig = replace(made.rig, camera=camera)
        made.journal.state.standing.unparked = made.journal.state.standing.cover_open = True
        yield made


@pytest.mark.parametrize("wet", [True, False])
def test_a_frame_waits_for_its_disk_in_the_shelter(host: Host, tmp_path: Path, wet: bool) -> None:
    """It is saved, and the next one is taken when the shelter has been left."""
    host.disk = FullFor(host, host.clock.now() + timedelta(minutes=4))
    telescope = rain(host, (1, 30)) if wet else rain(host)
    run(host, {"type": "take_exposure", "exposure_s": 1, "count": 2})
    assert len(list(tmp_path.rglob("lights/**/*.fits"))) == 2
    assert [word.split()[0] for word in telescope.told][:2] == (OUT[1:] if wet else [])
    assert (telescope.told[-1:] == ["open_cover"]) is wet
    assert host.journal.state.finished


def test_frames_taken_in_the_shelter_are_all_taken(host: Host, tmp_path: Path) -> None:
    """Behind the closed cover in the park there is no weather."""
    state = host.journal.state
    state.sheltered, state.standing.unparked, state.standing.cover_open = True, False, False
    rain(host, (0, 600))
    run(host, {"type": "take_exposure", "exposure_s": 1, "count": 2})
    assert len(list(tmp_path.rglob("lights/**/*.fits"))) == 2


def test_a_second_camera_leaves_the_shelter_to_the_first(host: Host) -> None:
    """Its frame is lost, as one that the rain cuts short."""
    rain(host, (0, 600))
    host.leads = False
    with pytest.raises(UnsafeError):
        wait_for_room(30.0, host)
    assert cast("Any", host.rig.mount).told == []
