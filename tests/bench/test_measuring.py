"""What a frame costs from the page cache to all its numbers, beside reading it once and the usual ways.

The floor is what nobody can go below: the bytes read once in chunks that stay in the cache, and looked at once (their
highest value). A compiled loop that also turns the bytes and adds them up takes about as long.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sep
from drawn_frames import SCENES, Drawn, draw
from judging_frames import judge_drawn, measure_drawn

from tsplug.imaging.settings import StarSettings

SIZES = {"26 MP": (6248, 4176), "61 MP": (9576, 6388)}
TIMED = ("rich", "crowded", "satellites", "dark")
CHUNK_BYTES = 1 << 19


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


@pytest.mark.parametrize("size", SIZES)
def test_time_beside_the_floor_and_the_textbook(size: str, tmp_path: Path) -> None:
    """Processor time of every scene as a ratio to reading once, and of the rich one to sep in float64."""
    width, height = SIZES[size]
    for name in TIMED:
        drawn = draw(SCENES[name], width=width, height=height)
        path = tmp_path / "frame.raw"
        drawn.pixels.tofile(path)
        buffer = np.empty(CHUNK_BYTES // 2, dtype=np.uint16)
        floor_s = cpu_s(lambda path=path, buffer=buffer: read_once(path, buffer))
        ours_s = cpu_s(lambda drawn=drawn: measure_drawn(drawn))
        print(
            f"{size} {name:<12} floor {floor_s * 1e3:6.1f} ms  ours {ours_s * 1e3:7.1f} ms = {ours_s / floor_s:5.1f} x"
        )
        if name == "rich":
            peer_s = cpu_s(lambda drawn=drawn: textbook(drawn.pixels), runs=1)
            print(f"{size} {name:<12} textbook sep float64 {peer_s * 1e3:7.1f} ms = {peer_s / ours_s:5.1f} x ours")
            _beside_photutils(drawn, ours_s, size=size)


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
        SourceCatalog(data, found).fluxfrac_radius(0.5)

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
    path = tmp_path / "frame.npy"
    np.save(path, draw(SCENES["rich"], width=width, height=height).pixels)
    ran = subprocess.run([sys.executable, __file__, str(path)], check=True, capture_output=True, text=True)
    print(f"{size} peak memory {float(ran.stdout):.0f} MB = {float(ran.stdout) / (width * height * 2e-6):.1f} frames")


def _measure_alone(path: str) -> None:
    from tsplug.imaging.measure import measure_frame

    measure_frame(np.load(path), StarSettings())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


if __name__ == "__main__":
    _measure_alone(sys.argv[1])
