"""Angles on the circle."""

from __future__ import annotations

from tsplug.model.angles import same_rotation


def test_only_none_equals_none() -> None:
    """No rotator equals no rotator and no angle, not even zero."""
    assert same_rotation(None, None, tolerance_deg=1.0)
    assert not same_rotation(None, 0.0, tolerance_deg=180.0)
    assert not same_rotation(0.0, None, tolerance_deg=180.0)
    assert same_rotation(359.6, 0.4, tolerance_deg=1.0)
    assert not same_rotation(10.0, 190.0, tolerance_deg=1.0)
