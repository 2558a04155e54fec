"""Star measurement against drawn stars whose true shape is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tsplug.imaging.settings import StarSettings
from tsplug.imaging.stars import measure_stars

SHAPE = (600, 800)
SKY_ADU, NOISE_ADU = 800.0, 12.0
FINE = 5
Floats = NDArray[np.float64]


def profile(u: Floats, v: Floats, fwhm: float, beta: float | None) -> Floats:
    """Return a Gaussian (beta None) or Moffat profile of unit flux."""
    squared = u * u + v * v
    if beta is None:
        sigma2 = fwhm**2 / (8 * math.log(2))
        return np.asarray(np.exp(-squared / (2 * sigma2)) / (2 * math.pi * sigma2))
    alpha2 = fwhm**2 / 4 / (2 ** (1 / beta) - 1)
    return np.asarray((beta - 1) / (math.pi * alpha2) * (1 + squared / alpha2) ** -beta)


def star(fwhm: float, beta: float | None, axis_ratio: float, offset: tuple[float, float]) -> Floats:
    """Return one star of unit flux, averaged over each pixel, its long axis at 30 degrees."""
    half = int(9 * fwhm)
    fine = (np.arange((2 * half + 1) * FINE) + 0.5) / FINE - 0.5 - half
    x, y = np.meshgrid(fine - offset[0], fine - offset[1])
    cosine, sine, root = math.cos(math.pi / 6), math.sin(math.pi / 6), math.sqrt(axis_ratio)
    drawn = profile((cosine * x + sine * y) * root, (cosine * y - sine * x) / root, fwhm, beta)
    return drawn.reshape(2 * half + 1, FINE, 2 * half + 1, FINE).mean(axis=(1, 3))


def sky_frame(
    *, fwhm: float, beta: float | None, axis_ratio: float = 1.0, faintest: float = 4e3, phases: int = 8
) -> Floats:
    """Draw stars of many brightnesses, apart from each other, over a noisy sky."""
    random = np.random.default_rng(1)
    shapes = [star(fwhm, beta, axis_ratio, (dx, dy)) for dx, dy in random.uniform(-0.5, 0.5, (phases, 2))]
    half = shapes[0].shape[0] // 2
    frame = np.zeros((SHAPE[0] + 2 * half, SHAPE[1] + 2 * half))
    for number in range(60):
        x, y = 40 + (number % 10) * 79 + random.integers(-9, 9), 40 + (number // 10) * 102 + random.integers(-9, 9)
        flux = math.exp(random.uniform(math.log(faintest), math.log(3e5)))
        frame[y : y + 2 * half + 1, x : x + 2 * half + 1] += flux * shapes[number % phases]
    frame = frame[half:-half, half:-half]
    return random.poisson(frame) + random.normal(SKY_ADU, NOISE_ADU, SHAPE)


def as_stored(frame: Floats) -> NDArray[np.uint16]:
    """Return a frame as a camera stores it."""
    return np.clip(np.rint(frame), 0, 65_535).astype(np.uint16)


def true_hfr(fwhm: float, beta: float | None) -> float:
    """Return the radius of half the flux of the optical profile (spec/peers e-4)."""
    if beta is None:
        return fwhm / 2
    alpha = fwhm / 2 / math.sqrt(2 ** (1 / beta) - 1)
    return alpha * math.sqrt(2 ** (1 / (beta - 1)) - 1)


# What pixels add to the squared widths: a Gaussian gains 1/12 px^2 of variance.
GAUSSIAN_PIXEL, MOFFAT_PIXEL = (5.545 / 12, 1.386 / 12), (0.575, 0.1425)


@pytest.mark.parametrize(
    ("fwhm", "beta"),
    [(2.6, 3.5), (3.0, None), (3.2, 4.0), (4.0, 2.5), (4.5, None), (6.0, 3.0)],
    ids=str,
)
def test_sharpness_of_drawn_stars_is_measured(fwhm: float, beta: float | None) -> None:
    """HFR within 3 %, FWHM within 6 %, round stars round, every star counted, none invented."""
    result = measure_stars(as_stored(sky_frame(fwhm=fwhm, beta=beta)))
    fwhm_pixel, hfr_pixel = GAUSSIAN_PIXEL if beta is None else MOFFAT_PIXEL
    assert result.hfr == pytest.approx(math.sqrt(true_hfr(fwhm, beta) ** 2 + hfr_pixel), rel=0.03)
    assert result.fwhm == pytest.approx(math.sqrt(fwhm**2 + fwhm_pixel), rel=0.06)
    assert result.eccentricity is not None
    assert result.eccentricity < 0.2
    assert 57 <= result.star_count <= 61
    assert result.measured >= 30


def sizes_through_pixels(fwhm: float, beta: float | None) -> tuple[float, float]:
    """Return half-flux radius and FWHM of a profile that was averaged over one pixel once, worked out on a fine grid.

    The FWHM is the diameter of a circle as large as the area that is brighter than half of the brightest.
    """
    fine, half = 32, math.ceil(2 * fwhm) + 1
    place = np.arange(-half * fine, half * fine + 1) / fine
    light = profile(*np.meshgrid(place, place), fwhm, beta)
    for axis in (0, 1):
        sums = np.cumsum(light, axis=axis)
        light = (sums.take(range(fine, place.size), axis) - sums.take(range(place.size - fine), axis)) / fine
    middles = place[fine:] - 0.5 + 0.5 / fine
    radius = np.hypot(*np.meshgrid(middles, middles)).ravel()
    order = np.argsort(radius)
    hfr = float(np.interp(0.5, np.cumsum(light.ravel()[order]) / fine**2, radius[order]))
    return hfr, 2.0 * math.sqrt(np.count_nonzero(light > light.max() / 2.0) / fine**2 / math.pi)


@pytest.mark.parametrize("beta", [None, 4.0, 2.5], ids=["Gaussian", "Moffat 4", "Moffat 2.5"])
@pytest.mark.parametrize("fwhm", [1.2, 1.5, 1.8, 2.5], ids=str)
def test_sharp_stars_are_not_widened_by_measuring(fwhm: float, beta: float | None) -> None:
    """The pixel is in half-flux radius and FWHM once, as the sensor put it there; stars count wherever they lie."""
    measured = measure_stars(as_stored(sky_frame(fwhm=fwhm, beta=beta, faintest=4e4, phases=60)))
    hfr, seen = sizes_through_pixels(fwhm, beta)
    assert measured.hfr == pytest.approx(hfr, rel=0.012)
    assert measured.fwhm == pytest.approx(seen, rel=0.04)
    assert measured.measured >= 35


@pytest.mark.parametrize("axis_ratio", [0.9, 0.8, 0.6])
def test_elongation_of_drawn_stars_is_measured(axis_ratio: float) -> None:
    """Eccentricity is sqrt(1 - (b/a)^2) within 0.08."""
    result = measure_stars(as_stored(sky_frame(fwhm=4.0, beta=3.5, axis_ratio=axis_ratio)))
    assert result.eccentricity == pytest.approx(math.sqrt(1 - axis_ratio**2), abs=0.08)


def test_background_and_noise_are_those_of_the_sky() -> None:
    """The stars do not raise them."""
    result = measure_stars(as_stored(sky_frame(fwhm=3.0, beta=3.5)))
    assert result.background == pytest.approx(SKY_ADU, abs=2)
    assert result.noise == pytest.approx(NOISE_ADU, rel=0.05)
    assert result.snr is not None
    assert result.snr > 20


def test_softer_stars_read_as_softer() -> None:
    """What grading compares moves the right way."""
    sharp, soft = (measure_stars(as_stored(sky_frame(fwhm=fwhm, beta=3.5))) for fwhm in (3.0, 3.6))
    assert sharp.hfr is not None
    assert soft.hfr is not None
    assert soft.hfr / sharp.hfr == pytest.approx(1.2, abs=0.05)


def test_hot_pixels_and_saturated_stars_do_not_bend_the_numbers() -> None:
    """800 hot pixels in a million, and stars beyond full scale, leave HFR and count alone."""
    frame = sky_frame(fwhm=3.2, beta=3.5)
    clean = measure_stars(as_stored(frame))
    random = np.random.default_rng(7)
    frame.flat[random.integers(0, frame.size, 400)] += random.uniform(500, 60_000, 400)
    frame[100:130, 300:330] += 4e6 * star(3.2, 3.5, 1.0, (0, 0))[13:43, 13:43]
    dirty = measure_stars(as_stored(frame))
    assert dirty.hfr == pytest.approx(clean.hfr, rel=0.02)
    assert dirty.fwhm == pytest.approx(clean.fwhm, rel=0.03)
    assert abs(dirty.star_count - clean.star_count) <= 3


def starless(kind: str) -> Floats:
    random = np.random.default_rng(3)
    if kind == "bias":
        return random.normal(500, 8, SHAPE)
    if kind == "flat":
        y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
        return random.poisson(30_000 * (1 - 0.4 * (((x - 400) / 500) ** 2 + ((y - 300) / 500) ** 2))).astype(float)
    dark = random.normal(500, 8, SHAPE)
    dark.flat[random.integers(0, dark.size, 400)] += random.exponential(8000, 400)
    return dark


@pytest.mark.parametrize("kind", ["bias", "flat", "dark"])
def test_frames_without_stars_show_none(kind: str) -> None:
    """Noise, vignetting and hot pixels are no stars, and have no size."""
    result = measure_stars(as_stored(starless(kind)))
    assert result.star_count == 0
    assert (result.hfr, result.fwhm, result.eccentricity, result.snr) == (None, None, None, None)


def test_a_frame_of_one_level_and_one_with_holes_are_measured() -> None:
    """Neither zero noise nor NaN pixels break anything."""
    assert measure_stars(np.full((100, 100), 7, dtype=np.uint16)).star_count == 0
    frame = sky_frame(fwhm=3.2, beta=3.5)
    whole = measure_stars(frame)
    frame[250:255, 300:305] = np.nan
    assert measure_stars(frame).hfr == pytest.approx(whole.hfr, rel=0.01)


@pytest.mark.parametrize("shape", [(10, 10), (100,), (3, 100, 100)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    """The message says what a frame needs."""
    with pytest.raises(ValueError, match="64 pixels a side"):
        measure_stars(np.zeros(shape, dtype=np.uint16))


def test_the_detector_is_named_by_version_and_settings() -> None:
    """Other thresholds make another detector; the camera's gain does not."""
    usual = StarSettings().detector
    assert usual.startswith("tsplug-stars 12 ")
    assert StarSettings(threshold=5.0).detector != usual
    assert StarSettings(electrons_per_adu=0.3).detector == usual
