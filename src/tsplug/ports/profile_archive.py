"""An archive of one profile as services read and write it: documents, one a line, in parts of fixed names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

Document = dict[str, Any]
"""One record with what hangs on it, in JSON types."""


class ArchiveSink(Protocol):
    """An archive in the making."""

    def write(self, part: str, documents: Iterable[Document]) -> int:
        """Add a part and return how many documents it has."""
        ...

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add what describes the archive; the counts of the parts are added to it."""
        ...


class ArchiveSource(Protocol):
    """An archive that was checked: its parts are known, its sizes are sane, its format can be read."""

    @property
    def name(self) -> str:
        """Return how the archive is called in messages."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Return what describes the archive."""
        ...

    def count(self, part: str) -> int:
        """Return how many documents a part has; a missing one has none."""
        ...

    def read(self, part: str) -> Iterator[Document]:
        """Yield the documents of a part; a missing one has none.

        Raises:
            InputError: a line is no JSON object, or the part is damaged or has another number of lines.
        """
        ...
