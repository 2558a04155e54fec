"""The gnomonic projection: between the sphere and the plane that touches it in one point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def to_plane(ra_deg: Floats, dec_deg: Floats, *, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return how far positions are east and north of a centre on its plane, in degrees; NaN beyond a quarter turn.

    Source: Calabretta & Greisen 2002 (A&A 395, 1077), section 5.1.3.
    """
    d_ra, dec, dec0 = np.radians(ra_deg - centre[0]), np.radians(dec_deg), math.radians(centre[1])
    depth = np.sin(dec) * math.sin(dec0) + np.cos(dec) * math.cos(dec0) * np.cos(d_ra)
    depth = np.where(depth > 0.0, depth, np.nan)
    east = np.cos(dec) * np.sin(d_ra) / depth
    north = (np.sin(dec) * math.cos(dec0) - np.cos(dec) * math.sin(dec0) * np.cos(d_ra)) / depth
    return np.degrees(east), np.degrees(north)


def to_sphere(east_deg: Floats, north_deg: Floats, *, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return right ascension (0 to 360) and declination of points on a plane: the inverse of `to_plane`."""
    east, north, dec0 = np.radians(east_deg), np.radians(north_deg), math.radians(centre[1])
    across = math.cos(dec0) - north * math.sin(dec0)
    ra = centre[0] + np.degrees(np.arctan2(east, across))
    dec = np.degrees(np.arctan2(math.sin(dec0) + north * math.cos(dec0), np.hypot(east, across)))
    return np.mod(ra, 360.0), dec


def separation_deg(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle between two directions (right ascension, declination), in degrees; exact near and far."""
    d_ra = math.radians(other[0] - one[0])
    dec1, dec2 = math.radians(one[1]), math.radians(other[1])
    across = math.cos(dec2) * math.sin(d_ra)
    along = math.cos(dec1) * math.sin(dec2) - math.sin(dec1) * math.cos(dec2) * math.cos(d_ra)
    depth = math.sin(dec1) * math.sin(dec2) + math.cos(dec1) * math.cos(dec2) * math.cos(d_ra)
    return math.degrees(math.atan2(math.hypot(across, along), depth))


def separations_deg(ra_deg: Floats, dec_deg: Floats, *, centre: tuple[float, float]) -> Floats:
    """Return the angles between positions and one place, in degrees (haversine formula)."""
    d_ra, dec, dec0 = np.radians(ra_deg - centre[0]), np.radians(dec_deg), math.radians(centre[1])
    half = np.sin((dec - dec0) / 2.0) ** 2 + np.cos(dec) * math.cos(dec0) * np.sin(d_ra / 2.0) ** 2
    return np.asarray(np.degrees(2.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))), dtype=np.float64)
