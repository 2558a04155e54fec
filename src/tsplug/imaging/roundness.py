"""How elongated the stars of a frame are, which way, and how much of that is noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsplug.imaging.middle import median

Floats = NDArray[np.float64]

# An error of an ellipticity's component in a star of signal to noise 1, and what remains of bright ones
# (spec/image-performance 3.6).
_NOISE, _LEAST_ERROR = 2.5, 0.02
# The same of stars so bright that the noise is of their own light, which is least where their shape shows most.
_NOISE_OF_LIGHT = 1.6
_STARS_PER_TERM = 6
_CLIPPED_SIGMA = 4.0
# So many stars tell what the pixels themselves do to them.
_ENOUGH_FOR_PIXELS = 24
# What the noise of the stars leaves open, in standard deviations: further down than up, as noise makes round stars look
# long in any of two directions.
_OPEN_BELOW_SIGMA, _OPEN_ABOVE_SIGMA = 4.2, 3.3
# The scatter of a few stars is hardly known itself, and may be more by this over their number. Of fewer than so many it
# says nothing about what remains of bright ones, of which half is taken for certain then.
_MORE_OF_FEW, _FEWEST_TO_COMPARE, _LEAST_SCALE = 2.0, 4, 0.5
# The error that a told eccentricity may have, and the one that is aimed at where so many stars or more allow less
# (spec/image-performance 3): fewer would be lifted from round by what the doubt of four bright ones leaves open.
_LARGEST_ERROR, _AIMED_ERROR, _FEWEST_FOR_AIMED = 0.12, 0.08, 20


@dataclass(frozen=True)
class Roundness:
    """The elongation of a frame's stars, from a smooth field of ellipticity vectors with its noise taken out.

    ``eccentricity`` is sqrt(1 - (b/a)^2) and ``ellipticity`` 1 - b/a of the typical star. ``coherence`` is 1 where all
    stars point one way (tracking, wind), 0 where their directions cancel (optics point to or round the middle).
    ``angle_deg`` is the common direction of the long axes, from x towards y, 0 to 180. These are None where a few faint
    stars leave it open, the latter two also where the stars may be round. ``star_eccentricity`` is the plain median
    over single stars, noise and all, as other tools give it.
    """

    eccentricity: float | None
    ellipticity: float | None
    coherence: float | None
    angle_deg: float | None
    star_eccentricity: float


def eccentricity_of(length: Floats | float) -> Floats:
    """Return eccentricities sqrt(1 - (b/a)^2) of vectors of length (a^2 - b^2) / (a^2 + b^2)."""
    bounded = np.clip(length, 0.0, 1.0)
    return np.asarray(np.sqrt(2.0 * bounded / (1.0 + bounded)))


def measure_roundness(
    vectors: tuple[Floats, Floats],
    places: tuple[Floats, Floats],
    *,
    snr: Floats,
    seen: tuple[Floats, Floats] | None = None,
) -> Roundness:
    """Fit a field to ellipticity vectors: constant, linear or quadratic, as the number of stars allows.

    The median of single stars' eccentricities is an artefact of noise: round stars at signal to noise 50 show 0.30.

    Args:
        vectors: both components of each star's ellipticity, of length (a^2 - b^2) / (a^2 + b^2); at least one star.
        places: positions from -1 to 1 over the frame, x and y.
        snr: signal to noise of each star.
        seen: the vectors as single stars show them, where what pixels do to them was taken out of ``vectors``.
    """
    field = min((_fit(terms, vectors, snr=snr) for terms in _models(*places)), key=lambda each: each.information)
    star_eccentricity = median(eccentricity_of(np.hypot(*(seen or vectors))))
    eccentricity = field.eccentricity
    if eccentricity is None:
        return Roundness(None, None, None, None, star_eccentricity)
    sums = float(field.fitted[0].sum()), float(field.fitted[1].sum())
    total = float(np.hypot(*field.fitted).sum())
    points = field.stands_out and eccentricity > _AIMED_ERROR
    return Roundness(
        eccentricity=eccentricity,
        ellipticity=1.0 - math.sqrt(1.0 - eccentricity**2),
        coherence=min(1.0, math.hypot(*sums) / total) if points else None,
        angle_deg=math.degrees(math.atan2(sums[1], sums[0])) / 2.0 % 180.0 if points else None,
        star_eccentricity=star_eccentricity,
    )


def without_pixels(
    vectors: tuple[Floats, Floats], middles: tuple[Floats, Floats], *, snr: Floats
) -> tuple[Floats, Floats]:
    """Return ellipticity vectors without what pixels do to stars that are hardly wider than one.

    Such a star looks longer across where its middle lies between two columns, and longer down where it lies between two
    rows. Of a square grid's harmonics the lowest that looks so is cos 2 pi x - cos 2 pi y, in the component along the
    axes; how much of it there is the stars tell. It is all but nothing from 2 px of FWHM on. Of stars of 1.5 px it
    leaves a third of the scatter, which is their noise.

    Args:
        vectors: both components of each star's ellipticity.
        middles: columns and rows of the stars' middles, in the pixels that they were measured in.
        snr: signal to noise of each star.
    """
    if snr.size < _ENOUGH_FOR_PIXELS:
        return vectors
    columns, rows = (2.0 * np.pi * each for each in middles)
    harmonic = np.cos(columns) - np.cos(rows)
    errors, kept = _errors(snr), np.ones(snr.size, dtype=bool)
    scaled, wanted = np.stack([np.ones(snr.size), harmonic], axis=1) / errors[:, None], vectors[0] / errors
    for _ in range(3):
        solved = np.linalg.lstsq(scaled[kept], wanted[kept], rcond=None)[0]
        away = np.abs(wanted - (scaled * solved).sum(axis=1))
        kept = away <= _CLIPPED_SIGMA * max(1.4826 * median(away), 0.5)
    return vectors[0] - solved[1] * harmonic, vectors[1]


def common_elongation(vectors: tuple[Floats, Floats], *, snr: Floats) -> tuple[float, float]:
    """Return the ellipticity 1 - b/a of some stars together, noise taken out, and their direction (0 to 180 degrees).

    Args:
        vectors: both components of each star's ellipticity; at least one star.
        snr: signal to noise of each star.
    """
    weights = _errors(snr) ** -2.0
    mean = [float((each * weights).sum() / weights.sum()) for each in vectors]
    spread = float(((vectors[0] - mean[0]) ** 2 * weights + (vectors[1] - mean[1]) ** 2 * weights).sum())
    # What the stars themselves scatter by counts where that is more than their noise.
    variance = max(1.0, spread / (2.0 * max(snr.size - 1, 1))) / float(weights.sum())
    seen, noise = max(math.hypot(*mean), 1e-9), max(variance, 1e-18)
    length = seen - noise * (1.0 - math.exp(-(seen**2) / noise)) / (2.0 * seen)
    eccentricity = float(eccentricity_of(length))
    return 1.0 - math.sqrt(1.0 - eccentricity**2), math.degrees(math.atan2(mean[1], mean[0])) / 2.0 % 180.0


def _errors(snr: Floats) -> Floats:
    return np.asarray(np.sqrt((_NOISE / np.maximum(snr, 1.0)) ** 2 + _LEAST_ERROR**2))


@dataclass(frozen=True)
class _Field:
    """Fitted vectors of all stars, the variance of a component of each, and Schwarz's criterion of the fit.

    ``deviation`` is what that variance may come to, as a standard deviation of the typical star.
    """

    fitted: tuple[Floats, Floats]
    variance: Floats
    deviation: float
    information: float

    @property
    def length(self) -> Floats:
        """Return the lengths of the vectors less what noise adds, which is never below zero.

        This is the modified asymptotic estimator of Plaszczynski et al. 2014 (MNRAS 439, 4048), eq. 37, made for the
        polarisation of light, which is the same vector.
        """
        seen = np.maximum(np.hypot(*self.fitted), 1e-9)
        noise = np.maximum(self.variance, 1e-18)
        return np.asarray(seen - noise * (1.0 - np.exp(-(seen**2) / noise)) / (2.0 * seen))

    @property
    def stands_out(self) -> bool:
        """Tell whether the typical star is clearly no round one: of those noise alone makes some direction."""
        return median(np.hypot(*self.fitted)) > _OPEN_BELOW_SIGMA * self.deviation

    @property
    def eccentricity(self) -> float | None:
        """Return the typical eccentricity, the noise taken out, or None where that leaves too much open.

        The value lies within the error that is allowed of both ends of what is left open. Of stars that may be round or
        not it is lifted that far: 0.1 is within 0.1 of either.
        """
        seen = median(np.hypot(*self.fitted))
        below, above = seen - _OPEN_BELOW_SIGMA * self.deviation, seen + _OPEN_ABOVE_SIGMA * self.deviation
        least, most = (float(eccentricity_of(each)) for each in (below, above))
        error = max(_AIMED_ERROR, (most - least) / 2.0)
        if error > _LARGEST_ERROR:
            return None
        likely = float(eccentricity_of(median(self.length)))
        too_low = error if self.variance.size >= _FEWEST_FOR_AIMED else _LARGEST_ERROR
        return min(max(likely, most - too_low), least + error)


def _models(x: Floats, y: Floats) -> list[Floats]:
    """Return the polynomials' terms at each star, [star, term]: constant, and what enough stars allow."""
    ones = np.ones(x.size)
    models = [[ones], [ones, x, y], [ones, x, y, x * x, x * y, y * y]]
    return [np.stack(terms, axis=1) for terms in models if len(terms) == 1 or x.size >= _STARS_PER_TERM * len(terms)]


def _fit(terms: Floats, vectors: tuple[Floats, Floats], *, snr: Floats) -> _Field:
    errors, kept = _errors(snr), np.ones(snr.size, dtype=bool)
    for _ in range(3):
        scaled = terms[kept] / errors[kept, None]
        wanted = np.stack(vectors, axis=1)[kept] / errors[kept, None]
        solved = np.linalg.lstsq(scaled, wanted, rcond=None)[0]
        fitted = [(terms * each).sum(axis=1) for each in solved.T]
        away = np.hypot(vectors[0] - fitted[0], vectors[1] - fitted[1]) / errors
        # Of a two-dimensional normal deviate the median length is 1.177 sigma.
        typical = median(away[kept]) / 1.177
        scale = max(typical, _LEAST_SCALE)
        kept = away <= _CLIPPED_SIGMA * scale
    squares = float(np.minimum((away / scale) ** 2, _CLIPPED_SIGMA**2).sum())
    information = squares * scale**2 + 2.0 * terms.shape[1] * math.log(snr.size)
    # Faint stars scatter with long tails, which the median does not see; the mean of what is kept does.
    scatter = max(typical, float(np.sqrt(np.mean(away[kept] ** 2) / 2.0)))
    noise = _share_of_noise(snr[kept])
    variance = _noise_of_fit(terms[kept], errors=errors[kept], places=terms)
    deviation = math.sqrt(median(variance)) * max(scatter * (1.0 + _MORE_OF_FEW / snr.size), noise)
    return _Field((fitted[0], fitted[1]), variance * max(scatter, noise) ** 2, deviation, information)


def _share_of_noise(snr: Floats) -> float:
    """Return the least share of the stars' errors that a fit to them has, however little they scatter."""
    errors = _errors(snr)
    share = math.sqrt(float(np.average((_NOISE_OF_LIGHT / np.maximum(snr, 1.0) / errors) ** 2, weights=errors**-2.0)))
    return share if snr.size >= _FEWEST_TO_COMPARE else max(share, _LEAST_SCALE * (1.0 + _MORE_OF_FEW / snr.size))


def _noise_of_fit(terms: Floats, *, errors: Floats, places: Floats) -> Floats:
    """Return the variance that errors alone give each component of the field at each star."""
    scaled = terms / errors[:, None]
    normal = (scaled[:, :, None] * scaled[:, None, :]).sum(axis=0)
    covariance = np.linalg.pinv(normal)
    return np.asarray((places[:, :, None] * covariance * places[:, None, :]).sum(axis=(1, 2)))
