"""FITS frames, read whole or checked without reading their pixels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from numpy.typing import NDArray

from tsplug.errors import FileError
from tsplug.files.moving import move_file
from tsplug.ports import FramePixels, FrameStatus

_MAGIC = b"SIMPLE  ="
_COMMENTARY = frozenset({"COMMENT", "HISTORY", ""})
_UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, fits.VerifyError)
# What astropy raises on damaged files, depending on where the damage lies.


class FitsFiles:
    """Reads and moves FITS frames on this machine's disks: the first image of a file, compressed or not."""

    def read(self, file: Path) -> FramePixels:
        """Read a frame in the byte order of this machine; unsigned pixels come as such, comments are left out.

        Raises:
            FileError: missing, truncated, or not an image; the text says which.
        """
        with _opened(file) as image:
            return FramePixels(pixels=_native(image.data), header=_cards(image.header))

    def status(self, file: Path) -> FrameStatus:
        """Say whether a frame is on disk and whole, from its headers and its length alone."""
        try:
            with _opened(file):
                return FrameStatus(exists=True)
        except FileError as error:
            return FrameStatus(exists=file.exists(), problem=str(error).removeprefix(f"{file}: "))

    def verify(self, file: Path) -> FrameStatus:
        """Say whether a frame is on disk and whole, reading all of it and comparing checksums where it has some."""
        status = self.status(file)
        return status if status.problem or not status.exists else FrameStatus(exists=True, problem=_wrong_sums(file))

    def move(self, source: Path, target: Path) -> None:
        """Give a file another name; see `tsplug.files.moving.move_file`."""
        move_file(source, target)

    def same(self, one: Path, other: Path) -> bool:
        """Return whether two names are those of one file."""
        return one.samefile(other)

    def remove_name(self, file: Path) -> None:
        """Take one of several names from a file."""
        file.unlink(missing_ok=True)


def _wrong_sums(file: Path) -> str:
    """Return which checksums of a frame are wrong, or nothing; a frame without any has none that is."""
    try:
        with file.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyUserWarning)
            with fits.open(stream, memmap=False, disable_image_compression=True) as hdus:
                wrong = [place for place, hdu in enumerate(hdus) if hdu.verify_datasum() == 0]
    except _UNREADABLE as error:
        return f"cannot be read as FITS: {error}"
    return f"DATASUM of part {', '.join(map(str, wrong))} is wrong: its data changed" if wrong else ""


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Open the first image of a file, known to be whole.

    Raises:
        FileError: missing, truncated, or not an image.
    """
    try:
        with file.open("rb") as stream, warnings.catch_warnings():
            # A short file is an error here, said in our own words by _whole_image.
            warnings.simplefilter("ignore", AstropyUserWarning)
            _check_magic(stream, file)
            # Mapped pages would keep the file open, and scaled pixels need a copy anyway.
            with fits.open(stream, memmap=False) as hdus:
                yield _whole_image(hdus, file)
    except FileNotFoundError as error:
        raise FileError(f"{file}: missing") from error
    except _UNREADABLE as error:
        raise FileError(f"{file}: cannot be read as FITS: {error}") from error


def _check_magic(stream: BinaryIO, file: Path) -> None:
    start = stream.read(len(_MAGIC))
    stream.seek(0)
    if start != _MAGIC:
        raise FileError(f"{file}: {'is no FITS file' if start else 'is empty'}")


def _whole_image(hdus: fits.HDUList, file: Path) -> Any:
    length = file.stat().st_size
    for hdu in hdus:
        if not (hdu.is_image and hdu.header.get("NAXIS", 0) >= 2):
            continue
        place = hdu.fileinfo()
        end = place["datLoc"] + min(place["datSpan"], hdu.size)
        if length < end:
            raise FileError(f"{file}: truncated: {length} of at least {end} bytes")
        return hdu
    raise FileError(f"{file}: holds no image, or is truncated within its header")


def _native(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))


def _cards(header: fits.Header) -> dict[str, Any]:
    cards: dict[str, Any] = {}
    for card in header.cards:
        if card.keyword not in _COMMENTARY:
            value = None if isinstance(card.value, fits.card.Undefined) else card.value
            cards.setdefault(card.keyword, value)
    return cards
