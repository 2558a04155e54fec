"""Pixels of a FITS image that is packed in tiles (FITS 4.0, section 10); astropy unpacks what is found to be whole."""

from __future__ import annotations

import io
import math
import warnings

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from numpy.typing import NDArray

from tsplug.files.headers.cards import CARD_BYTES
from tsplug.files.headers.fits_header import FitsPart, count_of
from tsplug.files.pixels.claims import Claim, PixelError, frame_shape
from tsplug.files.pixels.fits_pixels import axes_of, bits_of, scaling_of
from tsplug.files.pixels.sources import PixelSource
from tsplug.files.pixels.sums import sum_is_right
from tsplug.files.pixels.tile_places import check_places

_BOUNDED = frozenset({"RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2"})
"""What astropy unpacks within bounds whatever it is given; other damaged data can end the program."""
_MOST_FIELDS = 999
_FIRST = (
    b"SIMPLE  =                    T",
    b"BITPIX  =                    8",
    b"NAXIS   =                    0",
    b"END",
)
_PRIMARY = b"".join(card.ljust(CARD_BYTES) for card in _FIRST).ljust(2880)
_MOST_RATIO = 1100
"""Bytes that a packed one stands for at most: deflate, the tightest that cameras' programs use, reaches 1032."""


def check_tiled(part: FitsPart, source: PixelSource) -> Claim:
    """Return what the header of a packed image claims, known to be possible.

    Raises:
        PixelError: it is not, or the file ends before the packed data do.
    """
    structure = part.structure
    bits = bits_of(part, "ZBITPIX")
    claim = Claim(frame_shape(axes_of(part, "ZNAXIS")), np.dtype(f"V{abs(bits) // 8}"))
    claim.check()
    scaling_of(part)
    fields = count_of(structure, "TFIELDS")
    if structure.get("XTENSION") != "BINTABLE" or structure.get("NAXIS") != 2 or not 1 <= fields <= _MOST_FIELDS:
        raise PixelError("is packed in tiles but holds no table of them: its header is damaged, copy it again")
    tiles, rows = _tiles(part), count_of(structure, "NAXIS2")
    if tiles != rows:
        raise PixelError(f"claims {tiles} tiles but has {rows}: its header is damaged, copy it again")
    if claim.length > _MOST_RATIO * part.data_bytes:
        raise PixelError(
            f"claims {claim.length} bytes of pixels in {part.data_bytes} packed ones: its header is damaged; "
            "copy it again"
        )
    source.require(part.data_offset + part.data_bytes)
    return claim


def read_tiled(part: FitsPart, source: PixelSource) -> NDArray[np.generic]:
    """Return the values of a packed image in native byte order.

    astropy is given this part alone: what other parts claim could keep it busy for ever.

    Raises:
        PixelError: it is damaged, or its checksum says so.
    """
    claim = check_tiled(part, source)
    if part.structure.get("ZCMPTYPE") not in _BOUNDED and "DATASUM" not in part.structure:
        raise PixelError(
            f"is packed by {part.structure.get('ZCMPTYPE')} and has no DATASUM that tells whether it is whole; "
            "unpack it with funpack first"
        )
    if not sum_is_right(part, source):
        raise PixelError("has a wrong DATASUM: its data changed; copy it again from where it was saved")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyUserWarning)
            alone = _alone(part, source)
            with fits.open(io.BytesIO(alone), memmap=False, disable_image_compression=True) as hdus:
                check_places(hdus[1], memoryview(alone)[-part.data_bytes :])
            with fits.open(io.BytesIO(alone), memmap=False) as hdus:
                pixels = np.asarray(hdus[1].data)
    except PixelError:
        raise
    except Exception as error:
        raise PixelError(f"cannot be unpacked: {' '.join(str(error).split())}; copy it again") from error
    if pixels.size != claim.count:
        raise PixelError(f"unpacks to {pixels.size} pixels where {claim.count} are needed; copy it again")
    return np.ascontiguousarray(pixels.reshape(claim.shape), dtype=pixels.dtype.newbyteorder("="))


def _alone(part: FitsPart, source: PixelSource) -> bytearray:
    """Return a file in memory that holds nothing but the part."""
    header = part.header + b"END".ljust(CARD_BYTES)
    start = _PRIMARY + header + b" " * (-len(header) % len(_PRIMARY))
    content = bytearray(len(start) + part.data_bytes)
    content[: len(start)] = start
    source.fill(memoryview(content)[len(start) :], part.data_offset)
    return content


def _tiles(part: FitsPart) -> int:
    """Return how many tiles the header claims; a tile is a row where it does not say (FITS 4.0, section 10.1.1)."""
    axes = axes_of(part, "ZNAXIS")
    sides = [
        count_of(part.structure, f"ZTILE{place}", default=length if place == 1 else 1)
        for place, length in enumerate(axes, start=1)
    ]
    return math.prod(-(-length // max(side, 1)) for length, side in zip(axes, sides, strict=True))
