"""Which stars of a frame are measured, and their shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.candidates import Candidates
from tsplug.imaging.lanes import slices
from tsplug.imaging.middle import median
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.shapes import Shapes, adaptive_shapes
from tsplug.imaging.stamps import Stamps, border_levels, cut_stamps, fits_inside

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

REACH_SIGMA = 5.0
"""Stars are measured out to this many of their own sigma; what lies beyond is added from the common profile."""

# The weights that shapes are seen under have fallen to 0.03 % there, and a star's own light with them.
_WEIGHED_SIGMA = 4.5

_GRID = 12
_PROBES, _PROBE_HALF_PX, _PROBE_SIGMA_PX = 96, 12, 1.6
_LEAST_HALF_PX, _MOST_HALF_PX = 6, 20
# The sky round a star is another than the mesh says beyond this many deviations, and more than its own wings explain.
_OTHER_SKY_SIGMA, _WINGS_SHARE = 0.75, 0.006
_FEWEST_BORDERS = 16
# Stars are a group of at least this many and this share of what looks like stars, within this ratio of the narrowest.
_FEWEST_IN_GROUP, _LEAST_GROUP_SHARE, _GROUP_RATIO = 8, 0.25, 1.5
_FEW_IN_GROUP = 0.1
# Sharper or wider than these shares of the typical width is something else: a cosmic ray, a galaxy, a blend.
_NARROWEST, _WIDEST = 0.6, 1.8
_TELLING_SIGMA_PX, _TELLING_SNR = 0.9, 12.0
_FARTHEST_PX = 2.0
# Noise makes one in thirty of faint stars, mostly blends, look so many times longer than bright ones, but what lies
# along a filament nearly always is.
_LONGER, _FAINT_SIGNIFICANCE = 2.5, 16.0
# Of stars less than two pixels wide (FWHM) the pixels hide how long they are: noise alone makes faint ones longer.
_SHOWN_SIGMA_PX = 0.85
_LOOKED_AT_TOGETHER = 1024
# The filter that finds stars, 2x2 pixels and (1 2 1) of those, widens them by this and leaves this much noise.
_FILTER_PX2, _FILTER_NOISE = 2.5, 0.75
_LEAST_SNR = 7.0


@dataclass(frozen=True)
class Scene:
    """What stars are measured on: the full frame (rows by columns), whether through a colour mosaic, and how.

    ``blur_px2`` is the variance that adding up pixels added to the stars along each axis.
    """

    pixels: NDArray[Any]
    settings: StarSettings
    mosaic: bool = False
    blur_px2: float = 0.0


@dataclass(frozen=True)
class StarSample:
    """Stars with their stamps, shapes as they lie in the stamps, and signal to noise.

    ``noise`` is that of the sky per pixel at each star (ADU), ``place`` the index of its candidate.
    """

    stamps: Stamps
    raw: Shapes
    snr: Floats
    noise: Floats
    place: Places

    @property
    def shapes(self) -> Shapes:
        """Return the shapes without what cutting the stamps added."""
        return self.raw.without_blur(self.stamps.blur_px2)

    @property
    def x(self) -> Floats:
        """Return the columns of the stars' middles, the first pixel's middle being 0."""
        return np.asarray(self.stamps.x0 + self.raw.dx)

    @property
    def y(self) -> Floats:
        """Return the rows of the stars' middles."""
        return np.asarray(self.stamps.y0 + self.raw.dy)

    def pick(self, chosen: NDArray[np.bool_] | Places) -> StarSample:
        """Return only the chosen stars."""
        return replace(
            self,
            stamps=self.stamps.pick(chosen),
            raw=self.raw.pick(chosen),
            snr=self.snr[chosen],
            noise=self.noise[chosen],
            place=self.place[chosen],
        )

    @property
    def starlike(self) -> NDArray[np.bool_]:
        """Tell which have light, moments that settled, and their middle where the candidate was."""
        shapes = self.raw
        near = np.hypot(shapes.dx, shapes.dy) < np.maximum(_FARTHEST_PX, shapes.sigma_px)
        fits = shapes.sigma_px < self.stamps.half_width / 2.0
        return np.asarray(shapes.settled & near & fits & (shapes.amplitude > 0.0))


@dataclass(frozen=True)
class Probe:
    """A first look at bright stars all over the frame: their typical sigma, what share looked like stars, how many.

    ``long_px`` is the typical sigma along their longer axis.
    """

    sigma_px: float
    share: float
    looked_at: int
    long_px: float = math.inf


def probe(scene: Scene, candidates: Candidates) -> Probe:
    """Look at some bright stars in stamps that even a soft one fits in."""
    chosen = _spread_out(candidates, shape=scene.pixels.shape, most=_PROBES)
    sample = _measured(scene, candidates, chosen=chosen, look=_Look(_PROBE_HALF_PX, _PROBE_SIGMA_PX))
    good = sample.starlike
    if not good.any():
        return Probe(_PROBE_SIGMA_PX, 0.0, good.size)
    raw = sample.raw.pick(good)
    typical = _common_width(raw.sigma_px)
    alike = raw.sigma_px <= _GROUP_RATIO * typical
    return Probe(typical, float(good.mean()), good.size, median(raw.long_sigma_px[alike]))


def are_longer(scene: Scene, candidates: Candidates, *, first: Probe) -> NDArray[np.bool_]:
    """Tell which faint candidates are clearly longer than the stars: pieces of something large, or blends."""
    longer = np.zeros(candidates.x.size, dtype=bool)
    faint = np.flatnonzero((candidates.significance < _FAINT_SIGNIFICANCE) & ~candidates.saturated)
    half = _half_px(first.sigma_px)
    for part in slices(faint.size, _LOOKED_AT_TOGETHER):
        look = _Look(half, first.sigma_px, _WEIGHED_SIGMA)
        sample = _measured(scene, candidates, chosen=faint[part], look=look)
        longer[sample.place] = sample.raw.long_sigma_px > _LONGER * max(first.long_px, _SHOWN_SIGMA_PX)
    return longer


def bright_enough(candidates: Candidates, settings: StarSettings, *, sigma_px: float) -> NDArray[np.bool_]:
    """Tell which candidates reach the signal to noise from which stars count.

    It is that of a filter of the stars' own width, so that how many count depends on their light and the sky, and on
    their width as the field expects it, not on how well the fixed filter that found them happens to fit.
    """
    found = 4.0 / (2.0 * math.pi * (sigma_px**2 + _FILTER_PX2)) / _FILTER_NOISE
    matched = 1.0 / (math.sqrt(4.0 * math.pi) * sigma_px)
    return np.asarray(candidates.significance * matched / found >= settings.minimum_snr)


def take_sample(scene: Scene, candidates: Candidates, *, sigma_px: float) -> tuple[StarSample, Places]:
    """Measure the shapes of stars all over the frame.

    Args:
        scene: the frame.
        candidates: what may be stars, brightest first.
        sigma_px: their typical width.

    Returns:
        The stars, and the indices of candidates that turned out to be none.
    """
    chosen = _spread_out(candidates, shape=scene.pixels.shape, most=scene.settings.most_stars)
    sample = _measured(scene, candidates, chosen=chosen, look=_Look(_half_px(sigma_px), sigma_px, _WEIGHED_SIGMA))
    good = sample.starlike
    typical = _common_width(sample.raw.sigma_px[good]) if good.any() else sigma_px
    sharp = _too_sharp(sample, good)
    wide = sample.raw.sigma_px > _WIDEST * typical
    return sample.pick(good & ~sharp & ~wide & (sample.snr >= _LEAST_SNR)), sample.place[sharp]


def _half_px(sigma_px: float) -> int:
    """Return half of the width of stamps that hold stars of such a sigma."""
    return int(np.clip(math.ceil((REACH_SIGMA + 0.5) * sigma_px) + 1, _LEAST_HALF_PX, _MOST_HALF_PX))


def _common_width(sigma_px: Floats) -> float:
    """Return the width that stars have in common: the median, or that of a group below it.

    Stars are alike, knots of a nebula are of any width: before a bright one most of what looks like a star is none.
    Where the median would call more than a few of such a group too sharp, it is that of the knots.
    """
    middle = median(sigma_px)
    ordered = np.sort(sigma_px)
    ends = np.searchsorted(ordered, _GROUP_RATIO * ordered, side="right")
    members = ends - np.arange(ordered.size)
    is_group = members >= max(_FEWEST_IN_GROUP, _LEAST_GROUP_SHARE * ordered.size)
    if not is_group.any():
        return middle
    first = int(np.argmax(is_group))
    group = ordered[first : ends[first]]
    is_below = group[int(_FEW_IN_GROUP * group.size)] < _NARROWEST * middle
    return median(group) if is_below else middle


def _too_sharp(sample: StarSample, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which are clearly narrower than the stars: cosmic rays, where stars are wide enough to tell."""
    narrow = sample.raw.narrow_sigma_px
    typical = _common_width(narrow[good]) if good.any() else 0.0
    if typical < _TELLING_SIGMA_PX:
        return np.zeros(good.size, dtype=bool)
    return np.asarray((narrow < _NARROWEST * typical) & (sample.snr > _TELLING_SNR))


def _spread_out(candidates: Candidates, *, shape: tuple[int, ...], most: int) -> Places:
    """Return the indices of unsaturated candidates, the brightest of each cell of the frame first."""
    usable = np.flatnonzero(~candidates.saturated)
    row = candidates.y[usable] * _GRID // shape[0]
    # Numbers of 16 bits are put in order by counting them.
    cell = (row * _GRID + candidates.x[usable] * _GRID // shape[1]).astype(np.int16)
    by_cell = np.argsort(cell, kind="stable")
    ranked = cell[by_cell]
    begins = np.searchsorted(ranked, np.arange(_GRID * _GRID, dtype=np.int16), side="left")
    rank = np.empty(usable.size, dtype=np.min_scalar_type(most))
    # Nobody behind so many of the same cell is among the first so many of all.
    rank[by_cell] = np.minimum(np.arange(usable.size) - begins[ranked], most)
    return np.asarray(usable[np.argsort(rank, kind="stable")[:most]])


@dataclass(frozen=True)
class _Look:
    """How stars are looked at: half of the stamps' width, a first guess of their sigma, and how far shapes are weighed.

    That is in units of the guess; none for stars of any width.
    """

    half: int
    start_sigma_px: float
    reach_sigma: float = math.inf


def _measured(scene: Scene, candidates: Candidates, *, chosen: Places, look: _Look) -> StarSample:
    x, y = candidates.x[chosen], candidates.y[chosen]
    inside = fits_inside(x, y, shape=scene.pixels.shape, half_width=look.half)
    chosen, x, y = chosen[inside], x[inside], y[inside]
    level, noise, peak = candidates.level[chosen], candidates.noise[chosen], candidates.peak[chosen]
    stamps = cut_stamps(scene.pixels, (x, y), half_width=look.half, level=level, mosaic=scene.mosaic)
    stamps = replace(stamps, blur_px2=stamps.blur_px2 + scene.blur_px2)
    stamps.values[...] -= _misjudged(border_levels(stamps), noise, peak=peak).astype(np.float32)
    raw = adaptive_shapes(stamps, look.start_sigma_px, reach_sigma=look.reach_sigma)
    flux = np.maximum(raw.flux, 0.0)
    # What a matched filter of the star's own shape gathers.
    sky = 4.0 * np.pi * np.sqrt(raw.determinant) * noise**2
    snr = flux / np.sqrt(flux / scene.settings.electrons_per_adu + sky + 1e-12)
    return StarSample(stamps, raw, snr, noise, chosen)


def _misjudged(border: Floats, noise: Floats, *, peak: Floats) -> Floats:
    """Return by how much the sky under each star is brighter than the mesh says, which its stamp's border shows.

    What the borders have in common is the mesh's bend under a sky that bends more, as within small frames and nebulae:
    the fainter half of the stars tells it, whose wings do not reach the border. One border alone is too noisy to be
    believed unless it is far off.
    """
    common = np.zeros(1)
    if border.size >= _FEWEST_BORDERS:
        faint = peak <= median(peak)
        common = median(border[faint] / noise[faint]) * noise
    other = np.abs(border - common) > _OTHER_SKY_SIGMA * noise + _WINGS_SHARE * peak
    return np.where(other, border, common)
