from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.errors import FileError, OutOfReachError
from tsplug.files.frames import DiskFrames
from tsplug.imaging.reduction import pass_over
from tsplug.imaging.source import ArraySource
from tsplug.ports import FrameStatus

FILES = DiskFrames()
PIXELS = np.arange(60_000, 60_000 + 40 * 30, dtype=np.uint16).reshape(30, 40)


def frame(file: Path) -> Path:
    header = fits.Header([("OBJECT", "M 42"), ("EXPTIME", 300.0), ("HISTORY", "made for a test")])
    header["GAIN"] = None
    fits.PrimaryHDU(PIXELS, header).writeto(file)
    return file


def test_unsigned_pixels_come_back(tmp_path: Path) -> None:
    """Pixels stored with an offset of 32768 are read as the unsigned numbers they are, rows by columns."""
    read = FILES.read(frame(tmp_path / "a.fits"))
    assert (read.pixels.dtype, read.pixels.shape, read.pixels.flags.c_contiguous) == (np.uint16, (30, 40), True)
    assert np.array_equal(read.pixels, PIXELS)


def test_header_is_plain(tmp_path: Path) -> None:
    """The header is a mapping of plain values: no comments, no cards without a value."""
    header = FILES.read(frame(tmp_path / "a.fits")).header
    assert (header["OBJECT"], header["EXPTIME"]) == ("M 42", 300.0)
    assert not {"HISTORY", "GAIN"} & set(header)


def test_floating_point_pixels_are_native(tmp_path: Path) -> None:
    """Pixels are in the byte order of this machine, which FITS files are not."""
    fits.PrimaryHDU(np.ones((4, 4), np.float32)).writeto(tmp_path / "f.fits")
    pixels = FILES.read(tmp_path / "f.fits").pixels
    assert pixels.dtype.isnative
    assert pixels.dtype == np.float32


def test_compressed_image_is_found(tmp_path: Path) -> None:
    """The first image counts, also a compressed one after an empty first part."""
    fits.CompImageHDU(PIXELS).writeto(tmp_path / "c.fits")
    assert np.array_equal(FILES.read(tmp_path / "c.fits").pixels, PIXELS)
    assert FILES.status(tmp_path / "c.fits") == FrameStatus(exists=True)


@pytest.mark.parametrize(
    ("length", "problem"),
    [(0, "is empty"), (5, "is no FITS file"), (500, "is cut off in its header"), (3000, "truncated: 3000 of at least")],
)
def test_truncated_file_is_refused(tmp_path: Path, length: int, problem: str) -> None:
    """A file that ends too early is refused by both ways of looking at it, with the reason and without a warning."""
    file = frame(tmp_path / "a.fits")
    file.write_bytes(file.read_bytes()[:length])
    status = FILES.status(file)
    assert status.exists
    assert status.problem.startswith(problem)
    with pytest.raises(FileError, match=rf"a\.fits: {problem}"):
        FILES.read(file)


def test_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A file that is not there is missing, not damaged."""
    assert FILES.status(tmp_path / "no.fits") == FrameStatus(exists=False, problem="missing")
    with pytest.raises(FileError, match=r"no\.fits: missing"):
        FILES.read(tmp_path / "no.fits")


def test_of_a_place_that_the_system_does_not_look_at_nobody_knows(tmp_path: Path) -> None:
    """As where the disk of a network fails for a moment; here a name that is too long: nothing is done to records."""
    status = FILES.status(tmp_path / ("x" * 300))
    assert (status.exists, status.out_of_reach, "File name too long" in status.problem) == (True, True, True)


def test_file_without_an_image_is_refused(tmp_path: Path) -> None:
    """A FITS file that holds no image is no frame."""
    fits.PrimaryHDU().writeto(tmp_path / "e.fits")
    assert "holds no image" in FILES.status(tmp_path / "e.fits").problem


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A text file is no frame."""
    (tmp_path / "t.fits").write_text("hello " * 1000)
    status = FILES.status(tmp_path / "t.fits")
    assert status.problem == "is no FITS file; copy it again from where it was saved, or leave it out"
    (tmp_path / "p.fits").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "is no FITS file but a PNG picture" in FILES.status(tmp_path / "p.fits").problem


@pytest.mark.parametrize("keep", [False, True], ids=["fresh memory", "kept memory"])
def test_a_frame_to_measure_is_gone_over_while_it_is_read(tmp_path: Path, keep: bool) -> None:
    """What measuring needs of one pass over all pixels is there, and the same as of the pixels; frame after frame."""
    shape = (421, 700)
    files = DiskFrames(keep_memory=keep)
    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(0, 65_535, shape, endpoint=True).astype(np.uint16)
        fits.PrimaryHDU(pixels).writeto(tmp_path / f"{seed}.fits")
        read = files.read(tmp_path / f"{seed}.fits", to_measure=True)
        expected = pass_over(ArraySource(pixels))
        assert read.passed is not None
        assert read.passed.histogram is not None
        assert expected.histogram is not None
        assert np.array_equal(read.pixels, pixels)
        assert read.passed.pixels is read.pixels
        assert np.array_equal(read.passed.binned, expected.binned)
        assert np.array_equal(read.passed.histogram.counts, expected.histogram.counts)


def test_a_frame_that_cannot_be_read_in_bands_is_only_read(tmp_path: Path) -> None:
    """Planes of colour, packed tiles and gzip files are read as ever, and measured later."""
    fits.PrimaryHDU(np.stack([PIXELS] * 3)).writeto(tmp_path / "colour.fits")
    fits.CompImageHDU(PIXELS).writeto(tmp_path / "tiles.fits")
    packed = tmp_path / "packed.fits.gz"
    packed.write_bytes(gzip.compress(frame(tmp_path / "plain.fits").read_bytes()))
    for file in (tmp_path / "colour.fits", tmp_path / "tiles.fits", packed):
        read = FILES.read(file, to_measure=True)
        assert read.passed is None
        assert np.array_equal(read.pixels.reshape(-1)[: PIXELS.size], PIXELS.reshape(-1))


@pytest.mark.parametrize(("shape", "dtype", "in_bands"), [((30, 40), "u2", True), ((31, 41), "u1", False)])
def test_a_wrong_checksum_is_found_while_a_frame_is_gone_over(
    tmp_path: Path, shape: tuple[int, int], dtype: str, in_bands: bool
) -> None:
    """The sum of a frame to measure is compared as of any other; where bands would cut its words, it is only read."""
    pixels = np.arange(shape[0] * shape[1]).reshape(shape).astype(dtype)
    fits.PrimaryHDU(pixels).writeto(tmp_path / "a.fits", checksum=True)
    read = FILES.read(tmp_path / "a.fits", to_measure=True)
    assert np.array_equal(read.pixels, pixels)
    assert (read.passed is not None) == in_bands
    content = bytearray((tmp_path / "a.fits").read_bytes())
    content[2880 + 100] ^= 1
    (tmp_path / "b.fits").write_bytes(content)
    with pytest.raises(FileError, match="wrong DATASUM"):
        FILES.read(tmp_path / "b.fits", to_measure=True)


def test_a_frame_whose_folder_is_missing_may_be_back(tmp_path: Path) -> None:
    """Its disk may not be mounted yet; one that is missing in its folder is gone."""
    with pytest.raises(OutOfReachError, match=r"a\.fits: missing, and so is its folder: is the disk mounted\?"):
        DiskFrames().read(tmp_path / "nowhere" / "a.fits")
    with pytest.raises(FileError, match=r"a\.fits: missing$") as raised:
        DiskFrames().read(tmp_path / "a.fits")
    assert not isinstance(raised.value, OutOfReachError)
