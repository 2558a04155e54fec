"""Pixels of the first image in a FITS file that is not packed in tiles (FITS 4.0, sections 3.3 and 4.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tsplug.files.headers.fits_header import FitsPart, count_of
from tsplug.files.pixels.claims import Claim, PixelError, frame_shape
from tsplug.files.pixels.plain_pixels import PlainImage, Turn
from tsplug.files.pixels.sums import told_sum
from tsplug.model import CardValue

_STORED = {bits: np.dtype(name) for bits, name in {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8"}.items()} | {
    -32: np.dtype(">f4"),
    -64: np.dtype(">f8"),
}
# By the bits of an integer: the BZERO that makes it unsigned (of bytes: signed), and the type that it then has.
_OFFSETS = {8: (-128.0, "i1"), 16: (32768.0, "u2"), 32: (2.0**31, "u4"), 64: (2.0**63, "u8")}
_MOST_AXES = 999
_BLOCK_BYTES = 2880
_PRECISE_BITS = 32
_MOST_SHOWN = 40


def fits_image(part: FitsPart) -> PlainImage:
    """Return how the image of a part is stored.

    Raises:
        PixelError: what its header says cannot be, or is no frame.
    """
    structure = part.structure
    bits = bits_of(part)
    claim = Claim(frame_shape(axes_of(part)), _STORED[bits])
    claim.check()
    scale, zero = scaling_of(part)
    values, turn = _turning(bits, scale=scale, zero=zero, blank=structure.get("BLANK"))
    padding = part.data_bytes - claim.length
    # More than a block's rest are data of another kind, which are not read here.
    told = told_sum(part) if 0 <= padding < _BLOCK_BYTES else None
    return PlainImage(part.data_offset, claim, values, turn, padding, told)


def bits_of(part: FitsPart, keyword: str = "BITPIX") -> int:
    """Return how many bits a number of an image has, less than 0 where it is a float.

    Raises:
        PixelError: the header says what no FITS image has.
    """
    bits = part.structure.get(keyword)
    if bits is None:
        raise PixelError(f"does not say {keyword}, how long its numbers are: its header is damaged, copy it again")
    if isinstance(bits, bool) or not isinstance(bits, int) or bits not in _STORED:
        text = ", a text" if isinstance(bits, str) else ""
        told = f"{_as_written(bits)[:_MOST_SHOWN]}{text}"
        raise PixelError(f"says {keyword} = {told}, which no FITS image has: its header is damaged, copy it again")
    return bits


def axes_of(part: FitsPart, prefix: str = "NAXIS") -> list[int]:
    """Return the lengths of an image's axes, the quickest first; one that the header does not tell is 0.

    Raises:
        PixelError: what the header says is no length.
    """
    axes = min(count_of(part.structure, prefix), _MOST_AXES)
    return [_length(part, f"{prefix}{axis}") for axis in range(1, axes + 1)]


def _length(part: FitsPart, keyword: str) -> int:
    told, length = part.structure.get(keyword, 0), count_of(part.structure, keyword)
    if keyword in part.unusable:
        raise PixelError(f"holds no pixels: {keyword} in its header {part.unusable[keyword]}; copy it again")
    if isinstance(told, bool) or told != length:
        raise PixelError(f"holds no pixels: its header says {keyword} = {_as_written(told)}; copy it again")
    return length


def scaling_of(part: FitsPart) -> tuple[float, float]:
    """Return by what stored numbers are multiplied, and what is then added to them.

    Raises:
        PixelError: the header says so that no pixel has a value, or all have the same.
    """
    scale = _number(part, "BSCALE", default=1.0)
    if scale == 0.0:
        raise PixelError("says BSCALE = 0, which makes all pixels alike: its header is damaged, copy it again")
    return scale, _number(part, "BZERO", default=0.0)


def _number(part: FitsPart, keyword: str, *, default: float) -> float:
    """Return a finite number.

    Raises:
        PixelError: the header says something else.
    """
    if keyword in part.unusable:
        raise PixelError(f"has a {keyword} that {part.unusable[keyword]}: its header is damaged, copy it again")
    told = part.structure.get(keyword, default)
    if isinstance(told, bool | str):
        written = _as_written(told)
        raise PixelError(f"says {keyword} = {written}, which is no number: its header is damaged, copy it again")
    return float(told)


def _as_written(told: CardValue) -> str:
    return {True: "T", False: "F"}[told] if isinstance(told, bool) else repr(told)


def _turning(bits: int, *, scale: float, zero: float, blank: object) -> tuple[np.dtype[np.generic], Turn]:
    stored = _STORED[bits]
    told_blank = blank if isinstance(blank, int) and not isinstance(blank, bool) and bits > 0 else None
    if scale == 1.0 and zero == 0.0 and told_blank is None:
        return stored.newbyteorder("="), _copied
    if scale == 1.0 and bits > 0 and zero == _OFFSETS[bits][0]:
        values = np.dtype(_OFFSETS[bits][1])
        return values, _shifted(stored, values)
    values = np.dtype("f8" if abs(bits) > _PRECISE_BITS or bits == _PRECISE_BITS else "f4")
    return values, _scaled(scale, zero, blank=told_blank)


def _copied(stored: NDArray[np.generic], values: NDArray[np.generic]) -> None:
    np.copyto(values, stored)


def _shifted(stored: np.dtype[np.generic], values: np.dtype[np.generic]) -> Turn:
    """Return what adds half of the range, which turning the highest bit does, and then swaps the bytes."""
    unsigned = np.dtype(f"u{stored.itemsize}")
    bit = np.array(1 << (8 * stored.itemsize - 1), unsigned.newbyteorder(">")).view(unsigned)[()]

    def turn(chunk: NDArray[np.generic], flat: NDArray[np.generic]) -> None:
        # In one step numpy would copy to and fro: turning bits of bytes in the file's order takes a third of the time.
        words = chunk.view(unsigned)
        np.bitwise_xor(words, bit, out=words)
        np.copyto(flat.view(unsigned), chunk.view(unsigned.newbyteorder(">")))

    return turn


def _scaled(scale: float, zero: float, *, blank: int | None) -> Turn:
    # What a header's scale carries beyond the type's numbers has no value, and is told as that.
    @np.errstate(over="ignore", invalid="ignore")
    def turn(chunk: NDArray[np.generic], flat: NDArray[np.generic]) -> None:
        np.multiply(chunk, scale, out=flat, dtype=flat.dtype, casting="unsafe")
        np.add(flat, zero, out=flat)
        if blank is not None:
            flat[chunk == blank] = np.nan

    return turn
