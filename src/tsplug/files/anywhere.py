"""Frames wherever they lie: on this machine's disks, or at an address in a storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tsplug.errors import FileError, OutOfReachError
from tsplug.files.frames import DiskFrames, check_start
from tsplug.files.headers.sources import GzipBytes, HeaderError
from tsplug.files.headers.xisf_header import MAGIC as XISF_MAGIC
from tsplug.files.pixels.claims import PixelError
from tsplug.files.pixels.fits_frame import FitsFrame
from tsplug.files.pixels.xisf_frame import XisfFrame
from tsplug.files.remote_bytes import RemoteBytes
from tsplug.files.storage import RemoteStorage, storage_of
from tsplug.model import Address, FramePlace
from tsplug.ports import FramePixels, FrameStatus

_GZIP_MAGIC = b"\x1f\x8b"

Buffer = Callable[[], AbstractContextManager[Path]]
"""Makes a folder for a copy, which goes on leaving."""


@contextmanager
def at_hand(address: Address, buffer: Buffer) -> Iterator[Path]:
    """Give a copy of what lies at an address; errors about the copy name the address.

    Raises:
        FileError: it cannot be fetched.
    """
    with buffer() as folder:
        copy = storage_of(address).fetch(address, folder)
        try:
            yield copy
        except FileError as error:
            raise FileError(str(error).replace(str(copy), address)) from error


class FramesAnywhere:
    """Reads, checks and moves frames; those at an address are copied to be read, and looked at where they are."""

    def __init__(self, disk: DiskFrames, buffer: Buffer) -> None:
        """Take what knows the disks, and what makes folders for copies."""
        self._disk = disk
        self._buffer = buffer

    def read(self, file: FramePlace, *, to_measure: bool = False) -> FramePixels:
        """Read a frame; see `tsplug.ports.FrameFiles`."""
        if not isinstance(file, Address):
            return self._disk.read(file, to_measure=to_measure)
        with at_hand(file, self._buffer) as copy:
            return self._disk.read(copy, to_measure=to_measure)

    def status(self, file: FramePlace) -> FrameStatus:
        """Say whether a frame is there and whole, from its headers and its length alone."""
        if not isinstance(file, Address):
            return self._disk.status(file)
        return _told(file, lambda: _check(file))

    def verify(self, file: FramePlace) -> FrameStatus:
        """Say whether a frame is there and whole, reading all of it and comparing checksums where it has some."""
        if not isinstance(file, Address):
            return self._disk.verify(file)

        def verified() -> str:
            with at_hand(file, self._buffer) as copy:
                return self._disk.verify(copy).problem

        return _told(file, verified)

    def move(self, source: FramePlace, target: FramePlace, *, begin: Callable[[], None] | None = None) -> None:
        """Give a file another name; see `tsplug.ports.FrameFiles`."""
        if not isinstance(source, Address) and not isinstance(target, Address):
            self._disk.move(source, target, begin=begin)
            return
        storage = _shared(source, target)
        if storage is None:
            raise FileError(f"{source} stays: {target} is not in the same storage; tsplug files store moves it there")
        if begin is not None:
            begin()
        storage.move(str(source), str(target))

    def is_at_rest(self, file: FramePlace) -> bool | None:
        """Return whether nobody is at a file; of what lies at an address that cannot be told."""
        return None if isinstance(file, Address) else self._disk.is_at_rest(file)

    def same(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two names are those of one file; two addresses are if they hold the same."""
        if not isinstance(one, Address) and not isinstance(other, Address):
            return self._disk.same(one, other)
        storage = _shared(one, other)
        return storage is not None and storage.same(str(one), str(other))

    def of_one_frame(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two places hold one frame; what lies at an address is copied to be compared."""
        with ExitStack() as copies:
            first, second = (
                copies.enter_context(at_hand(place, self._buffer)) if isinstance(place, Address) else place
                for place in (one, other)
            )
            return self._disk.of_one_frame(first, second)

    def is_frame_of(self, file: FramePlace, header: bytes) -> bool | None:
        """Return whether a place holds the frame that a header was kept of; what lies at an address is copied."""
        if not isinstance(file, Address):
            return self._disk.is_frame_of(file, header)
        try:
            with at_hand(file, self._buffer) as copy:
                return self._disk.is_frame_of(copy, header)
        except OutOfReachError:
            raise
        except FileError:
            return None

    def remove_copy(self, file: FramePlace, *, of: FramePlace) -> bool:
        """Remove one of two files that hold one frame; see `tsplug.ports.FrameFiles`."""
        if not isinstance(file, Address) and not isinstance(of, Address):
            return self._disk.remove_copy(file, of=of)
        try:
            if not self.same(file, of) and not self.of_one_frame(file, of):
                return False
            self.remove_name(file)
        except FileError:
            return False
        return True

    def remove_name(self, file: FramePlace) -> None:
        """Take one of several names from a file."""
        if isinstance(file, Address):
            storage_of(file).remove(file)
        else:
            self._disk.remove_name(file)


def _shared(one: FramePlace, other: FramePlace) -> RemoteStorage | None:
    """Return the storage that two addresses are in; None where they share none."""
    if not isinstance(one, Address) or not isinstance(other, Address):
        return None
    storage = storage_of(one)
    return storage if storage.reaches(other) else None


def _told(address: Address, check: Callable[[], str]) -> FrameStatus:
    try:
        return FrameStatus(exists=True, problem=check())
    except OutOfReachError as error:
        return FrameStatus(exists=True, problem=str(error).removeprefix(f"{address} "), out_of_reach=True)
    except FileError as error:
        problem = str(error).removeprefix(f"{address}: ")
        return FrameStatus(exists=problem != "missing", problem=problem)


def _check(address: Address) -> str:
    """Return what is wrong with a frame, from its headers and its length; a packed one is taken on trust.

    Raises:
        FileError: it is missing, or the storage does not answer.
    """
    try:
        with storage_of(address).opened(address) as source:
            start = source.read(0, len(XISF_MAGIC))
            check_start(address, start)
            if start.startswith(_GZIP_MAGIC):
                GzipBytes(source).read(0, 1)
            else:
                _frame(start, source).check()
    except HeaderError as error:
        return f"{error}; copy it again from where it was saved, or leave it out"
    except PixelError as error:
        return str(error)
    return ""


def _frame(start: bytes, source: RemoteBytes) -> FitsFrame | XisfFrame:
    return XisfFrame(source, source) if start == XISF_MAGIC else FitsFrame(source, source)
