"""Auto-stretched small pictures of frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.colour import channels, small_channel
from tsplug.imaging.encoding import Form, Preview, encode, picture_fault
from tsplug.imaging.shrinking import Plane, picture_size, shrink
from tsplug.imaging.statistics import native
from tsplug.imaging.stretch import Levels, StretchSettings, as_bytes, levels_of, linked

__all__ = ["Colour", "Preview", "PreviewSettings", "Reduced", "full_scale_of", "picture", "picture_fault", "thumbnail"]

THUMBNAIL_HEIGHT_PX = 192
_FULL_SCALE = {"uint8": 255.0, "int8": 127.0, "int16": 32_767.0, "uint16": 65_535.0}
_USUAL_SCALE = 65_535.0
_SAMPLED_ROWS, _SAMPLED_COLUMNS = 512, 1024
# Light falls on several pixels: what so few have that all others are a small share of it is a fault of the file.
_NEAR_HIGHEST, _FEW_PIXELS = 1.0 / 16.0, 4
# Nearly all pixels of a frame from 0 to 1 are: what was resampled overshoots beside bright stars.
_NEARLY_ALL = 0.999


class Colour(StrEnum):
    """How a colour frame is shown: each channel stretched by itself, all alike, or its brightness only."""

    UNLINKED = "unlinked"
    LINKED = "linked"
    MONO = "mono"


@dataclass(frozen=True)
class PreviewSettings:
    """How a picture is made: its width or its height in pixels (the other follows), colours, stretch and file form."""

    width_px: int | None = 1024
    height_px: int | None = None
    colour: Colour = Colour.UNLINKED
    stretch: StretchSettings = field(default_factory=StretchSettings)
    form: Form = "jpeg"


@dataclass(frozen=True)
class Reduced:
    """What measuring leaves of a frame of one plane: sums of 2x2 pixels, median and raw MAD of all pixels in ADU."""

    sums: NDArray[np.generic]
    median_adu: float
    mad_adu: float


@np.errstate(over="ignore", invalid="ignore")
def picture(
    pixels: NDArray[np.generic],
    settings: PreviewSettings,
    *,
    pattern: str = "",
    reduced: Reduced | None = None,
    upside_down: bool = False,
) -> NDArray[np.uint8]:
    """Return a frame as a picture of rows by columns, with red, green and blue last where it has colours.

    Args:
        pixels: rows by columns, or planes by rows by columns, in any byte order.
        settings: size, colours and stretch.
        pattern: that of a colour mosaic; empty for none.
        reduced: what was measured of the frame already; saves most of the work where the picture shows no colours.
        upside_down: whether the frame's first row is the lowest one.
    """
    made = _upright(native(pixels), settings, pattern=pattern, reduced=reduced)
    return np.ascontiguousarray(made[::-1]) if upside_down else made


def _upright(
    frame: NDArray[np.generic], settings: PreviewSettings, *, pattern: str, reduced: Reduced | None
) -> NDArray[np.uint8]:
    scale = full_scale_of(frame)
    size = picture_size(frame.shape[-2:], width_px=settings.width_px, height_px=settings.height_px)
    shows_colours = settings.colour is not Colour.MONO and (frame.ndim == 3 or bool(pattern))
    if shows_colours:
        views = channels(frame, pattern)
        levels = [_in_share(each, scale) for each in _channel_levels(views, settings.colour)]
        planes = [
            as_bytes(small_channel(view, size) / np.float32(scale), levels=each, settings=settings.stretch)
            for view, each in zip(views, levels, strict=True)
        ]
        return np.ascontiguousarray(np.stack(planes, axis=2))
    small, own = _brightness(frame, size, reduced=reduced)
    return as_bytes(small / np.float32(scale), levels=_in_share(own, scale), settings=settings.stretch)


def thumbnail(
    pixels: NDArray[np.generic],
    *,
    height_px: int = THUMBNAIL_HEIGHT_PX,
    reduced: Reduced | None = None,
    upside_down: bool = False,
) -> Preview:
    """Return an auto-stretched JPEG of a frame's brightness, its width in proportion.

    Pixels are averaged before stretching. A frame smaller than the picture is not enlarged.
    """
    settings = PreviewSettings(width_px=None, height_px=height_px, colour=Colour.MONO)
    return encode(picture(pixels, settings, reduced=reduced, upside_down=upside_down), settings.form)


def full_scale_of(pixels: NDArray[Any]) -> float:
    """Return the level that pixels reach at most: that of their type; by their highest values where that tells nothing.

    Floats that are up to 1 but for one in a thousand have it at 1, as processing programs write them; wider numbers up
    to 65535 there, as cameras do, and so have floats that a calibration took below -1. A few pixels that are far beyond
    all others, as faults of files are, do not count.
    """
    if pixels.dtype.name in _FULL_SCALE:
        return _FULL_SCALE[pixels.dtype.name]
    if pixels.dtype.kind != "f":
        return max(float(pixels.max(initial=0)), _USUAL_SCALE)
    if not np.isfinite(pixels.max(initial=0)):
        pixels = pixels[np.isfinite(pixels)]
    if _are_nearly_all(pixels <= 1.0) and _are_nearly_all(pixels >= -1.0):
        return 1.0
    highest = float(pixels.max())
    while highest > _USUAL_SCALE and np.count_nonzero(pixels > _NEAR_HIGHEST * highest) < _FEW_PIXELS:
        pixels = pixels[pixels <= _NEAR_HIGHEST * highest]
        highest = float(pixels.max(initial=0))
    return max(highest, _USUAL_SCALE)


def _are_nearly_all(told: NDArray[np.bool_]) -> bool:
    return bool(np.count_nonzero(told) >= _NEARLY_ALL * told.size)


def _brightness(frame: NDArray[np.generic], size: tuple[int, int], *, reduced: Reduced | None) -> tuple[Plane, Levels]:
    if frame.ndim == 3:
        small = np.mean([shrink(plane, size) for plane in frame[:3]], axis=0)
        return np.asarray(small, dtype=np.float32), linked([_sampled([plane]) for plane in frame[:3]])
    if reduced is not None and size[0] <= reduced.sums.shape[1] and size[1] <= reduced.sums.shape[0]:
        return shrink(reduced.sums, size) / np.float32(4.0), Levels(reduced.median_adu, reduced.mad_adu)
    return shrink(frame, size), _sampled([frame])


def _channel_levels(views: Sequence[list[NDArray[np.generic]]], colour: Colour) -> list[Levels]:
    own = [_sampled(each) for each in views]
    return [linked(own)] * len(own) if colour is Colour.LINKED else own


def _sampled(views: Sequence[NDArray[np.generic]]) -> Levels:
    """Return the levels of half a million pixels spread evenly: those of all within a hundredth of their noise."""
    rows, columns = max(1, views[0].shape[0] // _SAMPLED_ROWS), max(1, views[0].shape[1] // _SAMPLED_COLUMNS)
    return levels_of(np.stack([view[::rows, ::columns] for view in views]))


def _in_share(levels: Levels, scale: float) -> Levels:
    return Levels(levels.median / scale, levels.mad / scale)
