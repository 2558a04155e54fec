"""A hundred thousand generated headers and thousands of damaged frames, through the reader and the whole command."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from accidents import damaged
from damage import LIES, cut_frames, lying_frames, spoilt_frames, strangers, whole_frames
from dialects import DIALECTS
from frame_files import fits_header, write, xisf_file
from shots import Shot, utc

from tsplug.errors import FileError
from tsplug.files.frames import DiskFrames
from tsplug.files.headers.fits_header import FitsHeaderReader
from tsplug.files.headers.sources import HeaderError
from tsplug.files.headers.xisf_header import MAGIC, XisfHeaderReader

HEADERS, FRAMES = 100_000, 3_000
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101", hfr=2.0)
STRUCTURE = ("NAXIS", "NAXIS1", "NAXIS2", "BITPIX", "BZERO", "BSCALE", "BLANK", "PCOUNT", "GCOUNT", "ZIMAGE", "GROUPS")


class Memory:
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, offset: int, length: int) -> bytes:
        return self.content[offset : offset + length]


def generated_headers(chance: random.Random) -> Iterator[bytes]:
    """Yield headers of every program, honest, lying and spoilt."""
    dialects = [dict(dialect(LIGHT)) for dialect in DIALECTS.values()]
    honest = {"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": 90, "NAXIS2": 72}
    while True:
        cards = chance.choice(dialects)
        if chance.random() < 0.2:
            yield damaged(xisf_file(cards), chance)
            continue
        lies = {key: f"= {chance.choice(LIES)}".encode() for key in STRUCTURE if chance.random() < 0.15}
        header = fits_header(cards, structure={**honest, **lies})
        yield damaged(header, chance) if chance.random() < 0.5 else header


@pytest.mark.timeout(1800)
def test_a_hundred_thousand_headers(tmp_path: Path) -> None:
    """Each generated header is read or refused; every tenth is read as a frame too, in bounded memory."""
    chance, counted = random.Random(11), Counter[str]()
    headers = generated_headers(chance)
    files, file = DiskFrames(), tmp_path / "frame.fits"
    tracemalloc.start()
    for number in range(HEADERS):
        content = next(headers)
        reader = XisfHeaderReader(None) if content.startswith(MAGIC) else FitsHeaderReader(None)
        with suppress(HeaderError):
            reader.read(Memory(content))
            counted["headers read"] += 1
        if number % 10 == 0:
            write(file, content + bytes(chance.choice((0, 2880, 14_400))))
            try:
                files.read(file)
                counted["frames read"] += 1
            except FileError:
                counted["frames refused"] += 1
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    told = ", ".join(f"{number} {what}" for what, number in sorted(counted.items()))
    print(f"{HEADERS} generated headers: {told}; at most {most / 1e6:.1f} MB")
    assert most < 24 << 20


@pytest.mark.timeout(1800)
def test_damaged_frames_through_the_command(tmp_path: Path) -> None:
    """`tsplug measure` over thousands of damaged frames: an item and at most one line each, exit status 1."""
    frames = whole_frames(tmp_path)
    every = [*cut_frames(frames), *lying_frames(frames), *strangers()]
    every += spoilt_frames(frames, random.Random(5), count=FRAMES)
    for number, (suffix, content) in enumerate(every):
        write(tmp_path / "frames" / f"{number:05d}.{suffix}", content)
    command = [str(Path(sys.executable).with_name("tsplug")), "measure", str(tmp_path / "frames"), "--json"]
    nowhere = {**os.environ, "TSPLUG_DB": str(tmp_path / "none.sqlite")}
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3000, env=nowhere)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = json.loads(finished.stdout)
    bad = [frame for frame in found if "problem" in frame]
    print(f"{len(every)} damaged frames: {len(bad)} refused, {len(found) - len(bad)} measured; at most {most:.0f} MiB")
    lines = [line for line in finished.stderr.splitlines() if line.startswith("error: ")]
    assert (finished.returncode, len(found), len(lines)) == (1, len(every), len(bad))
    assert "Traceback" not in finished.stderr
    assert most < 700
