"""A dark sheet with a time axis and altitudes, drawn at twice its size so that lines come out smooth."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

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
_HALO_PX = 2
# Pillow's own font has hardly more letters than ASCII; for the others the system is asked for one of these.
_OWN_LETTERS = frozenset(map(chr, range(32, 127))) | {"\N{DEGREE SIGN}", "\N{HORIZONTAL ELLIPSIS}"}
_OTHER_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")
_PLAIN = str.maketrans(
    {"\u00f8": "o", "\u00d8": "O", "\u0142": "l", "\u0141": "L", "\u00df": "ss", "\u2013": "-", "\u2019": "'"}
)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=64)
def font_of(size: int, *, other: bool = False) -> Font | None:
    """Return Pillow's own font in a size, or another one that the system has; None where it has none."""
    if not other:
        return ImageFont.load_default(size * _SCALE)
    for name in _OTHER_FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size * _SCALE)
    return None


def lettered(words: str, size: int) -> tuple[str, Font | None]:
    """Return words as they can be written, and the font: without one that has all its letters, plain ones for them."""
    if _OWN_LETTERS.issuperset(words):
        return words, font_of(size)
    other = font_of(size, other=True)
    if other is not None:
        return words, other
    plain = unicodedata.normalize("NFKD", words.translate(_PLAIN))
    kept = (letter if letter in _OWN_LETTERS else "?" for letter in plain if not unicodedata.combining(letter))
    return "".join(kept), font_of(size)


@dataclass(frozen=True)
class Frame:
    """What the axes span: a night's part (UTC) from left to right, altitudes in degrees from bottom to top."""

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
        self._write(at, words, size=size, style=style, halo_px=0)

    def label(self, at: tuple[float, float], words: str, *, colour: Colour = INK) -> None:
        """Write small words over whatever is drawn there, so that they can be read."""
        self._write(at, words, size=14, style=("lm", colour), halo_px=_HALO_PX)

    def _write(
        self, at: tuple[float, float], words: str, *, size: int, style: tuple[str, Colour], halo_px: int
    ) -> None:
        anchor, colour = style
        shown, font = lettered(words, size)
        place = (at[0] * _SCALE, at[1] * _SCALE)
        halo = halo_px * _SCALE
        self._draw.text(place, shown, font=font, fill=colour, anchor=anchor, stroke_width=halo, stroke_fill=PAPER)

    def width_of(self, words: str, *, size: int = 15) -> float:
        """Return how wide words come out."""
        shown, font = lettered(words, size)
        return float(self._draw.textlength(shown, font=font)) / _SCALE

    def wrapped(self, words: Sequence[str], *, size: int, width: float) -> list[str]:
        """Return words in lines of no more than a width, with commas between them."""
        lines: list[str] = []
        for place, each in enumerate(words):
            word = each if place == len(words) - 1 else f"{each},"
            if lines and self.width_of(f"{lines[-1]} {word}", size=size) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def finished(self) -> Image.Image:
        """Return the picture in its own size."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def mixed(colour: Colour, other: Colour, *, share: float) -> Colour:
    """Return a colour with a share (0 to 1) of another."""
    both = (1 - share) * np.array(colour) + share * np.array(other)
    red, green, blue = (round(float(each)) for each in both)
    return red, green, blue


def hours_between(first: datetime, last: datetime, *, zone: ZoneInfo) -> list[datetime]:
    """Return the full hours of a zone within a span, in that zone; the night the clocks change has one more or less."""
    moment = first.replace(second=0, microsecond=0)
    found = []
    while moment <= last:
        local = moment.astimezone(zone)
        if local.minute == 0 and moment >= first:
            found.append(local)
        moment += timedelta(minutes=60 - local.minute)
    return found
