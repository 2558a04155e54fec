"""Damaged frames: one clear line each, never a crash, and no more memory than the file has."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from damage import cut_frames, lying_frames, spoilt_frames, strangers, whole_frames
from frame_files import write

from tsplug.errors import FileError
from tsplug.files.frames import DiskFrames

FILES = DiskFrames()
MOST_BYTES = 12 << 20
FEWEST = {"cut": 60, "lying": 100, "spoilt": 200, "strangers": 20}


def refusal(file: Path) -> str:
    """Return why a frame is refused, or nothing where it was read."""
    try:
        return "" if FILES.read(file).pixels.size else "no pixels"
    except FileError as error:
        return str(error)


def outcomes(folder: Path, frames: Iterable[tuple[str, bytes]]) -> Counter[bool]:
    """Read frames, and count those that came as pixels and those that were refused in one line."""
    counted = Counter[bool]()
    for number, (suffix, content) in enumerate(frames):
        file = write(folder / f"{number}.{suffix}", content)
        line = refusal(file)
        counted[not line] += 1
        assert not line or (line.startswith(f"{file}: ") and line.isprintable() and len(line) < 400)
        assert isinstance(FILES.status(file).problem, str)
        file.unlink()
    return counted


@pytest.mark.parametrize("kind", FEWEST)
def test_damaged_frames_are_refused_or_read(tmp_path: Path, kind: str) -> None:
    """Whatever happened to a frame, it comes as pixels or as one line, within a few megabytes."""
    frames = whole_frames(tmp_path)
    damaged = {
        "cut": lambda: list(cut_frames(frames)),
        "lying": lambda: list(lying_frames(frames)),
        "spoilt": lambda: list(spoilt_frames(frames, random.Random(4), count=200)),
        "strangers": lambda: list(strangers()),
    }[kind]()
    # Whatever is loaded at first use is no memory of a frame.
    outcomes(tmp_path, frames)
    tracemalloc.start()
    counted = outcomes(tmp_path, damaged)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted.total() == len(damaged) >= FEWEST[kind]
    assert most < MOST_BYTES
    if kind in ("cut", "strangers"):
        assert counted[False] > 0.9 * len(damaged)


def test_whole_frames_are_read(tmp_path: Path) -> None:
    """What the others are made of is read, and all of it is the same sky."""
    for number, (suffix, content) in enumerate(whole_frames(tmp_path)):
        pixels = FILES.read(write(tmp_path / f"{number}.{suffix}", content)).pixels
        assert pixels.shape[-2:] == (72, 90)
        assert np.isfinite(pixels).all()
