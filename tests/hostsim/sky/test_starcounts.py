"""The model of star counts agrees with published counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.starcounts import named_fraction, sine_of_latitude, stars_per_deg2, survey_limit_mag

# The whole sky's stars brighter than a magnitude, from Hipparcos (7) and from Tycho-2 and UCAC4 together, whose bands
# lie a little redder than V.
PUBLISHED = {7: 15_328, 9: 139_375, 10: 382_925, 12: 2_955_951, 14: 17_214_116}


@pytest.mark.parametrize(("magnitude", "count"), PUBLISHED.items())
def test_the_whole_sky_holds_the_published_number(magnitude: int, count: int) -> None:
    """The model integrated over the sphere gives the counted stars within 30 %."""
    sines = (np.arange(100) + 0.5) / 100.0
    density = np.mean([stars_per_deg2(np.array([float(magnitude)]), sine)[0] for sine in sines])
    assert density * 41_253.0 == pytest.approx(count, rel=0.3)


@given(st.floats(-1.0, 1.0))
def test_the_plane_is_crowded_and_all_is_named_to_the_limit(sine: float) -> None:
    """Nowhere are there more stars than in the plane, and the catalogue's fraction falls from all to none."""
    depth = np.array([15.0])
    assert stars_per_deg2(depth, sine)[0] <= stars_per_deg2(depth, 0.0)[0]
    fraction = named_fraction(np.arange(5.0, 15.0, 0.1), sine)
    assert np.all(np.diff(fraction) <= 0.0)
    assert named_fraction(np.array([survey_limit_mag(sine)]), sine)[0] == pytest.approx(1.0)
    assert fraction[-1] == 0.0


@pytest.mark.parametrize(
    ("ra_deg", "dec_deg", "latitude_deg"), [(192.859, 27.128, 90.0), (266.405, -28.936, 0.0), (0.0, 90.0, 27.128)]
)
def test_galactic_latitude(ra_deg: float, dec_deg: float, latitude_deg: float) -> None:
    """The galaxy's pole, its centre and the celestial pole lie at their latitudes."""
    assert sine_of_latitude(ra_deg, dec_deg) == pytest.approx(math.sin(math.radians(latitude_deg)), abs=1e-3)
