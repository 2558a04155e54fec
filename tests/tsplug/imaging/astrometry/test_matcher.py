"""Finding where frames look by their stars."""

from __future__ import annotations

import numpy as np
import pytest
from sky_frames import DEC_DEG, HEIGHT, RA_HOURS, WIDTH, SimulatedCatalogue, scale_arcsec, sky_pixels

from tsplug.imaging.astrometry.matcher import FrameStars, Hint, match_frame, search_radius_deg
from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.imaging.astrometry.star_list import stars_to_solve
from tsplug.imaging.astrometry.wcs import Wcs
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings
from tsplug.model import SkyStars

MIDDLE = (WIDTH - 1) / 2, (HEIGHT - 1) / 2


@pytest.mark.parametrize(
    ("dec_deg", "angle_deg", "mirrored", "off_deg"),
    [(DEC_DEG, 25.0, False, 0.3), (DEC_DEG, 200.0, True, 0.9), (89.2, 300.0, False, 0.3)],
    ids=["in the milky way", "mirrored and far off", "at the pole"],
)
def test_simulated_frames_are_solved_within_a_pixel(
    dec_deg: float, angle_deg: float, *, mirrored: bool, off_deg: float
) -> None:
    """Whatever the turn, with a focal length that is 0.4 % off, saturated stars included, up to the corners."""
    pixels = sky_pixels(mirrored=mirrored, angle_deg=angle_deg, dec_deg=dec_deg)
    stars = stars_to_solve(measure_frame(pixels, StarSettings()))
    hint = Hint(RA_HOURS * 15.0, dec_deg - off_deg, 1.0, scale_arcsec() * 1.004)
    near = SimulatedCatalogue().near(hint.ra_deg, hint.dec_deg, radius_deg=search_radius_deg(stars, hint))
    found = match_frame(stars, near, hint=hint)
    assert found is not None
    truth = truth_of(dec_deg, angle_deg, mirrored=mirrored)
    for place in (MIDDLE, (0.0, 0.0), (WIDTH - 1.0, HEIGHT - 1.0)):
        assert separation_deg(truth.at(*place), found.wcs.at(*place)) * 3600.0 < scale_arcsec()
    assert found.wcs.mirrored is mirrored
    assert abs((found.wcs.position_angle_deg - angle_deg + 180.0) % 360.0 - 180.0) < 0.05


def truth_of(dec_deg: float, angle_deg: float, *, mirrored: bool) -> Wcs:
    """Return the coordinates with which the sky is drawn."""
    step, angle = scale_arcsec() / 3600.0, np.radians(angle_deg)
    across = 1.0 if mirrored else -1.0
    cosine, sine = float(np.cos(angle)) * step, float(np.sin(angle)) * step
    return Wcs(RA_HOURS * 15.0, dec_deg, *MIDDLE, ((across * cosine, -sine), (-across * sine, -cosine)))


def catalogue(count: int, *, seed: int) -> SkyStars:
    """Return stars that lie evenly within a degree and a half of a place on the equator."""
    rng = np.random.default_rng(seed)
    ra, dec = rng.uniform(148.5, 151.5, count), rng.uniform(-1.5, 1.5, count)
    return SkyStars(ra, dec, np.sort(rng.uniform(4, 12, count)))


def seen(stars: SkyStars, *, wide: int = 2000, high: int = 1500) -> FrameStars:
    """Return what a frame of two arcseconds a pixel shows of them, a fifth missing, and as many that no one knows."""
    rng = np.random.default_rng(3)
    wcs = Wcs(150.0, 0.0, (wide - 1) / 2, (high - 1) / 2, ((-2 / 3600, 0.0), (0.0, -2 / 3600)))
    x, y = wcs.to_pixels(stars.ra_deg, stars.dec_deg)
    inside = np.flatnonzero((x > 0) & (x < wide) & (y > 0) & (y < high) & (rng.random(x.size) < 0.8))
    strange = inside.size // 4
    x = np.concatenate([x[inside], rng.uniform(0, wide, strange)]) + rng.normal(0, 0.3, inside.size + strange)
    y = np.concatenate([y[inside], rng.uniform(0, high, strange)]) + rng.normal(0, 0.3, inside.size + strange)
    rank = np.concatenate([inside + rng.normal(0, 20, inside.size), rng.uniform(0, stars.ra_deg.size, strange)])
    order = np.argsort(rank)
    return FrameStars(x[order], y[order], wide, high)


def test_five_hundred_lists_at_random_give_no_solution() -> None:
    """Between ten and a hundred and twenty stars of nowhere, against a field of a hundred and fifty."""
    rng, stars = np.random.default_rng(11), catalogue(150, seed=1)
    hint = Hint(150.0, 0.0, 0.1, 2.0)
    for _ in range(500):
        count = int(rng.integers(10, 120))
        strange = FrameStars(rng.uniform(0, 2000, count), rng.uniform(0, 1500, count), 2000, 1500)
        assert match_frame(strange, stars, hint=hint) is None


def test_the_same_field_with_its_own_stars_is_solved() -> None:
    """So the lists at random fail for being random."""
    found = match_frame(seen(catalogue(300, seed=1)), catalogue(300, seed=1), hint=Hint(150.2, 0.3, 0.5, 2.02))
    assert found is not None
    assert separation_deg((150.0, 0.0), found.wcs.at(999.5, 749.5)) * 3600.0 < 2.0


@pytest.mark.parametrize(
    ("hint", "stars"),
    [
        (Hint(150.0, 0.0, 0.5, 2.2), catalogue(300, seed=1)),
        (Hint(150.0, 1.2, 0.5, 2.0), catalogue(300, seed=1)),
        (Hint(150.0, 0.0, 0.5, 2.0), catalogue(300, seed=2)),
        (Hint(150.0, 0.0, 0.5, 2.0), catalogue(1, seed=1)),
        (Hint(150.0, 0.0, 0.5, 2.0), catalogue(0, seed=1)),
    ],
    ids=["scale ten percent off", "beyond the radius", "another field", "one star", "no star"],
)
def test_what_does_not_fit_is_not_solved(hint: Hint, stars: SkyStars) -> None:
    """No solution is better than a false one."""
    assert match_frame(seen(catalogue(300, seed=1)), stars, hint=hint) is None


def crowded(seed: int, *, crowd: int, sigma_px: float) -> SkyStars:
    """Return nine hundred stars that lie evenly, and a cluster of that size in pixels of one arcsecond amid them."""
    rng = np.random.default_rng(seed)
    ra = np.concatenate([rng.uniform(148.8, 151.2, 900), 150.0 + rng.normal(0, sigma_px / 3600, crowd)])
    dec = np.concatenate([rng.uniform(-1.2, 1.2, 900), rng.normal(0, sigma_px / 3600, crowd)])
    order = rng.permutation(ra.size)
    return SkyStars(ra[order], dec[order], np.sort(rng.uniform(6, 15, ra.size)))


def turned(angle_deg: float, *, scale_arcsec: float) -> Wcs:
    """Return the coordinates of a frame of 2000 by 1500 pixels on the cluster."""
    step, angle = scale_arcsec / 3600.0, np.radians(angle_deg)
    cosine, sine = float(np.cos(angle)) * step, float(np.sin(angle)) * step
    return Wcs(150.0, 0.0, 999.5, 749.5, ((-cosine, sine), (sine, cosine)))


def shown(stars: SkyStars, wcs: Wcs, *, share: float = 0.8) -> FrameStars:
    """Return what such a frame shows of stars: a fifth missing, a fifth of a pixel off."""
    rng = np.random.default_rng(7)
    x, y = wcs.to_pixels(stars.ra_deg, stars.dec_deg)
    inside = np.flatnonzero((x > 0) & (x < 2000) & (y > 0) & (y < 1500) & (rng.random(x.size) < share))
    order = inside[np.argsort(np.arange(inside.size) + rng.normal(0, 5, inside.size))][:400]
    return FrameStars(x[order] + rng.normal(0, 0.2, order.size), y[order] + rng.normal(0, 0.2, order.size), 2000, 1500)


@pytest.mark.parametrize(("crowd", "sigma_px"), [(150, 60.0), (300, 60.0), (300, 25.0)])
@pytest.mark.parametrize(
    ("seed", "scale_arcsec", "solved"),
    [(1, 1.0, True), (1, 1.05, False), (2, 1.0, False)],
    ids=["its own stars", "a reducer nobody knows of", "another cluster"],
)
def test_clusters_are_solved_or_not_and_never_wrongly(
    crowd: int, sigma_px: float, seed: int, *, scale_arcsec: float, solved: bool
) -> None:
    """Any two clusters laid on each other match in many places by luck, which is more likely there than elsewhere."""
    truth = turned(250.0, scale_arcsec=scale_arcsec)
    stars = shown(crowded(seed, crowd=crowd, sigma_px=sigma_px), truth)
    found = match_frame(stars, crowded(1, crowd=crowd, sigma_px=sigma_px), hint=Hint(150.0, -0.05, 1.0, 1.0))
    assert (found is not None) is solved
    if found is not None:
        apart = [separation_deg(truth.at(*place), found.wcs.at(*place)) for place in ((999.5, 749.5), (0.0, 0.0))]
        assert max(apart) * 3600.0 < 1.0


def test_the_best_of_the_fits_counts_where_none_is_whole() -> None:
    """Thin clouds: half of the stars of a cluster and its field are seen."""
    truth = turned(70.0, scale_arcsec=1.0)
    stars = crowded(1, crowd=150, sigma_px=60.0)
    found = match_frame(shown(stars, truth, share=0.5), stars, hint=Hint(150.0, -0.05, 1.0, 1.0))
    assert found is not None
    assert separation_deg(truth.at(0.0, 0.0), found.wcs.at(0.0, 0.0)) * 3600.0 < 1.0


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_stars_are_not_solved(count: int) -> None:
    """Also where there is next to nothing to look at."""
    rng = np.random.default_rng(1)
    few = FrameStars(rng.uniform(0, 2000, count), rng.uniform(0, 1500, count), 2000, 1500)
    assert match_frame(few, catalogue(300, seed=1), hint=Hint(150.0, 0.0, 0.5, 2.0)) is None
