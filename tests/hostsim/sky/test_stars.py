"""The star field belongs to the sky, not to the pointing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hostsim.sky.starcounts import sine_of_latitude, stars_per_deg2, survey_limit_mag
from hostsim.sky.stars import FAINTEST_MAG, StarTable, stars_near

RIGHT_ASCENSION, DECLINATION = st.floats(0.0, 360.0), st.floats(-90.0, 90.0)


def circle(table: StarTable, ra_deg: float, dec_deg: float, radius_deg: float) -> StarTable:
    """Return the stars of a table inside a circle."""
    ra, dec = np.radians(table.ra_deg - ra_deg), np.radians(table.dec_deg)
    centre = np.radians(dec_deg)
    cosine = np.sin(dec) * np.sin(centre) + np.cos(dec) * np.cos(centre) * np.cos(ra)
    return table.keep(cosine > np.cos(np.radians(radius_deg)))


def within(table: StarTable, ra_deg: float, dec_deg: float, radius_deg: float) -> set[tuple[float, float]]:
    """Return the places of the stars inside a circle."""
    inside = circle(table, ra_deg, dec_deg, radius_deg)
    return set(zip(inside.ra_deg.tolist(), inside.dec_deg.tolist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(ra_deg=RIGHT_ASCENSION, dec_deg=DECLINATION, turn=st.floats(0.0, 6.28))
def test_two_overlapping_looks_share_their_stars(ra_deg: float, dec_deg: float, turn: float) -> None:
    """A look a little beside another contains exactly the same stars where both see."""
    near_dec = float(np.clip(dec_deg + 0.2 * np.sin(turn), -90.0, 90.0))
    one = within(stars_near(ra_deg, dec_deg, radius_deg=0.5), ra_deg, dec_deg, 0.2)
    two = within(stars_near(ra_deg, near_dec, radius_deg=0.5), ra_deg, dec_deg, 0.2)
    assert one == two
    assert one


@settings(max_examples=25, deadline=None)
@given(ra_deg=RIGHT_ASCENSION, dec_deg=DECLINATION, faintest_mag=st.floats(6.0, 19.0))
def test_a_shallow_look_is_a_deep_one_cut(ra_deg: float, dec_deg: float, faintest_mag: float) -> None:
    """Asking for bright stars only leaves out the faint ones and changes nothing else."""
    shallow = stars_near(ra_deg, dec_deg, radius_deg=0.3, faintest_mag=faintest_mag)
    deep = stars_near(ra_deg, dec_deg, radius_deg=0.3)
    kept = deep.keep(deep.magnitude <= faintest_mag)
    assert set(zip(kept.ra_deg, kept.magnitude, strict=True)) == set(
        zip(shallow.ra_deg, shallow.magnitude, strict=True)
    )


@settings(max_examples=25, deadline=None)
@given(ra_deg=RIGHT_ASCENSION, dec_deg=DECLINATION)
def test_bright_stars_are_real_and_named_once(ra_deg: float, dec_deg: float) -> None:
    """No made star is brighter than the catalogue's limit, but for those of clusters; no real one comes twice."""
    table = stars_near(ra_deg, dec_deg, radius_deg=0.5, faintest_mag=14.0)
    made = table.magnitude[table.hip == 0]
    named = table.hip[table.hip > 0]
    assert np.unique(named).size == named.size
    assert made.size
    assert made.min() > survey_limit_mag(0.0)


def test_right_ascension_has_no_seam() -> None:
    """Looking from both sides of 0 hours gives the same stars."""
    assert within(stars_near(0.01, 10.0, radius_deg=0.4), 0.0, 10.0, 0.3) == within(
        stars_near(359.99, 10.0, radius_deg=0.4), 0.0, 10.0, 0.3
    )


def test_faint_stars_outnumber_bright_ones() -> None:
    """Each magnitude holds more stars than the one before, and none is fainter than the limit."""
    counts, _ = np.histogram(stars_near(90.0, 25.0, radius_deg=3.0).magnitude, bins=np.arange(10.0, FAINTEST_MAG + 0.5))
    assert np.all(np.diff(counts) > 0)
    assert stars_near(90.0, 25.0, radius_deg=3.0).magnitude.max() <= FAINTEST_MAG


FIELDS = {
    "high": [(150.0, 40.0), (220.0, 30.0), (20.0, -60.0), (190.0, 5.0)],
    "plane": [(305.0, 38.0), (85.0, 25.0), (130.0, -45.0), (280.0, -5.0), (20.0, 62.0), (110.0, -15.0)],
}


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_counts_run_on_across_the_catalogue_s_limit(fields: list[tuple[float, float]]) -> None:
    """From well before the limit to well beyond it, each half magnitude holds what the counts say, within 20 %."""
    edges = np.arange(6.5, 11.1, 0.5)
    counts, expected = np.zeros(edges.size - 1), np.zeros(edges.size - 1)
    for ra_deg, dec_deg in fields:
        inside = circle(stars_near(ra_deg, dec_deg, radius_deg=6.0, faintest_mag=11.0), ra_deg, dec_deg, 6.0)
        counts += np.histogram(inside.magnitude, bins=edges)[0]
        expected += expected_counts(edges, ra_deg, dec_deg)
    assert np.abs(counts / expected - 1.0).max() < 0.2


def expected_counts(edges: NDArray[np.float64], ra_deg: float, dec_deg: float) -> NDArray[np.float64]:
    """Return the counts of the model between magnitudes in a circle of 6 degrees, from places strewn evenly over it."""
    rng = np.random.default_rng(5)
    dec = np.degrees(np.arcsin(rng.uniform(*np.sin(np.radians([dec_deg - 6.0, dec_deg + 6.0])), 500)))
    ra = ra_deg + rng.uniform(-30.0, 30.0, 500)
    nothing = np.zeros(500)
    places = circle(StarTable.unmoving((ra, dec), magnitude=nothing, colour=nothing), ra_deg, dec_deg, 6.0)
    sines = [sine_of_latitude(*place) for place in zip(places.ra_deg, places.dec_deg, strict=True)]
    area_deg2 = 2.0 * np.pi * (1.0 - np.cos(np.radians(6.0))) * np.degrees(1.0) ** 2
    return np.mean([np.diff(stars_per_deg2(edges, sine)) for sine in sines], axis=0) * area_deg2


@pytest.mark.parametrize(("ra_deg", "dec_deg", "sign"), [(192.86, 27.13, -1), (266.4, -28.9, 1)])
def test_the_galactic_plane_is_crowded(ra_deg: float, dec_deg: float, sign: int) -> None:
    """The galactic centre holds more stars than an ordinary field, the pole fewer."""
    ordinary = stars_near(50.0, -5.0, radius_deg=1.5).magnitude.size / np.cos(np.radians(5.0))
    here = stars_near(ra_deg, dec_deg, radius_deg=1.5).magnitude.size
    assert (here - ordinary) * sign > 0


def test_the_pole_is_a_place_like_any_other() -> None:
    """A look at the celestial pole finds stars all around it, once each."""
    stars = within(stars_near(0.0, 90.0, radius_deg=0.6), 0.0, 90.0, 0.5)
    quarters = {int(ra_deg // 90.0) for ra_deg, _ in stars}
    assert quarters == {0, 1, 2, 3}
    assert stars == within(stars_near(123.0, 89.9, radius_deg=0.8), 0.0, 90.0, 0.5)


def test_clusters_are_among_the_stars() -> None:
    """A look at M13 holds far more stars than one beside it."""
    there = circle(stars_near(250.423, 36.461, radius_deg=0.3), 250.423, 36.461, 0.1).hip.size
    beside = circle(stars_near(250.423, 37.961, radius_deg=0.3), 250.423, 37.961, 0.1).hip.size
    assert there > 20 * beside
