"""Pixels of the first image in an XISF file (XISF 1.0, sections 8.5, 10 and 11.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.files.pixels.buffers import PixelMemory
from tsplug.files.pixels.claims import Claim, PixelError, frame_shape
from tsplug.files.pixels.packing import Packing, check_claim, packing, unpack
from tsplug.files.pixels.sources import PixelSource

_SAMPLES = {
    "UInt8": "u1",
    "UInt16": "u2",
    "UInt32": "u4",
    "UInt64": "u8",
    "Float32": "f4",
    "Float64": "f8",
}
_HASHES = {
    **{name: name.replace("-", "") for name in ("sha-1", "sha-256", "sha-512", "sha1", "sha256", "sha512")},
    **{name: name.replace("-", "_") for name in ("sha3-256", "sha3-512")},
}
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class XisfPixels:
    """Where the pixels of an image lie, how they are stored and packed, and their checksum: a hash's name and value."""

    offset: int
    size: int
    claim: Claim
    interleaved: bool
    packing: Packing | None
    checksum: tuple[str, str] | None

    @property
    def end(self) -> int:
        """Return where the stored bytes end."""
        return self.offset + self.size


def xisf_pixels(attributes: Mapping[str, str], *, header_bytes: int) -> XisfPixels:
    """Return how the pixels of an image are stored, from the attributes of its element and where the header ends.

    Raises:
        PixelError: there is no image, what it says cannot be, or it is no frame.
    """
    if not attributes:
        raise PixelError("holds no image")
    axes = _numbers(attributes, "geometry", least=3)
    sample = attributes.get("sampleFormat", "")
    if sample not in _SAMPLES:
        raise PixelError(f"has pixels of the kind {sample!r}, which no frame has")
    order = ">" if attributes.get("byteOrder") == "big" else "<"
    claim = Claim(frame_shape(axes), np.dtype(order + _SAMPLES[sample]))
    claim.check()
    place, _, rest = attributes.get("location", "").partition(":")
    if place != "attachment":
        raise PixelError(
            f"keeps its pixels in {place or 'no place'!r}; only those attached to the file itself are read"
        )
    offset, size = _numbers({"location": rest}, "location", least=2)[:2]
    if offset < header_bytes:
        raise PixelError("says that its pixels lie within its header: its header is damaged; copy it again")
    packed = packing(attributes, claim.length)
    if packed is None and size != claim.length:
        raise PixelError(
            f"attaches {size} bytes where its geometry needs {claim.length}: its header is damaged; copy it again"
        )
    interleaved = attributes.get("pixelStorage", "Planar") == "Normal" and len(claim.shape) > 2
    return XisfPixels(offset, size, claim, interleaved, packed, _checksum(attributes))


def read_xisf(image: XisfPixels, source: PixelSource, *, memory: PixelMemory) -> NDArray[np.generic]:
    """Return the values of an image in native byte order, planes first; its checksum is compared where it has one.

    Raises:
        PixelError: the file ends before they do, they cannot be unpacked, or the checksum is wrong.
        OSError: it cannot be read.
    """
    source.require(image.end)
    stored = memoryview(b"")
    if image.packing is not None:
        stored = np.empty(image.size, np.uint8).data
        source.fill(stored, image.offset)
        _check_sum(stored, image)
        check_claim(stored, image.packing)
    pixels = memory.take(image.claim.shape, image.claim.stored.newbyteorder("="))
    view = pixels.reshape(-1).view(np.uint8).data
    if image.packing is None:
        source.fill(view, image.offset)
        _check_sum(view, image)
    else:
        unpack(stored, image.packing, view=view)
    if not image.claim.stored.isnative:
        pixels.byteswap(inplace=True)
    if image.interleaved:
        planes, rows, columns = image.claim.shape
        return np.ascontiguousarray(np.moveaxis(pixels.reshape(rows, columns, planes), 2, 0))
    return pixels


def _numbers(attributes: Mapping[str, str], name: str, *, least: int) -> list[int]:
    text = attributes.get(name, "")
    parts = text.split(":")
    if len(parts) < least or not all(part.isascii() and part.isdecimal() and len(part) < 20 for part in parts):
        raise PixelError(f"has an image whose {name} cannot be understood: {text[:60]!r}; copy it again")
    return [int(part) for part in parts]


def _checksum(attributes: Mapping[str, str]) -> tuple[str, str] | None:
    name, _, value = attributes.get("checksum", "").partition(":")
    known = _HASHES.get(name)
    return (known, value.strip().lower()) if known else None


def _check_sum(view: memoryview, image: XisfPixels) -> None:
    if image.checksum is None:
        return
    name, value = image.checksum
    digest = hashlib.new(name, usedforsecurity=False)
    for start in range(0, len(view), _PIECE_BYTES):
        digest.update(view[start : start + _PIECE_BYTES])
    if digest.hexdigest() != value:
        raise PixelError("has a wrong checksum: its data changed; copy it again from where it was saved")
