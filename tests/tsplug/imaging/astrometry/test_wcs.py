"""Coordinates of frames, held against astropy."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from hypothesis import given
from hypothesis import strategies as st

from tsplug.imaging.astrometry.pointing import Wish, is_on_target, pointing_of
from tsplug.imaging.astrometry.sky_plane import separation_deg, separations_deg, to_plane, to_sphere
from tsplug.imaging.astrometry.wcs import Wcs, wcs_cards

PLACES = st.tuples(st.floats(0, 359.99), st.floats(-89.9, 89.9))


@given(PLACES, st.floats(0, 360), st.booleans(), st.floats(0.1, 20))
def test_the_cards_mean_the_same_to_astropy(
    place: tuple[float, float], angle_deg: float, mirrored: bool, scale_arcsec: float
) -> None:
    """Corners fall on the same places; there and back is the same pixel; angle and scale are those put in."""
    step, angle = scale_arcsec / 3600.0, np.radians(angle_deg)
    cosine, sine = float(np.cos(angle)) * step, float(np.sin(angle)) * step
    across = 1.0 if mirrored else -1.0
    wcs = Wcs(*place, 499.5, 399.5, ((across * cosine, -sine), (-across * sine, -cosine)))
    header = fits.Header([(card.keyword, card.value) for card in wcs_cards(wcs, solver="test")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = WCS(header)
    x, y = np.array([0.0, 999.0, 499.5]), np.array([0.0, 799.0, 399.5])
    ra, dec = wcs.to_sky(x, y)
    theirs = peer.all_pix2world(np.column_stack([x, y]), 0)
    apart = [separation_deg((ra[n], dec[n]), (theirs[n, 0], theirs[n, 1])) * 3600.0 for n in range(3)]
    assert max(apart) < 1e-3 * scale_arcsec
    back = wcs.to_pixels(ra, dec)
    assert np.allclose(back, (x, y), atol=1e-4)
    assert wcs.mirrored is mirrored
    assert wcs.scale_arcsec == pytest.approx(scale_arcsec)
    assert abs((wcs.position_angle_deg - angle_deg + 180.0) % 360.0 - 180.0) < 1e-6


@given(PLACES, st.floats(-1, 1), st.floats(-1, 1))
def test_the_plane_leads_back_to_the_sphere(centre: tuple[float, float], east: float, north: float) -> None:
    """And both ways of telling how far places are apart agree."""
    ra, dec = to_sphere(np.array([east]), np.array([north]), centre=centre)
    assert np.allclose(to_plane(ra, dec, centre=centre), ([east], [north]), atol=1e-9)
    one = separation_deg(centre, (float(ra[0]), float(dec[0])))
    assert float(separations_deg(ra, dec, centre=centre)[0]) == pytest.approx(one, abs=1e-7)


def test_what_is_behind_has_no_place_on_the_plane() -> None:
    """A quarter turn away there is none."""
    assert np.isnan(to_plane(np.array([180.0]), np.array([0.0]), centre=(0.0, 0.0))).all()


def test_errors_are_found_minus_wished() -> None:
    """East and north in arcseconds, rotation within half a half turn, scale in percent."""
    wcs = Wcs(150.0, 60.0, 0.0, 0.0, ((-0.001, 0.0), (0.0, -0.001)))
    wish = Wish((149.99, 59.99), position_angle_deg=178.0, scale_arcsec=3.564)
    found = pointing_of(wcs, (150.0, 60.0), wish=wish)
    assert found.offset_ra_arcsec == pytest.approx(18.0, abs=0.01)
    assert found.offset_dec_arcsec == pytest.approx(36.0, abs=0.01)
    assert found.offset_arcsec == pytest.approx(40.25, abs=0.01)
    assert found.rotation_error_deg == pytest.approx(2.0)
    assert found.scale_error_percent == pytest.approx(1.0101, abs=1e-3)


def test_what_nobody_wished_has_no_error() -> None:
    """A frame of no target is neither on nor off it."""
    wcs = Wcs(150.0, 60.0, 0.0, 0.0, ((-0.001, 0.0), (0.0, -0.001)))
    found = pointing_of(wcs, (150.0, 60.0), wish=Wish())
    assert {found.offset_arcsec, found.rotation_error_deg, found.scale_error_percent} == {None}


@pytest.mark.parametrize(("offset", "on"), [(59.0, True), (61.0, False)])
def test_the_smaller_bound_decides(offset: float, *, on: bool) -> None:
    """A tenth of a field of ten arcminutes is less than the tolerance."""
    assert is_on_target(offset, field_arcsec=600.0, tolerance_arcsec=300.0, share=0.1) is on
