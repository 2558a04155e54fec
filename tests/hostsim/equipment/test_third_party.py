"""A night in real time on an Alpaca server by others: `alpaca-simulators`, which speaks the protocol before Platform 7.

It has no management API, old interface versions, HTTP 422 for bad parameters, error numbers of its own, and a camera
that fails when its catalogue of stars cannot be read.
"""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
import requests
import yaml

from hostsim.clock import SystemClock
from hostsim.equipment.camera import Exposure
from hostsim.equipment.rig import Rig, connect
from hostsim.equipment.safety import leave_safe
from tsplug import DeviceError, PierSide

BIN = Path(sys.executable).parent
RA_HOURS, DEC_DEG = 6.0, 80.0
STARTING_S = 60.0
J2000 = 2

SEQUENCE = """
name: Equipment of others
start: 2026-01-15T17:30:00+00:00
catalogue:
  site: {{name: Hill, latitude_deg: 45, longitude_deg: {longitude_deg}, time_zone: UTC}}
  profile:
    name: Large telescope
    focal_length_mm: 8000
    aperture_mm: 1000
    pixel_size_um: 10
    sensor_width_px: 320
    sensor_height_px: 240
    filters: [Red, Green, Blue, Clear, Luminance]
    grader: {{delay_percent: 0}}
  templates:
    - {{name: Blue, filter_name: Blue, default_exposure_s: 1, gain: 3, offset: 1}}
  projects:
    - name: Always up
      state: active
      targets:
        - {{name: Near the pole, ra_hours: 6, dec_deg: 80, rotation_deg: 30, plans: [{{template: Blue, desired: 2}}]}}
run:
  - type: connect_equipment
  - {{type: cool_camera, temperature_c: -10}}
  - type: unpark
  - type: open_cover
  - {{type: scheduler_container, autofocus: false}}
  - type: warm_camera
  - type: park
"""


def stars(file: Path) -> None:
    """Write a catalogue of a few bright stars around the target, as the server reads it."""
    draw = random.Random(1)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE gaia_sources (ra REAL, dec REAL, pmra REAL, pmdec REAL, phot_g_mean_mag REAL)")
        rows = [
            (RA_HOURS * 15 + draw.uniform(-0.06, 0.06), DEC_DEG + draw.uniform(-0.01, 0.01), draw.uniform(8, 12))
            for _ in range(25)
        ]
        database.executemany("INSERT INTO gaia_sources VALUES (?, ?, 0, 0, ?)", rows)


@contextmanager
def serving(home: Path, *, catalogue: Path) -> Iterator[str]:
    """Run the server with a small camera, away from the network and from the user's own settings."""
    config = yaml.safe_load((files("alpaca_simulators") / "config" / "template.yaml").read_text(encoding="utf-8"))
    config["devices"]["camera"][0] |= {"cameraxsize": 320, "cameraysize": 240, "numx": 320, "numy": 240}
    # Its sky is the catalogue's, unprecessed, which its telescope says only if told to.
    config["devices"]["telescope"][0]["equatorialsystem"] = J2000
    config["tap_source"] = str(catalogue)
    (home / "peer.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (home / "astropy").mkdir()
    settings = "[utils.iers.iers]\nauto_download = False\n[utils.data]\nallow_internet = False\n"
    (home / "astropy" / "astropy.cfg").write_text(settings, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [BIN / "alpaca-simulators", "--host", "127.0.0.1", "--port", port, "--config", home / "peer.yaml"]
    environment = os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=environment) as server,
    ):
        try:
            wait_for(f"127.0.0.1:{port}", server)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server listens."""
    ends = time.monotonic() + STARTING_S
    while server.poll() is None and time.monotonic() < ends:
        try:
            requests.get(f"http://{address}/api/v1/", timeout=60)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start: exit status {server.poll()}")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server with stars."""
    home = tmp_path_factory.mktemp("peer")
    stars(home / "stars.sqlite")
    with serving(home, catalogue=home / "stars.sqlite") as address:
        yield address


@pytest.fixture
def rig(peer: str) -> Iterator[Rig]:
    """The host's devices, connected to it, and left safe."""
    rig = connect(peer, SystemClock())
    yield rig
    leave_safe(rig)


def answer(peer: str, member: str) -> object:
    """Return what the server itself says of a device."""
    return requests.get(f"http://{peer}/api/v1/{member}", timeout=60).json()["Value"]


def run(sequence: Path, *, peer: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run a sequence on the server's equipment, as a user does."""
    command = [BIN / "hostsim", "run", sequence, "--alpaca", peer, "--out", out]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=240)


def write_sequence(folder: Path) -> Path:
    """Write the sequence for a place on Earth where it is midnight now."""
    now = SystemClock().now()
    longitude_deg = (-15.0 * (now.hour + now.minute / 60) + 180.0) % 360.0 - 180.0
    file = folder / "sequence.yaml"
    file.write_text(SEQUENCE.format(longitude_deg=round(longitude_deg, 3)), encoding="utf-8")
    return file


def test_a_night_on_the_equipment_of_others(peer: str, tmp_path: Path) -> None:
    """A target is imaged in real time with all of the server's devices, frames are graded, and all ends safe."""
    done = run(write_sequence(tmp_path), peer=peer, out=tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the night is done" in done.stdout
    assert len(list((tmp_path / "out" / "lights").rglob("*Blue*.fits"))) >= 2
    assert answer(peer, "telescope/0/atpark") is True
    assert answer(peer, "camera/0/cooleron") is False
    # The sequence leaves it open.
    assert answer(peer, "covercalibrator/0/coverstate") == 1


def test_a_camera_that_fails_ends_in_one_clear_line(tmp_path: Path) -> None:
    """Where the camera reports an error instead of a frame, one line tells it, and the equipment is left safe."""
    with serving(tmp_path, catalogue=tmp_path / "absent.sqlite") as peer:
        done = run(write_sequence(tmp_path), peer=peer, out=tmp_path / "out")
        assert answer(peer, "telescope/0/atpark") is True
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    said = done.stderr.splitlines()[-1]
    assert 'camera "Simulator Camera": the exposure failed in the camera: look at it' in said
    assert said.endswith("left safe: panel dark, exposure ended, mount parked, cover closed")


def test_each_device_does_what_it_can(rig: Rig) -> None:
    """All eight kinds are found without a management API, and the calls that the server knows work."""
    assert [device.label.partition('"')[2] for device in rig.devices] == [
        f'Simulator {name}"'
        for name in (
            *("Telescope", "Camera", "Filter Wheel", "Focuser", "Rotator", "Cover Calibrator"),
            *("Safety Monitor", "Observing Conditions"),
        )
    ]
    assert rig.camera
    assert rig.wheel
    assert rig.focuser
    assert rig.rotator
    rig.wheel.select("Green")
    assert rig.wheel.current() == "Green"
    rig.focuser.move(12_345)
    assert rig.focuser.position() == 12_345
    goal_deg = rig.rotator.mechanical_for(70.0, pier_side=PierSide.EAST, half_turn=True)
    rig.rotator.move_mechanical(goal_deg)
    assert rig.rotator.mechanical_deg() == pytest.approx(goal_deg, abs=0.01)
    dark = rig.camera.expose(Exposure(0.1, light=False, binning=2, roi_percent=50.0))
    assert dark.pixels.shape == (60, 80)


def test_what_is_lacking_or_refused_is_one_clear_line(rig: Rig) -> None:
    """What the server does not have, or refuses in its own way, is told with the device and what was tried."""
    assert rig.panel
    assert rig.camera
    assert rig.panel.max_brightness == 0
    with pytest.raises(DeviceError, match=r"could not light up at level 3: .*the device cannot do this"):
        rig.panel.light_on(3)
    with pytest.raises(DeviceError, match=r"could not set up the exposure: .*Gain index out of range"):
        rig.camera.expose(Exposure(0.1, gain=100))
    with pytest.raises(DeviceError, match=r"could not start an exposure: .*too long"):
        rig.camera.expose(Exposure(9_999.0))
    with pytest.raises(DeviceError, match=r"could not select readout mode 9: .*Invalid readout mode"):
        rig.camera.set_readout_mode(9)
