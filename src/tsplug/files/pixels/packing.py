"""Packed blocks of XISF: zlib, LZ4, Zstandard, whole or in parts, bytes shuffled or not (XISF 1.0, section 10.6)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tsplug.files.pixels.claims import PixelError
from tsplug.files.pixels.sources import GENEROUS_RATIO

_LZ4_RATIO = 255
"""One byte of LZ4 stands for at most so many."""
_PIECE_BYTES = 1 << 20
_ITEMS_AT_A_TIME = 1 << 15
_AGAIN = "copy it again from where it was saved"
_CODECS = frozenset({"zlib", "zstd", "lz4", "lz4hc"})


@dataclass(frozen=True)
class Packing:
    """How a block is packed: the codec, the bytes of each part packed and unpacked, and the bytes of a shuffled item.

    ``parts`` is empty where the block is one part; ``item_bytes`` is 1 where nothing is shuffled.
    """

    codec: str
    length: int
    item_bytes: int
    parts: tuple[tuple[int, int], ...]


def packing(attributes: Mapping[str, str], length: int) -> Packing | None:
    """Return how the pixels of an image are packed; None where they are not.

    Args:
        attributes: of the image's element.
        length: how many bytes its pixels have.

    Raises:
        PixelError: the codec is not known, or lengths do not fit each other.
    """
    text = attributes.get("compression", "")
    if not text:
        return None
    name, *numbers = text.split(":")
    codec, _, shuffled = name.partition("+")
    if codec not in _CODECS or shuffled not in ("", "sh"):
        raise PixelError(f"is packed by {name!r}, which is not known; save it with zlib, lz4 or zstd, or unpacked")
    whole = [int(each) for each in numbers if each.isascii() and each.isdecimal() and len(each) < 20]
    if len(whole) != len(numbers) or not whole or whole[0] != length or (shuffled and len(whole) < 2):
        raise PixelError(f"is packed as {text[:60]!r}, which does not fit its {length} bytes of pixels; {_AGAIN}")
    parts = _parts(attributes.get("subblocks", ""))
    if parts and sum(unpacked for _, unpacked in parts) != length:
        raise PixelError(f"is packed in parts that do not come to its {length} bytes of pixels; {_AGAIN}")
    item = whole[1] if shuffled else 1
    return Packing(codec, length, max(item, 1), parts)


def unpack(stored: memoryview, how: Packing, *, view: memoryview) -> None:
    """Unpack stored bytes into a view of the length that they must have.

    Raises:
        PixelError: they cannot be unpacked, or come to another length.
    """
    parts = how.parts or ((len(stored), how.length),)
    target = view if how.item_bytes == 1 else np.empty(how.length, np.uint8).data
    packed_at = unpacked_at = 0
    for packed, unpacked in parts:
        piece, into = stored[packed_at : packed_at + packed], target[unpacked_at : unpacked_at + unpacked]
        if len(piece) < packed:
            raise PixelError(f"is packed in parts that are longer than what is attached; {_AGAIN}")
        _unpack_part(piece, into, codec=how.codec)
        packed_at += packed
        unpacked_at += unpacked
    if how.item_bytes > 1:
        _unshuffle(target, view, item_bytes=how.item_bytes)


def check_claim(stored: memoryview, how: Packing) -> None:
    """Refuse a claim of more bytes than come of what is stored; unusual ones are unpacked once to count.

    Raises:
        PixelError: fewer come of it.
    """
    if how.length <= GENEROUS_RATIO * len(stored):
        return
    if how.codec.startswith("lz4"):
        most = _LZ4_RATIO * len(stored)
        if how.length > most:
            raise PixelError(f"claims {how.length} bytes in {len(stored)} of LZ4, which holds at most {most}; {_AGAIN}")
        return
    there = packed_at = 0
    for packed, _ in how.parts or ((len(stored), how.length),):
        there += sum(map(len, _pieces(stored[packed_at : packed_at + packed], codec=how.codec)))
        packed_at += packed
    if there < how.length:
        raise PixelError(f"is packed from {there} bytes where its geometry needs {how.length}; {_AGAIN}")


def _parts(text: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ()
    numbers = text.replace(":", ",").split(",")
    if len(numbers) % 2 or not all(each.isascii() and each.isdecimal() and len(each) < 20 for each in numbers):
        raise PixelError(f"is packed in parts that cannot be understood: {text[:60]!r}; {_AGAIN}")
    values = list(map(int, numbers))
    return tuple(zip(values[::2], values[1::2], strict=True))


def _unpack_part(piece: memoryview, into: memoryview, *, codec: str) -> None:
    done = 0
    pieces = _lz4_pieces(piece, len(into)) if codec.startswith("lz4") else _pieces(piece, codec=codec)
    for each in pieces:
        if done + len(each) > len(into):
            raise PixelError(f"unpacks to more bytes than its geometry needs; {_AGAIN}")
        into[done : done + len(each)] = each
        done += len(each)
    if done != len(into):
        raise PixelError(f"unpacks to {done} bytes where {len(into)} are needed; {_AGAIN}")


def _pieces(piece: memoryview, *, codec: str) -> Iterator[bytes]:
    """Yield the unpacked bytes of a part, a bounded number at a time.

    Raises:
        PixelError: it is damaged.
    """
    return _zstd_pieces(piece) if codec == "zstd" else _zlib_pieces(piece)


def _zlib_pieces(piece: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    pending: bytes | memoryview = piece
    try:
        while pending and not stream.eof:
            yield stream.decompress(pending, _PIECE_BYTES)
            pending = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error as error:
        raise _damaged(error) from error


def _zstd_pieces(piece: memoryview) -> Iterator[bytes]:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(piece) as stream:
            while unpacked := stream.read(_PIECE_BYTES):
                yield unpacked
    except zstandard.ZstdError as error:
        raise _damaged(error) from error


def _lz4_pieces(piece: memoryview, length: int) -> Iterator[bytes]:
    import lz4.block

    try:
        yield lz4.block.decompress(piece, uncompressed_size=length)
    except (lz4.block.LZ4BlockError, ValueError, OverflowError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> PixelError:
    return PixelError(f"cannot be unpacked: {' '.join(str(error).split())}; {_AGAIN}")


def _unshuffle(shuffled: memoryview, view: memoryview, *, item_bytes: int) -> None:
    """Bring the bytes of each item together: the first of all stand first, then the second; what is over follows."""
    count = len(shuffled) // item_bytes
    body = count * item_bytes
    planes = np.frombuffer(shuffled[:body], np.uint8).reshape(item_bytes, count)
    items = np.frombuffer(view[:body], np.uint8).reshape(count, item_bytes)
    # Strided writes are cheap only while what they write stays in the cache.
    for start in range(0, count, _ITEMS_AT_A_TIME):
        part = slice(start, start + _ITEMS_AT_A_TIME)
        for place in range(item_bytes):
            items[part, place] = planes[place, part]
    view[body:] = shuffled[body:]
