"""XISF frames with pixels, in every way of storing them, and FITS frames without any library's help."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

import lz4.block
import numpy as np
import zstandard
from frame_files import fits_header

SAMPLES = {"u1": "UInt8", "u2": "UInt16", "u4": "UInt32", "u8": "UInt64", "f4": "Float32", "f8": "Float64"}
CODECS = {
    "zlib": zlib.compress,
    "lz4": lambda data: lz4.block.compress(data, store_size=False),
    "lz4hc": lambda data: lz4.block.compress(data, store_size=False, mode="high_compression"),
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
}


@dataclass(frozen=True)
class Xisf:
    """How an XISF frame is written; the defaults are those of N.I.N.A."""

    codec: str = ""
    shuffled: bool = False
    parts: int = 1
    checksum: str = ""
    order: str = "little"
    storage: str = "Planar"
    keywords: str = ""
    attributes: str = ""

    def file(self, pixels: np.ndarray) -> bytes:
        """Return the bytes of a file with these pixels: rows by columns, or planes first."""
        planes = pixels if pixels.ndim == 3 else pixels[np.newaxis]
        stored = np.moveaxis(planes, 0, 2) if self.storage == "Normal" else planes
        plain = stored.astype(stored.dtype.newbyteorder(">" if self.order == "big" else "<")).tobytes()
        block, packed = self._packed(plain, pixels.dtype.itemsize)
        sample = SAMPLES[pixels.dtype.str[1:]]
        count, rows, columns = planes.shape
        bounds = 'bounds="0:1" ' if sample.startswith("Float") else ""
        digest = f'checksum="{self.checksum}:{hashlib.new(self.checksum, block).hexdigest()}" ' if self.checksum else ""
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?><xisf version="1.0" xmlns="http://www.pixinsight.com/xisf">'
            f'<Image geometry="{columns}:{rows}:{count}" sampleFormat="{sample}" {bounds}{digest}{packed}'
            f'byteOrder="{self.order}" pixelStorage="{self.storage}" '
            f'{self.attributes or f"""location="attachment:4096:{len(block)}" """}>{self.keywords}</Image></xisf>'
        ).encode()
        head = b"XISF0100" + len(xml).to_bytes(4, "little") + bytes(4) + xml
        assert len(head) <= 4096
        return head.ljust(4096, b"\0") + block

    def _packed(self, plain: bytes, item_bytes: int) -> tuple[bytes, str]:
        if not self.codec:
            return plain, ""
        body = plain
        if self.shuffled:
            body = np.frombuffer(plain, np.uint8).reshape(-1, item_bytes).T.tobytes()
        size = -(-len(body) // self.parts)
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        blocks = [CODECS[self.codec](piece) for piece in pieces]
        name, item = (f"{self.codec}+sh", f":{item_bytes}") if self.shuffled else (self.codec, "")
        told = f'compression="{name}:{len(plain)}{item}" '
        if self.parts > 1:
            pairs = ":".join(f"{len(block)},{len(piece)}" for block, piece in zip(blocks, pieces, strict=True))
            told += f'subblocks="{pairs}" '
        return b"".join(blocks), told


def fits_bytes(pixels: np.ndarray, **cards: object) -> bytes:
    """Return a FITS file of pixels as they are: big-endian words of their own type, unsigned ones by BZERO."""
    zero = {"u2": 32768, "u4": 2**31}.get(pixels.dtype.str[1:])
    bits = pixels.dtype.itemsize * (-8 if pixels.dtype.kind == "f" else 8)
    structure: dict[str, object] = {"SIMPLE": True, "BITPIX": bits, "NAXIS": pixels.ndim}
    structure |= {f"NAXIS{axis}": length for axis, length in enumerate(reversed(pixels.shape), start=1)}
    stored = pixels
    if zero is not None:
        structure |= {"BZERO": zero, "BSCALE": 1}
        stored = (pixels ^ pixels.dtype.type(zero)).view(pixels.dtype.str.replace("u", "i"))
    data = stored.astype(stored.dtype.newbyteorder(">")).tobytes()
    return fits_header(cards, structure=structure) + data + bytes(-len(data) % 2880)
