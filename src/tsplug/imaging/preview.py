"""Auto-stretched small pictures of frames."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsplug.imaging.statistics import native

SHADOWS_SIGMA = -2.8
TARGET_BACKGROUND = 0.25
THUMBNAIL_HEIGHT_PX = 192

_JPEG_QUALITY = 90
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class Preview:
    """A picture ready to store: JPEG bytes and size in pixels."""

    data: bytes
    width_px: int
    height_px: int
    media_type: str = "image/jpeg"


def midtones(values: NDArray[np.float64], balance: float) -> NDArray[np.float64]:
    """Return the midtones transfer function of values in 0..1: 0, 1/2 and 1 for 0, ``balance`` and 1."""
    return np.asarray((balance - 1.0) * values / ((2.0 * balance - 1.0) * values - balance))


def stretch(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values in 0..1 stretched so that the background's median lies at 0.25.

    Shadows are clipped 2.8 standard deviations (1.4826 MAD) below the median, as screen transfer functions do.
    """
    median = float(np.median(values))
    sigma = _MAD_TO_SIGMA * float(np.median(np.abs(values - median)))
    shadows = max(0.0, median + SHADOWS_SIGMA * sigma)
    if shadows >= 1.0:
        return np.zeros_like(values)
    clipped = np.clip((values - shadows) / (1.0 - shadows), 0.0, 1.0)
    level = (median - shadows) / (1.0 - shadows)
    if not 0.0 < level < 1.0:
        return clipped
    return midtones(clipped, _balance(level, TARGET_BACKGROUND))


def thumbnail(
    pixels: NDArray[np.generic], *, height_px: int = THUMBNAIL_HEIGHT_PX, full_scale_adu: float = 65_535.0
) -> Preview:
    """Return an auto-stretched JPEG of a frame (rows by columns), its width in proportion.

    Pixels are averaged before stretching. A frame smaller than the picture is not enlarged.
    """
    frame = _shrunk(native(pixels), height_px)
    frame = np.nan_to_num(frame / full_scale_adu, nan=0.0, posinf=1.0, neginf=0.0)
    levels = np.rint(255.0 * stretch(np.clip(frame, 0.0, 1.0))).astype(np.uint8)
    picture = Image.fromarray(levels)
    height = min(height_px, picture.height)
    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    picture = picture.resize((width, height), Image.Resampling.BOX)
    stream = io.BytesIO()
    picture.save(stream, format="JPEG", quality=_JPEG_QUALITY)
    return Preview(stream.getvalue(), width, height)


def picture_fault(data: bytes) -> str:
    """Return why bytes are no picture, or nothing where they are one; all are decoded, as small as that can be done."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("L", (1, 1))
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return f"{len(data)} bytes: {_without_address(str(error))}"
    return ""


def _without_address(text: str) -> str:
    """Return a message of the decoder without the address of the bytes in memory."""
    return text.partition(" <_io.")[0]


def _shrunk(pixels: NDArray[np.generic], height_px: int) -> NDArray[np.float64]:
    """Average whole blocks of pixels until the frame is at most twice as high as the picture."""
    step = max(1, pixels.shape[0] // height_px)
    step = min(step, max(1, pixels.shape[1]))
    height, width = pixels.shape[0] // step * step, pixels.shape[1] // step * step
    blocks = pixels[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float64))


def _balance(level: float, target: float) -> float:
    """Return the midtones balance that brings a level to a target."""
    return float(midtones(np.array([level]), target)[0])
