"""Drawing what moves during an exposure: stars that drift into short or long trails, and satellites."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.profile import FARTHEST, STEPS, profile
from hostsim.sky.psf import ALPHA2_PER_VARIANCE, PointSpread
from hostsim.sky.stamps import BATCH, MONO, Canvas, DrawnStars, Pattern, alike, draw, seen, stamp_half_widths

Floats = NDArray[np.float64]

# A movement shorter than a star is wide only stretches it; up to so many of its widths it is drawn as points in a row.
_MOST_POINTS = 6
# What the width of a pixel adds to the squared alpha of a streak, which is sampled at the pixels' centres.
_PIXEL_ALPHA2 = ALPHA2_PER_VARIANCE / 12.0
# A streak's light is complete so many alphas from its ends.
_ENDS_WITHIN = 6.0
_LAST = round(FARTHEST * STEPS)


@dataclass(frozen=True)
class _Line:
    """The direction and length of streaks, and how they advance by a pixel at a time along their major axis."""

    right_px: float
    down_px: float

    @property
    def length_px(self) -> float:
        return math.hypot(self.right_px, self.down_px)

    @property
    def unit(self) -> tuple[float, float]:
        return self.right_px / self.length_px, self.down_px / self.length_px

    @property
    def upright(self) -> bool:
        return abs(self.down_px) > abs(self.right_px)

    def ordered(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return (major, minor) of coordinates given as (x, y), and the other way round."""
        return (y, x) if self.upright else (x, y)

    @property
    def major_part(self) -> float:
        """Return the length of the unit vector on the major axis, without its sign."""
        return max(abs(part) for part in self.unit)

    @property
    def minor_part(self) -> float:
        """Return the unit vector's part on the minor axis, where that on the major axis is positive."""
        return self.slope * self.major_part

    @property
    def slope(self) -> float:
        return self.right_px / self.down_px if self.upright else self.down_px / self.right_px


def draw_moving(
    canvas: Canvas, stars: DrawnStars, *, move: tuple[float, float], faintest_e: float, pattern: Pattern = MONO
) -> None:
    """Add stars that move evenly by ``move`` (right, down in pixels), the middle of which is where they stand."""
    length = math.hypot(*move)
    points = math.ceil(length / float(np.median(stars.spread.alpha_px))) if stars.x.size else 0
    if points <= 1:
        still = DrawnStars(stars.x, stars.y, stars.flux_e, spread=stars.spread.stretched(*move))
        draw(canvas, still, faintest_e=faintest_e, pattern=pattern)
    elif points <= _MOST_POINTS:
        spread = stars.spread.stretched(move[0] / points, move[1] / points)
        for part in (np.arange(points) + 0.5) / points - 0.5:
            moved = DrawnStars(stars.x + part * move[0], stars.y + part * move[1], stars.flux_e / points, spread=spread)
            draw(canvas, moved, faintest_e=faintest_e / points, pattern=pattern)
    else:
        draw_streaks(canvas, stars, move=move, faintest_e=faintest_e, pattern=pattern)


def clipped(
    start: tuple[float, float], end: tuple[float, float], *, size: tuple[int, int]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the part of a line that lies on a canvas of this width and height; None when it passes beside it.

    Algorithm: Liang and Barsky 1984.
    """
    first, last = 0.0, 1.0
    for begin, advance, length in zip(start, (end[0] - start[0], end[1] - start[1]), size, strict=True):
        limits = sorted((edge - begin) / (advance or 1e-12) for edge in (-0.5, length - 0.5))
        first, last = max(first, limits[0]), min(last, limits[1])
    if first >= last:
        return None
    x, y = (
        [begin + part * (finish - begin) for part in (first, last)] for begin, finish in zip(start, end, strict=True)
    )
    return (x[0], y[0]), (x[1], y[1])


def draw_streaks(
    canvas: Canvas, stars: DrawnStars, *, move: tuple[float, float], faintest_e: float, pattern: Pattern = MONO
) -> None:
    """Add streaks that are much longer than wide, all by the same vector ``move`` about their stars' places."""
    line = _Line(*move)
    across = _across_alpha(stars.spread, line)
    fraction = faintest_e * line.length_px * across / np.maximum(stars.flux_e.max(axis=1, initial=0.0), 1e-9)
    reach = np.empty(fraction.size)
    for kind in np.unique(stars.spread.kind):
        chosen = stars.spread.kind == kind
        tables = profile(int(kind), stars.spread.obstruction)
        reach[chosen] = tables.reach(fraction[chosen], of_side=True) * across[chosen]
    half_widths = stamp_half_widths(np.maximum(reach, 1.5 * across) * math.hypot(1.0, line.slope))
    for group in alike(half_widths, stars.spread.kind):
        half_width = int(half_widths[group[0]])
        span = math.ceil(max(abs(move[0]), abs(move[1]))) + 2 * half_width
        batch = max(1, BATCH // (span * (2 * half_width + 1)))
        for first in range(0, group.size, batch):
            part = stars.rows(group[first : first + batch])
            _add(canvas, part, line=line, half_width=half_width, pattern=pattern)


def _add(canvas: Canvas, stars: DrawnStars, *, line: _Line, half_width: int, pattern: Pattern) -> None:
    """Add streaks in pieces of bounded size along their major axis; only those at the ends cost their fading."""
    major, minor = line.ordered(stars.x, stars.y)
    half_span = math.ceil(max(abs(line.right_px), abs(line.down_px)) / 2.0) + half_width
    faded = _ENDS_WITHIN * float(_along_alpha(stars.spread, line).max()) + half_width
    inner = max(0, math.floor((line.length_px / 2.0 - faded) * line.major_part))
    piece = max(1, BATCH // (len(major) * (2 * half_width + 1)))
    flux_e = stars.flux_e.astype(np.float32)
    for low, high, ends in ((-half_span, -inner, True), (-inner, inner, False), (inner, half_span + 1, True)):
        for first in range(low, high, piece):
            majors = np.rint(major).astype(np.int64)[:, None] + np.arange(first, min(high, first + piece))
            if majors.max() < 0 or majors.min() >= canvas.shape[1 if line.upright else 0]:
                continue
            advanced = majors - major[:, None]
            middle = minor[:, None] + advanced * line.slope
            nearest = np.rint(middle)
            beside = (nearest - middle).astype(np.float32)[:, :, None] + _span(half_width).astype(np.float32)
            minors = nearest.astype(np.int64)[:, :, None] + _span(half_width)
            values = _across(beside, stars.spread, line=line)
            if ends:
                values *= _fading(advanced, beside, spread=stars.spread, line=line)
            columns, rows = line.ordered(majors[:, :, None], minors)
            values *= seen(flux_e, columns=columns, rows=rows, pattern=pattern)
            _add_at(canvas, values, columns=columns, rows=rows)


def _add_at(
    canvas: Canvas, values: NDArray[np.float32], *, columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> None:
    width, height = canvas.shape
    index = columns * height + rows
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    if inside.all():
        np.add.at(canvas.reshape(-1), index.ravel(), values.ravel())
    else:
        np.add.at(canvas.reshape(-1), index[inside], values[inside])


def _across(beside: NDArray[np.float32], spread: PointSpread, *, line: _Line) -> NDArray[np.float32]:
    """Return the light of an endless streak at pixels ``beside`` its line on the minor axis, as part of the whole."""
    alpha = _across_alpha(spread, line)
    steps = np.abs(beside)
    steps *= (STEPS * line.major_part / alpha).astype(np.float32)[:, None, None]
    np.minimum(steps, np.float32(_LAST), out=steps)
    values = profile(int(spread.kind[0]), spread.obstruction).side[steps.astype(np.int32)]
    values *= (1.0 / (line.length_px * alpha)).astype(np.float32)[:, None, None]
    return values


def _fading(advanced: Floats, beside: NDArray[np.float32], *, spread: PointSpread, line: _Line) -> NDArray[np.float32]:
    """Return which part of an endless streak's light is there near its ends."""
    along = beside * np.float32(line.minor_part)
    along += (advanced / line.major_part).astype(np.float32)[:, :, None]
    scale = (STEPS / _along_alpha(spread, line)).astype(np.float32)[:, None, None]
    half = np.float32(line.length_px / 2.0)
    table = profile(int(spread.kind[0]), spread.obstruction).end
    return _end(table, (along + half) * scale) - _end(table, (along - half) * scale)


def _span(half_width: int) -> NDArray[np.int64]:
    return np.arange(-half_width, half_width + 1)


def _along_alpha(spread: PointSpread, line: _Line) -> Floats:
    right, down = line.unit
    return np.sqrt(spread.xx * right**2 + 2.0 * spread.xy * right * down + spread.yy * down**2 + _PIXEL_ALPHA2)


def _across_alpha(spread: PointSpread, line: _Line) -> Floats:
    right, down = line.unit
    return np.sqrt(spread.xx * down**2 - 2.0 * spread.xy * right * down + spread.yy * right**2 + _PIXEL_ALPHA2)


def _end(table: NDArray[np.float32], steps: NDArray[np.float32]) -> NDArray[np.float32]:
    steps += np.float32(_LAST)
    return table[np.clip(steps, 0.0, np.float32(2 * _LAST), out=steps).astype(np.int32)]
