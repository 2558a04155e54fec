"""Writes a frame as FITS so that its name appears only when every byte is safely on disk."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.io.fits.verify import VerifyError
from numpy.typing import NDArray

from hostsim.saving.disk import Disk
from hostsim.saving.header import Card
from tsplug import FileError

PART = ".part"
"""The ending of a frame that is still being written."""

# Two header blocks stay free, so that results can later be added without moving the pixels.
_RESERVED_CARDS = 72
# 80 characters less keyword, "= " and " / ".
_CARD_ROOM = 67
_NUMBER_WIDTH = 20


def free_name(wanted: Path) -> Path:
    """Return the path, or the first one with ``_2``, ``_3`` ... before the extension that is not taken."""
    candidate, number = wanted, 2
    while candidate.exists():
        candidate = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
        number += 1
    return candidate


def write_part(pixels: NDArray[np.uint16], cards: Sequence[Card], *, final: Path, disk: Disk | None = None) -> Path:
    """Write a frame beside its final name, flushed to disk, and return the temporary path.

    Pixels are rows, unsigned 16 bits; the file has CHECKSUM and DATASUM. ``disk`` is asked first.

    Raises:
        FileError: the folder cannot be made or written, or the disk is full.
    """
    part = final.with_name(f".{final.name}{PART}")
    try:
        if disk is not None:
            disk.before_writing(final)
        _make_folder(final.parent)
        hdu = _hdu(pixels, cards)
        with part.open("wb") as stream:
            hdu.writeto(stream, checksum=True)
            stream.flush()
            os.fsync(stream.fileno())
    except (OSError, VerifyError, ValueError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise FileError(
            f"{final}: the frame cannot be saved ({_why(error)}): make room or correct the folder"
        ) from error
    return part


def _why(error: Exception) -> str:
    """Return why writing failed; of a full disk astropy tells twice how many bytes were missing."""
    return "the disk is full" if str(error).startswith("Not enough space") else str(error)


def finish(part: Path, final: Path) -> None:
    """Give a written frame its final name, for good; nothing happens when it has it already.

    Raises:
        FileError: the name cannot be given.
    """
    try:
        if part.exists():
            part.rename(final)
        _flush_folder(final.parent)
    except OSError as error:
        raise FileError(f"{final}: the frame cannot get its name ({error}): look at the folder") from error


def sweep(folder: Path, *, keep: Sequence[Path] = ()) -> int:
    """Remove what an interrupted write left behind below a folder, and return how many files that were."""
    leftovers = [part for part in folder.rglob(f".*{PART}") if part not in keep]
    for part in leftovers:
        part.unlink(missing_ok=True)
    return len(leftovers)


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents; a new folder is as safe from a power cut as what will lie in it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hdu(pixels: NDArray[np.uint16], cards: Sequence[Card]) -> fits.PrimaryHDU:
    hdu = fits.PrimaryHDU(pixels)
    for keyword, value, comment in cards:
        hdu.header[keyword] = _fitting(value, comment)
    hdu.header["CHECKSUM"] = ("0" * 16, "HDU checksum")
    hdu.header["DATASUM"] = ("0", "data unit checksum")
    for _ in range(_RESERVED_CARDS):
        hdu.header.append(end=True, bottom=True)
    return hdu


def _fitting(value: str | int | float, comment: str) -> tuple[str | int | float, str]:
    """Return value and comment as FITS can hold them: plain ASCII, the comment as far as the card has room."""
    if isinstance(value, str):
        decomposed = unicodedata.normalize("NFKD", value)
        value = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        value = "".join(letter if " " <= letter <= "~" else "?" for letter in value)
    shown = len(value.replace("'", "''")) + 2 if isinstance(value, str) else _NUMBER_WIDTH
    return value, comment[: max(0, _CARD_ROOM - max(shown, _NUMBER_WIDTH))]
