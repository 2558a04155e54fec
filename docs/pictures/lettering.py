"""What the pictures of the pages share: stretching, and rows of panels with a line or two of text below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PAPER, INK, GREY = (255, 255, 255), (25, 25, 30), (105, 105, 115)
MARGIN = 8


@dataclass(frozen=True)
class Panel:
    """A picture (grey or colour, 8 bits) with a title and a smaller line below it."""

    picture: Image.Image
    title: str
    line: str = ""


def linear(pixels: NDArray[np.float64], low: float, *, high: float) -> NDArray[np.uint8]:
    """Return pixels as grey levels, black at ``low`` and white at ``high``."""
    return np.asarray(np.clip((pixels - low) / (high - low), 0.0, 1.0) * 255.0, dtype=np.uint8)


@dataclass(frozen=True)
class Midtones:
    """A stretch as the screens of imaging programs show frames: black and white, and the midtones between.

    The midtones transfer function is m(x) = (b - 1) x / ((2 b - 1) x - b).
    """

    low: float
    high: float
    balance: float

    @classmethod
    def of(cls, pixels: NDArray[np.float64], *, background: float = 0.15, shadows: float = -2.4) -> Midtones:
        """Return the stretch that brings a frame's median to a level, black some deviations beside it."""
        middle = float(np.median(pixels))
        deviation = 1.4826 * float(np.median(np.abs(pixels - middle)))
        low, high = middle + shadows * deviation, float(np.percentile(pixels, 99.97))
        at = (middle - low) / (high - low)
        return cls(low, high, at * (background - 1.0) / ((2.0 * background - 1.0) * at - background))

    def shown(self, pixels: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Return pixels as grey levels."""
        scaled = np.clip((pixels - self.low) / (self.high - self.low), 0.0, 1.0)
        level = (self.balance - 1.0) * scaled / ((2.0 * self.balance - 1.0) * scaled - self.balance)
        return np.asarray(np.clip(level, 0.0, 1.0) * 255.0, dtype=np.uint8)


def sheet(panels: Sequence[Panel], *, columns: int, size: int = 15) -> Image.Image:
    """Return panels of one size in rows of so many."""
    width, height = panels[0].picture.size
    below = round(2.9 * size)
    rows = -(-len(panels) // columns)
    paper = Image.new("RGB", (columns * (width + MARGIN) + MARGIN, rows * (height + below + MARGIN) + MARGIN), PAPER)
    pen = ImageDraw.Draw(paper)
    title, text = ImageFont.load_default(size), ImageFont.load_default(round(0.83 * size))
    for number, panel in enumerate(panels):
        left = MARGIN + number % columns * (width + MARGIN)
        top = MARGIN + number // columns * (height + below + MARGIN)
        paper.paste(panel.picture.convert("RGB"), (left, top))
        pen.text((left, top + height + 3), panel.title, fill=INK, font=title)
        pen.text((left, top + height + 5 + round(1.25 * size)), panel.line, fill=GREY, font=text)
    return paper
