"""Angles on the circle, and which mechanical angles count as one framing."""

from __future__ import annotations

TURN_DEG = 360.0
HAIR_DEG = 1e-9
"""What rounding may add to a difference of two angles."""


def separation_deg(one_deg: float, other_deg: float) -> float:
    """Return the distance of two angles on the circle, 0 to 180 degrees."""
    apart = abs(one_deg - other_deg) % TURN_DEG
    return min(apart, TURN_DEG - apart)


def same_rotation(one_deg: float | None, other_deg: float | None, *, tolerance_deg: float) -> bool:
    """Return whether two angles lie within a tolerance; no rotator is like no rotator alone."""
    if one_deg is None or other_deg is None:
        return one_deg is other_deg
    return separation_deg(one_deg, other_deg) <= tolerance_deg + HAIR_DEG
