"""Reads an archive of a profile that may come from anywhere: nothing is extracted, sizes are bounded, lines checked."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tsplug.errors import InputError
from tsplug.files.profile_zip.layout import FORMAT, MANIFEST, PARTS, VERSION, member_of
from tsplug.ports import Document

MB = 1024 * 1024
LARGEST_MANIFEST = MB
LARGEST_LINE = 64 * MB
LARGEST_PART = 64 * 1024 * MB
RATIO = 200
"""How much smaller than its content a large member may be: lines like ours become forty times smaller at best."""

_ALWAYS = 16 * MB
_ENCRYPTED = 1
_WANTED = "name an archive that `tsplug export profile` wrote"


@contextmanager
def opened(file: Path) -> Iterator[ProfileArchive]:
    """Open an archive for reading.

    Raises:
        InputError: it is none, is damaged, unsafe, or of a newer tsplug.
    """
    if file.is_dir():
        raise InputError(f"{file} is a folder; {_WANTED}")
    try:
        archive = ZipFile(file)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; {_WANTED}") from error
    except (BadZipFile, NotImplementedError, ValueError) as error:
        empty = not file.stat().st_size
        what = "is empty" if empty else f"is cut off, damaged or no zip ({error})"
        raise InputError(f"{file} {what}; {_WANTED}") from error
    with archive:
        yield ProfileArchive(file, archive)


class ProfileArchive:
    """An open archive whose members were checked."""

    def __init__(self, file: Path, archive: ZipFile) -> None:
        """Check members and manifest."""
        self._file = file
        self._archive = archive
        self._members = self._checked_members()
        self._manifest = self._checked_manifest()

    @property
    def name(self) -> str:
        """The file."""
        return str(self._file)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What describes the archive."""
        return self._manifest

    def count(self, part: str) -> int:
        """Return how many documents a part has; a missing one has none."""
        return int(self._manifest["counts"].get(part, 0))

    def read(self, part: str) -> Iterator[Document]:
        """Yield the documents of a part; a missing one has none.

        Raises:
            InputError: a line is no JSON object, or the part is damaged or has another number of lines.
        """
        member = member_of(part)
        number = 0
        for number, line in enumerate(self._lines(member), start=1):
            yield self._parsed(line, f"{member} line {number}")
        if number != self.count(part):
            self._refuse(f"{member} has {number} lines where the manifest says {self.count(part)}")

    def _lines(self, member: str) -> Iterator[bytes]:
        info = self._members.get(member)
        if info is None:
            return
        try:
            with self._archive.open(info) as packed, io.BufferedReader(_raw(packed), MB) as stream:
                while line := stream.readline(LARGEST_LINE + 1):
                    if len(line) > LARGEST_LINE:
                        self._refuse(f"{member} has a line of more than {LARGEST_LINE // MB} MB")
                    yield line
        except (BadZipFile, zlib.error, EOFError, OSError) as error:
            raise InputError(f"{self._file} is damaged: {member}: {error}; nothing was changed") from error

    def _parsed(self, line: bytes, place: str) -> Document:
        try:
            document = json.loads(line, parse_int=_whole)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{self._file}: {place} is no JSON ({error}); nothing was changed") from error
        if not isinstance(document, dict):
            self._refuse(f"{place} is no JSON object")
        return dict(document)

    def _checked_members(self) -> dict[str, ZipInfo]:
        known = {MANIFEST, *map(member_of, PARTS)}
        members: dict[str, ZipInfo] = {}
        for info in self._archive.infolist():
            if info.filename not in known:
                self._refuse(f"it holds {info.filename[:100]!r}, which no archive of a profile does")
            if info.filename in members:
                self._refuse(f"it holds {info.filename} twice")
            self._check_size(info)
            members[info.filename] = info
        return members

    def _check_size(self, info: ZipInfo) -> None:
        if info.flag_bits & _ENCRYPTED or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            self._refuse(f"{info.filename} is encrypted or packed in a way that tsplug does not read")
        bomb = info.file_size > _ALWAYS and info.file_size > RATIO * info.compress_size
        largest = LARGEST_MANIFEST if info.filename == MANIFEST else LARGEST_PART
        if bomb or info.file_size > largest:
            self._refuse(f"{info.filename} would unpack to {info.file_size // MB} MB")

    def _checked_manifest(self) -> dict[str, Any]:
        if MANIFEST not in self._members:
            self._refuse(f"it has no {MANIFEST}, so it is no archive of a profile")
        manifest = self._parsed(b"".join(self._lines(MANIFEST)), MANIFEST)
        version, counts = manifest.get("format_version"), manifest.get("counts")
        if manifest.get("format") != FORMAT or not isinstance(version, int) or version < 1:
            self._refuse(f"its {MANIFEST} is not that of a profile")
        if isinstance(version, int) and version > VERSION:
            self._refuse(
                f"it was written by a newer tsplug (format {version}, this one reads {VERSION}); update tsplug"
            )
        if not isinstance(counts, dict) or not all(isinstance(each, int) for each in counts.values()):
            self._refuse(f"its {MANIFEST} does not say how many documents each part has")
        return manifest

    def _refuse(self, why: str) -> None:
        raise InputError(f"{self._file} is refused: {why}")


def _raw(packed: IO[bytes]) -> io.BufferedIOBase:
    """Return an open member as what it is."""
    if not isinstance(packed, io.BufferedIOBase):
        raise TypeError("a zip's member is a buffered stream")
    return packed


def _whole(text: str) -> int:
    """Return a whole number that a database can hold.

    Raises:
        ValueError: it has more than 64 bits.
    """
    value = int(text) if len(text) <= 20 else 1 << 64
    if not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"the number {text[:30]} is too large")
    return value
