"""The size and type of a small picture, from its first bytes."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
# The markers of a JPEG's frame, which holds its size.


def media_type(data: bytes) -> str:
    """Return the type of a picture; whatever is no PNG is taken for the JPEG that N.I.N.A. writes."""
    return "image/png" if data.startswith(_PNG) else "image/jpeg"


def size_px(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG or PNG, or None where its first bytes do not say."""
    if data.startswith(_PNG) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_size(data) if data.startswith(_JPEG) else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = len(_JPEG)
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
