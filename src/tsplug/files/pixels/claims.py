"""What a header claims of its pixels, and whether a file can hold that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_PIXEL_BYTES = 2 << 30
"""More than any camera's frame takes, three planes of 150 megapixels in single precision included."""
_COLOURS = 3
_ALPHA = 4


class PixelError(Exception):
    """The pixels of a file cannot be read; the text is the reason and what to do, and does not name the file."""


@dataclass(frozen=True)
class Claim:
    """How pixels are stored: planes by rows by columns, or rows by columns, of a type in the file's byte order."""

    shape: tuple[int, ...]
    stored: np.dtype[np.generic]

    @property
    def count(self) -> int:
        """Return how many pixels there are."""
        return math.prod(self.shape)

    @property
    def length(self) -> int:
        """Return how many bytes they have, unpacked."""
        return self.count * self.stored.itemsize

    def check(self) -> None:
        """Refuse what is no frame, or more than any frame.

        Raises:
            PixelError: it holds no pixels, too many of them, or as many planes as no colours make.
        """
        words = " x ".join(str(each) for each in reversed(self.shape))
        if self.length > MOST_PIXEL_BYTES:
            raise PixelError(
                f"claims {words} pixels, which are {self.length} bytes; no frame has more than {MOST_PIXEL_BYTES}: "
                "its header is damaged, copy it again"
            )
        if not self.count:
            raise PixelError(f"holds no pixels: its header says {words}")
        if len(self.shape) == _COLOURS and self.shape[0] not in (_COLOURS, _ALPHA):
            raise PixelError(f"holds {words} pixels; a frame has one plane, or three of colour")


def frame_shape(axes: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of an image from its axes, the quickest first; axes of length one beyond two are dropped.

    Raises:
        PixelError: there are too few axes, or too many.
    """
    if len(axes) < 2:
        raise PixelError(f"holds an image of {len(axes)} axes; a frame has rows and columns")
    more = [length for length in axes[2:] if length != 1]
    if len(more) > 1:
        raise PixelError(f"holds an image of {len(more) + 2} axes; a frame has rows, columns and perhaps colours")
    return (*more, axes[1], axes[0])


def cut_off(there: int, wanted: int) -> PixelError:
    """Return the error of a file that ends before its pixels do."""
    return PixelError(f"truncated: {there} of at least {wanted} bytes; copy it again from where it was saved")
