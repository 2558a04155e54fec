"""Light that is not points: galaxies and nebulae on the canvas, each looking like itself, always the same.

Brightness is computed on a coarse grid and interpolated, strip by strip, so that a nebula that fills a large frame
costs a small part of the frame's noise. A field without objects costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.clusters import separation_deg
from hostsim.sky.deepsky import GALAXIES, NEBULAE, ExtendedObject, Part
from hostsim.sky.filters import Band, cell_transmission, curve
from hostsim.sky.profile import HFR_PER_ALPHA
from hostsim.sky.psf import PointSpread
from hostsim.sky.shapes import EDGE, Plane, brightness

_PROBE_DEG = 0.01
# Nodes of the coarse grid across a part's radius, and the coarsest grid.
_NODES, _COARSEST_PX = 160, 16
_STRIP_PX = 64
# The variance of the normal distribution whose half-flux radius, 1.1774 deviations, is that of a star of alpha 1.
_VARIANCE_PER_ALPHA2 = (HFR_PER_ALPHA / 1.1774) ** 2
# How far light is spread at most: so many deviations, and never farther than the coarsest grid covers cheaply.
_SPREAD_DEVIATIONS, _FARTHEST_PX = 4.0, 2560.0
_MEASURED = 400
_LINES_NM = {"Ha": 656.3, "OIII": 500.7, "SII": 672.4}
# What each kind of light consists of, relative to a star of the same V magnitude seen through clear glass: an even
# part, and lines. Line ratios are typical ones (Osterbrock & Ferland 2006): hydrogen rules in large nebulae, oxygen in
# planetary ones, sulphur is strong only where shocks run.
_EVEN = {"galaxy": 1.0, "reflection": 1.0, "emission": 0.35, "bright emission": 0.4, "planetary": 0.15, "remnant": 0.1}
_LINES = {
    "galaxy": {"Ha": 0.010, "SII": 0.003},
    "reflection": {},
    "emission": {"Ha": 0.67, "OIII": 0.09, "SII": 0.15},
    "bright emission": {"Ha": 0.46, "OIII": 0.30, "SII": 0.06},
    "planetary": {"Ha": 0.27, "OIII": 0.62, "SII": 0.03},
    "remnant": {"Ha": 0.50, "OIII": 0.45, "SII": 0.18},
}
_COLOUR = {"galaxy": 0.85, "reflection": 0.0}


class Projection(Protocol):
    """What knows where on the sensor a point of the sky falls."""

    def to_pixels(
        self, ra_deg: NDArray[np.float64], dec_deg: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x and y in unbinned pixels of the sensor, NaN for what lies behind."""


@dataclass(frozen=True)
class Window:
    """Which pixels of the sensor a canvas holds: its first, and every how many, 2 for one colour of a mosaic."""

    first_x: int = 0
    first_y: int = 0
    every: int = 1


@dataclass(frozen=True)
class SurfaceLight:
    """How magnitudes become electrons in one exposure.

    ``per_mag_e`` is what a star of magnitude 0 and no colour gives in the whole exposure, through this filter and the
    air, to pixels of this band; ``spread`` the shape of a star in the middle of the frame, by which everything is
    blurred.
    """

    per_mag_e: float
    filter_name: str
    band: Band = Band.MONO
    spread: PointSpread | None = None

    def electrons(self, thing: ExtendedObject) -> float:
        """Return the electrons that an object gives in all, were every pixel of this band."""
        passing = curve(self.filter_name, self.band)
        low, high = passing.passband_nm
        strength = _EVEN[thing.light] * 10.0 ** (-0.4 * passing.colour_term * _COLOUR.get(thing.light, 0.0))
        for line, share in _LINES[thing.light].items():
            if low <= _LINES_NM[line] <= high:
                passed = float(cell_transmission(self.band, np.array([_LINES_NM[line]]))[0])
                strength += share * passed / passing.bandwidth
        return float(self.per_mag_e * strength * 10.0 ** (-0.4 * thing.magnitude))


def extended_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> tuple[ExtendedObject, ...]:
    """Return the galaxies and nebulae that reach into a circle."""
    return tuple(
        thing
        for thing in (*GALAXIES, *NEBULAE)
        if separation_deg(ra_deg, dec_deg, place=(thing.ra_deg, thing.dec_deg)) < radius_deg + thing.reach_deg
    )


def add_extended(
    canvas: NDArray[np.float32],
    objects: Sequence[ExtendedObject],
    *,
    plane: Projection,
    window: Window,
    light: SurfaceLight,
) -> None:
    """Add the electrons of objects to a canvas indexed [x][y] of unbinned pixels.

    For a colour mosaic call it once for each cell of the mosaic, with ``canvas[i::2, j::2]`` and the window that says
    so. Objects are as blurred as stars are: by a normal distribution as wide as they.
    """
    blur = _Blur.of(light.spread, every=window.every)
    for thing in objects:
        outline = _Outline.of(thing, plane, window=window)
        if outline is None:
            continue
        for part in _shining(thing):
            per_square_arcmin = light.electrons(thing) * part.share / _light_of(thing, part)
            density = per_square_arcmin / (outline.square_arcmin_px * window.every**2)
            _add_part(canvas, _Drawn(thing, part, density, blur), outline=outline)


@dataclass(frozen=True)
class _Outline:
    """Where an object's centre lies on the canvas, and arcminutes east and north per pixel right and down.

    ``first`` is the canvas's first pixel, counted in the window's own pixels.
    """

    x: float
    y: float
    first: tuple[int, int]
    east: tuple[float, float]
    north: tuple[float, float]

    @classmethod
    def of(cls, thing: ExtendedObject, plane: Projection, *, window: Window) -> _Outline | None:
        """Return the outline, or None for an object behind the observer."""
        step_ra = _PROBE_DEG / math.cos(math.radians(thing.dec_deg))
        x, y = plane.to_pixels(
            thing.ra_deg + np.array([0.0, step_ra, 0.0]), thing.dec_deg + np.array([0.0, 0.0, _PROBE_DEG])
        )
        if not np.isfinite([x, y]).all():
            return None
        per_arcmin = np.array([[x[1] - x[0], x[2] - x[0]], [y[1] - y[0], y[2] - y[0]]]) / (_PROBE_DEG * 60.0)
        (east_x, east_y), (north_x, north_y) = (np.linalg.inv(per_arcmin) * window.every).tolist()
        middle_x, middle_y = (
            (float(x[0]) - window.first_x) / window.every,
            (float(y[0]) - window.first_y) / window.every,
        )
        first = window.first_x // window.every, window.first_y // window.every
        return cls(middle_x, middle_y, first, (east_x, east_y), (north_x, north_y))

    @property
    def square_arcmin_px(self) -> float:
        """Return how many pixels a square arcminute covers."""
        return 1.0 / abs(self.east[0] * self.north[1] - self.east[1] * self.north[0])

    def place(self, east: float, north: float) -> tuple[float, float]:
        """Return the pixel of a point given in arcminutes from the centre."""
        (a, b), (c, d) = self.east, self.north
        scale = 1.0 / (a * d - b * c)
        return self.x + (d * east - b * north) * scale, self.y + (a * north - c * east) * scale

    def offsets(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Plane, Plane]:
        """Return arcminutes east and north of the centre on a grid of columns ``x`` and rows ``y``."""
        right, down = (x - self.x)[:, None], (y - self.y)[None, :]
        east, north = (row[0] * right + row[1] * down for row in (self.east, self.north))
        return east.astype(np.float32), north.astype(np.float32)


@dataclass(frozen=True)
class _Blur:
    """A normal distribution over the window's pixels, as its covariance."""

    xx: float = 0.0
    xy: float = 0.0
    yy: float = 0.0

    @classmethod
    def of(cls, spread: PointSpread | None, *, every: int) -> _Blur:
        """Return the distribution as wide as a star of this shape."""
        if spread is None:
            return cls()
        share = _VARIANCE_PER_ALPHA2 / every**2
        return cls(share * float(spread.xx[0]), share * float(spread.xy[0]), share * float(spread.yy[0]))

    @property
    def reach_px(self) -> float:
        """Return how far it spreads light."""
        return min(_FARTHEST_PX, _SPREAD_DEVIATIONS * math.sqrt(max(self.xx, self.yy)))

    def spread(self, grid: Plane, *, step: int) -> NDArray[np.float32]:
        """Return a grid of nodes ``step`` pixels apart blurred; its edges, as far as it reaches, are spoilt."""
        right = np.fft.fftfreq(grid.shape[0], d=step)[:, None]
        down = np.fft.rfftfreq(grid.shape[1], d=step)[None, :]
        passed = np.exp(-2.0 * np.pi**2 * (self.xx * right**2 + 2.0 * self.xy * right * down + self.yy * down**2))
        waves = np.fft.rfft2(np.asarray(grid, dtype=np.float64)) * passed
        # Rounding leaves faint ripples about zero, and there is no negative light.
        return np.maximum(np.fft.irfft2(waves, s=grid.shape), 0.0).astype(np.float32)


@dataclass(frozen=True)
class _Drawn:
    """One part to draw: ``density`` is electrons per pixel where its pattern is 1."""

    thing: ExtendedObject
    part: Part
    density: float
    blur: _Blur

    def grid(self, outline: _Outline, nodes: list[NDArray[np.float64]], *, step: int) -> Plane:
        """Return the electrons per pixel at nodes ``step`` pixels apart, given as columns and rows."""
        edge = math.ceil(self.blur.reach_px / step)
        wide = [each[0] + np.arange(-edge, each.size + edge) * float(step) for each in nodes]
        grid = _pattern(self.thing, self.part, at=outline.offsets(wide[0], wide[1])) * np.float32(self.density)
        if not edge:
            return grid
        return self.blur.spread(grid, step=step)[edge:-edge, edge:-edge]


def _add_part(canvas: NDArray[np.float32], drawn: _Drawn, *, outline: _Outline) -> None:
    part = drawn.part
    reach_px = EDGE / 2.0 * part.size[0] * math.sqrt(outline.square_arcmin_px) + drawn.blur.reach_px
    centre = outline.place(*part.offset)
    spans = [
        (max(0, math.floor(middle - reach_px)), min(length, math.ceil(middle + reach_px) + 1))
        for middle, length in zip(centre, canvas.shape, strict=True)
    ]
    if any(first >= last for first, last in spans):
        return
    step = max(1, min(_COARSEST_PX, int(reach_px / _NODES)))
    # Nodes stand at the same pixels of the sensor, whatever the canvas shows of it.
    starts = [first - (first + offset) % step for (first, _), offset in zip(spans, outline.first, strict=True)]
    nodes = [
        np.arange(start, last + step, step, dtype=np.float64) for start, (_, last) in zip(starts, spans, strict=True)
    ]
    grid = drawn.grid(outline, nodes, step=step)
    leads = tuple(first - start for (first, _), start in zip(spans, starts, strict=True))
    _add_smooth(canvas[slice(*spans[0]), slice(*spans[1])], grid, step=step, leads=leads)


def _add_smooth(target: NDArray[np.float32], grid: Plane, *, step: int, leads: tuple[int, ...]) -> None:
    """Add a coarse grid to a canvas, interpolated linearly; the canvas starts ``leads`` pixels after the first node."""
    share = np.arange(step, dtype=np.float32) / np.float32(step)
    columns = max(1, _STRIP_PX // step)
    for first in range(0, grid.shape[0] - 1, columns):
        nodes = grid[first : first + columns + 1]
        lines = (nodes[:-1, None, :] + np.diff(nodes, axis=0)[:, None, :] * share[:, None]).reshape(-1, grid.shape[1])
        begin = first * step - leads[0]
        lines = lines[max(0, -begin) : max(0, target.shape[0] - begin)]
        pixels = (lines[:, :-1, None] + np.diff(lines, axis=1)[:, :, None] * share).reshape(lines.shape[0], -1)
        begin = max(0, begin)
        target[begin : begin + lines.shape[0]] += pixels[:, leads[1] : leads[1] + target.shape[1]]


def _pattern(thing: ExtendedObject, part: Part, *, at: tuple[Plane, Plane]) -> Plane:
    """Return a part's pattern at arcminutes east and north of the object's centre, behind the object's dark clouds."""
    total = brightness(*_within_outline(part, at), part=part, name=thing.name)
    for shade in _dark_parts(thing):
        total = total * (1.0 - shade.share * brightness(*_within_outline(shade, at), part=shade, name=thing.name))
    return np.asarray(total, dtype=np.float32)


def _within_outline(part: Part, at: tuple[Plane, Plane]) -> tuple[Plane, Plane]:
    """Return places in units of the part's half axes."""
    sine, cosine = math.sin(math.radians(part.angle_deg)), math.cos(math.radians(part.angle_deg))
    right, up = at[0] - part.offset[0], at[1] - part.offset[1]
    return (right * sine + up * cosine) * (2.0 / part.size[0]), (right * cosine - up * sine) * (2.0 / part.size[1])


@lru_cache(maxsize=256)
def _light_of(thing: ExtendedObject, part: Part) -> float:
    """Return the integral of a part's pattern over square arcminutes."""
    reach = EDGE / 2.0 * part.size[0]
    edge = np.linspace(-reach, reach, _MEASURED, dtype=np.float32)
    east, north = np.meshgrid(edge + np.float32(part.offset[0]), edge + np.float32(part.offset[1]), indexing="ij")
    return float(_pattern(thing, part, at=(east, north)).sum(dtype=np.float64)) * (2.0 * reach / (_MEASURED - 1)) ** 2


def _shining(thing: ExtendedObject) -> Iterator[Part]:
    return (part for part in thing.parts if part.shape != "dark")


def _dark_parts(thing: ExtendedObject) -> Iterator[Part]:
    return (part for part in thing.parts if part.shape == "dark")
