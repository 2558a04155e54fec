"""Curves of growth of stars."""

from __future__ import annotations

import numpy as np

from tsplug.imaging.growth import half_flux_radii
from tsplug.imaging.shapes import adaptive_shapes
from tsplug.imaging.stamps import Stamps


def test_what_never_passes_one_half_has_no_radius() -> None:
    """As in a damaged frame, where all is zero round a star: it is left out without a word of numpy's."""
    span = np.arange(-8, 9, dtype=np.float32)
    star = 500.0 * np.exp(-(span[:, None] ** 2 + span**2) / 8.0)
    stamps = Stamps(np.repeat(star[:, :, None], 3, axis=2), np.zeros(3), np.zeros(3))
    shapes = adaptive_shapes(stamps, 2.0)
    stamps.values[:, :, 1] = 0.0
    radii = half_flux_radii(stamps, shapes, total=np.array([float(star.sum()), 9.0, 1.0]))
    assert np.isnan(radii).tolist() == [False, True, True]
