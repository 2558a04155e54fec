"""Thousands of damaged headers: no traceback, no lost good frame, no more memory than the bound."""

from __future__ import annotations

import gzip
import math
import random
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from accidents import damaged
from astropy.io import fits
from dialects import DIALECTS, pixinsight_master
from frame_files import fits_file, write, xisf_file
from hypothesis import given
from hypothesis import strategies as st
from shots import Shot, utc
from trees import fits_master, processing_history

from tsplug.app import frame_headers
from tsplug.files.headers.cards import Keywords, read_cards
from tsplug.files.headers.fits_header import FitsHeaderReader
from tsplug.files.headers.sources import LONGEST_HEADER_BYTES, HeaderError
from tsplug.files.headers.xisf_header import XisfHeaderReader
from tsplug.model import BadFile, FrameHeader

HEADERS = frame_headers()
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101", hfr=2.0, sky_quality=20.5)
MANY = 4000


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """Return a good frame of every kind and program, with the suffix of its name."""
    frames = [("fits", fits_file(dialect(LIGHT))) for dialect in DIALECTS.values()]
    frames += [("xisf", xisf_file(DIALECTS["nina"](LIGHT), quoted=False))]
    frames += [("xisf", xisf_file(pixinsight_master(LIGHT), properties=processing_history(12)))]
    frames += [("fits", fits_master(pixinsight_master(LIGHT), 12))]
    frames += [("fits.gz", gzip.compress(frames[0][1]))]
    header = fits.Header([(key, value) for key, value in DIALECTS["nina"](LIGHT).items()])
    packed = folder / "packed.fits"
    fits.CompImageHDU(np.zeros((9, 9), np.uint16), header).writeto(packed)
    frames += [("fits.fz", packed.read_bytes())]
    packed.unlink()
    return frames


def check(header: FrameHeader | BadFile) -> None:
    """Fail if anything in an answer could break who reads on."""
    if isinstance(header, BadFile):
        assert header.reason.isprintable()
        return
    for values in (header.cards, header.properties):
        for key, value in values.items():
            assert key.isprintable()
            assert key
            assert not isinstance(value, float) or math.isfinite(value)
            assert not isinstance(value, str) or len(value.splitlines()) <= 1
    assert all(problem.reason.isprintable() for problem in header.problems)
    assert header.integrated_frames is None or header.integrated_frames > 0


@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_among_good_ones(tmp_path: Path, seed: int) -> None:
    """Of thousands of damaged frames each comes as a header or a bad file, and every good frame comes as if alone."""
    chance = random.Random(seed)
    good = seeds(tmp_path)
    alone = [HEADERS.read(write(tmp_path / f"alone.{suffix}", content)) for suffix, content in good]
    assert all(isinstance(header, FrameHeader) for header in alone)
    for suffix in {suffix for suffix, _ in good}:
        (tmp_path / f"alone.{suffix}").unlink()
    for number in range(MANY // 3):
        suffix, content = chance.choice(good)
        write(tmp_path / f"damaged_{number}.{suffix}", damaged(content, chance))
    for number, (suffix, content) in enumerate(good):
        write(tmp_path / f"good_{number}.{suffix}", content)
    found = list(HEADERS.scan([tmp_path]))
    assert len(found) == MANY // 3 + len(good)
    for header in found:
        check(header)
    kept = {each.file.name: each for each in found if each.file.name.startswith("good")}
    for number, ((suffix, _), header) in enumerate(zip(good, alone, strict=True)):
        again = kept[f"good_{number}.{suffix}"]
        assert isinstance(again, FrameHeader)
        assert isinstance(header, FrameHeader)
        assert (again.cards, again.integrated_frames) == (header.cards, header.integrated_frames)


class Memory:
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, offset: int, length: int) -> bytes:
        return self.content[offset : offset + length]


@given(st.lists(st.binary(min_size=80, max_size=80), max_size=30), st.none() | st.sets(st.text(max_size=8), max_size=5))
def test_any_cards(cards: list[bytes], wanted: set[str] | None) -> None:
    """Whatever bytes stand in cards, they are read or told."""
    read = read_cards(b"".join(cards), Keywords(wanted, history=True))
    assert all(not isinstance(value, float) or math.isfinite(value) for value in read.values.values())


STRUCTURE = st.sampled_from(["BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "ZIMAGE", "GROUPS", "XTENSION"])
LIES = st.sampled_from(
    [b"= 0", b"= -8", b"= 2", b"= 1", b"= 99999999999999999999", b"= 'IMAGE'", b"= T", b"= 1.5", b"="]
)


@given(st.lists(st.tuples(STRUCTURE, LIES), max_size=12), st.binary(max_size=200))
def test_any_claim_about_data(lies: list[tuple[str, bytes]], tail: bytes) -> None:
    """Whatever a header says about the size of its data, it is read, and extensions are looked for at most."""
    cards = b"".join((key.ljust(8).encode() + lie).ljust(80) for key, lie in lies)
    part = b"SIMPLE  =                    T".ljust(80) + cards + b"FILTER  = 'Ha'".ljust(80) + b"END".ljust(80)
    content = part.ljust(2880) + b"XTENSION= 'IMAGE'".ljust(80) + cards + tail
    read, _, _ = FitsHeaderReader(None).read(Memory(content))
    assert read.values["FILTER"] == "Ha"


@given(st.binary(max_size=400))
def test_any_bytes_as_xml(content: bytes) -> None:
    """Whatever bytes stand where XISF has its XML, they are read or refused."""
    whole = b"XISF0100" + len(content).to_bytes(4, "little") + bytes(4) + content
    with suppress(HeaderError):
        XisfHeaderReader(None).read(Memory(whole))


def test_memory_has_a_bound(tmp_path: Path) -> None:
    """A file of terabytes without END, an XISF that claims 4 GB, and a bomb of gzip take no more than a few headers."""
    endless = write(tmp_path / "a.fits", b"SIMPLE  =                    T".ljust(80))
    with endless.open("r+b") as stream:
        stream.truncate(1 << 40)
    write(tmp_path / "b.xisf", b"XISF0100" + b"\xff" * 8)
    write(tmp_path / "c.fits.gz", gzip.compress(b"SIMPLE  =                    T".ljust(80) + bytes(20 << 20)))
    tracemalloc.start()
    found = list(HEADERS.scan([tmp_path]))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(each) for each in found] == [BadFile] * 3
    assert most < 8 * LONGEST_HEADER_BYTES
