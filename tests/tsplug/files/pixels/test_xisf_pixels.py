"""Pixels of XISF frames, however they are stored."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from frame_files import write
from pixel_files import CODECS, Xisf

from tsplug.errors import FileError
from tsplug.files.frames import DiskFrames

FILES = DiskFrames()
PIXELS = np.random.default_rng(3).normal(1000, 20, (61, 47)).astype(np.uint16)
PACKED = [
    Xisf(codec, shuffled=shuffled, parts=parts, checksum="sha1")
    for codec, shuffled, parts in itertools.product(CODECS, (False, True), (1, 3))
]


def described(way: Xisf) -> str:
    return f"{way.codec}{'+sh' if way.shuffled else ''} in {way.parts}"


@pytest.mark.parametrize("way", PACKED, ids=described)
def test_packed_pixels_come_back(tmp_path: Path, way: Xisf) -> None:
    """Every codec, shuffled or not, in one block or several, gives what was stored."""
    file = write(tmp_path / "a.xisf", way.file(PIXELS))
    assert np.array_equal(FILES.read(file).pixels, PIXELS)
    assert FILES.status(file).problem == FILES.verify(file).problem == ""


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "u8", "f4", "f8"])
@pytest.mark.parametrize("order", ["little", "big"])
def test_every_kind_of_sample(tmp_path: Path, kind: str, order: str) -> None:
    """Numbers of all widths and both byte orders come in the order of this machine."""
    pixels = np.random.default_rng(1).uniform(0, 200, (20, 30)).astype(kind)
    read = FILES.read(write(tmp_path / "a.xisf", Xisf(order=order).file(pixels))).pixels
    assert read.dtype == np.dtype(kind)
    assert read.dtype.isnative
    assert np.array_equal(read, pixels)


@pytest.mark.parametrize("storage", ["Planar", "Normal"])
def test_colours_come_plane_by_plane(tmp_path: Path, storage: str) -> None:
    """Three colours are planes of rows of columns, whether they were stored so or pixel by pixel."""
    pixels = np.random.default_rng(1).integers(0, 60_000, (3, 20, 30)).astype(np.uint16)
    for way in (Xisf(storage=storage), Xisf("lz4", shuffled=True, storage=storage, order="big")):
        assert np.array_equal(FILES.read(write(tmp_path / "a.xisf", way.file(pixels))).pixels, pixels)


def test_keywords_and_the_colour_filter_array(tmp_path: Path) -> None:
    """FITS keywords come as cards; an array of filters that only its element tells comes as BAYERPAT."""
    more = "<FITSKeyword name='EGAIN' value='0.25' comment=''/><ColorFilterArray pattern='GBRG' width='2' height='2'/>"
    read = FILES.read(write(tmp_path / "a.xisf", Xisf(keywords=more).file(PIXELS)))
    assert read.header == {"EGAIN": 0.25, "BAYERPAT": "GBRG"}


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        (Xisf(attributes='location="attachment:4096:9000000"'), "attaches 9000000 bytes where its geometry needs 5734"),
        (Xisf(attributes='location="attachment:9999999:5734"'), "truncated"),
        (Xisf(attributes='location="attachment:0:5734"'), "within its header"),
        (Xisf(attributes='location="attachment:100:5734"'), "within its header"),
        (Xisf(attributes='location="inline:base64"'), "keeps its pixels in 'inline'"),
        (Xisf(attributes='location="attachment:x:y"'), "location cannot be understood"),
        (Xisf(attributes='location="attachment:4096:5734" compression="lzma:5734"'), "is packed by 'lzma'"),
        (Xisf(attributes='location="attachment:4096:5734" compression="zlib:9999"'), "does not fit its 5734 bytes"),
        (Xisf(attributes='location="attachment:4096:5734" compression="zlib:5734"'), "cannot be unpacked"),
        (Xisf(attributes='location="attachment:4096:5734" compression="zstd:5734"'), "cannot be unpacked"),
        (Xisf(attributes='location="attachment:4096:5734" compression="lz4:5734"'), "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_told(tmp_path: Path, way: Xisf, problem: str) -> None:
    """Places beyond the file, lengths that do not fit and data that are none are one line with the file's name."""
    with pytest.raises(FileError, match=problem) as caught:
        FILES.read(write(tmp_path / "a.xisf", way.file(PIXELS)))
    assert str(caught.value).startswith(f"{tmp_path / 'a.xisf'}: ")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("codec", ["", *CODECS])
def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path, codec: str) -> None:
    """Where a file has a checksum, changed data are refused and never measured."""
    content = bytearray(Xisf(codec, checksum="sha256").file(PIXELS))
    content[4096 + 100] ^= 4
    file = write(tmp_path / "a.xisf", bytes(content))
    with pytest.raises(FileError, match="wrong checksum"):
        FILES.read(file)
    assert "wrong checksum" in FILES.verify(file).problem


@pytest.mark.parametrize("codec", list(CODECS))
def test_a_lying_size_takes_no_memory(tmp_path: Path, codec: str) -> None:
    """A few bytes that claim to unpack to a gigabyte are refused within a few megabytes."""
    content = Xisf(codec).file(PIXELS)
    lie = content.replace(b'geometry="47:61:1"', b'geometry="47:12345678:1"')
    lie = lie.replace(f'compression="{codec}:5734"'.encode(), f'compression="{codec}:{47 * 12345678 * 2}"'.encode())
    xml = lie.index(b"\0\0\0\0", 16)
    lie = b"XISF0100" + (xml - 16).to_bytes(4, "little") + lie[12:xml].ljust(4084, b"\0") + content[4096:]
    tracemalloc.start()
    with pytest.raises(FileError, match=r"geometry needs|holds at most"):
        FILES.read(write(tmp_path / "a.xisf", lie))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 << 20
