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
from drawn_frames import SCENES, draw
from judging_frames import failures, judge_drawn, measure_drawn

from tsplug.app import frame_files
from tsplug.imaging.measure import FrameMeasurement
from tsplug.imaging.opencv import opencv
from tsplug.services.frame_measuring import is_light, measure_pixels

SIZES = {"26 MP": (6248, 4176), "61 MP": (9576, 6388)}
# Of a smaller frame the interpreter and its libraries are the larger part (spec: 250 MB).
MOST_MB = {"26 MP": 250.0, "61 MP": 3.0 * 9576 * 6388 * 2e-6}
TIMED = ("rich", "crowded", "satellites", "dark")
CHUNK_BYTES, PAGE_BYTES = 1 << 19, 1 << 12
KINDS = ("cpu_s", "wall_s")
FILES = frame_files(keep_memory=True)


def read_once(path: Path, buffer: np.ndarray) -> int:
    """Read a file in chunks into one small buffer, and look at every value once."""
    highest = 0
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer.view(np.uint8)):
            highest = max(highest, int(buffer[: count // 2].max()))
    return highest


def page_aligned(length: int) -> np.ndarray:
    """Return memory that begins with a page: copying to 2 to 31 bytes behind where it lay in one takes five times."""
    raw = np.empty(length + PAGE_BYTES, dtype=np.uint8)
    first = -raw.ctypes.data % PAGE_BYTES
    return raw[first : first + length]


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


def by_photutils() -> Callable[[np.ndarray], int] | None:
    """Return what measures as examples of photutils do; nothing where it is not installed (`make bench` does that)."""
    try:
        from photutils.background import Background2D
        from photutils.segmentation import SourceCatalog, detect_sources
    except ImportError:
        return None

    def measure(pixels: np.ndarray) -> int:
        data = pixels.astype(np.float64)
        background = Background2D(data, 64)
        data -= background.background
        found = detect_sources(data, 5.0 * background.background_rms, n_pixels=5)
        return len(SourceCatalog(data, found).flux_radius(0.5))

    return measure


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


# The slowest peers take minutes where others use the machine.
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("size", SIZES)
def test_time_beside_the_floor_and_the_peers(
    size: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a FITS file in the page cache to all numbers, as a ratio to reading once, and how many times peers take.

    On a machine with other work only the ratio of processor times tells much; with two free cores the clock's ratio
    can be as low as its half, as nearly all of the work is in two threads.
    """
    width, height = SIZES[size]
    drawn = draw(SCENES[name], width=width, height=height)
    path = tmp_path / "frame.fits"
    kind = "LIGHT" if drawn.scene.lights else "DARK"
    cards = {"EGAIN": drawn.scene.electrons_per_adu, "IMAGETYP": kind}
    fits.PrimaryHDU(drawn.pixels, fits.Header(cards)).writeto(path)
    print()
    ours = _one_scene(f"{size} {name:<12}", path)
    if name == "rich":
        with monkeypatch.context() as without:
            without.setitem(sys.modules, "cv2", None)
            opencv.cache_clear()
            _one_scene(f"{size} {name:<12} (numpy alone)", path)
        opencv.cache_clear()
    for peer, measure in (("sep, textbook, float64", textbook), ("photutils", by_photutils())):
        if measure is None:
            print(f"{size} {name:<12} {peer} is not installed, and left out")
        elif drawn.scene.lights:
            [[cost]] = interleaved([lambda measure=measure: measure(fits.getdata(path))], rounds=1)
            print(
                f"{size} {name:<12} {peer}: {cost.cpu_s:.1f}/{cost.wall_s:.1f} s of processor / clock, "
                f"{cost.cpu_s / ours.cpu_s:.0f} / {cost.wall_s / ours.wall_s:.0f} x ours"
            )


def numbers(path: Path) -> FrameMeasurement:
    """Read a file and measure it, as the command does."""
    frame = FILES.read(path, to_measure=True)
    return measure_pixels(frame, light=is_light(frame.header))


def _one_scene(title: str, path: Path) -> Cost:
    """Print what a frame costs beside reading it, and return the median of it."""
    buffer = page_aligned(CHUNK_BYTES).view(np.uint16)
    floor, read, ours = interleaved([lambda: read_once(path, buffer), lambda: FILES.read(path), lambda: numbers(path)])
    ratios = [
        [getattr(own, kind) / getattr(least, kind) for own, least in zip(ours, floor, strict=True)] for kind in KINDS
    ]
    print(
        f"{title} floor {least_ms(floor)}, reading {least_ms(read)}, all {least_ms(ours)} ms of processor / clock; "
        f"x floor, median (least): processor {median(ratios[0]):.1f} ({min(ratios[0]):.1f}), "
        f"clock {median(ratios[1]):.1f} ({min(ratios[1]):.1f})"
    )
    return Cost(*(median(getattr(each, kind) for each in ours) for kind in KINDS))


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


@pytest.mark.parametrize("name", SCENES)
def test_accuracy_of_every_scene(name: str) -> None:
    """The errors of a scene at 26 megapixels are within what is demanded."""
    width, height = SIZES["26 MP"]
    drawn = draw(SCENES[name], width=width, height=height)
    found = judge_drawn(drawn, measure_drawn(drawn))
    false = 1000.0 * found.false / max(found.found, 1)
    print(
        f"\n{name:<12} HFR {100 * found.hfr:+6.1f} %, FWHM {100 * found.fwhm:+6.1f} %, eccentricity "
        f"{found.eccentricity:+6.3f}; found {found.complete:6.3f} of {found.judged}, false {false:6.1f} per 1000 of "
        f"{found.found}"
    )
    assert failures(drawn.scene, found) == []


@pytest.mark.parametrize("size", SIZES)
def test_peak_memory_of_a_process(size: str, tmp_path: Path) -> None:
    """What a fresh process needs for one frame, interpreter included, is within three frames of 61 megapixels."""
    width, height = SIZES[size]
    path = tmp_path / "frame.fits"
    fits.PrimaryHDU(draw(SCENES["rich"], width=width, height=height).pixels).writeto(path)
    ran = subprocess.run([sys.executable, __file__, str(path)], check=True, capture_output=True, text=True)
    peak_mb = float(ran.stdout)
    print(f"\n{size} peak memory {peak_mb:.0f} MB = {peak_mb / (width * height * 2e-6):.1f} frames")
    assert peak_mb <= MOST_MB[size]


def _measure_alone(path: str) -> None:
    numbers(Path(path))
    # What resource tells of a process begins with the peak of the one that started it.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) * 1.024e-3)


if __name__ == "__main__":
    _measure_alone(sys.argv[1])
