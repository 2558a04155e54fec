"""Filaments of nebulae and spikes of bright stars, which are no stars."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_frames import SCENES, draw, small
from judging_frames import judge_drawn, measure_drawn

FILAMENTS = {
    "faint, over a nebula": ("nebula", (16.0, 3.0)),
    "bright, between few stars": ("narrow band", (16.0, 8.0)),
    "bright, between sharp stars": ("sharp", (16.0, 8.0)),
}


@pytest.mark.parametrize("name", FILAMENTS)
def test_filaments_of_a_nebula_are_no_stars(name: str) -> None:
    """Hundreds of peaks lie on them; sizes and counts are those of the stars between."""
    scene, filaments = FILAMENTS[name]
    drawn = draw(small(SCENES[scene], filaments=filaments), width=1500, height=1000, seed=3)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.false <= 1
    assert abs(found.hfr) < 0.03
    assert abs(found.fwhm) < 0.05
    assert found.complete >= 0.95


@pytest.mark.parametrize("fwhm", [1.76, 3.2, 6.2])
def test_spikes_of_bright_stars_are_no_stars(fwhm: float) -> None:
    """Vanes before the mirror draw four from each; the stars beside them stay, the bright ones too."""
    drawn = draw(small(SCENES["spikes"], fwhm=fwhm), width=1500, height=1000, seed=3)
    measured = measure_drawn(drawn)
    found = judge_drawn(drawn, measured)
    assert found.false <= 2
    assert found.complete >= 0.95
    assert abs(found.hfr) < 0.03
    x, y = measured.stars.places
    inside = (np.minimum(drawn.x, drawn.y) > 14.0) & (drawn.x < 1486.0) & (drawn.y < 986.0)
    bright = np.flatnonzero((drawn.snr > 5e3) & inside)
    assert bright.size > 3
    assert all(np.hypot(x - drawn.x[star], y - drawn.y[star]).min() < 8.0 for star in bright)


def test_stars_drawn_out_by_the_mount_stay_stars() -> None:
    """All of them have light on two sides, and all on the same two."""
    drawn = draw(small(SCENES["rich"], fwhm=6.0, axis_ratio=0.2), width=1500, height=1000, seed=3)
    found = judge_drawn(drawn, measure_drawn(drawn))
    assert found.complete > 0.8
    assert found.false <= 1
