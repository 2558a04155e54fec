"""Open files at any place in them, by calls of the system for that and without them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.app import frame_files
from tsplug.files.pixels.buffers import FreshMemory
from tsplug.files.pixels.fits_frame import FitsFrame
from tsplug.files.pixels.sources import PlainSource
from tsplug.files.positional import BYTES_AS_THEY_ARE, PositionalFile, SoughtPlaces, SystemPlaces, positional

Places = Callable[[int], PositionalFile]
WORDS = np.arange(1 << 18, dtype=np.uint32)
BOTH = pytest.mark.parametrize("places", [SystemPlaces, SoughtPlaces])


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "words").write_bytes(WORDS.tobytes())
    opened = os.open(tmp_path / "words", os.O_RDWR | BYTES_AS_THEY_ARE)
    yield opened
    os.close(opened)


@BOTH
def test_bytes_are_those_of_the_place(descriptor: int, places: Places) -> None:
    """As many as are wanted, fewer at the end and none behind it, new or into memory that is there."""
    file, end, memory = places(descriptor), WORDS.nbytes, bytearray(10)
    assert [file.read(4 * 1000, 4), file.read(end - 4, 10), file.read(end + 7, 10)] == [
        WORDS[1000].tobytes(),
        WORDS[-1].tobytes(),
        b"",
    ]
    assert [file.read_into(memoryview(memory)[2:], place) for place in (4 * 77, end - 4, end + 7)] == [8, 4, 0]
    assert memory == bytes(2) + WORDS[-1].tobytes() + WORDS[78].tobytes()
    assert file.descriptor == descriptor


@BOTH
def test_only_what_is_written_changes(descriptor: int, places: Places) -> None:
    """A piece lands at its place, and what is beside it stays."""
    file = places(descriptor)
    file.write(4 * 5 + 1, b"written")
    start = bytearray(WORDS[:10].tobytes())
    start[21:28] = b"written"
    assert file.read(0, 40) == bytes(start)
    assert os.fstat(descriptor).st_size == WORDS.nbytes


@BOTH
def test_threads_do_not_meet(descriptor: int, places: Places) -> None:
    """Each gets the bytes of its own places, however many ask for others at the same time."""
    file = places(descriptor)

    def differ(first: int) -> int:
        found = np.empty(64, np.uint32)
        wrong = 0
        for start in range(first, WORDS.size - 64, 4096):
            file.read_into(memoryview(found).cast("B"), 4 * start)
            wrong += int((found != WORDS[start : start + 64]).any())
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(differ, range(0, 4096, 64))) == 0


@BOTH
def test_what_cannot_be_written_is_told(tmp_path: Path, places: Places) -> None:
    """As in a file that was opened to be read."""
    (tmp_path / "file").write_bytes(b"as it was")
    opened = os.open(tmp_path / "file", os.O_RDONLY | BYTES_AS_THEY_ARE)
    try:
        with pytest.raises(OSError, match="Bad file descriptor"):
            places(opened).write(0, b"else")
    finally:
        os.close(opened)
    assert (tmp_path / "file").read_bytes() == b"as it was"


def test_a_frame_is_the_same_without_calls_of_the_system(tmp_path: Path) -> None:
    """Header, pixels and what is counted while two threads read them."""
    pixels = np.random.default_rng(3).integers(0, 65_536, (600, 900), dtype=np.uint16)
    fits.PrimaryHDU(pixels, fits.Header({"OBJECT": "M 42"})).writeto(tmp_path / "a.fits", checksum=True)
    usual = frame_files().read(tmp_path / "a.fits", to_measure=True)
    with (tmp_path / "a.fits").open("rb") as opened:
        file = SoughtPlaces(opened.fileno())
        sought = FitsFrame(file, PlainSource(file)).read(FreshMemory(), to_measure=True)
    assert np.array_equal(sought.pixels, usual.pixels)
    assert sought.header == usual.header
    assert sought.passed is not None
    assert usual.passed is not None
    assert np.array_equal(sought.passed.binned, usual.passed.binned)
    assert sought.passed.histogram is not None
    assert usual.passed.histogram is not None
    assert np.array_equal(sought.passed.histogram.counts, usual.passed.histogram.counts)


def test_the_system_is_asked_where_it_can_be(descriptor: int) -> None:
    """Going to a place first makes threads wait for each other, so it is left to systems without such calls."""
    kind = SystemPlaces if hasattr(os, "preadv") else SoughtPlaces
    assert type(positional(descriptor)) is kind
