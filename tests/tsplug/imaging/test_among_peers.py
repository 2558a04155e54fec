"""Metrics of a frame beside another one, held against what the simulated sky really did."""

from __future__ import annotations

import cmath
import math
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
from simulated_nights import simulated

from tsplug.imaging.among_peers import Peer, beside
from tsplug.imaging.matching import match_stars
from tsplug.imaging.stars import StarList

SHAPE = (1000, 1500)


def field(count: int = 200, seed: int = 1) -> StarList:
    random = np.random.default_rng(seed)
    flux = np.sort(random.pareto(0.9, count) * 1e3 + 1e3)[::-1]
    nothing = np.full(count, 2.0)
    return StarList(random.uniform(0, 1499, count), random.uniform(0, 999, count), flux, flux / 50, nothing, nothing)


def peer(stars: StarList, **changes: object) -> Peer:
    usual = Peer(stars, SHAPE, exposure_s=60.0, background=900.0)
    return replace(usual, **changes)  # type: ignore[arg-type]


def moved(stars: StarList, *, dx: float, dy: float, dimmed: float = 1.0) -> StarList:
    """Return the stars on another frame: shifted, dimmed, those that left it gone and a third not detected."""
    random = np.random.default_rng(9)
    x, y = stars.x + dx + random.normal(0, 0.1, stars.x.size), stars.y + dy + random.normal(0, 0.1, stars.x.size)
    seen = (x > 0) & (x < 1499) & (y > 0) & (y < 999) & (random.random(x.size) < 0.67)
    return StarList(
        x[seen], y[seen], (stars.flux * dimmed)[seen], (stars.snr * dimmed)[seen], stars.hfr[seen], stars.fwhm[seen]
    )


def turned(stars: StarList, degrees: float, *, scale: float = 1.0, dimmed: float = 1.0) -> StarList:
    """Return the stars on the frame of a camera that stands otherwise: turned about its middle, and aimed again."""
    middle = complex(SHAPE[1] - 1, SHAPE[0] - 1) / 2.0
    place = (stars.x + 1j * stars.y - middle) * scale * cmath.rect(1.0, math.radians(degrees)) + middle
    return moved(replace(stars, x=place.real, y=place.imag), dx=14.0, dy=-9.0, dimmed=dimmed)


def scattered(count: int, *, seed: int, shape: tuple[int, int], crowded: bool) -> StarList:
    """Return stars anywhere on a frame, two thirds of them in a cluster where it is crowded."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, shape[1] - 1, count), random.uniform(0, shape[0] - 1, count)
    members = slice(0, 2 * count // 3 if crowded else 0)
    x[members], y[members] = (random.normal(side / 2, shape[0] / 12, x[members].size) for side in (shape[1], shape[0]))
    places = random.permutation(count)
    return replace(field(count, seed), x=x[places], y=y[places])


@pytest.mark.parametrize(("dx", "dy"), [(0.0, 0.0), (12.3, -7.9), (-160.0, 220.0)])
@pytest.mark.parametrize("flipped", [False, True], ids=["same side", "after the flip"])
def test_dithered_and_flipped_frames_match(dx: float, dy: float, flipped: bool) -> None:
    """The light that clouds took is told whatever the shift, and after a meridian flip."""
    stars = moved(field(), dx=dx, dy=dy, dimmed=0.6)
    if flipped:
        stars = replace(stars, x=SHAPE[1] - 1 - stars.x, y=SHAPE[0] - 1 - stars.y)
    assert beside(peer(stars), peer(field()))["transparency"] == pytest.approx(60.0, rel=0.01)


@pytest.mark.parametrize("scale", [0.996, 1.0, 1.005])
@pytest.mark.parametrize("degrees", [0.4, 7.0, 90.0, 187.0, 233.3])
def test_frames_of_a_turned_camera_match(degrees: float, scale: float) -> None:
    """A camera that was taken off stands at another angle afterwards, and focus changes the scale a little."""
    stars = turned(field(), degrees, scale=scale, dimmed=0.6)
    match = match_stars(stars, field(), shape=SHAPE)
    assert match is not None
    assert match.turn_deg == pytest.approx(360.0 - degrees, abs=0.1)
    assert match.stars.size >= 0.95 * stars.x.size
    assert beside(peer(stars), peer(field()))["transparency"] == pytest.approx(60.0, rel=0.01)


@pytest.mark.parametrize("left", [8, 15])
def test_few_stars_of_a_turned_camera_match(left: int) -> None:
    """What clouds leave of a turned frame is enough where two handfuls of bright stars are left."""
    stars = turned(field(), 7.0, dimmed=0.1)
    few = StarList(*(getattr(stars, column.name)[:left] for column in fields(stars)))
    match = match_stars(few, field(), shape=SHAPE)
    assert match is not None
    assert match.stars.size == left


@pytest.mark.parametrize("shape", [SHAPE, (480, 640)])
@pytest.mark.parametrize("crowded", [False, True], ids=["evenly", "in clusters"])
def test_stars_at_random_never_match(shape: tuple[int, int], crowded: bool) -> None:
    """However many stars two frames of different fields show, none of some hundred pairs of them match by chance."""
    counts = (5, 8, 12, 20, 40, 80, 200, 600)
    for seed, (mine, theirs) in enumerate(product(counts, counts)):
        stars, other = (
            scattered(count, seed=2 * seed + which, shape=shape, crowded=crowded)
            for which, count in enumerate((mine, theirs))
        )
        told = match_stars(stars, other, shape=shape) is not None
        assert not told, (mine, theirs)


def test_other_fields_do_not_match() -> None:
    """Nothing is claimed of frames that show other stars, none, or another part of the sensor."""
    assert match_stars(field(seed=2), field(seed=1), shape=SHAPE) is None
    assert "transparency" not in beside(peer(StarList.none()), peer(field()))
    assert beside(peer(field(), shape=(500, 750)), peer(field())) == {}


def test_the_scale_outlives_its_reference() -> None:
    """A reference measured at 50 % gives the values that the first frame would have given; exposures are set right."""
    clear, hazy = field(), replace(field(), flux=field().flux * 0.5)
    now = peer(replace(field(), flux=field().flux * 0.25))
    by_first = beside(now, peer(clear))["transparency"]
    assert beside(now, peer(hazy, transparency=50.0))["transparency"] == pytest.approx(by_first)
    longer = peer(replace(field(), flux=field().flux * 2), exposure_s=120.0, background=1300.0)
    assert beside(longer, peer(clear)) == {"transparency": pytest.approx(100.0)}
    assert beside(peer(clear, background=950.0), peer(clear))["background_rise"] == 50.0


@pytest.mark.parametrize("name", ["thin-cloud", "dew"])
def test_transparency_is_that_of_the_simulated_sky(name: str) -> None:
    """Clouds and dew are measured to 6 % of what they took in the mean over a frame, airmass included."""
    frames = simulated((name,), every_min=60, size=(640, 480))
    first = frames[0].truth.sky
    assert first is not None
    told = 0
    for frame in frames:
        sky, found = frame.truth.sky, frame.image.metrics
        assert sky is not None
        # Clear air takes 0.15 magnitudes per airmass from broadband light.
        air = 10 ** (-0.4 * 0.15 * (sky.airmass - first.airmass))
        assert found["transparency"] == pytest.approx(100 * sky.transparency / first.transparency * air, rel=0.06)
        told += abs(found["transparency"] - 100) > 10
    assert told >= 1
