"""A star's width comes from seeing, focus and guiding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.psf import FWHM_PER_ALPHA, HFR_PER_ALPHA, Blur, PointSpread, point_spread
from hostsim.sky.scene import GuidingSample, LightPath, Optics, Sensor

STEADY = Blur(2.0, GuidingSample(0.0, 0.0))


def test_the_profile_has_the_known_ratio() -> None:
    """FWHM and true HFR of a Moffat profile of beta 3.5 lie between those of beta 4 and 3."""
    assert 1.584 < FWHM_PER_ALPHA / HFR_PER_ALPHA < 1.706


def test_hfr_is_a_hyperbola_in_the_distance_from_focus(optics: Optics, sensor: Sensor, path: LightPath) -> None:
    """Squared HFR grows with the square of the distance, and far out HFR grows linearly."""
    steps = np.array([0, 100, 200, 400, 800])
    at = [replace(path, focuser_position=path.focuser_position + int(step)) for step in steps]
    squared = np.array([point_spread(optics, sensor, path=each, blur=STEADY).hfr_px() ** 2 for each in at])
    growth = (squared[1:] - squared[0]) / steps[1:] ** 2
    assert growth == pytest.approx(growth[-1], rel=0.02)


def test_right_ascension_error_stretches_along_east(optics: Optics, sensor: Sensor, path: LightPath) -> None:
    """With north up, an error in right ascension widens a star in x only; with east up, in y only."""
    blur = Blur(2.0, GuidingSample(1.5, 0.0))
    north_up = point_spread(optics, sensor, path=replace(path, sky_angle_deg=0.0), blur=blur)
    east_up = point_spread(optics, sensor, path=replace(path, sky_angle_deg=90.0), blur=blur)
    assert north_up.xx > 1.5 * north_up.yy
    assert (east_up.yy, east_up.xx) == pytest.approx((north_up.xx, north_up.yy))
    assert north_up.elongation > 1.2


@given(alpha=st.floats(1.0, 30.0), binning=st.integers(1, 4))
def test_binned_pixels_shrink_a_star(alpha: float, binning: int) -> None:
    """In binned pixels a star is smaller by the binning, but never smaller than pixels allow."""
    spread = PointSpread(alpha**2, 0.0, alpha**2)
    assert spread.hfr_px(binning) >= spread.hfr_px() / binning
    assert spread.fwhm_px(binning) >= max(0.75, spread.fwhm_px() / binning)
