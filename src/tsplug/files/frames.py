"""Frames on this machine's disks, FITS and XISF: read whole, or checked without reading their pixels."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tsplug.errors import FileError, OutOfReachError
from tsplug.files.disk_errors import disk_error
from tsplug.files.headers.sources import GzipBytes, HeaderError
from tsplug.files.headers.turns import at_rest, is_at_rest
from tsplug.files.headers.xisf_header import MAGIC as XISF_MAGIC
from tsplug.files.headers.xisf_header import check_name
from tsplug.files.moving import move_file
from tsplug.files.pixels.buffers import FreshMemory, KeptMemory, PixelMemory
from tsplug.files.pixels.claims import PixelError
from tsplug.files.pixels.fits_frame import FitsFrame
from tsplug.files.pixels.sources import GzipSource, PlainSource
from tsplug.files.pixels.xisf_frame import XisfFrame
from tsplug.files.positional import BYTES_AS_THEY_ARE, positional
from tsplug.files.same_frame import is_frame_of, same_frame
from tsplug.model import FramePlace
from tsplug.ports import FramePixels, FrameStatus

_GZIP_MAGIC = b"\x1f\x8b"
# A pipe named like a frame must not be waited for; it is looked at before it is read.
_OPENING = os.O_RDONLY | BYTES_AS_THEY_ARE | getattr(os, "O_NONBLOCK", 0)
_KINDS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF document",
}


class DiskFrames:
    """Reads, checks and moves frames: the first image of a file, packed or not."""

    def __init__(self, *, keep_memory: bool = False) -> None:
        """Prepare; ``keep_memory`` is for who reads many frames of one size and lets go of each before the next."""
        self._memory: PixelMemory = KeptMemory() if keep_memory else FreshMemory()

    def read(self, file: Path, *, to_measure: bool = False) -> FramePixels:
        """Read a frame; see `tsplug.ports.FrameFiles`."""
        try:
            with _opened(file) as frame:
                return frame.read(self._memory, to_measure=to_measure)
        except FileError as error:
            if isinstance(error.__cause__, FileNotFoundError) and not _is_there(file.parent):
                raise OutOfReachError(f"{file}: missing, and so is its folder: is the disk mounted?") from error
            raise

    def status(self, file: Path) -> FrameStatus:
        """Say whether a frame is on disk and whole, from its headers and its length alone."""
        try:
            with _opened(file) as frame:
                return FrameStatus(exists=True, pixel_bytes=frame.check())
        except OutOfReachError as error:
            return FrameStatus(exists=True, problem=str(error).removeprefix(f"{file}: "), out_of_reach=True)
        except FileError as error:
            problem = str(error).removeprefix(f"{file}: ")
            try:
                return FrameStatus(exists=_is_there(file), problem=problem)
            except OSError:
                # A disk that cannot be asked, as one of a network that hiccups, says nothing of what lies there.
                return FrameStatus(exists=True, problem=problem, out_of_reach=True)

    def verify(self, file: Path) -> FrameStatus:
        """Say whether a frame is on disk and whole, reading all of it and comparing checksums where it has some."""
        status = self.status(file)
        if status.problem or not status.exists:
            return status
        try:
            with _opened(file) as frame:
                return FrameStatus(exists=True, problem=frame.wrong_sums())
        except FileError as error:
            return FrameStatus(exists=True, problem=str(error).removeprefix(f"{file}: "))

    def move(self, source: Path, target: Path, *, begin: Callable[[], None] | None = None) -> None:
        """Give a file another name; see `tsplug.files.moving.move_file`."""
        move_file(source, target, begin=begin)

    def is_at_rest(self, file: Path) -> bool | None:
        """Return whether nobody is at a file; see `tsplug.files.headers.turns.is_at_rest`."""
        return is_at_rest(file)

    def same(self, one: Path, other: Path) -> bool:
        """Return whether two names are those of one file, which they are not where one is gone."""
        try:
            return one.samefile(other)
        except FileNotFoundError:
            return False

    def remove_copy(self, file: Path, *, of: Path) -> bool:
        """Remove one of two files that hold one frame; see `tsplug.ports.FrameFiles`."""
        try:
            with at_rest(of, patience_s=0.0):
                if not self.same(file, of) and not same_frame(file, of):
                    return False
                file.unlink()
        except (OSError, FileError):
            return False
        return True

    def of_one_frame(self, one: Path, other: Path) -> bool:
        """Return whether two files hold one frame; see `tsplug.files.same_frame`."""
        return same_frame(one, other)

    def is_frame_of(self, file: Path, header: bytes) -> bool | None:
        """Return whether a file holds the frame that a header was kept of; see `tsplug.files.same_frame`."""
        return is_frame_of(file, header)

    def remove_name(self, file: Path) -> None:
        """Take one of several names from a file."""
        file.unlink(missing_ok=True)


def _is_there(file: Path) -> bool:
    """Return whether there is something of a name.

    Raises:
        OSError: the disk cannot be asked.
    """
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return False
    return True


class _Frame(Protocol):
    """A file that is open: its header can be read."""

    def check(self) -> int: ...

    def read(self, memory: PixelMemory, *, to_measure: bool) -> FramePixels: ...

    def wrong_sums(self) -> str: ...


@contextmanager
def _opened(file: Path) -> Iterator[_Frame]:
    """Open a file, whatever its name says it is, and tell in one line what is wrong with it meanwhile.

    Raises:
        FileError: it is missing, no frame, or damaged.
    """
    try:
        descriptor = os.open(file, _OPENING)
    except FileNotFoundError as error:
        raise FileError(f"{file}: missing") from error
    except (OSError, ValueError) as error:
        raise disk_error(f"{file}: cannot be opened", error) from error
    try:
        with _frame(file, descriptor) as frame:
            yield frame
    except HeaderError as error:
        raise FileError(f"{file}: {error}; copy it again from where it was saved, or leave it out") from error
    except PixelError as error:
        raise FileError(f"{file}: {error}") from error
    except MemoryError as error:
        raise FileError(f"{file}: is too large for the memory of this machine") from error
    except OSError as error:
        raise disk_error(f"{file}: cannot be read", error) from error
    finally:
        os.close(descriptor)


def check_start(file: FramePlace, start: bytes) -> None:
    """Refuse what its first bytes tell to be no frame.

    Raises:
        HeaderError: it is named as XISF and is none.
        PixelError: it is something else.
    """
    for magic, kind in _KINDS.items():
        if start.startswith(magic):
            raise PixelError(f"is no FITS file but {kind}; only FITS and XISF frames are read")
    check_name(file, start)


@contextmanager
def _frame(file: Path, descriptor: int) -> Iterator[_Frame]:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise PixelError("is no regular file")
    there = positional(descriptor)
    start = there.read(0, len(XISF_MAGIC))
    check_start(file, start)
    if start == XISF_MAGIC:
        yield XisfFrame(there, PlainSource(there))
    elif start.startswith(_GZIP_MAGIC):
        with GzipSource(file) as source:
            yield FitsFrame(GzipBytes(there), source)
    else:
        yield FitsFrame(there, PlainSource(there))
