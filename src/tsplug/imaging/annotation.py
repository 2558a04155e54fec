"""What was measured, drawn onto a picture: a circle for each star, and the map of the field in a corner."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Floats = NDArray[np.float64]
Colours = tuple[int, int, int]

_GOOD, _WORSE, _BAD, _WORDS = (110, 230, 120), (245, 205, 80), (245, 105, 90), (235, 235, 235)
_PANEL, _EDGE = (16, 18, 24), (110, 116, 130)
_WORSE_FROM, _BAD_FROM = 1.15, 1.4
_MOST_STARS = 400
_RADII_OF_HFR, _LEAST_RADIUS_PX = 3.0, 3.0
_PANEL_SHARE, _LEAST_PANEL_PX, _MARGIN_PX = 0.26, 120, 8
_ELLIPSE_SHARE = 0.3
_POINTS = 48


@dataclass(frozen=True)
class Marks:
    """What is drawn.

    Attributes:
        x: columns of the stars on the frame (px), brightest first.
        y: their rows.
        hfr: their half-flux radii (px); NaN where one is not known.
        typical_hfr: that of the frame.
        field: HFR in 3x3 cells of the frame, NaN where it is not known; None for no map.
        ellipticity: 1 - b/a of the stars of each cell, NaN where it is not known; None draws all round.
        angle_deg: the direction of their long axes, from x towards y, in the same cells.
        words: lines for the upper left corner.
    """

    x: Floats
    y: Floats
    hfr: Floats
    typical_hfr: float | None = None
    field: Floats | None = None
    ellipticity: Floats | None = None
    angle_deg: Floats | None = None
    words: Sequence[str] = ()


def annotate(picture: NDArray[np.uint8], marks: Marks, *, frame_width_px: int) -> NDArray[np.uint8]:
    """Return a picture with marks on it, in colour.

    Stars have circles of three times their HFR, and at least three pixels: green up to 15 % above the frame's HFR,
    yellow up to 40 %, else red. Of the brightest 400 that is; the words tell how many there are. The map shows the HFR
    of each cell as an ellipse to one scale, elongated as its stars are, in the same colours.

    Args:
        picture: rows by columns, perhaps with three colours last.
        marks: what to draw, in pixels of the frame.
        frame_width_px: how wide the frame was that the picture shows.
    """
    image = Image.fromarray(picture).convert("RGB")
    draw = ImageDraw.Draw(image)
    scale = image.width / frame_width_px
    for x, y, hfr in zip(marks.x[:_MOST_STARS], marks.y[:_MOST_STARS], marks.hfr[:_MOST_STARS], strict=True):
        middle = (x + 0.5) * scale, (y + 0.5) * scale
        draw.circle(middle, _radius_px(float(hfr) * scale, image.width), outline=_colour(float(hfr), marks.typical_hfr))
    if marks.field is not None and np.isfinite(marks.field).any():
        _draw_field(draw, marks, field=marks.field, size=image.size)
    _draw_words(draw, marks.words, width=image.width)
    return np.asarray(image)


def _radius_px(hfr_px: float, width: int) -> float:
    """Return the radius of a star's circle; what is larger than the picture would take minutes to draw."""
    return (
        min(max(_LEAST_RADIUS_PX, _RADII_OF_HFR * hfr_px), float(width)) if math.isfinite(hfr_px) else _LEAST_RADIUS_PX
    )


def _colour(hfr: float, typical: float | None) -> Colours:
    if typical is None or not math.isfinite(hfr):
        return _GOOD
    ratio = hfr / typical
    return _GOOD if ratio < _WORSE_FROM else _WORSE if ratio < _BAD_FROM else _BAD


def _draw_field(draw: ImageDraw.ImageDraw, marks: Marks, *, field: Floats, size: tuple[int, int]) -> None:
    width = int(min(max(_PANEL_SHARE * size[0], _LEAST_PANEL_PX), size[0] - 2 * _MARGIN_PX))
    cell_w, cell_h = width / 3, width / 3 * min(1.0, max(0.6, size[1] / size[0]))
    left, top = size[0] - width - _MARGIN_PX, size[1] - 3 * cell_h - _MARGIN_PX
    if top < 0:
        return
    draw.rectangle((left, top, left + width, top + 3 * cell_h), fill=_PANEL, outline=_EDGE)
    largest, font = float(np.nanmax(field)), _font(cell_h / 5)
    for (row, column), hfr in np.ndenumerate(field):
        x, y = left + (column + 0.5) * cell_w, top + (row + 0.5) * cell_h
        if not math.isfinite(hfr):
            draw.text((x, y), "-", fill=_EDGE, font=font, anchor="mm")
            continue
        radius = _ELLIPSE_SHARE * cell_h * hfr / largest
        outline = _colour(float(hfr), marks.typical_hfr)
        form = _form(marks, (row, column))
        draw.polygon(_ellipse((x, y - cell_h / 10), radius, form=form), outline=outline)
        draw.text((x, y + 0.48 * cell_h), f"{hfr:.2f}", fill=_WORDS, font=font, anchor="mb")


def _form(marks: Marks, cell: tuple[int, ...]) -> tuple[float, float]:
    """Return ellipticity and direction of a cell's stars; round where they are not known."""
    if marks.ellipticity is None or marks.angle_deg is None or not math.isfinite(marks.ellipticity[cell]):
        return 0.0, 0.0
    return float(marks.ellipticity[cell]), float(marks.angle_deg[cell])


def _ellipse(middle: tuple[float, float], radius: float, *, form: tuple[float, float]) -> list[tuple[float, float]]:
    """Return points of an ellipse of the area of a circle."""
    ratio = min(max(1.0 - form[0], 0.1), 1.0)
    long, short = radius / math.sqrt(ratio), radius * math.sqrt(ratio)
    cosine, sine = math.cos(math.radians(form[1])), math.sin(math.radians(form[1]))
    turns = (math.tau * point / _POINTS for point in range(_POINTS))
    around = ((long * math.cos(turn), short * math.sin(turn)) for turn in turns)
    return [(middle[0] + u * cosine - v * sine, middle[1] + u * sine + v * cosine) for u, v in around]


def _draw_words(draw: ImageDraw.ImageDraw, words: Sequence[str], *, width: int) -> None:
    if not words:
        return
    text, font = "\n".join(words), _font(max(11.0, width / 64))
    place = (_MARGIN_PX + 4.0, _MARGIN_PX + 4.0)
    x0, y0, x1, y1 = draw.multiline_textbbox(place, text, font=font)
    draw.rectangle((x0 - 4, y0 - 4, x1 + 4, y1 + 4), fill=_PANEL, outline=_EDGE)
    draw.multiline_text(place, text, fill=_WORDS, font=font)


def _font(size_px: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(9.0, size_px))
