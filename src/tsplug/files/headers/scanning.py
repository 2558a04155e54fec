"""Headers of the frames on this machine's disks, many at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tsplug.files.headers.fits_header import FitsHeaderReader
from tsplug.files.headers.sources import ByteSource, GzipBytes, HeaderError
from tsplug.files.headers.walking import frames_below
from tsplug.files.headers.xisf_header import MAGIC as XISF_MAGIC
from tsplug.files.headers.xisf_header import XisfHeaderReader, check_name
from tsplug.files.positional import BYTES_AS_THEY_ARE, positional
from tsplug.model import BadFile, FrameHeader, FramePlace
from tsplug.ports import ScanProgress

_GZIP_MAGIC = b"\x1f\x8b"
_REPORT_EVERY = 256
# A pipe named like a frame must not be waited for; it is looked at before it is read.
_OPENING = os.O_RDONLY | BYTES_AS_THEY_ARE | getattr(os, "O_NONBLOCK", 0)

Facts = tuple[tuple[int, int], int, int]
"""Identity, size in bytes and time of the last change of a file; see `tsplug.model.FrameHeader`."""


class HeaderFiles:
    """Reads the headers of FITS and XISF frames: what a file is, its first bytes tell, not its name."""

    def scan(
        self,
        places: Sequence[Path],
        *,
        wanted: Collection[str] | None = None,
        history: bool = False,
        progress: ScanProgress | None = None,
    ) -> Iterator[FrameHeader | BadFile]:
        """Yield the header of every frame in and below folders; see `tsplug.ports.FrameHeaders`."""
        found = frames_below(places)
        return _headers(list(found), HeaderReader(wanted, history=history), progress=progress)

    def read(
        self, file: Path, *, wanted: Collection[str] | None = None, history: bool = False
    ) -> FrameHeader | BadFile:
        """Return the header of one file, or why it cannot be read."""
        return HeaderReader(wanted, history=history).read(file) or BadFile(file, "was read before")


def _headers(
    found: list[str | BadFile], reader: HeaderReader, *, progress: ScanProgress | None
) -> Iterator[FrameHeader | BadFile]:
    seen: set[tuple[int, int]] = set()
    for done, each in enumerate(found):
        if progress is not None and done % _REPORT_EVERY == 0:
            progress(done, len(found))
        header = each if isinstance(each, BadFile) else reader.read(Path(each), seen)
        if header is not None:
            yield header
    if progress is not None:
        progress(len(found), len(found))


class HeaderReader:
    """Reads headers for one set of wanted keywords."""

    def __init__(self, wanted: Collection[str] | None, *, history: bool) -> None:
        keywords = None if wanted is None else frozenset(keyword.upper() for keyword in wanted)
        self._fits = FitsHeaderReader(keywords, history=history)
        self._xisf = XisfHeaderReader(keywords, history=history)

    def read(self, file: Path, seen: set[tuple[int, int]] | None = None) -> FrameHeader | BadFile | None:
        """Return the header of a file or why it cannot be read; None where the file was seen under another name."""
        try:
            descriptor = os.open(file, _OPENING)
        except (OSError, ValueError) as error:
            return BadFile(file, f"cannot be opened: {getattr(error, 'strerror', None) or error}")
        try:
            status = os.fstat(descriptor)
            identity = (status.st_dev, status.st_ino)
            if seen is not None:
                if identity in seen:
                    return None
                seen.add(identity)
            if not stat.S_ISREG(status.st_mode):
                return BadFile(file, "is no regular file")
            facts = (identity, status.st_size, status.st_mtime_ns)
            return self.header(file, positional(descriptor), facts=facts)
        except HeaderError as error:
            return BadFile(file, str(error))
        except OSError as error:
            return BadFile(file, f"cannot be read: {error.strerror or error}")
        finally:
            os.close(descriptor)

    def header(self, file: FramePlace, source: ByteSource, *, facts: Facts) -> FrameHeader:
        """Return the header of what is open.

        Raises:
            HeaderError: there is none that can be read.
            OSError: the file cannot be read.
        """
        start = source.read(0, len(XISF_MAGIC))
        xisf = start == XISF_MAGIC
        check_name(file, start)
        if start[:2] == _GZIP_MAGIC:
            source = GzipBytes(source)
        cards, properties, count = (self._xisf if xisf else self._fits).read(source)
        identity, size_bytes, modified_ns = facts
        return FrameHeader(
            file=file,
            container="xisf" if xisf else "fits",
            cards=cards.values,
            history=tuple(cards.history),
            properties=properties,
            integrated_frames=count,
            identity=identity,
            size_bytes=size_bytes,
            modified_ns=modified_ns,
            problems=tuple(cards.problems),
        )
