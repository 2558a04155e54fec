"""Whether two files hold one frame, whatever has been written into the header of one of them since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsplug.errors import FileError, OutOfReachError
from tsplug.files.disk_errors import disk_error
from tsplug.files.headers.fits_header import MAGIC, FitsPart, fits_parts
from tsplug.files.headers.marks import data_mark
from tsplug.files.headers.sources import HeaderError
from tsplug.files.headers.writing import DiskHeaders
from tsplug.files.positional import BYTES_AS_THEY_ARE, PositionalFile, positional

_PIECE_BYTES = 1 << 20


def same_frame(one: Path, other: Path) -> bool:
    """Return whether two files hold one frame: the same data, and headers that can be those of one frame.

    Only headers of plain FITS are ever written into; anything else holds one frame where all bytes are the same.

    Raises:
        FileError: one cannot be read.
    """
    with _opened(one) as first, _opened(other) as second:
        parts = _parts(first), _parts(second)
        if not all(parts):
            return _same_bytes(first, second, places=(0, 0))
        return len(parts[0]) == len(parts[1]) and all(
            _same_part(here, there, files=(first, second)) for here, there in zip(*parts, strict=True)
        )


def is_frame_of(file: Path, kept: bytes) -> bool | None:
    """Return whether a file holds the frame that a header was kept of; None where nobody can tell.

    Raises:
        OutOfReachError: the disk does not answer.
    """
    try:
        with _opened(file) as opened:
            size = os.fstat(opened.descriptor).st_size
            image = next((part for part in _parts(opened) if part.has_image), None)
            whole = image is not None and size >= image.data_offset + image.data_bytes
            if image is None or not whole or image.structure.get("ZIMAGE") is True:
                return None
            mark = data_mark(opened, offset=image.data_offset, length=image.data_bytes)
    except OutOfReachError:
        raise
    except FileError:
        return None
    return DiskHeaders().of_one_frame(kept, image.header + mark)


def _same_part(here: FitsPart, there: FitsPart, *, files: tuple[PositionalFile, PositionalFile]) -> bool:
    if here.data_bytes != there.data_bytes or not DiskHeaders().of_one_frame(here.header, there.header):
        return False
    places = here.data_offset, there.data_offset
    return _same_bytes(*files, places=places, length=here.data_bytes)


def _same_bytes(
    first: PositionalFile, second: PositionalFile, *, places: tuple[int, int], length: int | None = None
) -> bool:
    """Return whether what follows two places is the same, as far as ``length`` or to the ends."""
    done = 0
    while length is None or done < length:
        wanted = _PIECE_BYTES if length is None else min(_PIECE_BYTES, length - done)
        pieces = [each.read(place + done, wanted) for each, place in zip((first, second), places, strict=True)]
        if pieces[0] != pieces[1]:
            return False
        if not pieces[0]:
            break
        done += len(pieces[0])
    return True


def _parts(file: PositionalFile) -> list[FitsPart]:
    """Return the parts of a plain FITS file; none of anything else."""
    if file.read(0, len(MAGIC)) != MAGIC:
        return []
    try:
        return list(fits_parts(file))
    except HeaderError:
        return []


@contextmanager
def _opened(file: Path) -> Iterator[PositionalFile]:
    try:
        descriptor = os.open(file, os.O_RDONLY | BYTES_AS_THEY_ARE)
    except OSError as error:
        raise disk_error(f"{file}: cannot be read", error) from error
    try:
        yield positional(descriptor)
    except OSError as error:
        raise disk_error(f"{file}: cannot be read", error) from error
    finally:
        os.close(descriptor)
