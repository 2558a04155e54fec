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
from tsplug.imaging.astrometry.wcs import STALE_KEYWORDS, Wcs, wcs_cards

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


@pytest.mark.parametrize(
    "cards",
    [
        {f"PV{axis}_{term}": 1.0 if term == 1 else 0.002 for axis in (1, 2) for term in range(40)},
        {"A_ORDER": 9, "B_ORDER": 9, "A_5_4": 1e-20, "B_0_9": 1e-20, "AP_ORDER": 9, "AP_9_0": 1e-20, "BP_ORDER": 1},
        {"PC1_1": 0.5, "PC2_1": 0.5, "CROTA1": 5.0, "CROTA2": 5.0, "CDELT1": 0.1, "PC001001": 2.0},
        {"CD1_3": 0.5, "CD3_2": 0.5, "NAXIS": 3, "CD3_3": 1.0},
        {"WAT1_001": "wtype=tnx axtype=ra", "WAT2_001": "wtype=tnx axtype=dec", "LONPOLE": 90.0},
        {"CPDIS1": "LOOKUP", "DP1": "EXTVER: 1", "RADECSYS": "FK4", "EPOCH": 1950.0},
    ],
    ids=["TPV", "SIP of ninth order", "turns", "a cube", "TNX", "tables"],
)
def test_nothing_that_bends_the_coordinates_stays(cards: dict[str, object]) -> None:
    """What other programs wrote goes as far as astropy would heed it: its places are then those of the matrix alone."""
    wcs = Wcs(150.0, 20.0, 499.5, 499.5, ((-4e-4, 0.0), (0.0, 4e-4)))
    kept = {key: value for key, value in cards.items() if key not in STALE_KEYWORDS}
    header = fits.Header([*kept.items(), *((card.keyword, card.value) for card in wcs_cards(wcs, solver="test"))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = WCS(header).celestial
    x, y = np.array([0.0, 999.0]), np.array([0.0, 999.0])
    assert np.allclose(peer.all_pix2world(x, y, 0), wcs.to_sky(x, y), atol=1e-9)
    assert peer.wcs.radesys == "ICRS"


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


def test_what_is_beyond_a_quarter_turn_is_neither_east_nor_north() -> None:
    """A target that was typed wrong is that far off, and the record says so."""
    wcs = Wcs(150.0, 60.0, 0.0, 0.0, ((-0.001, 0.0), (0.0, -0.001)))
    found = pointing_of(wcs, (150.0, 60.0), wish=Wish((330.0, 10.0)))
    assert (found.offset_ra_arcsec, found.offset_dec_arcsec) == (None, None)
    assert found.offset_arcsec == pytest.approx(110.0 * 3600.0)


def test_what_nobody_wished_has_no_error() -> None:
    """A frame of no target is neither on nor off it."""
    wcs = Wcs(150.0, 60.0, 0.0, 0.0, ((-0.001, 0.0), (0.0, -0.001)))
    found = pointing_of(wcs, (150.0, 60.0), wish=Wish())
    assert {found.offset_arcsec, found.rotation_error_deg, found.scale_error_percent} == {None}


@pytest.mark.parametrize(("offset", "on"), [(59.0, True), (61.0, False)])
def test_the_smaller_bound_decides(offset: float, *, on: bool) -> None:
    """A tenth of a field of ten arcminutes is less than the tolerance."""
    assert is_on_target(offset, field_arcsec=600.0, tolerance_arcsec=300.0, share=0.1) is on
