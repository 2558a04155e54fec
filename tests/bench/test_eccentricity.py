"""How far told eccentricities are from the truth where stars are few or faint, over frames drawn anew each time."""

from __future__ import annotations

import math

import pytest
from drawn_frames import SCENES, draw, small
from judging_frames import measure_drawn

FRAMES = 40
LARGEST_ERROR, BEST_ERROR = 0.12, 0.08


@pytest.mark.parametrize("truth", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("stars", [20, 80, 300])
@pytest.mark.parametrize("snr", [15, 30, 80])
def test_no_told_eccentricity_is_far_off(truth: float, stars: int, snr: int) -> None:
    """Whatever noise does: within 0.12, within 0.08 with 300 bright stars, or absent."""
    scene = small(SCENES["rich"], axis_ratio=math.sqrt(1 - truth**2), exactly=(stars, float(snr)), hot_per_mp=20.0)
    drawn = [draw(small(scene, angle_deg=30.0 * seed), width=900, height=700, seed=seed) for seed in range(FRAMES)]
    told = [measure_drawn(each).metrics.get("eccentricity") for each in drawn]
    errors = [each - truth for each in told if each is not None]
    print(f"eccentricity {truth}, {stars} stars of {snr}: {len(errors)} of {FRAMES} told", end="")
    print(f", errors {min(errors):+.3f} to {max(errors):+.3f}" if errors else "")
    assert all(abs(each) <= (BEST_ERROR if (stars, snr) == (300, 80) else LARGEST_ERROR) for each in errors)
