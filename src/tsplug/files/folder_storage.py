"""Keeps frames in a folder of this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsplug.errors import FileError, InputError, OutOfReachError
from tsplug.files.content_mark import check_mark, mark_of_file, same_content, taken
from tsplug.files.moving import copy_file
from tsplug.files.placing import placed

PROBE = b"tsplug looks whether it may write here\n"
"""What is written, and removed again, to see whether it can be."""


class FolderStorage:
    """A folder."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when it is needed."""
        self._root = root

    def check(self) -> None:
        """Write something below the folder and remove it.

        Raises:
            OutOfReachError: it cannot be written.
        """
        with _in_folder(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._root) as stream:
                stream.write(PROBE)

    def has(self, name: str) -> bool:
        """Return whether there is something of a name below the folder.

        Raises:
            OutOfReachError: nobody can tell.
        """
        with _in_folder(self._root / name):
            return (self._root / name).exists()

    def holds(self, file: str) -> bool:
        """Return whether a path is below the folder, through links too."""
        return "://" not in file and Path(os.path.realpath(file)).is_relative_to(os.path.realpath(self._root))

    def put(self, file: Path, name: str) -> str:
        """Copy a file to a name below the folder and return its absolute path.

        Raises:
            NameTakenError: another file has the name.
            OutOfReachError: it cannot be written.
        """
        target = (self._root / name).absolute()
        with _in_folder(target):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                copy_file(file, target)
            except FileExistsError:
                with target.open("rb") as kept, file.open("rb") as new:
                    if not same_content(kept, new):
                        raise taken(str(target)) from None
        return str(target)

    def fetch(self, address: str, folder: Path) -> Path:
        """Return where the file lies: no copy is needed."""
        return Path(address)

    def mark(self, file: Path) -> str:
        """Return the mark of a file."""
        return mark_of_file(file)

    def check_still(self, address: str, mark: str) -> None:
        """Hold a file against a mark.

        Raises:
            FileError: it is gone, or another one.
            OutOfReachError: it cannot be read.
        """
        with _in_folder(Path(address)):
            check_mark(address, mark_of_file(Path(address)) if Path(address).exists() else None, expected=mark)

    def replace(self, file: Path, address: str, *, expected: str = "") -> None:
        """Put a file in the place of another; see `tsplug.ports.FrameStorage`.

        Raises:
            FileError: it cannot be written, or the other one is not the one that is expected.
        """
        if Path(address) == file:
            return
        if expected:
            self.check_still(address, expected)
        try:
            with placed(Path(address), force=True) as place:
                place.write_bytes(file.read_bytes())
        except InputError as error:
            raise FileError(str(error)) from error


@contextmanager
def _in_folder(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutOfReachError(f"{place} cannot be written: {error.strerror or error}") from error
