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

    def holds(self, file: str) -> bool:
        """Return whether a path or an address is one of this storage, whatever lies there."""
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

    def mark(self, file: Path) -> str:
        """Return what tells the content of a file on this machine, such as one that was fetched, from any other."""
        ...

    def check_still(self, address: str, mark: str) -> None:
        """Hold what lies at an address against the mark of what was fetched from there.

        Raises:
            FileError: that is gone, or something else lies there by now.
            OutOfReachError: nobody can tell.
        """
        ...

    def replace(self, file: Path, address: str, *, expected: str = "") -> None:
        """Put a file in the place of what lies at an address.

        Args:
            file: is put there.
            address: of the file that gives way.
            expected: the mark of that; without one, whatever lies there gives way.

        Raises:
            FileError: it cannot be written, or what is expected is gone or is something else by now; nothing was
                changed.
        """
        ...
