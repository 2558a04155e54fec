from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.errors import FileError
from tsplug.files.frames import DiskFrames
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
