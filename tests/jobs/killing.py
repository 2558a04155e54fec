"""Workers as programs of their own, to be killed, and frames for them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from astropy.io import fits
from sky_frames import DEC_DEG, RA_HOURS, SimulatedCatalogue, sky_frame

from tsplug.files.solving.catalogue import write_catalogue
from tsplug.ports import Store
from tsplug.testing import store_light
from tsplug.testing.clock import START

TSPLUG = Path(sys.executable).with_name("tsplug")


def write_frames(folder: Path, count: int) -> dict[Path, bytes]:
    """Write small frames with checksums and no room in their headers; return the bytes of their pixels by file."""
    folder.mkdir()
    chance = np.random.default_rng(4)
    pixels = {}
    for number in range(count):
        hdu = fits.PrimaryHDU(chance.integers(800, 1000, (400, 500)).astype(np.uint16))
        hdu.header["IMAGETYP"], hdu.header["OBJECT"], hdu.header["EXPTIME"] = "LIGHT", "M 42", 60.0
        # But for the checksums and the end.
        while len(hdu.header) % 36 != 33:
            hdu.header.append(("FILLER", len(hdu.header)))
        file = folder / f"{number:02}.fits"
        hdu.writeto(file, checksum=True)
        pixels[file] = pixel_bytes(file)
    return pixels


def write_lights(folder: Path, count: int, store: Store) -> dict[Path, bytes]:
    """Write lights of the simulated sky with room in their headers, all on record; return the bytes of their pixels."""
    folder.mkdir(exist_ok=True)
    files = [folder / f"light_{number:02}.fits" for number in range(count)]
    sky_frame(files[0], off_deg=0.05, shape=(400, 500), OBJECT="M 42", EXPTIME=60.0)
    for file in files[1:]:
        shutil.copyfile(files[0], file)
    for file in files:
        store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    return dict.fromkeys(files, pixel_bytes(files[0]))


def write_catalogue_of_lights(file: Path) -> Path:
    """Write the stars of those lights as a catalogue."""
    stars = SimulatedCatalogue().near(RA_HOURS * 15.0, DEC_DEG, radius_deg=4.0)
    write_catalogue(file, stars, source="the simulated sky", epoch=2026.0)
    return file


def pixel_bytes(file: Path) -> bytes:
    """Return the pixels of a frame as they lie on disk, and fail where its checksums are wrong or it has a note."""
    with fits.open(file, checksum=True) as hdus:
        hdus.verify("exception")
        start, length = hdus[0]._data_offset, hdus[0]._data_size
    return file.read_bytes()[start : start + length]


def start_worker(store: Path, *options: str, through: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a worker on a store, which takes the folder beside it for its data, perhaps through another program."""
    environment = {**os.environ, "TSPLUG_DATA_DIR": str(store.parent / "data")}
    command = [*through, str(TSPLUG), "worker", "--db", str(store), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return found


def kill(process: int) -> None:
    """Kill a process as `kill -9` does, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
