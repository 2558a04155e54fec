"""Frames that are promised and not yet delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from astropy.io import fits

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import connect
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.take_exposure import TakeExposure
from hostsim.sequence.state import Outbox
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from tsplug import DeviceError
from tsplug.ports import FrameRequest


def promised(host: Host, folder: Path) -> Outbox:
    """Return the promise of a frame that lies under its temporary name, kept in the host's state."""
    outbox = Outbox(part=folder / ".a.fits.part", final=folder / "a.fits")
    outbox.part.write_bytes(b"pixels")
    host.journal.state.outbox = outbox
    return outbox


def test_a_promise_is_kept_before_the_next_frame(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """A frame that an instruction left behind gets its name before another one can take its place."""
    host = make_host()
    outbox = promised(host, tmp_path)
    with pytest.raises(DeviceError, match="camera: there is none"):
        Frames(host).snapshots(TakeExposure(exposure_s=1.0))
    assert outbox.final.read_bytes() == b"pixels"
    assert host.journal.state.outbox is None


DARK = FrameRequest(
    guid="00000000-0000-0000-0000-000000000001",
    kind="DARKFLAT",
    filter_name="L",
    exposure_s=0.5,
    gain=100,
    offset=50,
    binning=1,
    readout_mode=None,
    roi_percent=100.0,
    target_name="",
    project_name="",
    session_id=0,
    number=1,
)


@pytest.fixture
def equipped(make_host: Callable[[], Host]) -> Iterator[Host]:
    """Return a host with simulated equipment."""
    optics, sensor = Optics(focal_length_mm=300, aperture_mm=75), Sensor(width=64, height=48)
    clock = SimulatedClock(datetime(2026, 1, 15, 20, 30, tzinfo=UTC))
    sky = Sky(seed=3, site=SkySite(), optics=optics, sensor=sensor)
    devices = standard_devices(CameraConfig(sensor=sensor))
    host = make_host()
    with AlpacaServer(Observatory(sky, clock, config=ObservatoryConfig(devices=devices))) as server:
        host.context.devices.rig = connect(server.address, clock)
        yield host


def test_a_frame_is_looked_at_and_not_kept(equipped: Host, tmp_path: Path) -> None:
    """What training and sky flats decide by is the level of a frame of which no file remains."""
    levels = Frames(equipped).measure(DARK)
    assert levels.exposure_s == 0.5
    assert 0 < levels.adu_median <= levels.adu_max
    assert not list(tmp_path.rglob("*.fits*"))


def test_dark_flats_lie_apart_from_flats(equipped: Host, tmp_path: Path) -> None:
    """Flats have folders for filter and angle; dark flats have neither, in name and header, whatever is in the beam."""
    requests = [DARK.model_copy(update={"guid": kind, "kind": kind}) for kind in ("FLAT", "DARKFLAT")]
    files = [Frames(equipped).take(request).file for request in requests]
    places = [file.relative_to(tmp_path).parts[:-1] for file in files]
    assert places == [("flats", "2026-01-15", "L", "0.00"), ("dark_flats", "2026-01-15")]
    assert [fits.getheader(file).get("FILTER") for file in files] == ["L", None]
