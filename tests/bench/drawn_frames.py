"""Frames drawn from known stars, without anything of hostsim: the truth that measuring is judged by.

Stars are Moffat profiles (or rings, out of focus) averaged over each pixel, with brightnesses after a power law, over a
sky with gradient, nebula, shot and read noise, hot and dead pixels, cosmic rays, trails, and where wanted a colour
mosaic. Truth is worked out on a fine grid, pixels included: half-flux radius and FWHM are those of a star as the sensor
sees it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from drawn_structures import add_filaments, add_spikes
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Lights = NDArray[np.float32]

PHASES = 4
FINE = 6


@dataclass(frozen=True)
class Scene:
    """What a frame shows: electrons, pixels, and stars per megapixel brighter than signal to noise 10.

    Where stars are ``exactly`` so many of a signal to noise, there are no others. ``filaments`` are so many in a
    megapixel, at most so many times as bright as the noise of a pixel; ``spiked`` are so many stars of that light.
    """

    fwhm: float = 3.2
    beta: float = 3.5
    axis_ratio: float = math.sqrt(1 - 0.1**2)
    angle_deg: float = 30.0
    radial: float = 0.0
    donut: tuple[float, float] | None = None
    stars: float = 107.0
    sky_e: float = 400.0
    gradient: float = 0.1
    nebula_e: float = 0.0
    read_noise_e: float = 3.5
    electrons_per_adu: float = 0.8
    hot_per_mp: float = 60.0
    cosmics_per_mp: float = 3.0
    trails: int = 0
    mosaic: bool = False
    lights: bool = True
    vignetting: float = 0.0
    exactly: tuple[int, float] | None = None
    filaments: tuple[float, float] | None = None
    spiked: tuple[int, float] | None = None


SCENES = {
    "rich": Scene(),
    "sparse": Scene(stars=8.0),
    "narrow band": Scene(stars=18.0, sky_e=20.0),
    "sharp": Scene(fwhm=1.76),
    "soft": Scene(fwhm=6.2),
    "trailed": Scene(axis_ratio=math.sqrt(1 - 0.77**2)),
    "drift": Scene(axis_ratio=math.sqrt(1 - 0.48**2)),
    "coma": Scene(axis_ratio=1.0, radial=0.08),
    "moonlit": Scene(sky_e=6000.0, gradient=0.6),
    "nebula": Scene(nebula_e=1500.0),
    "cloud": Scene(stars=5.0, sky_e=900.0),
    "colour": Scene(mosaic=True),
    "satellites": Scene(trails=3),
    "filaments": Scene(filaments=(16.0, 12.0)),
    "spikes": Scene(spiked=(6, 5e7)),
    "defocused": Scene(donut=(9.0, 3.6), stars=60.0),
    "hot pixels": Scene(hot_per_mp=800.0),
    "crowded": Scene(stars=800.0),
    "dark": Scene(lights=False, sky_e=5.0, hot_per_mp=300.0),
    "bias": Scene(lights=False, sky_e=0.0, hot_per_mp=0.0, cosmics_per_mp=0.0),
    "flat": Scene(lights=False, sky_e=25_000.0, gradient=0.0, vignetting=0.4, cosmics_per_mp=0.0),
}


@dataclass(frozen=True)
class Drawn:
    """A frame and what is on it: stars' places (px), signal to noise, shape; eccentricity is the stars' median.

    Of each trail ``trails`` has the normal's x and y and how far it lies from the first pixel along that.
    """

    pixels: NDArray[np.uint16]
    scene: Scene
    x: Floats
    y: Floats
    snr: Floats
    peak_adu: Floats
    hfr: float
    fwhm: float
    eccentricity: float
    trails: tuple[tuple[float, float, float], ...] = ()


def draw(scene: Scene, *, width: int, height: int, seed: int = 1) -> Drawn:
    """Draw a scene on a frame of that many pixels."""
    random = np.random.default_rng(seed)
    light = _sky(scene, width, height, random=random)
    noise_e = math.sqrt(scene.sky_e + scene.read_noise_e**2)
    reach = 1.5 * scene.fwhm if scene.donut is None else scene.donut[0]
    area = math.pi * reach**2
    x, y, flux = _star_field(scene, (width, height), random=random, faintest_e=3.0 * noise_e * math.sqrt(area))
    under = light[np.rint(y).astype(int), np.rint(x).astype(int)].astype(np.float64)
    snr = flux / np.sqrt(flux + area * (under + scene.read_noise_e**2))
    colours = _colours(scene, x.size, random=random)
    for star in range(x.size):
        _add(light, scene, (x[star], y[star], flux[star]), colour=colours[star])
    _structures(light, scene, (x, y, flux), random=random, noise_e=noise_e)
    trails = tuple(_trail(light, random, brightness_e=8.0 * noise_e) for _ in range(scene.trails))
    pixels = _expose(light, scene, random=random)
    peak = 500.0 + (flux * _share_in_the_middle(scene) + scene.sky_e) / scene.electrons_per_adu
    eccentricity = float(np.median(_axes(scene, x / width, y / height)[0])) if x.size else 0.0
    hfr, fwhm = _true_radii(scene)
    return Drawn(pixels, scene, x, y, snr, peak, hfr, fwhm, eccentricity, trails)


def _star_field(
    scene: Scene, size: tuple[int, int], *, random: np.random.Generator, faintest_e: float
) -> tuple[Floats, Floats, Floats]:
    if not scene.lights:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    width, height = size
    if scene.exactly is not None:
        return _equal_stars(scene.exactly, size, random=random, noise_e=faintest_e / 3.0)
    slope = 0.75
    # From signal to noise 3 on: those above 10 are fewer by the power law.
    count = random.poisson(scene.stars * width * height / 1e6 * (10.0 / 3.0) ** slope)
    flux = np.minimum(faintest_e * random.random(count) ** (-1.0 / slope), 3e6)
    if scene.spiked is not None:
        bright, electrons = scene.spiked
        flux[:bright] = electrons * random.uniform(0.5, 2.0, bright)
    return random.uniform(0, width - 1, count), random.uniform(0, height - 1, count), flux


def _structures(
    light: Lights,
    scene: Scene,
    stars: tuple[Floats, Floats, Floats],
    *,
    random: np.random.Generator,
    noise_e: float,
) -> None:
    """Draw a nebula's filaments, and spikes of the brightest stars."""
    if scene.filaments is not None:
        per_mp, sigmas = scene.filaments
        add_filaments(light, per_mp, random=random, brightness_e=sigmas * noise_e)
    x, y, flux = stars
    for star in np.argsort(-flux)[: 0 if scene.spiked is None else scene.spiked[0]]:
        add_spikes(light, (x[star], y[star], flux[star]), sigma_px=scene.fwhm / 2.355, angle_deg=scene.angle_deg - 17.0)


def _equal_stars(
    exactly: tuple[int, float], size: tuple[int, int], *, random: np.random.Generator, noise_e: float
) -> tuple[Floats, Floats, Floats]:
    """Return stars of a signal to noise within a fifth of the wanted one, away from the frame's edges."""
    count, snr = exactly
    wanted = snr * random.uniform(0.8, 1.25, count)
    flux = wanted**2 / 2.0 + np.sqrt(wanted**4 / 4.0 + (wanted * noise_e) ** 2)
    width, height = size
    return random.uniform(20, width - 21, count), random.uniform(20, height - 21, count), flux


def _colours(scene: Scene, count: int, *, random: np.random.Generator) -> Floats:
    """Return the share of each star's light that red, green and blue pixels see."""
    if not scene.mosaic:
        return np.ones((count, 3))
    warm = random.normal(0.0, 0.25, count)
    return np.stack([np.exp(warm), np.ones(count), np.exp(-warm)], axis=1)


def _sky(scene: Scene, width: int, height: int, *, random: np.random.Generator) -> Lights:
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    sky = np.float32(scene.sky_e) * (
        1 + np.float32(scene.gradient) * (np.float32(0.8) * across + np.float32(0.6) * down)
    )
    if scene.vignetting:
        sky = sky * (1 - np.float32(scene.vignetting) * 2 * (across**2 + down**2))
    if scene.nebula_e:
        sky = sky + np.float32(scene.nebula_e) * _clouds(width, height, random=random)
    if scene.mosaic:
        sky = np.array(sky)
        sky[0::2, 0::2] *= np.float32(0.7)
        sky[1::2, 1::2] *= np.float32(0.6)
    return np.array(np.broadcast_to(sky, (height, width)), dtype=np.float32)


def _clouds(width: int, height: int, *, random: np.random.Generator) -> Lights:
    """Return smooth structure from 0 to 1, finest at 150 px."""
    rows, columns = height // 150 + 3, width // 150 + 3
    coarse = random.random((rows, columns)) ** 3
    place_y, place_x = np.linspace(0, rows - 2, height), np.linspace(0, columns - 2, width)

    def smooth(place: Floats) -> tuple[NDArray[np.int64], Floats]:
        whole = place.astype(np.int64)
        part = place - whole
        return whole, part * part * (3 - 2 * part)

    row, down = smooth(place_y)
    column, right = smooth(place_x)
    along = coarse[:, column] * (1 - right) + coarse[:, column + 1] * right
    return (along[row] * (1 - down[:, None]) + along[row + 1] * down[:, None]).astype(np.float32)


def _axes(scene: Scene, x: Floats | float, y: Floats | float) -> tuple[Floats, Floats]:
    """Return eccentricity and direction (degrees) at places from 0 to 1: one for all, or growing from the middle."""
    if not scene.radial:
        eccentricity = math.sqrt(1 - scene.axis_ratio**2)
        return np.full(np.shape(x), eccentricity), np.full(np.shape(x), scene.angle_deg)
    right, down = np.asarray(x) - 0.5, np.asarray(y) - 0.5
    ellipticity = np.minimum(scene.radial * (right**2 + down**2) / 0.25, 0.4)
    return np.sqrt(1 - (1 - ellipticity) ** 2), np.degrees(np.arctan2(down, right))


def _add(light: Lights, scene: Scene, star: tuple[float, float, float], *, colour: Floats) -> None:
    x, y, flux = star
    height, width = light.shape
    eccentricity, angle = _axes(scene, x / width, y / height)
    column, row = math.floor(x), math.floor(y)
    phase = int((x - column) * PHASES), int((y - row) * PHASES)
    stamp = _stamp(scene, phase, (round(float(eccentricity), 2), round(float(angle) / 10) * 10))
    half = stamp.shape[0] // 2
    top, left = max(0, row - half), max(0, column - half)
    bottom, right = min(height, row + half + 1), min(width, column + half + 1)
    part = stamp[top - row + half : bottom - row + half, left - column + half : right - column + half] * np.float32(
        flux
    )
    if scene.mosaic:
        cells = [(0, 0, colour[0]), (0, 1, colour[1]), (1, 0, colour[1]), (1, 1, colour[2])]
        for down, across, share in cells:
            part[(down - top) % 2 :: 2, (across - left) % 2 :: 2] *= np.float32(share)
    light[top:bottom, left:right] += part


@lru_cache(maxsize=4096)
def _stamp(scene: Scene, phase: tuple[int, int], axes: tuple[float, float]) -> Lights:
    """Return one star of unit flux whose middle lies at a quarter of the middle pixel."""
    half = math.ceil(9.0 * scene.fwhm) if scene.donut is None else math.ceil(2.2 * scene.donut[0])
    offset = tuple((each + 0.5) / PHASES - 0.0 for each in phase)
    return _fine(scene, half, offset=(offset[0], offset[1]), axes=axes).astype(np.float32)


def _fine(scene: Scene, half: int, *, offset: tuple[float, float], axes: tuple[float, float]) -> Floats:
    place = (np.arange((2 * half + 1) * FINE) + 0.5) / FINE - 0.5 - half
    x, y = np.meshgrid(place - offset[0], place - offset[1])
    drawn = _profile(scene, x, y, axes=axes)
    return drawn.reshape(2 * half + 1, FINE, 2 * half + 1, FINE).mean(axis=(1, 3))


def _profile(scene: Scene, x: Floats, y: Floats, *, axes: tuple[float, float]) -> Floats:
    """Return the surface brightness of a star of unit flux."""
    ratio = math.sqrt(1 - axes[0] ** 2)
    cosine, sine, root = math.cos(math.radians(axes[1])), math.sin(math.radians(axes[1])), math.sqrt(ratio)
    squared = ((cosine * x + sine * y) * root) ** 2 + ((cosine * y - sine * x) / root) ** 2
    if scene.donut is not None:
        outer, inner = scene.donut
        radius, blur = np.sqrt(squared), 1.2
        ring = 1 / (1 + np.exp((radius - outer) / blur * 1.7)) - 1 / (1 + np.exp((radius - inner) / blur * 1.7))
        return np.asarray(ring / _ring_flux(outer, inner, blur))
    alpha2 = scene.fwhm**2 / 4 / (2 ** (1 / scene.beta) - 1)
    return np.asarray((scene.beta - 1) / (math.pi * alpha2) * (1 + squared / alpha2) ** -scene.beta)


@lru_cache
def _ring_flux(outer: float, inner: float, blur: float) -> float:
    radius = np.linspace(0, 4 * outer, 20_000)
    ring = 1 / (1 + np.exp((radius - outer) / blur * 1.7)) - 1 / (1 + np.exp((radius - inner) / blur * 1.7))
    return float(np.trapezoid(2 * math.pi * radius * ring, radius))


@lru_cache
def _share_in_the_middle(scene: Scene) -> float:
    """Return the share of light in the brightest pixel of a star in its middle."""
    stamp = _fine(scene, 12, offset=(0.0, 0.0), axes=(math.sqrt(1 - scene.axis_ratio**2), 0.0))
    return float(stamp.max())


@lru_cache
def _true_radii(scene: Scene) -> tuple[float, float]:
    """Return half-flux radius and FWHM of a star as pixels see it, once, from a profile drawn finely."""
    parts = 10 if scene.donut or scene.fwhm > 2.5 else 30
    step, half = 1.0 / parts, 40.0 if scene.donut else 12.0 * scene.fwhm
    place = np.arange(-half, half + step / 2, step)
    x, y = np.meshgrid(place, place)
    drawn = _profile(scene, x, y, axes=(math.sqrt(1 - scene.axis_ratio**2), scene.angle_deg))
    box = np.ones(parts + 1) / parts
    box[[0, -1]] /= 2.0
    seen = _through_pixels(drawn, box)
    area = np.count_nonzero(seen >= seen.max() / 2) * step**2
    radius = np.hypot(x, y).ravel()
    order = np.argsort(radius)
    enclosed = np.cumsum(seen.ravel()[order]) * step**2
    hfr = float(radius[order][np.searchsorted(enclosed, 0.5)])
    return hfr, 2.0 * math.sqrt(area / math.pi)


def _through_pixels(light: Floats, box: Floats) -> Floats:
    for axis in (0, 1):
        light = np.apply_along_axis(np.convolve, axis, light, box, mode="same")
    return light


def _trail(light: Lights, random: np.random.Generator, *, brightness_e: float) -> tuple[float, float, float]:
    """Draw a satellite's trail right across the frame, three pixels wide, and return where it lies."""
    height, width = light.shape
    angle = random.uniform(0.2, 1.3) * random.choice([-1.0, 1.0])
    normal = -math.sin(angle), math.cos(angle)
    offset = normal[0] * random.uniform(0.3, 0.7) * width + normal[1] * random.uniform(0.3, 0.7) * height
    for top in range(0, height, 256):
        y, x = np.ogrid[top : min(top + 256, height), :width]
        away = (normal[0] * x + normal[1] * y - offset).astype(np.float32)
        light[top : top + 256] += np.float32(brightness_e) * np.exp(-(away**2) / np.float32(2 * 1.3**2))
    return *normal, offset


def _expose(light: Lights, scene: Scene, *, random: np.random.Generator) -> NDArray[np.uint16]:
    height, width = light.shape
    megapixels = width * height / 1e6
    _damage(light, scene, megapixels, random=random)
    stored = np.empty((height, width), dtype=np.uint16)
    for top in range(0, height, 256):
        part = light[top : top + 256]
        spread = np.sqrt(np.maximum(part, 0) + np.float32(scene.read_noise_e**2))
        electrons = part + spread * random.standard_normal(part.shape, dtype=np.float32)
        level = np.rint(electrons / np.float32(scene.electrons_per_adu) + np.float32(500.0))
        stored[top : top + 256] = np.clip(level, 0, 65_535).astype(np.uint16)
    cold = random.integers(0, stored.size, round(5 * megapixels))
    stored.reshape(-1)[cold] = 30
    return stored


def _damage(light: Lights, scene: Scene, megapixels: float, *, random: np.random.Generator) -> None:
    """Add hot pixels, some of them saturated, and cosmic rays: short streaks one pixel wide."""
    height, width = light.shape
    hot = random.integers(0, light.size, round(scene.hot_per_mp * megapixels))
    light.reshape(-1)[hot] += np.minimum(random.exponential(3000.0, hot.size), 60_000.0).astype(np.float32)
    glaring = random.integers(0, light.size, round(0.02 * scene.hot_per_mp * megapixels))
    light.reshape(-1)[glaring] += np.float32(90_000.0)
    for _ in range(round(scene.cosmics_per_mp * megapixels)):
        x, y, angle = random.uniform(0, width), random.uniform(0, height), random.uniform(0, math.pi)
        energy = random.exponential(1500.0)
        for step in range(random.integers(1, 10)):
            column, row = int(x + step * math.cos(angle)), int(y + step * math.sin(angle))
            if 0 <= column < width and 0 <= row < height:
                light[row, column] += np.float32(energy)


def small(scene: Scene, **changes: object) -> Scene:
    """Return a scene with some things changed."""
    change: Callable[..., Scene] = replace
    return change(scene, **changes)
