"""Scale and zero point follow from the telescope."""

from __future__ import annotations

import pytest

from hostsim.sky.filters import curve
from hostsim.sky.photometry import pixel_scale_arcsec, zero_point_e_per_s
from hostsim.sky.scene import Optics, Sensor


def test_the_scale_of_the_usual_telescope() -> None:
    """Pixels of 3.76 micrometres at 540 mm span 1.436216 arcseconds."""
    assert pixel_scale_arcsec(Optics(), Sensor()) == pytest.approx(1.436216, abs=1e-5)


def test_light_grows_with_area_and_band() -> None:
    """Twice the aperture gathers four times the light, and a filter passes its share."""
    usual = zero_point_e_per_s(Optics(), Sensor(), filter_curve=curve("L"))
    assert zero_point_e_per_s(Optics(aperture_mm=214.0), Sensor(), filter_curve=curve("L")) == pytest.approx(
        4.0 * usual
    )
    assert zero_point_e_per_s(Optics(), Sensor(), filter_curve=curve("R")) == pytest.approx(0.30 * usual)
    # A star of magnitude 15 gives an aperture of 107 mm some 150 electrons a second through luminance.
    assert 100.0 < usual * 10.0**-6 < 200.0
