"""Measuring how many stars a frame shows, how sharp and how round they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.background import Background, measure_background
from tsplug.imaging.candidates import Candidates, Mosaic, confirm
from tsplug.imaging.defocus import Discs, are_most, are_narrow, looks_defocused, measure_discs
from tsplug.imaging.detection import find_peaks
from tsplug.imaging.fieldmap import FieldMap, map_field
from tsplug.imaging.lines import are_pieces
from tsplug.imaging.middle import median
from tsplug.imaging.profile import weighted_median
from tsplug.imaging.reduction import ReducedFrame, pass_over, reduce_frame
from tsplug.imaging.roundness import Roundness, measure_roundness, without_pixels
from tsplug.imaging.sample import Probe, Scene, StarSample, are_longer, bright_enough, probe, take_sample
from tsplug.imaging.settings import StarSettings
from tsplug.imaging.sharpness import Sharpness, measure_sharpness
from tsplug.imaging.source import ArraySource
from tsplug.imaging.trails import Trail, find_trails
from tsplug.imaging.wide import HALVINGS, are_peaked, halved_scene

Floats = NDArray[np.float64]

SMALLEST_FRAME_PX = 64
"""Stars are looked for on frames of at least this many pixels a side."""

_ENOUGH_STARS = 10
_TILES_ACROSS, _SMALLEST_TILE_PX = 8, 24
# A radius is known to this share over the signal to noise, and stars differ by this share for other reasons.
_RADIUS_NOISE, _RADIUS_SCATTER = 1.5, 0.03
# Four readings of whole levels add up to this much noise at least.
_LEAST_NOISE = 0.577
_DEFAULTS = StarSettings()


@dataclass(frozen=True)
class StarList:
    """The stars that were measured, brightest first: positions (px, the first pixel's middle being 0), light, radii.

    ``flux`` is ADU, ``hfr`` and ``fwhm`` px; values that could not be told are NaN.
    """

    x: Floats
    y: Floats
    flux: Floats
    snr: Floats
    hfr: Floats
    fwhm: Floats

    @classmethod
    def none(cls) -> StarList:
        """Return no stars."""
        return cls(*(np.zeros(0) for _ in range(6)))

    def enlarged(self, factor: int) -> StarList:
        """Return the stars of a frame of means of so many pixels a side as they lie in all of its pixels."""
        x, y = (_enlarged(each, factor) for each in (self.x, self.y))
        return StarList(x, y, factor**2 * self.flux, self.snr, factor * self.hfr, factor * self.fwhm)


@dataclass(frozen=True)
class StarMeasurement:
    """The stars of a frame: how many, and the typical one; None where no star could be measured.

    ``star_count`` counts what was detected, saturated ones included, ``measured`` those that the values are of. ``hfr``
    is the radius that holds half of a star's light (true half-flux radius), ``mean_radius`` the flux-weighted mean
    distance from its middle, ``fwhm`` the full width at half maximum: the diameter of a circle as large as the area
    that is brighter than half of the brightest, of an ellipse the geometric mean of both axes; all in pixels and as
    seen through the pixels, as every star tool gives them. ``hfr_stdev`` is the spread among two stars or more,
    ``snr`` the median signal to noise of the measured stars within 1.5 FWHM. ``background`` and ``noise`` are ADU per
    pixel.
    ``places`` are columns and rows of all stars that were counted, to the pixel, brightest first.
    """

    background: float
    noise: float
    star_count: int
    measured: int = 0
    hfr: float | None = None
    hfr_stdev: float | None = None
    mean_radius: float | None = None
    fwhm: float | None = None
    snr: float | None = None
    roundness: Roundness | None = None
    stars: StarList | None = None
    places: tuple[Floats, Floats] | None = None
    trails: tuple[Trail, ...] = ()
    field: FieldMap | None = None

    @property
    def eccentricity(self) -> float | None:
        """Return the typical eccentricity sqrt(1 - (b/a)^2), the noise taken out; None where it leaves that open."""
        return None if self.roundness is None else self.roundness.eccentricity

    def enlarged(self, factor: int) -> StarMeasurement:
        """Return what was measured on a frame of means of so many pixels a side in px of all of its pixels.

        Sky and trails are those of the full frame.
        """
        names = ("hfr", "hfr_stdev", "mean_radius", "fwhm")
        sizes: dict[str, Any] = {
            name: None if (size := getattr(self, name)) is None else factor * size for name in names
        }
        x, y = self.places or (np.zeros(0), np.zeros(0))
        return replace(
            self,
            **sizes,
            places=(_enlarged(x, factor), _enlarged(y, factor)),
            stars=None if self.stars is None else self.stars.enlarged(factor),
            field=None
            if self.field is None
            else replace(self.field, hfr=factor * self.field.hfr, fwhm=factor * self.field.fwhm),
        )


def _enlarged(place: Floats, factor: int) -> Floats:
    """Return where places in pixels of which each is so many a side lie; pixel 0 has its middle between those."""
    return np.asarray(factor * place + (factor - 1) / 2.0)


def measure_stars(pixels: NDArray[Any], settings: StarSettings = _DEFAULTS, *, mosaic: bool = False) -> StarMeasurement:
    """Find and measure the stars of a frame, rows by columns.

    Raises:
        ValueError: the frame is not two-dimensional, or too small.
    """
    check_size(pixels.shape)
    frame = reduce_frame(pass_over(ArraySource(pixels)), full_scale_adu=settings.full_scale_adu)
    return measure_reduced(frame, settings, mosaic=mosaic)


def check_size(shape: tuple[int, ...]) -> None:
    """Refuse what is no frame, or one too small for stars.

    Raises:
        ValueError: that is so.
    """
    if len(shape) != 2 or not is_large_enough(shape):
        told = " x ".join(map(str, shape))
        raise ValueError(f"stars need a frame of at least {SMALLEST_FRAME_PX} pixels a side, not {told}")


def is_large_enough(shape: tuple[int, ...]) -> bool:
    """Return whether a frame has room for stars and the sky around them."""
    return min(shape) >= SMALLEST_FRAME_PX


def measure_reduced(
    frame: ReducedFrame, settings: StarSettings, *, mosaic: bool = False, light: bool = True
) -> StarMeasurement:
    """Find and measure the stars of a frame that one pass has gone over.

    Args:
        frame: what `reduce_frame` gave.
        settings: how stars are found and measured.
        mosaic: whether the pixels lie under a colour mosaic; the sum of 2x2 of them is then their brightness.
        light: False for frames that cannot show stars, whose sky alone is measured.
    """
    sky = measure_background(
        frame.binned,
        tile_px=_tile_px(frame, settings),
        least_noise=_least_noise(frame, full_scale_adu=settings.full_scale_adu),
    )
    result = StarMeasurement(background=sky.level / 4.0, noise=sky.noise / 2.0, star_count=0)
    if not light:
        return result
    scene = Scene(frame.pixels, settings, mosaic=mosaic)
    candidates = _candidates(frame, sky, scene=scene)
    trails, on_trail = find_trails(frame.binned, candidates)
    candidates = candidates.pick(~on_trail)
    result = replace(result, star_count=candidates.x.size, trails=trails)
    if not candidates.x.size:
        return result
    frame.count_meanwhile()
    pieces = are_pieces(frame.binned, candidates)
    stars = candidates.pick(~pieces)
    first = _first_look(scene, candidates, stars=stars)
    discs = measure_discs(frame.binned, sky, settings=settings) if looks_defocused(first) else None
    if discs is not None and are_most(discs, first, candidates=candidates.x.size):
        wide = _in_fewer_pixels(result, frame, scene=scene)
        return _out_of_focus(result, discs, shape=frame.pixels.shape) if wide is None else wide
    if pieces.any():
        # Where some are pieces, others are too whose light on both sides is lost in noise.
        stars = stars.pick(~are_longer(scene, stars, first=first))
    return _counted(result, _sample(scene, stars, sigma_px=first.sigma_px), scene=scene)


def _first_look(scene: Scene, candidates: Candidates, *, stars: Candidates) -> Probe:
    """Return what a first look at the stars shows; at all candidates, where rings and discs may be taken for lines."""
    first = probe(scene, stars)
    known = first.share > 0.0 and not looks_defocused(first)
    return first if known or stars.x.size == candidates.x.size else probe(scene, candidates)


def _sample(scene: Scene, candidates: Candidates, *, sigma_px: float) -> tuple[StarSample, tuple[Floats, Floats]]:
    """Return the stars that are measured, and the places of all that count."""
    candidates = candidates.pick(bright_enough(candidates, scene.settings, sigma_px=sigma_px))
    sample, failed = take_sample(scene, candidates, sigma_px=sigma_px)
    kept = np.delete(np.arange(candidates.x.size), failed)
    return sample, (candidates.x[kept].astype(np.float64), candidates.y[kept].astype(np.float64))


def _counted(
    result: StarMeasurement, found: tuple[StarSample, tuple[Floats, Floats]], *, scene: Scene
) -> StarMeasurement:
    sample, places = found
    result = replace(result, star_count=places[0].size, places=places)
    return _in_focus(result, sample, scene=scene) if sample.snr.size else result


def _in_fewer_pixels(result: StarMeasurement, frame: ReducedFrame, *, scene: Scene) -> StarMeasurement | None:
    """Return the values of stars that are wide but brightest in their middle; None where they are not.

    They are measured where they are as wide as others are in the full frame, with its sky and its trails.
    """
    for halvings in range(1, HALVINGS + 1):
        made = halved_scene(frame, scene)
        if made is None:
            return None
        frame, scene = made
        least_noise = _least_noise(frame, full_scale_adu=scene.settings.full_scale_adu)
        # Smaller tiles are raised by the wings of such stars, larger ones miss the slopes of a nebula.
        sky = measure_background(frame.binned, tile_px=scene.settings.mesh_px * 3 // 4, least_noise=least_noise)
        candidates = _candidates(frame, sky, scene=scene)
        if not candidates.x.size:
            return None
        candidates = candidates.pick(~find_trails(frame.binned, candidates)[1])
        first = probe(scene, candidates)
        if are_narrow(first):
            found = _sample(scene, candidates, sigma_px=first.sigma_px)
            return _counted(result, found, scene=scene).enlarged(2**halvings) if are_peaked(found[0]) else None
    return None


def _candidates(frame: ReducedFrame, sky: Background, *, scene: Scene) -> Candidates:
    settings = scene.settings
    peaks = find_peaks(frame.binned, sky, threshold=settings.threshold, electrons_per_unit=settings.electrons_per_adu)
    colours = Mosaic.of(frame.pixels) if scene.mosaic else Mosaic.none()
    return confirm(peaks, frame.pixels, mosaic=colours, saturated_adu=_saturated_adu(frame, settings))


def _tile_px(frame: ReducedFrame, settings: StarSettings) -> int:
    """Return the side of a tile of the sky: smaller in small frames, whose corners are as much darker as any."""
    return min(settings.mesh_px, max(_SMALLEST_TILE_PX, int(min(frame.binned.shape)) // _TILES_ACROSS))


def _least_noise(frame: ReducedFrame, *, full_scale_adu: float) -> float:
    if frame.pixels.dtype.kind in "iu":
        return _LEAST_NOISE
    # Floats are known to some digits of the range that a frame has, as far as it lies within full scale.
    levels = frame.statistics
    return max(1e-6 * min(levels.maximum - levels.minimum, full_scale_adu), 1e-12)


def _saturated_adu(frame: ReducedFrame, settings: StarSettings) -> float:
    """Return the level at which pixels are saturated: near full scale, or where many pixels end at one level."""
    limit, clipping = settings.saturated_share * settings.full_scale_adu, frame.clipping_level
    return limit if clipping is None else min(limit, settings.saturated_share * clipping)


def _in_focus(result: StarMeasurement, sample: StarSample, *, scene: Scene) -> StarMeasurement:
    settings = scene.settings
    whole, good = sample, sample.snr >= settings.good_snr
    is_part = _ENOUGH_STARS <= np.count_nonzero(good) < good.size
    sample = sample.pick(good) if is_part else sample
    sharp = measure_sharpness(sample, electrons_per_adu=settings.electrons_per_adu)
    kept = _clipped(sharp.hfr)
    if not kept.any():
        return result
    places = _centred(sample.x, sample.y, shape=scene.pixels.shape)
    seen, vectors = sample.shapes.ellipticity, _vectors(sample)
    return replace(
        result,
        measured=int(np.count_nonzero(kept)),
        hfr=_typical(sharp.hfr[kept], sample.snr[kept]),
        hfr_stdev=_spread(sharp.hfr[kept]),
        mean_radius=_typical(sharp.mean_radius[kept], sample.snr[kept]),
        fwhm=_typical(sharp.fwhm[kept], sample.snr[kept]),
        snr=median(sharp.snr),
        # Of all stars, as those that noise made brighter than a limit scatter in other ways.
        roundness=measure_roundness(
            _vectors(whole) if is_part else vectors,
            _centred(whole.x, whole.y, shape=scene.pixels.shape),
            snr=whole.snr,
            seen=seen,
        ),
        stars=_listed(sample, sharp),
        field=map_field(places, hfr=sharp.hfr, fwhm=sharp.fwhm, vectors=vectors, snr=sample.snr),
    )


def _vectors(sample: StarSample) -> tuple[Floats, Floats]:
    """Return the stars' ellipticity vectors without what the pixels do to them."""
    return without_pixels(sample.shapes.ellipticity, (sample.x, sample.y), snr=sample.snr)


def _out_of_focus(result: StarMeasurement, discs: Discs, *, shape: tuple[int, ...]) -> StarMeasurement:
    """Return the values of stars far out of focus; a disc has no width at half maximum."""
    kept, unknown = _clipped(discs.hfr), np.full(discs.x.size, np.nan)
    if not kept.any():
        return result
    order = np.argsort(-discs.flux, kind="stable")
    places = _centred(discs.x, discs.y, shape=shape)
    columns = (discs.x, discs.y, discs.flux, discs.snr, discs.hfr, unknown)
    return replace(
        result,
        star_count=int(discs.x.size),
        places=(discs.x[order], discs.y[order]),
        measured=int(np.count_nonzero(kept)),
        hfr=_typical(discs.hfr[kept], discs.snr[kept]),
        hfr_stdev=_spread(discs.hfr[kept]),
        mean_radius=_typical(discs.mean_radius[kept], discs.snr[kept]),
        snr=median(discs.snr),
        roundness=measure_roundness(discs.vectors, places, snr=discs.snr),
        stars=StarList(*(each[order] for each in columns)),
        field=map_field(places, hfr=discs.hfr, fwhm=unknown, vectors=discs.vectors, snr=discs.snr),
    )


def _centred(x: Floats, y: Floats, *, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return positions from -1 to 1 over the frame."""
    return 2.0 * x / shape[1] - 1.0, 2.0 * y / shape[0] - 1.0


def _spread(values: Floats) -> float | None:
    return float(np.std(values, ddof=1)) if values.size > 1 else None


def _listed(sample: StarSample, sharp: Sharpness) -> StarList:
    order = np.argsort(-sharp.flux, kind="stable")
    columns = (sample.x, sample.y, sharp.flux, sharp.snr, sharp.hfr, sharp.fwhm)
    return StarList(*(each[order] for each in columns))


def _clipped(values: Floats) -> NDArray[np.bool_]:
    """Tell which values lie within three robust standard deviations of their median."""
    known = np.isfinite(values)
    if not known.any():
        return known
    centre = median(values[known])
    spread = 1.4826 * median(np.abs(values[known] - centre))
    return np.asarray(known & (np.abs(values - centre) <= 3.0 * spread + 1e-9))


def _typical(values: Floats, snr: Floats) -> float:
    """Return the median of known values, in which noisy stars count less."""
    known = np.isfinite(values)
    weights = 1.0 / ((_RADIUS_NOISE / np.maximum(snr[known], 1.0)) ** 2 + _RADIUS_SCATTER**2)
    return weighted_median(values[known], weights)
