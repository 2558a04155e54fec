"""Light that is cut off where the camera's numbers end, and noise that only looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings

Y, X = np.mgrid[:120, :160]
NIGHT = np.random.default_rng(2).normal(900, 12, X.shape) + 40_000 * np.exp(-((X - 80) ** 2 + (Y - 60) ** 2) / 18)


def share(frame: np.ndarray, **settings: float) -> float:
    """Return the share of saturated pixels in percent."""
    return measure_frame(frame, StarSettings(**settings)).metrics["saturated_share"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "scale"), [(np.uint16, 1.0), (np.float32, 1.0), (np.float32, 1 / 65_535)], ids=["u2", "f4", "f4 to 1"]
)
@pytest.mark.parametrize("highest", [4095, 16_383, 65_535])
def test_pixels_at_the_end_of_a_range_are_saturated(kind: type[np.generic], scale: float, highest: int) -> None:
    """12, 14 and 16 bits: all that lies from 98 % of the last level on counts, in integers and floats."""
    whole = np.clip(np.rint(NIGHT * highest / 16_383), 0, highest)
    expected = 100.0 * np.mean(whole >= 0.98 * highest)
    assert expected > 0.05
    frame = (whole * scale).astype(kind)
    if kind is np.float32:
        frame[3, 3] = np.inf
    assert share(frame, full_scale_adu=65_535 * scale) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("noise", [0.7, 12.0])
@pytest.mark.parametrize("level", [400.0, 3000.0])
def test_noise_is_not_cut_off(noise: float, level: float) -> None:
    """However many pixels share the highest level of a quiet frame, those just below are more."""
    frame = np.rint(np.random.default_rng(5).normal(level, noise, (400, 500))).astype(np.uint16)
    assert share(frame) == 0.0
