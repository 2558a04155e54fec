"""The star field belongs to the sky, not to the pointing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.sky.stars import FAINTEST_MAG, StarTable, stars_near


def within(table: StarTable, ra_deg: float, dec_deg: float, radius_deg: float) -> set[tuple[float, float]]:
    """Return the stars of a table inside a circle."""
    ra, dec = np.radians(table.ra_deg - ra_deg), np.radians(table.dec_deg)
    centre = np.radians(dec_deg)
    cosine = np.sin(dec) * np.sin(centre) + np.cos(dec) * np.cos(centre) * np.cos(ra)
    inside = cosine > np.cos(np.radians(radius_deg))
    return set(zip(table.ra_deg[inside].tolist(), table.dec_deg[inside].tolist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(ra_deg=st.floats(0.0, 360.0), dec_deg=st.floats(-90.0, 90.0), turn=st.floats(0.0, 6.28))
def test_two_overlapping_looks_share_their_stars(ra_deg: float, dec_deg: float, turn: float) -> None:
    """A look a little beside another contains exactly the same stars where both see."""
    near_dec = float(np.clip(dec_deg + 0.2 * np.sin(turn), -90.0, 90.0))
    one = within(stars_near(ra_deg, dec_deg, radius_deg=0.5), ra_deg, dec_deg, 0.2)
    two = within(stars_near(ra_deg, near_dec, radius_deg=0.5), ra_deg, dec_deg, 0.2)
    assert one == two
    assert one


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
