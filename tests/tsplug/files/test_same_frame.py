"""Two files hold one frame where all data are the same, whatever was written into a header since."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pixel_files import Xisf, fits_bytes

from tsplug.app import frame_files
from tsplug.errors import FileError
from tsplug.files.headers.writing import DiskHeaders
from tsplug.model import Address, HeaderCard, HeaderEdit

PIXELS = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
FRAME = fits_bytes(PIXELS, OBJECT="M 42")
EXTENSION = b"XTENSION= 'IMAGE   '".ljust(80) + b"END".ljust(2800)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (FRAME, True),
        (fits_bytes(PIXELS, OBJECT="M 43", HFR=2.5, **{f"HISTORY{n}": n for n in range(40)}), True),
        (fits_bytes(PIXELS + np.uint16(1), OBJECT="M 42"), False),
        (fits_bytes(PIXELS[:32], OBJECT="M 42"), False),
        (fits_bytes(PIXELS, OBJECT="M 42", **{"DATE-OBS": "2026-01-15T20:00:00"}), False),
        (FRAME + EXTENSION, False),
        (b"no frame", False),
        (b"SIMPLE  = no frame", False),
        (gzip.compress(FRAME), False),
    ],
    ids=["itself", "header", "pixels", "size", "moment", "extension", "text", "headless", "packed"],
)
def test_pixels_and_moment_tell_frames_apart(tmp_path: Path, other: bytes, same: bool) -> None:
    """Other header cards do not; an extension more does."""
    (tmp_path / "a.fits").write_bytes(FRAME)
    (tmp_path / "b.fits").write_bytes(other)
    assert frame_files().of_one_frame(tmp_path / "a.fits", tmp_path / "b.fits") is same


def test_what_no_header_is_written_into_is_compared_whole(tmp_path: Path) -> None:
    """XISF, wherever it lies."""
    frame = Xisf().file(PIXELS)
    (tmp_path / "a.xisf").write_bytes(frame)
    for content, same in ((frame, True), (frame[:-1] + b"x", False)):
        MemoryFileSystem().pipe("memory://same/b.xisf", content)
        assert frame_files().of_one_frame(tmp_path / "a.xisf", Address("memory://same/b.xisf")) is same


def test_a_frame_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, and a folder."""
    (tmp_path / "a.fits").write_bytes(FRAME)
    for name in ("b.fits", "."):
        with pytest.raises(FileError, match="cannot be read"):
            frame_files().of_one_frame(tmp_path / "a.fits", tmp_path / name)


def test_a_frame_is_known_by_the_header_that_was_kept_of_it(tmp_path: Path) -> None:
    """On a disk and at an address; what is missing, damaged or never written into cannot be told."""
    kept: list[bytes] = []
    own = tmp_path / "a.fits"
    own.write_bytes(FRAME)
    DiskHeaders().edit(own, HeaderEdit((HeaderCard("NOTE", "mine"),)), keep=kept.append)
    files, packed = frame_files(), Xisf().file(PIXELS)
    other = fits_bytes(PIXELS + 1, OBJECT="M 42")
    for content, same in ((own.read_bytes(), True), (other, False), (FRAME[:-2880], None), (packed, None)):
        (tmp_path / "b.fits").write_bytes(content)
        MemoryFileSystem().pipe("memory://same/b.fits", content)
        found = [files.is_frame_of(place, kept[0]) for place in (tmp_path / "b.fits", Address("memory://same/b.fits"))]
        assert found == [same, same]
    assert [files.is_frame_of(place, kept[0]) for place in (tmp_path / "c", Address("memory://same/c"))] == [None, None]
