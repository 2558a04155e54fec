"""How sharpness changes over the frame, from stars whose radii are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.fieldmap import FieldMap, map_field


def drawn_field(stars: int, *, seed: int, across: float = 0.0, bowl: float = 0.0) -> FieldMap:
    """Map stars as faint and as many as a frame has, larger to the right by a share and to the corners by another."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(-1.0, 1.0, (2, stars))
    snr = np.exp(random.uniform(np.log(20.0), np.log(300.0), stars))
    share = random.normal(0.0, np.hypot(1.5 / snr, 0.03))
    hfr = 2.0 * (1.0 + across * x + bowl * (x * x + y * y) / 2.0 + share)
    return map_field((x, y), hfr=hfr, fwhm=2.0 * hfr, vectors=(np.zeros(stars), np.zeros(stars)), snr=snr)


@pytest.mark.parametrize("stars", [30, 100])
def test_noise_is_neither_tilt_nor_curvature(stars: int) -> None:
    """Of a hundred flat fields hardly one shows any: less than three sigma of the fit's own noise is not told."""
    fields = [drawn_field(stars, seed=seed) for seed in range(100)]
    assert sum(each.tilt is not None for each in fields) <= 4
    assert sum(each.curvature is not None for each in fields) <= 4


def test_tilt_and_curvature_beyond_the_noise_are_told() -> None:
    """Stars larger by 10 % at the right than in the middle and 10 % smaller at the left: 20 %; and so with corners."""
    tilted = [drawn_field(100, seed=seed, across=0.1).tilt for seed in range(20)]
    bent = [drawn_field(100, seed=seed, bowl=0.2).curvature for seed in range(20)]
    assert None not in tilted + bent
    assert np.median(np.array(tilted, dtype=float)) == pytest.approx(20.0, abs=2.0)
    assert np.median(np.array(bent, dtype=float)) == pytest.approx(20.0, abs=2.0)


def test_few_stars_tell_no_slope() -> None:
    """Below thirty stars nothing is said, however steep the slope."""
    assert drawn_field(29, seed=1, across=0.3).tilt is None
