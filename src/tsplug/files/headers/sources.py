"""Bytes of a file from any place in it, packed by gzip or not, never more of them than a bound."""

from __future__ import annotations

import zlib
from typing import Protocol

LONGEST_HEADER_BYTES = 1 << 20
"""How much of a FITS file is read to find the end of its header, and how much of a packed one is unpacked."""
_GZIP_PIECE_BYTES = 2048
_GZIP_WINDOW = 31
"""Tells zlib to expect the gzip container."""


class HeaderError(Exception):
    """A file has no header that can be read; the text is the reason and does not name the file."""


class ByteSource(Protocol):
    """Gives bytes of a file."""

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset`` on: fewer at the end, none behind it.

        Raises:
            HeaderError: they cannot be unpacked.
            OSError: they cannot be read.
        """
        ...


class GzipBytes:
    """The bytes packed in a gzip file, up to the length of the longest header; the rest is not looked at."""

    def __init__(self, packed: ByteSource) -> None:
        self._packed = packed
        self._packed_at = 0
        self._pending = b""
        self._unpacked = bytearray()
        self._stream = zlib.decompressobj(_GZIP_WINDOW)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` unpacked bytes from ``offset`` on."""
        end = min(offset + length, LONGEST_HEADER_BYTES)
        try:
            while len(self._unpacked) < end and self._unpack_piece(end - len(self._unpacked)):
                pass
        except zlib.error as error:
            # A header that came out whole before the damage is good.
            if not self._unpacked:
                raise HeaderError(f"cannot be unpacked: {error}") from error
        return bytes(self._unpacked[offset:end])

    def _unpack_piece(self, length: int) -> bool:
        if not self._pending:
            self._pending = self._packed.read(self._packed_at, _GZIP_PIECE_BYTES)
            self._packed_at += len(self._pending)
        if not self._pending:
            return False
        self._unpacked += self._stream.decompress(self._pending, length)
        self._pending = self._stream.unconsumed_tail
        if self._stream.eof:
            # A gzip file may hold several members one after the other, and padding behind them.
            self._pending = self._stream.unused_data.lstrip(b"\0")
            self._stream = zlib.decompressobj(_GZIP_WINDOW)
        return True
