"""The profile that stars have in common: its shapes, and how much light lies within a radius."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.profile import StarProfile, fit_profile
from tsplug.imaging.shapes import adaptive_shapes
from tsplug.imaging.stamps import Stamps


@pytest.mark.parametrize(
    "profile",
    [StarProfile(2.0, beta=3.0), StarProfile(2.2), StarProfile(3.0, power=5.0)],
    ids=["Moffat", "Gaussian", "flat"],
)
def test_light_within_a_radius_grows_to_all(profile: StarProfile) -> None:
    """What a circle encloses grows with it, from nothing to all."""
    shares = [profile.enclosed(radius) for radius in np.linspace(0.0, 40.0, 50)]
    assert shares[0] == 0.0
    assert np.all(np.diff(shares) >= -1e-4)
    assert shares[-1] == pytest.approx(1.0, abs=1e-3)


def test_half_of_a_gaussian_lies_within_half_its_width() -> None:
    """FWHM / true HFR of a Gaussian is 2 (spec/peers e-4), that of a Moffat profile of beta 4 is 1.706."""
    assert StarProfile(2.0).enclosed(1.0) == pytest.approx(0.5, abs=1e-4)
    assert StarProfile(1.706, beta=4.0).enclosed(1.0) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("edge", "fwhm"), [(0.4, 10.0), (1.2, 10.0)])
def test_discs_have_the_width_of_their_edge(edge: float, fwhm: float) -> None:
    """Stars with flat tops, as beside focus, are as wide as they are at half of their height."""
    span = np.arange(-20, 21)
    offsets = np.random.default_rng(2).uniform(-0.5, 0.5, (40, 2))
    distance = np.stack([np.hypot(span[:, None] - y, span - x) for x, y in offsets], axis=-1)
    values = 1e3 / (1.0 + np.exp((distance - fwhm / 2.0) / edge))
    stamps = Stamps(values.astype(np.float32), np.zeros(40), np.zeros(40))
    shapes = adaptive_shapes(stamps, 3.0)
    found = fit_profile(stamps, shapes, weights=np.ones(40))
    assert found.beta is None
    assert found.fwhm * np.median(shapes.sigma_px) == pytest.approx(fwhm, rel=0.03)
