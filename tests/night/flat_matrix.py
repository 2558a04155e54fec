"""Flat runs over real HTTP in which one thing goes wrong at one step: what is left, and what the next run does."""

from __future__ import annotations

import itertools
import shutil
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
from hostsim.devices.covercalibrator import CoverCalibrator, CoverStatus
from hostsim.devices.observatory import Observatory
from hostsim.devices.safetymonitor import SafetyLimits
from hostsim.equipment.rig import Rig, connect
from hostsim.faults.parts.board import FaultBoard
from hostsim.faults.parts.schedule import FAULT_ADAPTER
from hostsim.night.simulators import SimulatedNight, simulated_observatory
from hostsim.progress.plain import PlainDisplay
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.journal import Journal
from hostsim.sequence.state import begun
from hostsim.sequence.stopping import StopRequest, WatchfulClock
from hostsim.sky.scenario import CLEAR
from tsplug import FlatInstruction, FlatRunReport, Profile, Site, frame_files, load_catalogue
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import settle_panel
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, LitPanel
from tsplug.ports import Store
from tsplug.testing import first_catalogue, memory_store, store_light

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
MORNING = datetime(2026, 1, 16, 6, tzinfo=UTC)
COUNT = 2
LEVELS = {"L": (25, 4.685, 29_300.0), "Ha": (130, 18.75, 30_600.0)}

Fault = dict[str, Any]

DEVICES = ("camera", "covercalibrator", "filterwheel", "rotator")
ANSWERS: tuple[Fault, ...] = (
    {"type": "answers_late", "by_s": 0.005},
    {"type": "ascom_error"},
    {"type": "http_error"},
    {"type": "malformed_json"},
    {"type": "device_disconnects"},
)
OWN: tuple[Fault, ...] = (
    {"type": "camera_fails"},
    {"type": "cooler_fails"},
    {"type": "truncated_image"},
    {"type": "cover_jams"},
    {"type": "cover_jams", "says": "unknown"},
    {"type": "panel_dies"},
    {"type": "panel_dies", "unnoticed": True},
    {"type": "panel_dims", "to": 0.6},
    {"type": "panel_dims", "to": 0.05},
    {"type": "rotator_stuck"},
    {"type": "wheel_stuck"},
    {"type": "save_folder_full"},
    {"type": "save_folder_read_only"},
)
FAULTS: tuple[Fault, ...] = (*({**fault, "device": device} for device in DEVICES for fault in ANSWERS), *OWN)
STEPS = (
    "cover_state",
    "close_cover",
    "turn 1",
    "mode 1",
    "wheel 1",
    "light 1",
    "frame 1",
    "frame 2",
    "turn 2",
    "wheel 2",
    "frame 3",
    "frame 4",
    "light off",
    "turn back",
    "open_cover",
)
"""Where a fault begins; what it breaks later counts too, for it lasts until the run is over."""

OUTCOMES = {
    ".": "all taken",
    "f": "a set failed",
    "s": "run stopped",
    "L": "panel may be lit",
    "e": "an end not reached",
}


def named(fault: Fault) -> str:
    """Return a fault in a few words."""
    details = [str(value) for key, value in fault.items() if key not in ("type", "by_s")]
    return " ".join([fault["type"], *details])


class Watched:
    """Stands before a device and tells when one of its methods is called."""

    def __init__(self, device: Any, tell: Any, names: dict[str, str]) -> None:
        self._device, self._tell, self._names = device, tell, names

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._device, name)
        if name not in self._names:
            return value

        def called(*arguments: Any, **options: Any) -> Any:
            self._tell(self._names[name])
            return value(*arguments, **options)

        return called


@dataclass
class Trigger:
    """Puts up a fault when the run comes to a step."""

    board: FaultBoard
    fault: Fault
    step: str
    counts: dict[str, int] = field(default_factory=dict)
    struck: bool = False

    def __call__(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        if not self.struck and self.step in (what, f"{what} {self.counts[what]}"):
            self.struck = True
            self.board.add(FAULT_ADAPTER.validate_python(self.fault))


class WatchedDevices(HostDevices):
    """The host's devices, each telling a trigger what is about to happen."""

    def __init__(self, rig: Rig, tell: Any) -> None:
        super().__init__()
        self.rig = rig
        self._tell = tell

    def _watched(self, device: Any, **names: str) -> Any:
        return None if device is None else Watched(device, self._tell, names)

    @property
    def camera(self) -> Any:
        return self._watched(self.rig.camera, set_readout_mode="mode")

    @property
    def wheel(self) -> Any:
        return self._watched(self.rig.wheel, select="wheel")

    @property
    def rotator(self) -> Any:
        return self._watched(self.rig.rotator, move_mechanical="turn")

    @property
    def panel(self) -> Any:
        names = {"cover_state": "cover_state", "close_cover": "close_cover", "open_cover": "open_cover"}
        return self._watched(self.rig.panel, **names, light_on="light", light_off="light off")

    @property
    def frames(self) -> Any:
        return self._watched(super().frames, take="frame")


@dataclass
class Bench:
    """One observatory, server and rig for many runs, each of which begins with everything as it was."""

    folder: Path
    clock: SimulatedClock
    observatory: Observatory
    board: FaultBoard
    rig: Rig
    clean: dict[str, Any]
    profile: Profile
    site: Site
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def cell(self, fault: Fault, step: str) -> Cell:
        """Return a fresh morning on which a fault strikes at a step."""
        self.clock.set(MORNING)
        self.observatory.restore(self.clean)
        out = self.folder / f"cell{next(self.numbers)}"
        out.mkdir()
        return Cell(self, out, Trigger(self.board, fault, step))


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Serve a small observatory, and connect to it."""
    clock = SimulatedClock(MORNING)
    with _stocked(clock).read() as unit:
        profile, site = unit.list(Profile)[0], unit.list(Site)[0]
    night = SimulatedNight(3, CLEAR, SafetyLimits(), clock)
    observatory, _ = simulated_observatory(profile, site, night=night)
    board = FaultBoard(observatory)
    with AlpacaServer(observatory, presentation=Presentation(saves_frames=True)) as server:
        found = connect(server.address, WatchfulClock(clock, StopRequest()))
        # Only the devices of the run: every other one is asked for its readings with each frame.
        rig = Rig(camera=found.camera, wheel=found.wheel, rotator=found.rotator, panel=found.panel)
        assert rig.panel is not None
        rig.panel.open_cover()
        clock.set(MORNING)
        clean = observatory.snapshot() | {"moment": MORNING.isoformat()}
        yield Bench(folder, clock, observatory, board, rig, clean, profile, site)


def _stocked(clock: SimulatedClock) -> Store:
    """Return a store with lights that need two sets: Ha at 2 degrees in mode 1, L at 5 degrees in mode 0."""
    document = first_catalogue()
    document["profile"] |= {"sensor_width_px": 48, "sensor_height_px": 32, "filters": ["L", "Ha"], "filter_offsets": []}
    document["templates"] = [each for each in document["templates"] if each["name"] in LEVELS]
    document["projects"] = document["projects"][:1]
    document["profile"]["astrobin_filters"] = {}
    document["trained_flats"] = [
        {"filter_name": name, "gain": 100, "offset": 30, "brightness": level, "exposure_s": seconds, "target_adu": adu}
        for name, (level, seconds, adu) in LEVELS.items()
    ]
    store = memory_store(clock)
    load_catalogue(document, store, clock=clock)
    lit = {"started": EVENING, "gain": 100, "offset": 30}
    store_light(store, "M 42", filter_name="L", rotation_deg=5.0, readout_mode=0, **lit)
    store_light(store, "M 42", filter_name="Ha", rotation_deg=2.0, readout_mode=1, **lit)
    return store


@dataclass
class Cell:
    """One fault at one step."""

    bench: Bench
    out: Path
    trigger: Trigger

    def __post_init__(self) -> None:
        self.store = _stocked(self.bench.clock)
        with self.store.read() as unit:
            self.profile = unit.list(Profile)[0]
        self.host = self._host()

    def _host(self) -> Host:
        bench, stop = self.bench, StopRequest()
        clock = WatchfulClock(bench.clock, stop)
        devices = WatchedDevices(bench.rig, self.trigger)
        display = PlainDisplay(StringIO(), clock)
        state = begun(run="matrix", sequence="s", seed=3, moment=clock.now())
        host = Host(
            context=HostContext(self.store, clock, devices, frame_files(), display, stop),
            manager=plugin_manager(),
            profile=self.profile,
            site=bench.site,
            journal=Journal(self.out / "state.json", state, clock=clock),
            out=self.out,
            title="Matrix",
            connect=lambda: bench.rig,
            disk=self.trigger.board,
        )
        devices.take_frames_with(Frames(host))
        return host

    def run(self) -> FlatRunReport:
        """Run the flats."""
        event = FlatInstruction(profile_guid=self.profile.guid, count=COUNT, cover_at_end="open", rotator_back=True)
        report = self.host.manager.hook.flat_instruction_run(event=event, context=self.host.context)
        assert isinstance(report, FlatRunReport)
        return report

    def all(self, kind: type) -> list[Any]:
        """Return every record of a kind."""
        with self.store.read() as unit:
            return unit.list(kind)

    @property
    def is_lit(self) -> bool:
        """Return whether the lamp shines, or thinks it does."""
        return self.bench.observatory.of(CoverCalibrator)[0].state.lit

    def mend(self) -> str:
        """Take the fault away, move a stuck cover by hand, and let time pass; return what the next start says."""
        self.trigger.struck = True
        self.trigger.board.clear()
        panel = self.bench.observatory.of(CoverCalibrator)[0].state
        if panel.cover in (CoverStatus.ERROR, CoverStatus.UNKNOWN):
            panel.cover = CoverStatus.OPEN
        self.bench.clock.sleep(60.0)
        return settle_panel(self.host.session)

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with the books: files without records or the reverse, links to unfinished sets."""
        recorded = sorted(Path(frame.file) for frame in self.all(FlatSetFile))
        if recorded != sorted(self.out.rglob("*.fits")):
            yield "records and files differ"
        if list(self.out.rglob("*.part")):
            yield "half-written files are left"
        whole = {item.id for item in self.all(FlatSet) if item.state is FlatSetState.COMPLETE}
        if {row.flat_set_id for row in self.all(FlatHistory)} != whole:
            yield "history is not that of the complete sets"
        for item in self.all(FlatSet):
            count = sum(frame.flat_set_id == item.id for frame in self.all(FlatSetFile))
            if item.id in whole and count != item.wanted:
                yield f"set {item.id} claims {item.wanted} frames and has {count}"

    def close(self) -> None:
        """Forget the cell's files."""
        self.store.close()
        shutil.rmtree(self.out)


def judged(bench: Bench, fault: Fault, step: str) -> tuple[str, list[str]]:
    """Run a cell, mend it, run it again; return its outcome as a letter, and everything that is wrong with it."""
    cell = bench.cell(fault, step)
    report = cell.run()
    wrong = [*cell.problems(), *_words(report)]
    if cell.is_lit and report.panel_off:
        wrong.append("the panel shines and the report says that it is dark")
    if not report.panel_off and not cell.all(LitPanel):
        wrong.append("the panel may shine and nobody will look after it")
    outcome = _outcome(report)
    cell.mend()
    if cell.is_lit:
        wrong.append("the panel is lit after the next start")
    again = cell.run()
    wrong += cell.problems()
    if len(cell.all(FlatHistory)) != len(LEVELS) or again.failed:
        wrong.append(f"the next run did not complete the rest: {again.message}")
    if cell.is_lit or cell.all(LitPanel):
        wrong.append("the panel is lit in the end")
    cell.close()
    return outcome, wrong


def _outcome(report: FlatRunReport) -> str:
    if not report.panel_off:
        return "L"
    if report.failed:
        return "s" if any("not tried" in item.reason for item in report.failed) else "f"
    return "." if report.message.count(";") == 0 else "e"


_LABELS = ('camera "', "camera:", 'flat panel "', "panel:", 'filter wheel "', 'rotator "', "disk:")


def _words(report: FlatRunReport) -> Iterator[str]:
    """Yield the reasons of failed sets that name no device, step or remedy."""
    for item in report.failed:
        if "median" in item.reason:
            named_well = any(word in item.reason for word in ("train the panel", "look at the panel"))
        else:
            named_well = (
                item.reason.removeprefix("not tried: ").startswith(_LABELS)
                and "while trying to" in item.reason
                and item.reason.endswith("then run the flats again")
            )
        if not named_well:
            yield f"no device, step or remedy: {item.reason}"


def table(outcomes: dict[tuple[str, str], str]) -> str:
    """Return outcomes as a table: a row for each fault, a column for each step at which it begins."""
    rows = list(dict.fromkeys(fault for fault, _ in outcomes))
    width = max(len(row) for row in rows) + 1
    lines = [f"A fault at a step of a flat run ({'; '.join(f'{key} {text}' for key, text in OUTCOMES.items())})"]
    lines += [f"{'':<{width}}{number:>3} {step}" for number, step in enumerate(STEPS, 1)]
    lines.append(f"{'':<{width}}" + "".join(f"{number:>3}" for number in range(1, len(STEPS) + 1)))
    for row in rows:
        cells = (outcomes.get((row, step), " ") for step in STEPS)
        lines.append(f"{row:<{width}}" + "".join(f"{cell:>3}" for cell in cells))
    return "\n".join(lines)
