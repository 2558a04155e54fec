"""Pixels of FITS frames, however they are stored."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from frame_files import fits_header, write
from pixel_files import fits_bytes

from tsplug.errors import FileError
from tsplug.files.frames import DiskFrames

FILES = DiskFrames()
FRAME = np.random.default_rng(3).normal(1000, 20, (61, 47)).astype(np.uint16)


@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4", "u4", "i8", "f4", "f8"])
def test_every_kind_of_number(tmp_path: Path, kind: str) -> None:
    """Numbers of all widths come as they were, unsigned ones too, in the byte order of this machine."""
    pixels = np.random.default_rng(1).uniform(0, 100, (300, 500)).astype(kind)
    read = FILES.read(write(tmp_path / "a.fits", fits_bytes(pixels))).pixels
    assert read.dtype == np.dtype(kind)
    assert read.dtype.isnative
    assert np.array_equal(read, pixels)


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4"])
def test_scaled_numbers_are_what_they_stand_for(tmp_path: Path, kind: str) -> None:
    """BSCALE and BZERO are worked in, as astropy does; a blank pixel is no number."""
    stored = np.arange(12).reshape(3, 4).astype(kind)
    cards = {"BSCALE": 0.5, "BZERO": 100.0} | ({} if kind == "f4" else {"BLANK": 7})
    file = write(tmp_path / "a.fits", fits_bytes(stored, **cards))
    read, peer = FILES.read(file).pixels, fits.getdata(file)
    assert np.array_equal(read, peer, equal_nan=True)
    assert read.dtype == peer.dtype.newbyteorder("=")
    assert np.count_nonzero(np.isnan(read)) == (kind != "f4")


@pytest.mark.parametrize("kind", ["u1", "i2", "i4"])
def test_blank_pixels_of_whole_numbers_are_none(tmp_path: Path, kind: str) -> None:
    """BLANK counts without a scale too, as astropy has it."""
    file = write(tmp_path / "a.fits", fits_bytes(np.arange(12).reshape(3, 4).astype(kind), BLANK=7))
    read, peer = FILES.read(file).pixels, fits.getdata(file)
    assert np.array_equal(read, peer, equal_nan=True)
    assert read.dtype == peer.dtype.newbyteorder("=")
    assert np.isnan(read[1, 3])


def packed_twice(hdus: fits.HDUList, file: Path) -> Path:
    hdus.writeto(file.with_suffix(".raw"))
    return write(file, gzip.compress(file.with_suffix(".raw").read_bytes()))


@pytest.mark.parametrize("algorithm", ["RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1"])
def test_packed_tiles(tmp_path: Path, algorithm: str) -> None:
    """Images packed in tiles come as they were, whichever way."""
    fits.CompImageHDU(FRAME, compression_type=algorithm).writeto(tmp_path / "a.fits.fz", checksum=True)
    read = FILES.read(tmp_path / "a.fits.fz")
    assert read.pixels.dtype == np.uint16
    assert np.array_equal(read.pixels, FRAME)
    assert FILES.verify(tmp_path / "a.fits.fz").problem == ""


def test_the_first_image_counts(tmp_path: Path) -> None:
    """Behind an empty first part and a table comes the first image, and the cards of both."""
    table = fits.BinTableHDU(np.zeros(3, dtype=[("a", "i4")]))
    image = fits.ImageHDU(FRAME, fits.Header([("EGAIN", 0.5)]))
    first = fits.PrimaryHDU(header=fits.Header([("OBJECT", "M 42")]))
    fits.HDUList([first, table, image, fits.ImageHDU(FRAME + 1)]).writeto(tmp_path / "a.fits")
    read = FILES.read(tmp_path / "a.fits")
    assert np.array_equal(read.pixels, FRAME)
    assert (read.header["OBJECT"], read.header["EGAIN"]) == ("M 42", 0.5)


def test_a_frame_within_gzip(tmp_path: Path) -> None:
    """A frame that was packed as a whole, tiles or not, is unpacked as it is read; an end that is missing is told."""
    content = gzip.compress(fits_bytes(FRAME))
    assert np.array_equal(FILES.read(write(tmp_path / "a.fits.gz", content)).pixels, FRAME)
    with pytest.raises(FileError, match="cannot be unpacked"):
        FILES.read(write(tmp_path / "b.fits.gz", content[: len(content) // 2]))
    tiled = packed_twice(fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(FRAME)]), tmp_path / "c.fits.gz")
    assert np.array_equal(FILES.read(tiled).pixels, FRAME)


@pytest.mark.parametrize(
    ("shape", "found"), [((3, 20, 30), (3, 20, 30)), ((1, 20, 30), (20, 30)), ((1, 3, 20, 30), (3, 20, 30))], ids=str
)
def test_planes_of_colour(tmp_path: Path, shape: tuple[int, ...], found: tuple[int, ...]) -> None:
    """Three planes stay three; axes of length one are none."""
    pixels = np.random.default_rng(1).integers(0, 60_000, shape).astype(np.uint16)
    read = FILES.read(write(tmp_path / "a.fits", fits_bytes(pixels))).pixels
    assert read.shape == found
    assert np.array_equal(read, pixels.reshape(found))


Lie = dict[str, object]
LIES: list[tuple[Lie, str]] = [
    ({"NAXIS1": 10**9}, "no frame has more than"),
    ({"NAXIS1": 10**6}, "truncated: 11520 of at least"),
    ({"NAXIS1": 10**9, "NAXIS2": 10**9}, "no frame has more than"),
    ({"NAXIS1": 10**30}, "no pixels"),
    ({"NAXIS1": 0}, "no pixels"),
    ({"NAXIS1": -5}, "no pixels: its header says NAXIS1 = -5"),
    ({"NAXIS1": "many"}, "no pixels: its header says NAXIS1 = 'many'"),
    ({"NAXIS2": True}, "no pixels: its header says NAXIS2 = T"),
    ({"BSCALE": 0.0}, "BSCALE = 0"),
    ({"BZERO": "x"}, "BZERO = 'x', which is no number"),
    ({"BITPIX": 17}, "BITPIX = 17"),
    ({"BITPIX": "16"}, "BITPIX = '16', a text"),
    ({"BITPIX": True}, "BITPIX = T,"),
    ({"BITPIX": None}, "BITPIX"),
    ({"NAXIS": 1}, "holds no image"),
    ({"NAXIS": 999}, "999 axes"),
    ({"NAXIS": 3, "NAXIS3": 7}, "one plane, or three of colour"),
    ({"NAXIS": 4, "NAXIS3": 3, "NAXIS4": 3}, "4 axes"),
]


@pytest.mark.parametrize(("lie", "problem"), LIES, ids=[str(lie) for lie, _ in LIES])
def test_a_lying_header_takes_no_memory(tmp_path: Path, lie: Lie, problem: str) -> None:
    """What a header claims is held against the file first: one line says what is wrong, within a few megabytes."""
    honest: Lie = {"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": 60, "NAXIS2": 72}
    file = write(tmp_path / "a.fits", fits_header({}, structure={**honest, **lie}) + bytes(8640))
    tracemalloc.start()
    with pytest.raises(FileError, match=problem) as caught:
        FILES.read(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(caught.value).startswith(f"{file}: ")
    assert most < 4 << 20
    assert problem in FILES.status(file).problem


@pytest.mark.parametrize("number", ["NaN", "inf", "-Infinity", "1E999"])
@pytest.mark.parametrize("keyword", ["BZERO", "BSCALE", "NAXIS1"])
def test_a_number_that_is_none_is_told(tmp_path: Path, keyword: str, number: str) -> None:
    """Pixels scaled by what is no number would be none either: the frame is refused, and the card named."""
    content = fits_bytes(FRAME.astype(np.int16), BZERO=4.0, BSCALE=2.0)
    place = content.index(keyword.encode())
    card = f"{keyword:8}= {number:>20}".ljust(80).encode()
    file = write(tmp_path / "a.fits", content[:place] + card + content[place + 80 :])
    with pytest.raises(FileError, match=f"{keyword} .*{number}.*copy it again"):
        FILES.read(file)


def lying_tiles(file: Path) -> None:
    content = file.read_bytes()
    card = content.index(b"ZNAXIS2 =")
    file.write_bytes(content[:card] + b"ZNAXIS2 =              9999999".ljust(80) + content[card + 80 :])


def lying_rows(file: Path) -> None:
    content = file.read_bytes()
    for keyword in (b"ZNAXIS1", b"ZTILE1 "):
        card = content.index(keyword + b" =")
        content = content[:card] + keyword + b" =              9999999".ljust(73) + content[card + 80 :]
    file.write_bytes(content)


@pytest.mark.parametrize(("lie", "problem"), [(lying_tiles, "tiles but has"), (lying_rows, "packed ones")])
def test_lying_tiles_take_no_memory(tmp_path: Path, lie: Callable[[Path], None], problem: str) -> None:
    """The number of tiles must fit the image, and its size what packing can do."""
    fits.CompImageHDU(FRAME).writeto(tmp_path / "a.fits.fz")
    lie(tmp_path / "a.fits.fz")
    with pytest.raises(FileError, match=problem):
        FILES.read(tmp_path / "a.fits.fz")


def test_changed_tiles_are_found_by_their_checksum(tmp_path: Path) -> None:
    """RICE unpacks whatever it is given; a DATASUM tells that it was changed."""
    fits.CompImageHDU(FRAME, compression_type="RICE_1").writeto(tmp_path / "a.fits.fz", checksum=True)
    content = bytearray((tmp_path / "a.fits.fz").read_bytes())
    content[-3000] ^= 1
    with pytest.raises(FileError, match="wrong DATASUM"):
        FILES.read(write(tmp_path / "b.fits.fz", bytes(content)))


def sixth_tile(file: Path, *, column: str) -> tuple[int, int]:
    """Return where the table of tiles tells how many bytes the sixth has, and how long a row of the table is."""
    with fits.open(file, disable_image_compression=True) as hdus:
        kind = hdus[1].columns.dtype
        return hdus.fileinfo(1)["datLoc"] + 5 * kind.itemsize + kind.fields[column][1], kind.itemsize


@pytest.mark.parametrize("algorithm", ["RICE_1", "GZIP_1", "GZIP_2"])
@pytest.mark.parametrize("place", ["of no bytes", "of another tile", "within another tile"])
@pytest.mark.parametrize("kind", ["u2", "f4", "NaN"])
def test_tiles_that_lie_where_none_are_told_from_pixels(tmp_path: Path, algorithm: str, place: str, kind: str) -> None:
    """Where no checksum tells it, a damaged table of tiles gives no pixels that are those of another place."""
    pixels = np.full(FRAME.shape, np.nan, "f4") if kind == "NaN" else FRAME.astype(kind)
    file = tmp_path / "a.fits.fz"
    fits.CompImageHDU(pixels, compression_type=algorithm).writeto(file)
    assert FILES.read(file).pixels.shape == FRAME.shape
    length, row = sixth_tile(file, column="GZIP_COMPRESSED_DATA" if kind == "NaN" else "COMPRESSED_DATA")
    content, start = bytearray(file.read_bytes()), length + 4
    if place == "of no bytes":
        content[length : start + 4] = bytes(8)
    else:
        before = int.from_bytes(content[start - row : start - row + 4], "big")
        content[start : start + 4] = (before + (place == "within another tile")).to_bytes(4, "big")
    with pytest.raises(FileError, match="table of tiles is damaged"):
        FILES.read(write(tmp_path / "b.fits.fz", bytes(content)))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_changed_pixels_are_found_by_their_checksum(tmp_path: Path, kind: str, packed: bool) -> None:
    """Where a frame has a DATASUM, whole words or not, changed data are refused; what fills the last block counts."""
    pixels = np.random.default_rng(2).uniform(1, 100, (301, 457)).astype(kind)
    fits.PrimaryHDU(pixels).writeto(tmp_path / "a.fits", checksum=True)
    content = bytearray((tmp_path / "a.fits").read_bytes())
    pack = gzip.compress if packed else bytes
    assert np.array_equal(FILES.read(write(tmp_path / "b.fits", pack(content))).pixels, pixels)
    filled = pixels.nbytes + 2880 + 5
    for place in (2880, 2880 + pixels.nbytes - 1, filled):
        content[place] ^= 4
        with pytest.raises(FileError, match="wrong DATASUM: its data changed"):
            FILES.read(write(tmp_path / "b.fits", pack(content)))
        content[place] ^= 4
    cut = FILES.read(write(tmp_path / "b.fits", pack(content[: 2880 + pixels.nbytes])))
    assert np.array_equal(cut.pixels, pixels)


def test_kept_memory_is_used_again_once_nobody_looks(tmp_path: Path) -> None:
    """A frame that somebody still holds, if only in part, stays as it is; the memory of one let go of is reused."""
    one, two = write(tmp_path / "1.fits", fits_bytes(FRAME)), write(tmp_path / "2.fits", fits_bytes(FRAME + 7))
    files = DiskFrames(keep_memory=True)
    corner = files.read(one).pixels[:5, :5]
    other = files.read(two).pixels
    assert np.array_equal(corner, FRAME[:5, :5])
    address = other.ctypes.data
    del other
    again = files.read(one).pixels
    assert again.ctypes.data == address
    assert np.array_equal(again, FRAME)


@pytest.mark.parametrize("keep", [False, True], ids=["fresh", "kept"])
def test_memory_of_pixels_begins_with_a_page(tmp_path: Path, keep: bool) -> None:
    """Copying from a file's page to a few bytes behind that place in another one takes five times as long."""
    file, files = write(tmp_path / "1.fits", fits_bytes(FRAME)), DiskFrames(keep_memory=keep)
    read = [files.read(file).pixels for _ in range(4)]
    assert [pixels.ctypes.data % 4096 for pixels in read] == [0, 0, 0, 0]
    assert all(np.array_equal(pixels, FRAME) for pixels in read)
