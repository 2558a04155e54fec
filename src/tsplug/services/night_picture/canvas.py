"""A dark sheet with a time axis and altitudes, drawn at twice its size so that lines come out smooth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

PAPER: Colour = (11, 13, 18)
INK: Colour = (214, 200, 184)
FAINT: Colour = (128, 118, 110)
GRID: Colour = (44, 46, 54)

WIDTH, HEIGHT = 1600, 900
LEFT, RIGHT, TOP, BOTTOM = 78, 1270, 92, 700
_SCALE = 2


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _SCALE)


@dataclass(frozen=True)
class Frame:
    """What the axes span: a night's part from left to right, altitudes in degrees from bottom to top."""

    first: datetime
    last: datetime
    lowest_deg: float = -5.0
    highest_deg: float = 90.0

    def x(self, moment: datetime) -> float:
        """Return where a moment stands."""
        return LEFT + (RIGHT - LEFT) * ((moment - self.first) / (self.last - self.first))

    def y(self, altitude_deg: float) -> float:
        """Return where an altitude stands."""
        share = (altitude_deg - self.lowest_deg) / (self.highest_deg - self.lowest_deg)
        return BOTTOM - (BOTTOM - TOP) * share


class Canvas:
    """The sheet, in the coordinates of the finished picture."""

    def __init__(self) -> None:
        """Begin with an empty sheet."""
        self._image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, corners: tuple[float, float, float, float], colour: Colour, *, outline: Colour | None = None) -> None:
        """Fill a rectangle from left, top to right, bottom."""
        left, top, right, bottom = corners
        if right > left and bottom > top:
            self._draw.rectangle([each * _SCALE for each in corners], fill=colour, outline=outline)

    def line(self, points: Sequence[tuple[float, float]], colour: Colour, *, width: float = 1.0) -> None:
        """Draw through points."""
        if len(points) > 1:
            spread = [(x * _SCALE, y * _SCALE) for x, y in points]
            self._draw.line(spread, fill=colour, width=max(1, round(width * _SCALE)), joint="curve")

    def dashes(self, points: Sequence[tuple[float, float]], colour: Colour, *, width: float = 1.0) -> None:
        """Draw every other piece between points."""
        for one, other in zip(points[::2], points[1::2], strict=False):
            self.line((one, other), colour, width=width)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Fill an area."""
        if len(points) > 2:
            self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def text(
        self, at: tuple[float, float], words: str, *, size: int = 15, style: tuple[str, Colour] = ("lm", INK)
    ) -> None:
        """Write words; the style is Pillow's anchor and a colour."""
        x, y = at
        anchor, colour = style
        self._draw.text((x * _SCALE, y * _SCALE), words, font=_font(size), fill=colour, anchor=anchor)

    def width_of(self, words: str, *, size: int = 15) -> float:
        """Return how wide words come out."""
        return float(self._draw.textlength(words, font=_font(size))) / _SCALE

    def finished(self) -> Image.Image:
        """Return the picture in its own size."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def mixed(colour: Colour, other: Colour, *, share: float) -> Colour:
    """Return a colour with a share (0 to 1) of another."""
    both = (1 - share) * np.array(colour) + share * np.array(other)
    red, green, blue = (round(float(each)) for each in both)
    return red, green, blue


def hours_between(first: datetime, last: datetime) -> list[datetime]:
    """Return the full hours of a span, in the zone of its first moment."""
    hour = first.replace(minute=0, second=0, microsecond=0)
    found = []
    while hour <= last:
        if hour >= first:
            found.append(hour)
        hour += timedelta(hours=1)
    return found
