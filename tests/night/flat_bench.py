"""One small observatory behind a real Alpaca server, for many flat runs that each begin with everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.safetymonitor import SafetyLimits
from hostsim.equipment.mount import Mount
from hostsim.equipment.rig import Rig, connect
from hostsim.faults.parts.board import FaultBoard
from hostsim.night.simulators import SimulatedNight, simulated_observatory
from hostsim.progress.plain import PlainDisplay
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.journal import Journal
from hostsim.sequence.state import begun
from hostsim.sequence.stopping import StopRequest, WatchfulClock
from hostsim.sky.scenario import CLEAR
from tsplug import Profile, Site, frame_files, load_catalogue
from tsplug.hookspecs import plugin_manager
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState
from tsplug.ports import Clock, Store
from tsplug.testing import first_catalogue, memory_store, store_light

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
MORNING = datetime(2026, 1, 16, 6, tzinfo=UTC)
LEVELS = {"L": (25, 4.685, 29_300.0), "Ha": (130, 18.75, 30_600.0)}
"""Brightness, seconds and ADU at which the simulated panel gives good flats."""


@dataclass
class FlatBench:
    """The observatory, its server, a rig of it without those devices that no panel run uses, and its mount."""

    folder: Path
    clock: SimulatedClock
    observatory: Observatory
    board: FaultBoard
    address: str
    rig: Rig
    mount: Mount
    clean: dict[str, Any]
    profile: Profile
    site: Site
    runs: int = field(default=0)

    def begin_anew(self, moment: datetime) -> Path:
        """Put everything back to where it was, and return a fresh folder."""
        self.clock.set(moment)
        self.observatory.restore(self.clean | {"moment": moment.isoformat()})
        self.runs += 1
        out = self.folder / f"run{self.runs}"
        out.mkdir()
        return out

    def connected(self, clock: Clock) -> Rig:
        """Return the rig whose waiting goes by a clock."""
        return only_flats(connect(self.address, clock))

    def host(
        self, store: Store, out: Path, *, devices: HostDevices | None = None, stop: StopRequest | None = None
    ) -> Host:
        """Return a host over this rig, or over devices of its own, with a store."""
        stop = stop or StopRequest()
        clock = WatchfulClock(self.clock, stop)
        if devices is None:
            devices = HostDevices()
            devices.rig = self.rig
        with store.read() as unit:
            profile = unit.list(Profile)[0]
        state = begun(run="flats", sequence="s", seed=3, moment=clock.now())
        host = Host(
            context=HostContext(store, clock, devices, frame_files(), PlainDisplay(StringIO(), clock), stop),
            manager=plugin_manager(),
            profile=profile,
            site=self.site,
            journal=Journal(out / "state.json", state, clock=clock),
            out=out,
            title="Flats",
            connect=lambda: self.rig,
            disk=self.board,
        )
        devices.take_frames_with(Frames(host))
        return host


def only_flats(rig: Rig) -> Rig:
    """Return a rig without the devices that no flat run uses: each would be asked for its readings with every frame."""
    return Rig(camera=rig.camera, wheel=rig.wheel, rotator=rig.rotator, panel=rig.panel)


@contextmanager
def flat_bench(folder: Path, document: dict[str, Any], *, moment: datetime = MORNING) -> Iterator[FlatBench]:
    """Serve the observatory of a catalogue, and connect to it; its cover is open."""
    clock = SimulatedClock(moment)
    store = stocked(clock, document)
    with store.read() as unit:
        profile, site = unit.list(Profile)[0], unit.list(Site)[0]
    store.close()
    night = SimulatedNight(3, CLEAR, SafetyLimits(), clock)
    observatory, _ = simulated_observatory(profile, site, night=night)
    board = FaultBoard(observatory)
    with AlpacaServer(observatory, presentation=Presentation(saves_frames=True)) as server:
        whole = connect(server.address, WatchfulClock(clock, StopRequest()))
        assert whole.panel is not None
        assert whole.mount is not None
        whole.panel.open_cover()
        whole.mount.unpark()
        clean = observatory.snapshot()
        rig = only_flats(whole)
        yield FlatBench(folder, clock, observatory, board, server.address, rig, whole.mount, clean, profile, site)


def stocked(clock: Clock, document: dict[str, Any]) -> Store:
    """Return a store with a catalogue."""
    store = memory_store(clock)
    load_catalogue(document, store, clock=clock)
    return store


def two_filters() -> dict[str, Any]:
    """Return the catalogue of a rig with a tiny sensor, two filters, and a panel trained for both."""
    document = first_catalogue()
    document["profile"] |= {"sensor_width_px": 48, "sensor_height_px": 32, "filters": ["L", "Ha"], "filter_offsets": []}
    document["templates"] = [each for each in document["templates"] if each["name"] in LEVELS]
    document["projects"] = document["projects"][:1]
    document["profile"]["astrobin_filters"] = {}
    document["trained_flats"] = [
        {"filter_name": name, "gain": 100, "offset": 30, "brightness": level, "exposure_s": seconds, "target_adu": adu}
        for name, (level, seconds, adu) in LEVELS.items()
    ]
    return document


def two_sets(clock: Clock) -> Store:
    """Return a store with lights that need two sets: Ha at 2 degrees in mode 1, L at 5 degrees in mode 0."""
    store = stocked(clock, two_filters())
    lit: dict[str, Any] = {"started": EVENING, "gain": 100, "offset": 30}
    store_light(store, "M 42", filter_name="L", rotation_deg=5.0, readout_mode=0, **lit)
    store_light(store, "M 42", filter_name="Ha", rotation_deg=2.0, readout_mode=1, **lit)
    return store


def records(store: Store, kind: type) -> list[Any]:
    """Return every record of a kind."""
    with store.read() as unit:
        return unit.list(kind)


def wrong_books(store: Store, out: Path) -> Iterator[str]:
    """Yield what is wrong with the books: files without records or the reverse, links to unfinished sets."""
    frames, sets = records(store, FlatSetFile), records(store, FlatSet)
    if sorted(Path(frame.file) for frame in frames) != sorted(out.rglob("*.fits*")):
        yield "records and files differ"
    flagged = {item.id for item in sets if item.state is FlatSetState.FLAGGED}
    if any((frame.flat_set_id in flagged) is frame.file.endswith(".fits") for frame in frames):
        yield "flagged frames lie among the flats, or others do not"
    if list(out.rglob("*.part")):
        yield "half-written files are left"
    whole = {item.id for item in sets if item.state is FlatSetState.COMPLETE}
    if {row.flat_set_id for row in records(store, FlatHistory)} != whole:
        yield "history is not that of the complete sets"
    for item in sets:
        count = sum(frame.flat_set_id == item.id for frame in frames)
        if item.id in whole and count != item.wanted:
            yield f"set {item.id} claims {item.wanted} frames and has {count}"
