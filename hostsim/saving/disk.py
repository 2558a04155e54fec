"""Who is asked before a frame is written."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """May object to a frame before it is written, as a full or read-only disk does."""

    def before_writing(self, file: Path) -> None:
        """Be asked before a frame is written.

        Raises:
            OSError: it cannot be written.
        """
        ...


class PlainDisk:
    """Objects to nothing: the file system will tell."""

    def before_writing(self, file: Path) -> None:
        """Have no objection."""
