"""A small sequence to spoil, and a file to put it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from scripted import Script, scripted

from hostsim.equipment.rig import Rig
from hostsim.progress.plain import PlainDisplay
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.journal import Journal, load_state
from hostsim.sequence.state import begun
from hostsim.sequence.stopping import StopRequest
from tsplug import Profile, Site
from tsplug.hookspecs import plugin_manager
from tsplug.testing.clock import ManualClock
from tsplug.testing.context import PresentFiles
from tsplug.testing.store import memory_store

SMALL = """\
name: Small
start: 2026-01-15T17:00:00+00:00
seed: 3
catalogue:
  site: {name: Hill, latitude_deg: 47.2, longitude_deg: 8.6, time_zone: Europe/Zurich}
  profile: {name: Rig, focal_length_mm: 540, aperture_mm: 107, pixel_size_um: 3.76, filters: [L]}
run:
  - type: connect_equipment
  - type: cool_camera
    temperature_c: -10
  - type: loop
    count: 2
    run:
      - type: wait_until
        until: {time: 22:30}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return what writes a text to a sequence file."""

    def written(text: str) -> Path:
        file = tmp_path / "night.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def small() -> str:
    """Return a small right sequence."""
    return SMALL


class Power:
    """A clock that lets the power fail in one of its sleeps."""

    def __init__(self, start: datetime) -> None:
        self.clock = ManualClock(start)
        self.sleeps = 0
        self.fails_at: int | None = None

    def now(self) -> datetime:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        if self.sleeps == self.fails_at:
            raise PowerFailure
        self.clock.sleep(seconds)


class PowerFailure(BaseException):
    """No handler is meant to see it."""


@pytest.fixture
def power() -> Power:
    return Power(datetime(2026, 1, 15, 17, 0, tzinfo=UTC))


@pytest.fixture
def screen() -> StringIO:
    return StringIO()


@pytest.fixture
def make_host(power: Power, screen: StringIO, tmp_path: Path) -> Callable[[], Host]:
    """Return what makes a host without equipment, with the state that its folder holds."""

    def made() -> Host:
        kept = load_state(tmp_path / "state.json")
        state = kept or begun(run="r", sequence="s", seed=3, moment=power.now())
        power.clock.set(state.moment)
        return Host(
            context=HostContext(
                memory_store(power), power, HostDevices(), PresentFiles(), PlainDisplay(screen, power), StopRequest()
            ),
            manager=plugin_manager(),
            profile=Profile(name="Rig", site_id=1, focal_length_mm=540, aperture_mm=107, pixel_size_um=3.76),
            site=Site(name="Hill", latitude_deg=47.2, longitude_deg=8.6, time_zone="Europe/Zurich"),
            journal=Journal(tmp_path / "state.json", state, clock=power),
            out=tmp_path,
            title="Small",
            connect=Rig,
        )

    return made


@pytest.fixture
def script(make_host: Callable[[], Host], power: Power, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Script]:
    """Return what makes a Scheduler Container whose decisions follow steps."""
    return scripted(make_host, power.now(), monkeypatch)
