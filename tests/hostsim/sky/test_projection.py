"""The projection is that of FITS, seen from a readout that begins at the top."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from astropy.wcs import WCS
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.projection import TangentPlane


def plane(angle_deg: float = 0.0, dec_deg: float = 40.0) -> TangentPlane:
    """Return a plane at 10 degrees of right ascension, centred on pixel (100, 80), 2 arcseconds a pixel."""
    return TangentPlane(10.0, dec_deg, 2.0, angle_deg, 100.0, 80.0)


@pytest.mark.parametrize(
    ("angle_deg", "north", "east"), [(0.0, (0, -18), (-18, 0)), (90.0, (18, 0), (0, -18)), (180.0, (0, 18), (18, 0))]
)
def test_up_stands_at_the_sky_angle(angle_deg: float, north: tuple[int, int], east: tuple[int, int]) -> None:
    """North is up and east left at angle 0; the angle turns up from north to east."""
    there = plane(angle_deg, dec_deg=0.0)
    x, y = there.to_pixels(np.array([10.0, 10.01]), np.array([0.01, 0.0]))
    assert (x[0] - 100.0, y[0] - 80.0) == pytest.approx(north, abs=1e-3)
    assert (x[1] - 100.0, y[1] - 80.0) == pytest.approx(east, abs=1e-3)


@given(dec_deg=st.floats(-89.0, 89.0), angle_deg=st.floats(0.0, 360.0))
def test_it_agrees_with_a_fits_world_coordinate_system(dec_deg: float, angle_deg: float) -> None:
    """Positions agree with the TAN projection whose CD matrix has this scale and angle."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [10.0, dec_deg]
    wcs.wcs.crpix = [101.0, 81.0]
    wcs.wcs.cd = 2.0 / 3600.0 * np.array([[-cosine, -sine], [sine, -cosine]])
    ra, dec = wcs.all_pix2world([3.0, 190.0], [150.0, 20.0], 0)
    x, y = plane(angle_deg, dec_deg).to_pixels(ra, dec)
    assert x == pytest.approx([3.0, 190.0], abs=1e-5)
    assert y == pytest.approx([150.0, 20.0], abs=1e-5)


def test_the_far_side_is_nowhere() -> None:
    """Positions behind the tangent point are NaN, not folded into the frame."""
    x, y = plane().to_pixels(np.array([190.0]), np.array([-40.0]))
    assert np.isnan(x[0])
    assert np.isnan(y[0])


def test_mirrored_planes_swap_left_and_right() -> None:
    """In a mirrored frame the same star lies as far on the other side of the middle, at the same height."""
    plain, mirrored = plane(30.0), replace(plane(30.0), mirrored=True)
    ra_deg, dec_deg = np.array([10.02, 9.97]), np.array([40.01, 39.98])
    (x, y), (other_x, other_y) = plain.to_pixels(ra_deg, dec_deg), mirrored.to_pixels(ra_deg, dec_deg)
    assert other_x - 100.0 == pytest.approx(100.0 - x)
    assert other_y == pytest.approx(y)
