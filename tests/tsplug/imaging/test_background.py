"""The sky under the stars: level and noise."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.stars import measure_stars


@pytest.mark.parametrize("sigma", [1.0, 1.23, 1.77, 3.0, 5.0, 5.87])
def test_noise_comes_in_no_steps_where_it_is_a_few_levels(sigma: float) -> None:
    """Pixels are whole numbers: within 3 % of their standard deviation all the same."""
    random = np.random.default_rng(round(100 * sigma))
    pixels = np.rint(random.normal(500.3, sigma, (900, 1200))).astype(np.uint16)
    measured = measure_stars(pixels)
    assert measured.noise == pytest.approx(float(pixels.std()), rel=0.03)
    assert measured.background == pytest.approx(500.3, abs=0.1)
    assert measured.star_count == 0
