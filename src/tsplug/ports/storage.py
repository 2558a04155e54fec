"""Where frames are kept: a folder, or a storage that is reached through a network."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class FrameStorage(Protocol):
    """Keeps whole files under names with slashes; an address tells where one lies."""

    def check(self) -> None:
        """Write something that goes again.

        Raises:
            OutOfReachError: it cannot be written there.
        """
        ...

    def has(self, name: str) -> bool:
        """Return whether something lies under a name.

        Raises:
            FileError: it cannot be told.
        """
        ...

    def put(self, file: Path, name: str) -> str:
        """Copy a file to a name and return its address; a file of the same content that is there already will do.

        It appears under its name when it is whole.

        Raises:
            NameTakenError: another file has the name.
            FileError: it cannot be written.
        """
        ...

    def fetch(self, address: str, folder: Path) -> Path:
        """Copy a file into a folder of this machine and return where it lies there.

        Raises:
            FileError: it is missing, or cannot be read.
        """
        ...

    def replace(self, file: Path, address: str) -> None:
        """Put a file in the place of what lies at an address.

        Raises:
            FileError: it cannot be written; what was there still is.
        """
        ...
