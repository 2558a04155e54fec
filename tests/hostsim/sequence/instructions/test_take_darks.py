"""Darks and biases, with a camera and a panel that note what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from astropy.io import fits
from pydantic import ValidationError

from hostsim.equipment.camera import CameraReading, Exposure, Shot
from hostsim.equipment.rig import Rig
from hostsim.sequence.host import Host, HostDevices
from hostsim.sequence.instructions.take_bias import TakeBias
from hostsim.sequence.instructions.take_darks import TakeDarks
from hostsim.sequence.shut_frames import ShutFrames
from tsplug import DeviceError, InputError, Profile
from tsplug.ports import CoverState
from tsplug.testing.devices import CommandLog, FakePanel


class DarkCamera:
    """A camera whose frames are even; it keeps the exposures asked for, and fails at one of them if told to."""

    name = "Camera"

    def __init__(self, host: Host, *, fails_at: int = 0) -> None:
        self._host, self._fails_at = host, fails_at
        self.exposures: list[tuple[Exposure, int]] = []
        self.mode = 0

    def readout_mode(self) -> int:
        return self.mode

    def set_readout_mode(self, index: int) -> None:
        self.mode = index

    def expose(self, exposure: Exposure, **meanwhile: object) -> Shot:
        self.exposures.append((exposure, self.mode))
        if len(self.exposures) == self._fails_at:
            raise DeviceError("camera", "no power")
        started = self._host.clock.now()
        reading = CameraReading("Camera", 100, 50, 1, self.mode, f"mode {self.mode}", 3.76, 0.25, -10.0, -10.0)
        return Shot(
            np.full((4, 6), 500, dtype=np.uint16),
            started,
            started + timedelta(seconds=exposure.exposure_s),
            exposure.exposure_s,
            reading,
        )


@pytest.fixture
def panel() -> FakePanel:
    """A panel that shines, with its cover open."""
    panel = FakePanel(CommandLog())
    panel.open_cover()
    panel.light_on(40)
    return panel


@pytest.fixture
def host(make_host: Callable[[], Host], panel: FakePanel) -> Host:
    """A host with such a panel and such a camera."""
    host = make_host()
    host.context.devices.rig = Rig(camera=cast("Any", DarkCamera(host)), panel=cast("Any", panel))
    return host


def connect(host: Host, **devices: object) -> None:
    """Put other devices in the place of those of a host's rig."""
    host.context.devices.rig = replace(host.rig, **cast("Any", devices))


def headers(host: Host, folder: str) -> list[Any]:
    """Return the headers of the frames in a folder, by name."""
    return [fits.getheader(file) for file in sorted((host.out / folder).rglob("*.fits"))]


@pytest.mark.parametrize(
    ("instruction", "folder", "kind", "exposure_s"),
    [(TakeDarks(exposure_s=60.0, count=3), "darks", "DARK", 60.0), (TakeBias(count=3), "bias", "BIAS", 0.0)],
)
def test_frames_are_dark_and_say_so(
    host: Host, panel: FakePanel, instruction: ShutFrames, folder: str, kind: str, exposure_s: float
) -> None:
    """The cover is closed, the panel dark, the shutter shut; headers have the kind and nothing of the sky."""
    instruction.run(host)
    assert (panel.cover_state(), panel.brightness()) == (CoverState.CLOSED, 0)
    assert not host.journal.state.standing.cover_open
    camera = cast("DarkCamera", host.rig.camera)
    assert [(exposure.exposure_s, exposure.light) for exposure, _ in camera.exposures] == [(exposure_s, False)] * 3
    assert [(header["IMAGETYP"], header["EXPOSURE"]) for header in headers(host, folder)] == [(kind, exposure_s)] * 3
    assert len({header["TSUID"] for header in headers(host, folder)}) == 3
    assert all("OBJECT" not in header for header in headers(host, folder))


@pytest.mark.parametrize("fails_at", [0, 2])
def test_the_readout_mode_is_for_these_frames_alone(host: Host, fails_at: int) -> None:
    """Darks of another mode leave the camera in the mode it was in, also when they fail."""
    camera = DarkCamera(host, fails_at=fails_at)
    connect(host, camera=camera)
    instruction = TakeDarks(exposure_s=1.0, count=2, readout_mode=1)
    if fails_at:
        with pytest.raises(DeviceError, match="no power"):
            instruction.run(host)
    else:
        instruction.run(host)
    assert [mode for _, mode in camera.exposures] == [1, 1]
    assert camera.mode == 0


def test_an_interrupted_set_goes_on(host: Host) -> None:
    """What was taken before a failure is not taken again, and the next set counts from one."""
    connect(host, camera=DarkCamera(host, fails_at=3))
    instruction = TakeDarks(exposure_s=1.0, count=4, file_pattern="$$FRAMENR$$")
    with pytest.raises(DeviceError):
        instruction.run(host)
    instruction.run(host)
    assert sorted(file.name for file in (host.out / "darks").iterdir()) == [f"000{n}.fits" for n in (1, 2, 3, 4)]
    TakeBias(count=1, file_pattern="$$FRAMENR$$").run(host)
    assert [file.name for file in (host.out / "bias").iterdir()] == ["0001.fits"]
    guids = [header["TSUID"] for folder in ("darks", "bias") for header in headers(host, folder)]
    assert len(set(guids)) == 5


@pytest.fixture
def paired(host: Host) -> Host:
    """A host with a second camera."""
    context = replace(host.context, devices=HostDevices())
    host.second = replace(host, context=context, profile=Profile(name="Wide/2", site_id=1), leads=False)
    context.devices.rig = Rig(camera=cast("Any", DarkCamera(host, fails_at=2)))
    return host


def test_every_camera_takes_its_own(paired: Host) -> None:
    """The second one's lie in a folder of their own; what was taken before a failure is not taken again."""
    instruction = TakeBias(count=2, file_pattern="$$FRAMENR$$")
    with pytest.raises(DeviceError):
        instruction.run(paired)
    instruction.run(paired)
    names = sorted(str(file.relative_to(paired.out / "bias")) for file in (paired.out / "bias").rglob("*.fits"))
    assert names == ["0001.fits", "0002.fits", "Wide_2/0001.fits", "Wide_2/0002.fits"]
    assert paired.journal.state.repeats == 0


def test_a_camera_that_is_named_takes_them_alone(paired: Host) -> None:
    """Darks of one camera's exposures are no use to the other."""
    TakeDarks(exposure_s=1.0, count=1, camera="Wide/2").run(paired)
    assert [file.parent.parent.name for file in (paired.out / "darks").rglob("*.fits")] == ["Wide_2"]
    with pytest.raises(InputError, match="no camera of a profile 'Third', only of 'Rig', 'Wide/2'"):
        TakeDarks(exposure_s=1.0, count=1, camera="Third").run(paired)


def test_a_camera_without_a_panel_takes_darks_too(host: Host, tmp_path: Path) -> None:
    """Where there is no panel there is nothing to close."""
    connect(host, panel=None)
    TakeDarks(exposure_s=1.0, count=1).run(host)
    assert len(list((tmp_path / "darks").rglob("*.fits"))) == 1


def test_an_unknown_file_pattern_is_refused() -> None:
    """A pattern nobody knows is found before the night."""
    with pytest.raises(ValidationError, match=r"unknown pattern \$\$MOONPHASE\$\$"):
        TakeDarks(exposure_s=1.0, file_pattern="$$MOONPHASE$$")
