"""Writing into the headers of frames on disk: beside the pixels where there is room, else into a copy."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tsplug.errors import FileError
from tsplug.files.disk_errors import disk_error
from tsplug.files.headers.cards import CARD_BYTES, Keywords, read_cards
from tsplug.files.headers.editing import BLOCK_BYTES, edited_header, folded_sum
from tsplug.files.headers.fits_header import FitsPart, fits_parts
from tsplug.files.headers.journal import HeaderJournal
from tsplug.files.headers.marks import data_mark, parted, same_data
from tsplug.files.headers.sources import HeaderError
from tsplug.files.headers.turns import locked
from tsplug.files.headers.xisf_header import MAGIC as XISF_MAGIC
from tsplug.files.parts import part_beside
from tsplug.files.positional import BYTES_AS_THEY_ARE, PositionalFile, positional
from tsplug.model import HeaderChange, HeaderEdit

KeepHeader = Callable[[bytes], None]

_COMPARED = ("BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "BZERO", "BSCALE", "DATE-OBS", "TSUID")
_IDENTITY = Keywords(_COMPARED)
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 1 << 22
_PAGE_BYTES = 4096
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_NO_XISF = "XISF: headers are written into FITS frames only"
_NO_GZIP = "packed by gzip: headers are written into FITS frames that are not packed"
_NO_WRITING = "on a file system that is read-only: headers are not written there"
_NO_TILES = "packed in tiles (.fz): headers are written into FITS frames that are not packed"


@dataclass(frozen=True)
class _Open:
    """An open frame: where the header of its image lies, all blocks of it, and where the data do."""

    file: Path
    source: PositionalFile
    offset: int
    header: bytes
    data_offset: int
    data_bytes: int
    status: os.stat_result

    def data_sum(self) -> int:
        """Return the checksum of the image's data."""
        total = 0
        for start in range(0, self.data_bytes, _PIECE_BYTES):
            wanted = min(_PIECE_BYTES, self.data_bytes - start)
            piece = self.source.read(self.data_offset + start, wanted)
            if len(piece) < wanted:
                raise FileError(f"{self.file}: is truncated within its pixels; copy it again from where it was saved")
            total = folded_sum(piece, total)
        return total

    def kept(self) -> bytes:
        """Return the header as it is kept: with a mark of the data behind it."""
        return self.header + data_mark(self.source, offset=self.data_offset, length=self.data_bytes)

    def check_is(self, header: Mapping[str, Any]) -> None:
        """Refuse a frame that differs from a header, as it was read, in what tells frames apart.

        Raises:
            FileError: another frame has taken the name.
        """
        own = read_cards(self.header, _IDENTITY).values
        if any(own[keyword] != header[keyword] for keyword in own.keys() & header.keys() & set(_COMPARED)):
            raise FileError(f"{self.file}: another frame has taken the name meanwhile; nothing was changed")

    def check_still_there(self) -> None:
        """Refuse to write where the frame was moved, replaced or written to since it was read.

        Raises:
            FileError: it was.
        """
        try:
            now = self.file.stat()
        except FileNotFoundError:
            now = None
        before, after = (_identity(each) if each else None for each in (self.status, now))
        if before != after:
            raise FileError(f"{self.file}: was moved, replaced or written to meanwhile; nothing was changed")


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class DiskHeaders:
    """Writes headers of FITS frames; a process that is killed amid a write leaves a journal that completes it."""

    def edit(
        self, file: Path, edit: HeaderEdit, *, keep: KeepHeader, of: Mapping[str, Any] = MappingProxyType({})
    ) -> HeaderChange:
        """Do an edit; see `tsplug.ports.HeaderEditor`."""

        def edited(frame: _Open) -> bytes:
            frame.check_is(of)
            return edited_header(frame.header, edit, data_sum=frame.data_sum)

        return self._replace(file, edited, keep=keep)

    def restore(self, file: Path, header: bytes) -> HeaderChange:
        """Put a header back; see `tsplug.ports.HeaderEditor`."""

        def checked(frame: _Open) -> bytes:
            before, _ = parted(header)
            if len(before) % BLOCK_BYTES or not self.of_one_frame(header, frame.kept()):
                raise FileError(f"{file}: the header that was kept is that of another frame; nothing was changed")
            return before

        return self._replace(file, checked, keep=lambda before: None)

    def of_one_frame(self, one: bytes, other: bytes) -> bool:
        """Say whether two headers are those of one frame; see `tsplug.ports.HeaderEditor`."""
        if not same_data(one, other):
            return False
        first, second = (read_cards(parted(header)[0], _IDENTITY).values for header in (one, other))
        # An identifier may have been given since: it tells frames apart only where both have one.
        told = [keyword for keyword in _COMPARED if keyword != "TSUID" or first.keys() & second.keys() & {"TSUID"}]
        return all(first.get(keyword) == second.get(keyword) for keyword in told)

    def _replace(self, file: Path, make: Callable[[_Open], bytes], *, keep: KeepHeader) -> HeaderChange:
        # Through links: what they lead to is written, and they stay.
        file = Path(os.path.realpath(file))
        with _told(file):
            refused = _refusal(file)
            if refused:
                return HeaderChange(refused=refused)
            try:
                return self._write(file, make, keep=keep)
            except OSError as error:
                # Nothing is wrong with the frame, and what was found of it is worth as much.
                if error.errno != errno.EROFS:
                    raise
                return HeaderChange(refused=_NO_WRITING)

    def _write(self, file: Path, make: Callable[[_Open], bytes], *, keep: KeepHeader) -> HeaderChange:
        with _opened(file) as frame:
            if frame is None:
                return HeaderChange(refused=_NO_TILES)
            made = make(frame)
            if made == frame.header:
                return HeaderChange()
            keep(frame.kept())
            if len(made) == len(frame.header):
                _write_in_place(frame, made)
                return HeaderChange(changed=True)
            _write_copy(frame, made)
            return HeaderChange(changed=True, in_place=False)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Tell in one line what keeps a header from being written.

    Raises:
        FileError: always instead of what the system or a header raises.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise FileError(f"{file}: missing") from error
    except HeaderError as error:
        raise FileError(f"{file}: {error}; copy it again from where it was saved") from error
    except OSError as error:
        raise disk_error(f"{file}: its header cannot be written", error) from error
    except ValueError as error:
        raise FileError(f"{file}: its header cannot be written: {error}") from error


def _refusal(file: Path) -> str:
    """Return why a kind of file is not written; empty when it is.

    Raises:
        FileError: it is no regular file, or marked as one that is only read.
    """
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{file}: is no regular file")
    with file.open("rb") as stream:
        start = stream.read(len(XISF_MAGIC))
    if start == XISF_MAGIC:
        return _NO_XISF
    if start.startswith(_GZIP_MAGIC):
        return _NO_GZIP
    # The mark counts for a superuser too, whom the system does not stop.
    if not status.st_mode & _WRITABLE:
        raise FileError(
            f"{file}: is read-only: make it writable, or switch the modules that write headers off for its rig"
        )
    return ""


@contextmanager
def _opened(file: Path) -> Iterator[_Open | None]:
    """Open a frame and complete what was cut off; None for one whose image is packed in tiles."""
    with locked(file) as descriptor:
        HeaderJournal(file).complete()
        status, source = os.fstat(descriptor), positional(descriptor)
        part, offset = _image(file, source)
        if part.structure.get("ZIMAGE") is True:
            yield None
            return
        header = source.read(offset, part.data_offset - offset)
        if len(header) % BLOCK_BYTES or status.st_size < part.data_offset + part.data_bytes - BLOCK_BYTES:
            raise FileError(f"{file}: is truncated; copy it again from where it was saved")
        yield _Open(file, source, offset, header, part.data_offset, part.data_bytes, status)


def _image(file: Path, source: PositionalFile) -> tuple[FitsPart, int]:
    """Return the part with the first image, and where its header begins."""
    offset = 0
    for part in fits_parts(source):
        if part.has_image:
            return part, offset
        offset = part.data_offset + part.data_bytes
    raise FileError(f"{file}: holds no image, or is truncated within its header")


def _write_in_place(frame: _Open, header: bytes) -> None:
    """Write what differs, in one call; a journal stands behind it where a kill could let half of it through."""
    places = range(0, len(header), CARD_BYTES)
    cards = [(place, place + CARD_BYTES) for place in places]
    differing = [start for start, end in cards if header[start:end] != frame.header[start:end]]
    first, last = differing[0], differing[-1] + CARD_BYTES
    start, piece = frame.offset + first, header[first:last]
    journal = HeaderJournal(frame.file)
    # The system lets go of a killed process between two pages only.
    torn = start // _PAGE_BYTES != (start + len(piece) - 1) // _PAGE_BYTES
    if torn:
        journal.write(start, piece, instead_of=frame.header[first:last])
    try:
        frame.source.write(start, piece)
        os.fsync(frame.source.descriptor)
    except OSError:
        # As it was, if that can be written; else the note stays, and the next edit completes what this one began.
        frame.source.write(start, frame.header[first:last])
        journal.remove()
        raise
    if torn:
        journal.remove()


def _write_copy(frame: _Open, header: bytes) -> None:
    """Write all of the file anew beside it, and give that its name when all of it is on disk."""
    part = part_beside(frame.file)
    status = frame.status
    try:
        target = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | BYTES_AS_THEY_ARE, 0o600)
        try:
            _copy(frame.source, target, start=0, end=frame.offset)
            _write_all(target, header)
            _copy(frame.source, target, start=frame.data_offset, end=status.st_size)
            os.fchmod(target, stat.S_IMODE(status.st_mode))
            with suppress(OSError):  # only a superuser may give files away
                os.fchown(target, status.st_uid, status.st_gid)
            os.fsync(target)
        finally:
            os.close(target)
        frame.check_still_there()
        part.replace(frame.file)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(frame.file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _copy(source: PositionalFile, target: int, *, start: int, end: int) -> None:
    while start < end:
        piece = source.read(start, min(end - start, _PIECE_BYTES))
        if not piece:
            raise OSError("the file became shorter meanwhile")
        _write_all(target, piece)
        start += len(piece)


def _write_all(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]
