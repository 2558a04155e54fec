"""Frames that are promised and not yet delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray
from recording import first_of_plan

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import connect
from hostsim.sequence.delivery import deliver
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.take_exposure import TakeExposure
from hostsim.sequence.journal import load_state
from hostsim.sequence.state import Outbox
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from tsplug import DeviceError, Expose, ExposureOutcome, ExposureSaved, StoreUnavailableError, hookimpl
from tsplug import TakeExposure as Decided
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


class Recorder:
    """A plugin that records every light, once its store has been away for some looks."""

    def __init__(self, away: int = 0) -> None:
        self.files: list[Path] = []
        self.away = away

    @hookimpl
    def on_exposure_saved(self, event: ExposureSaved) -> ExposureOutcome:
        if self.away:
            self.away -= 1
            raise StoreUnavailableError("the store is locked by another program")
        self.files.append(event.file)
        return first_of_plan(event)


EXPOSE = Expose(exposure_s=1.0, gain=None, offset=None, binning=1, roi_percent=100.0)


def decided(host: Host) -> Decided:
    """Return the decision to take a light of the Pleiades."""
    return Decided(
        profile_guid=host.profile.guid,
        project_name="",
        target_guid="",
        target_name="M 45",
        plan_guid="",
        template_name="",
        filter_name="L",
        ra_hours=3.8,
        dec_deg=24.1,
        rotation_deg=0.0,
        session_id=1,
        score=1.0,
        until=host.clock.now(),
        steps=(EXPOSE,),
    )


def test_a_light_is_recorded_before_it_is_looked_at(equipped: Host) -> None:
    """Whatever looks at a light's stars cannot cost the light."""
    recorder = Recorder()
    equipped.manager.register(recorder)

    def look(pixels: NDArray[np.uint16]) -> None:
        raise ZeroDivisionError(f"{pixels.size} pixels")

    with pytest.raises(ZeroDivisionError, match="3072 pixels"):
        Frames(equipped).light(decided(equipped), EXPOSE, grade=False, look=look)
    assert [file.exists() for file in recorder.files] == [True]
    assert equipped.journal.state.outbox is None


@pytest.mark.parametrize("away", [1, 2, 3])
def test_a_light_taken_beside_another_is_recorded_when_the_store_is_back(equipped: Host, away: int) -> None:
    """The promise of a second camera's light stands beside the first one's, also when the night is read anew."""
    recorder = Recorder(away)
    for plugin in equipped.manager.get_plugins():
        equipped.manager.unregister(plugin)
    equipped.manager.register(recorder)
    frames, state = Frames(equipped), equipped.journal.state
    with pytest.raises(StoreUnavailableError):
        Frames(replace(equipped, leads=False)).light(decided(equipped), EXPOSE, grade=False)
    # One camera serves for both: the other one's promise is made while this one exposes.
    beside, state.outbox = state.outbox, None
    frames.meanwhile = lambda: setattr(state, "outbox", beside)
    with nullcontext() if away == 1 else pytest.raises(StoreUnavailableError):
        frames.light(decided(equipped), EXPOSE, grade=False)
    for _ in range(2, away):
        with pytest.raises(StoreUnavailableError):
            Frames(equipped).light(decided(equipped), EXPOSE, grade=False)
    if away > 1:
        kept = load_state(equipped.out / "state.json")
        assert kept is not None
        assert kept.outbox is not None
        deliver(kept.outbox, equipped, resumed=True)
    lights = list((equipped.out / "lights").rglob("*.fits"))
    assert sorted(recorder.files) == sorted(lights)
    assert len(lights) == 2
    assert equipped.journal.state.outbox is None


def test_frames_of_no_plan_are_no_lights_that_focusing_waits_for(equipped: Host) -> None:
    """An author who takes snapshots in a list focuses after as many lights as without them."""
    state = equipped.journal.state
    Frames(equipped).snapshots(TakeExposure(exposure_s=1.0, count=2))
    assert (state.lights, state.led) == (2, 0)
    equipped.manager.register(Recorder())
    Frames(equipped).light(decided(equipped), EXPOSE, grade=False)
    assert (state.lights, state.led) == (3, 1)
