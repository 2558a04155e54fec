"""Workers as programs of their own, to be killed, and frames for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from astropy.io import fits

TSPLUG = Path(sys.executable).with_name("tsplug")


def write_frames(folder: Path, count: int) -> dict[Path, bytes]:
    """Write small frames with checksums; return the bytes of their pixels by file."""
    folder.mkdir()
    chance = np.random.default_rng(4)
    pixels = {}
    for number in range(count):
        hdu = fits.PrimaryHDU(chance.integers(800, 1000, (400, 500)).astype(np.uint16))
        hdu.header["IMAGETYP"], hdu.header["OBJECT"], hdu.header["EXPTIME"] = "LIGHT", "M 42", 60.0
        file = folder / f"{number:02}.fits"
        hdu.writeto(file, checksum=True)
        pixels[file] = pixel_bytes(file)
    return pixels


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
