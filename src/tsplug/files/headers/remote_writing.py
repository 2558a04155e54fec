"""Writing into headers of frames wherever they lie; at an address a copy is written and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tsplug.files.anywhere import Buffer, at_hand
from tsplug.files.headers.writing import DiskHeaders, KeepHeader
from tsplug.files.storage import storage_of
from tsplug.model import Address, FramePlace, HeaderChange, HeaderEdit


class HeadersToWrite:
    """Writes headers; of two who write one frame at an address, the later one is refused."""

    def __init__(self, disk: DiskHeaders, buffer: Buffer) -> None:
        """Take what writes on disks, and what makes folders for copies."""
        self._disk = disk
        self._buffer = buffer

    def edit(
        self, file: FramePlace, edit: HeaderEdit, *, keep: KeepHeader, of: Mapping[str, Any] = MappingProxyType({})
    ) -> HeaderChange:
        """Do an edit; see `tsplug.ports.HeaderEditor`."""
        return self._write(file, lambda path: self._disk.edit(path, edit, keep=keep, of=of))

    def restore(self, file: FramePlace, header: bytes) -> HeaderChange:
        """Put a header back; see `tsplug.ports.HeaderEditor`."""
        return self._write(file, lambda path: self._disk.restore(path, header))

    def of_one_frame(self, one: bytes, other: bytes) -> bool:
        """Say whether two headers can be those of one frame; see `tsplug.ports.HeaderEditor`."""
        return self._disk.of_one_frame(one, other)

    def _write(self, file: FramePlace, write: Callable[[Path], HeaderChange]) -> HeaderChange:
        if not isinstance(file, Address):
            return write(file)
        with at_hand(file, self._buffer) as copy:
            storage = storage_of(file)
            fetched = storage.mark(copy)
            change = write(copy)
            if change.changed:
                storage.replace(copy, file, expected=fetched)
            return change
