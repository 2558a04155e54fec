"""Writes an archive of a profile, document by document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tsplug.files.placing import placed
from tsplug.files.profile_zip.layout import FORMAT, MANIFEST, VERSION, member_of
from tsplug.ports import Document

LEVEL = 1
"""Of packing: most of an archive is pictures, which more effort makes hardly smaller."""


@contextmanager
def created(file: Path, *, force: bool = False) -> Iterator[NewArchive]:
    """Make an archive; on leaving it appears under its name, on an exception nothing stays.

    Raises:
        InputError: the file is there and not to be replaced, or cannot be written.
    """
    with placed(file, force=force) as part, ZipFile(part, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        yield NewArchive(archive)


class NewArchive:
    """An archive in the making."""

    def __init__(self, archive: ZipFile) -> None:
        """Take an open zip."""
        self._archive = archive
        self._counts: dict[str, int] = {}

    def write(self, part: str, documents: Iterable[Document]) -> int:
        """Add a part and return how many documents it has."""
        number = 0
        with self._archive.open(member_of(part), "w", force_zip64=True) as stream:
            for document in documents:
                stream.write(json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n")
                number += 1
        self._counts[part] = number
        return number

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add what describes the archive, with its format and the counts of its parts."""
        whole = {"format": FORMAT, "format_version": VERSION, **manifest, "counts": self._counts}
        self._archive.writestr(MANIFEST, json.dumps(whole, indent=2))
