"""Headers of frames wherever they lie: on this machine's disks, or at an address in a storage."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

from tsplug.errors import FileError, InputError
from tsplug.files.headers.scanning import HeaderFiles, HeaderReader
from tsplug.files.headers.sources import HeaderError
from tsplug.files.headers.walking import is_frame_name
from tsplug.files.storage import storage_of
from tsplug.model import Address, BadFile, FrameHeader, FramePlace
from tsplug.ports import ScanProgress

_NO_IDENTITY = (0, 0)


class HeadersAnywhere:
    """Reads headers; of frames at an address little more than that travels."""

    def __init__(self, disk: HeaderFiles) -> None:
        """Take what knows the disks."""
        self._disk = disk

    def scan(
        self,
        places: Sequence[FramePlace],
        *,
        wanted: Collection[str] | None = None,
        history: bool = False,
        progress: ScanProgress | None = None,
    ) -> Iterator[FrameHeader | BadFile]:
        """Yield the header of every frame in and below places; see `tsplug.ports.FrameHeaders`."""
        addresses = [place for place in places if isinstance(place, Address)]
        paths = [place for place in places if not isinstance(place, Address)]
        found = [file for address in addresses for file in _frames_below(address)]
        on_disk = self._disk.scan(paths, wanted=wanted, history=history, progress=progress)
        reader = HeaderReader(wanted, history=history)
        return itertools.chain(on_disk, _headers(list(dict.fromkeys(found)), reader, progress=progress))

    def read(
        self, file: FramePlace, *, wanted: Collection[str] | None = None, history: bool = False
    ) -> FrameHeader | BadFile:
        """Return the header of one file, or why it cannot be read."""
        if isinstance(file, Address):
            return _header(file, HeaderReader(wanted, history=history))
        return self._disk.read(file, wanted=wanted, history=history)


def _headers(
    addresses: Sequence[Address], reader: HeaderReader, *, progress: ScanProgress | None
) -> Iterator[FrameHeader | BadFile]:
    for done, address in enumerate(addresses, start=1):
        yield _header(address, reader)
        if progress is not None:
            progress(done, len(addresses))


def _frames_below(address: Address) -> list[Address]:
    """Return what is named like a frame at and below an address.

    Raises:
        InputError: nothing is there, or nobody can tell.
    """
    try:
        found = storage_of(address).files_below(address)
    except FileError as error:
        raise InputError(str(error)) from error
    if not found:
        raise InputError(f"{address} does not exist")
    return found if found == [address] else [file for file in found if is_frame_name(file.name)]


def _header(address: Address, reader: HeaderReader) -> FrameHeader | BadFile:
    try:
        with storage_of(address).opened(address) as source:
            return reader.header(address, source, facts=(_NO_IDENTITY, source.size_bytes, 0))
    except (HeaderError, FileError) as error:
        return BadFile(address, str(error).removeprefix(f"{address}: ").removeprefix(f"{address} "))
