"""What a frame costs from the page cache to all its numbers, beside reading it once and the usual ways.

The floor is what nobody can go below: the bytes read once in chunks that stay in the cache, and looked at once (their
highest value). A compiled loop that also turns the bytes and adds them up takes about as long.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import sep
from astropy.io import fits
from drawn_frames import SCENES, Drawn, draw
from judging_frames import judge_drawn, measure_drawn

from tsplug.app import frame_files
from tsplug.imaging import histogram
from tsplug.imaging.measure import FrameMeasurement
from tsplug.services.frame_measuring import is_light, measure_pixels

SIZES = {"26 MP": (6248, 4176), "61 MP": (9576, 6388)}
TIMED = ("rich", "crowded", "satellites", "dark")
CHUNK_BYTES = 1 << 19
KINDS = ("cpu_s", "wall_s")
FILES = frame_files(keep_memory=True)


def cpu_s(action: Callable[[], object], *, runs: int = 3) -> float:
    """Return the least processor time of several runs: other work on the machine lengthens it least."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        action()
        times.append(time.process_time() - begun)
    return min(times)


def read_once(path: Path, buffer: np.ndarray) -> int:
    """Read a file in chunks into one small buffer, and look at every value once."""
    highest = 0
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer.view(np.uint8)):
            highest = max(highest, int(buffer[: count // 2].max()))
    return highest


def textbook(pixels: np.ndarray) -> int:
    """Measure as examples of sep do: float64, a background mesh, extraction, radii, numpy's statistics."""
    data = pixels.astype(np.float64)
    for statistic in (np.mean, np.median, np.std, np.min, np.max):
        statistic(data)
    background = sep.Background(data, bw=64, bh=64)
    sep.set_extract_pixstack(10_000_000)
    found = sep.extract(data - background.back(), 5.0, err=background.rms())
    sep.flux_radius(data, found["x"], found["y"], 6.0 * found["a"], 0.5, normflux=found["flux"], subpix=5)
    return len(found)


@dataclass(frozen=True)
class Cost:
    """Processor time and time on the clock, in seconds."""

    cpu_s: float
    wall_s: float


def interleaved(actions: Sequence[Callable[[], object]], *, rounds: int = 7) -> list[list[Cost]]:
    """Do several things in turn, many times over, so that other work on the machine meets all of them alike."""
    costs: list[list[Cost]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, found in zip(actions, costs, strict=True):
            cpu, wall = time.process_time(), time.perf_counter()
            action()
            found.append(Cost(time.process_time() - cpu, time.perf_counter() - wall))
    return costs


@pytest.mark.parametrize("size", SIZES)
def test_time_beside_the_floor_and_the_textbook(size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a FITS file in the page cache to all numbers: scenes as a ratio to reading once, the rich one to others.

    On a machine with other work only the ratio of processor times tells much; with two free cores the clock's ratio
    can be as low as its half, as nearly all of the work is in two threads.
    """
    width, height = SIZES[size]
    for name in TIMED:
        drawn = draw(SCENES[name], width=width, height=height)
        path = tmp_path / f"{name}.fits"
        kind = "LIGHT" if drawn.scene.lights else "DARK"
        cards = {"EGAIN": drawn.scene.electrons_per_adu, "IMAGETYP": kind}
        fits.PrimaryHDU(drawn.pixels, fits.Header(cards)).writeto(path)
        _one_scene(f"{size} {name:<12}", path)
        if name == "rich":
            with monkeypatch.context() as without:
                without.setattr(histogram, "_opencv", lambda: None)
                _one_scene(f"{size} {name:<12} (numpy alone)", path)
            ours = min(interleaved([lambda path=path: numbers(path)], rounds=3)[0], key=lambda cost: cost.cpu_s)
            peer_s = cpu_s(lambda path=path: textbook(fits.getdata(path)), runs=1)
            print(
                f"{size} textbook sep float64 {peer_s * 1e3:7.1f} ms of processor = {peer_s / ours.cpu_s:5.1f} x ours"
            )
            _beside_photutils(drawn, ours.cpu_s, size=size)
        path.unlink()


def numbers(path: Path) -> FrameMeasurement:
    """Read a file and measure it, as the command does."""
    frame = FILES.read(path, to_measure=True)
    return measure_pixels(frame, light=is_light(frame.header))


def _one_scene(title: str, path: Path) -> None:
    buffer = np.empty(CHUNK_BYTES // 2, dtype=np.uint16)
    floor, read, ours = interleaved([lambda: read_once(path, buffer), lambda: FILES.read(path), lambda: numbers(path)])
    ratios = [
        [getattr(own, kind) / getattr(least, kind) for own, least in zip(ours, floor, strict=True)] for kind in KINDS
    ]
    print(
        f"{title} floor {least_ms(floor)}, reading {least_ms(read)}, all {least_ms(ours)} ms of processor / clock; "
        f"x floor, median (least): processor {median(ratios[0]):.1f} ({min(ratios[0]):.1f}), "
        f"clock {median(ratios[1]):.1f} ({min(ratios[1]):.1f})"
    )


def least_ms(costs: Sequence[Cost]) -> str:
    """Return the least processor time and the least time on the clock."""
    return f"{min(cost.cpu_s for cost in costs) * 1e3:.0f}/{min(cost.wall_s for cost in costs) * 1e3:.0f}"


def test_an_event_loop_goes_on(tmp_path: Path) -> None:
    """How late a task that wakes every millisecond is, idle and while 61 megapixels are measured in a thread."""
    width, height = SIZES["61 MP"]
    path = tmp_path / "frame.fits"
    fits.PrimaryHDU(draw(SCENES["rich"], width=width, height=height).pixels).writeto(path)

    async def ticks(until: asyncio.Future[object]) -> list[float]:
        late = []
        while not until.done():
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append((time.perf_counter() - begun - 0.001) * 1e3)
        return sorted(late)

    async def both() -> tuple[list[float], list[float]]:
        rest = asyncio.ensure_future(asyncio.sleep(1.0))
        idle = await ticks(rest)
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(None, lambda: [numbers(path) for _ in range(3)])
        return idle, await ticks(work)

    for name, late in zip(("idle", "measuring"), asyncio.run(both()), strict=True):
        print(
            f"a task every millisecond, {name:<9}: late by {late[len(late) // 2]:.2f} ms in the median, "
            f"{late[int(0.99 * len(late))]:.2f} ms in the 99th percentile, {late[-1]:.1f} ms at most"
        )


def _beside_photutils(drawn: Drawn, ours_s: float, *, size: str) -> None:
    """Print photutils' time where it is installed: it is no dependency, as tests have no use for it."""
    try:
        from photutils.background import Background2D
        from photutils.segmentation import SourceCatalog, detect_sources
    except ImportError:
        print(f"{size} photutils is not installed, and left out")
        return

    def measure() -> None:
        data = drawn.pixels.astype(np.float64)
        background = Background2D(data, 64)
        data -= background.background
        found = detect_sources(data, 5.0 * background.background_rms, n_pixels=5)
        SourceCatalog(data, found).flux_radius(0.5)

    peer_s = cpu_s(measure, runs=1)
    print(f"{size} photutils {peer_s * 1e3:7.1f} ms = {peer_s / ours_s:5.1f} x ours")


def test_accuracy_of_every_scene() -> None:
    """The errors of every scene at 26 megapixels."""
    width, height = SIZES["26 MP"]
    print("scene          dHFR   dFWHM   decc   c20 (of)  false per 1000 (found)")
    for name, scene in SCENES.items():
        drawn = draw(scene, width=width, height=height)
        found = judge_drawn(drawn, measure_drawn(drawn))
        false = 1000.0 * found.false / max(found.found, 1)
        print(
            f"{name:<12} {100 * found.hfr:+6.1f}% {100 * found.fwhm:+6.1f}% {found.eccentricity:+6.3f} "
            f"{found.complete:6.3f} ({found.judged}) {false:6.1f} ({found.found})"
        )


@pytest.mark.parametrize("size", SIZES)
def test_peak_memory_of_a_process(size: str, tmp_path: Path) -> None:
    """What a fresh process needs for one frame, interpreter included, as frames."""
    width, height = SIZES[size]
    path = tmp_path / "frame.fits"
    fits.PrimaryHDU(draw(SCENES["rich"], width=width, height=height).pixels).writeto(path)
    ran = subprocess.run([sys.executable, __file__, str(path)], check=True, capture_output=True, text=True)
    print(f"{size} peak memory {float(ran.stdout):.0f} MB = {float(ran.stdout) / (width * height * 2e-6):.1f} frames")


def _measure_alone(path: str) -> None:
    numbers(Path(path))
    # What resource tells of a process begins with the peak of the one that started it.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) * 1.024e-3)


if __name__ == "__main__":
    _measure_alone(sys.argv[1])
