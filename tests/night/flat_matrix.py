"""Flat runs over real HTTP in which one thing goes wrong at one step: what is left, and what the next run does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flat_bench import LEVELS, MORNING, FlatBench, flat_bench, records, two_filters, two_sets, wrong_books

from hostsim.devices.covercalibrator import CoverCalibrator, CoverStatus
from hostsim.equipment.rig import Rig
from hostsim.faults.parts.board import FaultBoard
from hostsim.faults.parts.schedule import FAULT_ADAPTER
from hostsim.sequence.host import HostDevices
from tsplug import FlatInstruction, FlatRunReport
from tsplug.instructions import settle_panel
from tsplug.model import ChangedReadoutMode, FlatHistory, LitPanel, SkyFlatSettings

COUNT = 2
DAWN = datetime(2026, 1, 16, 6, 20, tzinfo=UTC)
"""When the sky grows light enough for flats."""
MODE_BEFORE = 0
"""The readout mode in which the camera comes to each run; one of the two sets needs another."""

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
SKY_FAULTS: tuple[Fault, ...] = (
    *FAULTS,
    *({**fault, "device": "telescope"} for fault in ANSWERS),
    {"type": "mount_lost"},
    {"type": "mount_lost", "how": "tracking_stops"},
)
"""Sky flats are dithered, so the mount belongs to them."""
SKY_STEPS = (
    "light off 1",
    "open_cover",
    "turn 1",
    "wheel 1",
    "frame 1",
    "frame 2",
    "turn 2",
    "mode 1",
    "wheel 2",
    "frame 3",
    "frame 4",
    "light off 2",
    "mode 2",
    "close_cover",
)

PAGE = Path(__file__).parents[2] / "docs/reference/flat-faults.md"
"""Where the documentation has the outcome of every fault at every step, as `_outcome` names them."""


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


@contextmanager
def bench(folder: Path) -> Iterator[FlatBench]:
    """Serve the observatory of two filters, and connect to it."""
    with flat_bench(folder, two_filters()) as made:
        yield made


@dataclass
class Cell:
    """One fault at one step."""

    bench: FlatBench
    out: Path
    trigger: Trigger
    with_mount: bool = False

    def __post_init__(self) -> None:
        self.store = two_sets(self.bench.clock)
        rig = replace(self.bench.rig, mount=self.bench.mount) if self.with_mount else self.bench.rig
        self.host = self.bench.host(self.store, self.out, devices=WatchedDevices(rig, self.trigger))
        self.profile = self.host.profile

    def run(self) -> FlatRunReport:
        """Run the flats."""
        event = FlatInstruction(profile_guid=self.profile.guid, count=COUNT, cover_at_end="open", rotator_back=True)
        report = self.host.manager.hook.flat_instruction_run(event=event, context=self.host.context)
        assert isinstance(report, FlatRunReport)
        return report

    def run_sky(self) -> FlatRunReport:
        """Run sky flats, as the sky grows light."""
        sky = SkyFlatSettings(when="dawn", minutes=60)
        event = FlatInstruction(profile_guid=self.profile.guid, count=COUNT, kind="sky", sky=sky)
        report = self.host.manager.hook.flat_instruction_run(event=event, context=self.host.context)
        assert isinstance(report, FlatRunReport)
        return report

    def all(self, kind: type) -> list[Any]:
        """Return every record of a kind."""
        return records(self.store, kind)

    @property
    def mode_wrong(self) -> bool:
        """Return whether the camera has another readout mode than before the runs."""
        return self.bench.observatory.camera.state.readout_mode != MODE_BEFORE

    @property
    def is_lit(self) -> bool:
        """Return whether the lamp shines, or thinks it does."""
        return self.bench.observatory.of(CoverCalibrator)[0].state.lit

    @property
    def mode_is_lost(self) -> bool:
        """Return whether the readout mode is wrong and no start will restore it."""
        return self.mode_wrong and not self.all(ChangedReadoutMode)

    def left_behind(self, when: str) -> Iterator[str]:
        """Yield what of panel and readout mode is not as before the runs, or is still owed."""
        if self.is_lit or self.all(LitPanel):
            yield f"the panel is lit {when}"
        if self.mode_wrong or self.all(ChangedReadoutMode):
            yield f"the readout mode is not restored {when}"

    def mend(self) -> str:
        """Take the fault away, move a stuck cover by hand, and let time pass; return what the next start says."""
        self.trigger.struck = True
        self.trigger.board.clear()
        panel = self.bench.observatory.of(CoverCalibrator)[0].state
        if panel.cover in (CoverStatus.ERROR, CoverStatus.UNKNOWN):
            panel.cover = CoverStatus.OPEN
        self.bench.clock.sleep(60.0)
        return settle_panel(self.host.session)

    def problems(self) -> list[str]:
        """Return what is wrong with the books."""
        return list(wrong_books(self.store, self.out))

    def close(self) -> None:
        """Forget the cell's files."""
        self.store.close()
        shutil.rmtree(self.out)


def judged(bench: FlatBench, fault: Fault, step: str) -> tuple[str, list[str]]:
    """Run a cell, mend it, run it again; return its outcome as a letter, and everything that is wrong with it."""
    cell = Cell(bench, bench.begin_anew(MORNING), Trigger(bench.board, fault, step))
    report = cell.run()
    wrong = [*cell.problems(), *_words(report)]
    if cell.is_lit and report.panel_off:
        wrong.append("the panel shines and the report says that it is dark")
    if not report.panel_off and not cell.all(LitPanel):
        wrong.append("the panel may shine and nobody will look after it")
    if cell.mode_is_lost:
        wrong.append("the readout mode is wrong and nobody will restore it")
    outcome = _outcome(report)
    cell.mend()
    wrong += cell.left_behind("after the next start")
    again = cell.run()
    wrong += cell.problems()
    if len(cell.all(FlatHistory)) != len(LEVELS) or again.failed:
        wrong.append(f"the next run did not complete the rest: {again.message}")
    wrong += cell.left_behind("in the end")
    cell.close()
    return outcome, wrong


def judged_sky(bench: FlatBench, fault: Fault, step: str) -> tuple[str, list[str]]:
    """Run a cell by the sky's light, mend it, run it again; return its outcome and everything that is wrong with it."""
    cell = Cell(bench, bench.begin_anew(DAWN), Trigger(bench.board, fault, step), with_mount=True)
    bench.observatory.of(CoverCalibrator)[0].state.cover = CoverStatus.CLOSED
    report = cell.run_sky()
    wrong = [*cell.problems(), *_words(report)]
    if not cell.trigger.struck:
        wrong.append("the run never came to this step")
    if cell.is_lit:
        wrong.append("the panel shines")
    if cell.mode_is_lost:
        wrong.append("the readout mode is wrong and nobody will restore it")
    cover = bench.observatory.of(CoverCalibrator)[0].state.cover
    if not _of_panel(fault) and cover is not CoverStatus.CLOSED:
        wrong.append("the cover is not closed at dawn")
    if len(report.taken) + len(report.failed) + len(report.left) != len(LEVELS):
        wrong.append(f"a set is not told of: {report.message}")
    outcome = _outcome(report)
    cell.mend()
    wrong += cell.left_behind("after the next start")
    again = cell.run_sky()
    wrong += [*cell.problems(), *cell.left_behind("in the end")]
    # By then the sky may be too bright for one of them.
    if again.failed or len(again.taken) + len(again.left) != len(report.failed) + len(report.left):
        wrong.append(f"the next run did not try the rest: {again.message}")
    cell.close()
    return outcome, wrong


def _of_panel(fault: Fault) -> bool:
    return fault.get("device") == "covercalibrator" or fault["type"] in ("cover_jams", "panel_dies")


def _outcome(report: FlatRunReport) -> str:
    if not report.panel_off:
        return "L"
    if report.failed:
        return "s" if any("not tried" in item.reason for item in report.failed) else "f"
    return "." if report.message.count(";") == 0 else "e"


_LABELS = (
    'telescope "',
    "telescope:",
    'camera "',
    "camera:",
    'flat panel "',
    "panel:",
    'filter wheel "',
    'rotator "',
    "disk:",
)


def _words(report: FlatRunReport) -> Iterator[str]:
    """Yield what is told of a failure without naming device, step or remedy: of failed sets, and of the run's end."""
    for item in report.failed:
        if "median" in item.reason:
            named_well = any(word in item.reason for word in ("train the panel", "look at the panel"))
        else:
            named_well = _names_all(item.reason.removeprefix("not tried: "))
        if not named_well:
            yield f"no device, step or remedy: {item.reason}"
    _, _, problems = report.message.partition("; ")
    if problems and not _names_all(problems):
        yield f"no device, step or remedy: {problems}"


def _names_all(text: str) -> bool:
    return text.startswith(_LABELS) and "while trying to" in text and text.endswith("then try again")


def table(outcomes: dict[tuple[str, str], str], steps: tuple[str, ...] = STEPS) -> str:
    """Return outcomes as a table: a row for each fault, a column for each step at which it begins."""
    rows = list(dict.fromkeys(fault for fault, _ in outcomes))
    width = max(len(row) for row in rows) + 1
    lines = [f"{'':<{width}}{number:>3} {step}" for number, step in enumerate(steps, 1)]
    lines.append(f"{'':<{width}}" + "".join(f"{number:>3}" for number in range(1, len(steps) + 1)))
    for row in rows:
        cells = (outcomes.get((row, step), " ") for step in steps)
        lines.append(f"{row:<{width}}" + "".join(f"{cell:>3}" for cell in cells))
    return "\n".join(lines)


def documented() -> dict[tuple[str, str], str]:
    """Return the outcomes that the table of the documentation has."""
    text = PAGE.read_text(encoding="utf-8")
    lines = text.partition("```text\n")[2].partition("\n```")[0].splitlines()[len(STEPS) + 1 :]
    rows = {line[: -3 * len(STEPS)].strip(): line[-3 * len(STEPS) :].split() for line in lines}
    return {(fault, step): cell for fault, cells in rows.items() for step, cell in zip(STEPS, cells, strict=True)}
