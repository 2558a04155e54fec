"""What reading the headers of ten thousand frames costs beside astropy, and beside reading the bytes alone."""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from astropy.io import fits
from dialects import nina
from frame_files import fits_file, write, xisf_file
from shots import Shot, utc
from stopwatch import best_s, line

from tsplug.app import frame_headers

FRAMES = 10_000
PEER_FRAMES = 1_000
"""Astropy is measured on a part, and its time taken times ten."""
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101", ambient_c=11.0, sky_quality=20.5)
WANTED = tuple(nina(LIGHT))
FILLER = {f"UNUSED{number}": number * 1.25 for number in range(26)}
"""Brings a header to the 62 cards of the specification's measurement (astrobin-export, section 23)."""
FIRST_BLOCKS_BYTES = 4 * 2880


def frames(folder: Path, make: Callable[[dict[str, object]], bytes], *, suffix: str, count: int) -> list[Path]:
    """Write frames of one night, of which only a few cards differ."""
    written = []
    for number in range(count):
        shot = replace(LIGHT, started=LIGHT.started + number * timedelta(seconds=610), sensor_c=-10 + number % 7 / 10)
        cards = {**nina(shot), "CENTALT": 30 + number * 0.003, "AIRMASS": 1 + number * 1e-5, **FILLER}
        written.append(write(folder / f"{number // 500}" / f"{number}.{suffix}", make(cards)))
    return written


def bare_read(files: list[Path]) -> None:
    """Open each file, read its first blocks, close it."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.pread(descriptor, FIRST_BLOCKS_BYTES, 0)
        os.close(descriptor)


def astropy_read(files: list[Path]) -> None:
    """Read each header as a dictionary with astropy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for file in files:
            dict(fits.getheader(file))


@pytest.mark.parametrize(
    ("suffix", "make"), [("fits", fits_file), ("xisf", xisf_file)], ids=["10 000 FITS", "10 000 XISF"]
)
def test_headers_of_a_tree(tmp_path: Path, suffix: str, make: Callable[[dict[str, object]], bytes]) -> None:
    """Scanning a tree, listing it included: wanted cards and all cards, as ratios to bare reads and to astropy."""
    files = frames(tmp_path / suffix, make, suffix=suffix, count=FRAMES)
    headers = frame_headers()
    floor = best_s(lambda: bare_read(files), runs=3)
    wanted = best_s(lambda: deque(headers.scan([tmp_path], wanted=WANTED), maxlen=0), runs=3)
    every = best_s(lambda: deque(headers.scan([tmp_path]), maxlen=0), runs=3)
    print(line(f"{FRAMES} {suffix} headers, wanted cards", ours_s=wanted, peer="bare reads", peer_s=floor))
    print(line(f"{FRAMES} {suffix} headers, all cards", ours_s=every, peer="bare reads", peer_s=floor))
    if suffix == "fits":
        peer = best_s(lambda: astropy_read(files[:PEER_FRAMES]), runs=2) * FRAMES / PEER_FRAMES
        print(line(f"{FRAMES} {suffix} headers, wanted cards", ours_s=wanted, peer="astropy getheader", peer_s=peer))
