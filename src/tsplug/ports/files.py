"""Frames on disk, as tsplug reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FramePixels:
    """A frame in memory: rows by columns as stored, header cards by keyword."""

    pixels: NDArray[np.generic]
    header: dict[str, Any]


@dataclass(frozen=True)
class FrameStatus:
    """What is on disk under a path: there or not, and whether it can be read; ``problem`` is empty when all is well."""

    exists: bool
    problem: str = ""


class FrameFiles(Protocol):
    """Reads and checks frames."""

    def read(self, file: Path) -> FramePixels:
        """Read a frame.

        Raises:
            FileError: missing, truncated, or not an image; the text says which.
        """
        ...

    def status(self, file: Path) -> FrameStatus:
        """Say whether a frame is on disk and whole, without reading its pixels."""
        ...
