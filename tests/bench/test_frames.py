"""What reading 61 megapixels costs beside reading the bytes and beside astropy, and a picture beside measuring."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from frame_files import write
from PIL import Image
from pixel_files import Xisf, fits_bytes

from tsplug.app import frame_files
from tsplug.imaging.preview import PreviewSettings
from tsplug.services.frame_measuring import measure_pixels, preview_of

ROWS, COLUMNS = 6388, 9576
PIECE_BYTES = 512 << 10


@pytest.fixture(scope="module")
def sky() -> np.ndarray:
    """Draw a noisy sky with stars of four sizes."""
    frame = np.random.default_rng(1).normal(1000, 30, (ROWS, COLUMNS)).astype(np.uint16)
    y, x = np.mgrid[-9:10, -9:10]
    for number in range(3000):
        star = 200 * (number % 97 + 1) * np.exp(-(x**2 + y**2) / (3.0 + number % 4))
        row, column = 20 + number * 7919 % (ROWS - 40), 20 + number * 104_729 % (COLUMNS - 40)
        frame[row - 9 : row + 10, column - 9 : column + 10] += star.astype(np.uint16)
    return frame


def cpu_s(action: Callable[[], object], *, runs: int = 5) -> float:
    """Return the least processor time of several runs: other work on the machine does not count."""
    action()
    times = []
    for _ in range(runs):
        begun = time.process_time()
        action()
        times.append(time.process_time() - begun)
    return min(times)


def bare_read(file: Path, into: bytearray) -> None:
    """Read all bytes of a file into memory that is there."""
    descriptor, view = os.open(file, os.O_RDONLY), memoryview(into)
    for start in range(0, len(into), PIECE_BYTES):
        os.preadv(descriptor, [view[start : start + PIECE_BYTES]], start)
    os.close(descriptor)


def test_reading(tmp_path: Path, sky: np.ndarray) -> None:
    """Plain FITS and XISF in every packing, as ratios of processor time to the bare read of the plain file."""
    plain = write(tmp_path / "a.fits", fits_bytes(sky))
    kept = frame_files(keep_memory=True)
    memory = bytearray(plain.stat().st_size)
    floor = cpu_s(lambda: bare_read(plain, memory))
    print(f"\nbare read of {len(memory) / 1e6:.0f} MB: {floor * 1e3:.0f} ms of processor time")
    ways = {"FITS": plain, "XISF": write(tmp_path / "a.xisf", Xisf().file(sky))}
    for codec in ("lz4", "zstd", "zlib"):
        ways[f"XISF {codec}+sh"] = write(tmp_path / f"{codec}.xisf", Xisf(codec, shuffled=True).file(sky))
    for name, file in ways.items():
        ours = cpu_s(lambda file=file: kept.read(file), runs=3)  # type: ignore[misc]
        print(f"  read {name:<14} {ours * 1e3:7.0f} ms = {ours / floor:6.2f} x bare read")
    peer = cpu_s(lambda: fits.getdata(plain))
    print(f"  astropy getdata     {peer * 1e3:7.0f} ms = {peer / floor:6.2f} x bare read")


def test_pictures(tmp_path: Path, sky: np.ndarray) -> None:
    """A picture of a frame that was measured, of one that was not, and the usual script's, beside measuring."""
    frame = frame_files().read(write(tmp_path / "a.fits", fits_bytes(sky)))
    measuring = cpu_s(lambda: measure_pixels(frame), runs=2)
    measurement = measure_pixels(frame)
    print(f"\nmeasuring 61 megapixels: {measuring * 1e3:.0f} ms of processor time")
    for form in ("jpeg", "png"):
        settings = PreviewSettings(form=form)  # type: ignore[arg-type]
        after = cpu_s(lambda settings=settings: preview_of(frame, settings, measurement=measurement))  # type: ignore[misc]
        alone = cpu_s(lambda settings=settings: preview_of(frame, settings))  # type: ignore[misc]
        print(f"  {form} of 1024 px, measured before {after * 1e3:6.0f} ms = {after / measuring:5.2f} x measuring")
        print(f"  {form} of 1024 px, by itself       {alone * 1e3:6.0f} ms = {alone / measuring:5.2f} x measuring")
    marked = PreviewSettings()
    annotated = cpu_s(lambda: preview_of(frame, marked, measurement=measurement, annotated=True))
    print(f"  annotated JPEG                   {annotated * 1e3:6.0f} ms = {annotated / measuring:5.2f} x measuring")
    script = cpu_s(lambda: usual_script(frame.pixels), runs=1)
    print(f"  the usual script in float64      {script * 1e3:6.0f} ms = {script / measuring:5.2f} x measuring")


def usual_script(pixels: np.ndarray) -> Image.Image:
    """Stretch all of a frame in float64 and let Pillow make it small."""
    values = pixels / 65_535.0
    median = np.median(values)
    deviation = 1.4826 * np.median(np.abs(values - median))
    shadows = max(0.0, median - 2.8 * deviation)
    clipped = np.clip((values - shadows) / (1 - shadows), 0, 1)
    level = (median - shadows) / (1 - shadows)
    balance = (0.25 - 1) * level / ((2 * 0.25 - 1) * level - 0.25)
    shown = (balance - 1) * clipped / ((2 * balance - 1) * clipped - balance)
    return Image.fromarray((255 * shown).astype(np.uint8)).resize((1024, 683), Image.Resampling.BOX)
