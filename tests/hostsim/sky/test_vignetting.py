"""Vignetting is a smooth fall-off that turns with the telescope."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.vignetting import vignetting


def test_corners_are_darker_than_the_middle() -> None:
    """The middle gets nearly all light, the corners clearly less, none nothing."""
    fraction = vignetting(400, 300, rotator_deg=0.0)
    corners = fraction[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert fraction[200, 150] == pytest.approx(1.0, abs=0.02)
    assert 0.5 < corners.min() < corners.max() < 0.92


def test_half_a_turn_is_the_frame_upside_down() -> None:
    """At 180 degrees the pattern is that of 0 degrees turned about the middle."""
    assert np.allclose(
        vignetting(400, 300, rotator_deg=180.0), vignetting(400, 300, rotator_deg=0.0)[::-1, ::-1], atol=1e-5
    )


@pytest.mark.parametrize(("mirrored", "quarters"), [(False, 1), (True, -1)])
def test_a_quarter_turn_of_the_camera_turns_the_frame_as_it_turns_stars(mirrored: bool, quarters: int) -> None:
    """At 90 degrees the pattern is that of 0 degrees turned by a quarter, the other way round if mirrored."""
    quarter, straight = (vignetting(300, 300, rotator_deg=angle, mirrored=mirrored) for angle in (90.0, 0.0))
    assert np.allclose(quarter, np.rot90(straight, quarters), atol=1e-5)
    assert not np.allclose(quarter, np.rot90(straight, -quarters), atol=1e-2)
