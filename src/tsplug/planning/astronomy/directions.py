"""Directions in the sky: unit vectors, angles between them, altitude and azimuth."""

from __future__ import annotations

import numpy as np

from tsplug.planning.arrays import FloatArray


def unit_vectors(ra_deg: FloatArray, dec_deg: FloatArray) -> FloatArray:
    """Return unit vectors (n x 3) towards right ascensions and declinations."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack((np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)), axis=-1)


def horizontal(
    vectors: FloatArray, sidereal_deg: FloatArray, *, latitude_deg: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return altitude, azimuth (east of north, 0 to 360) and hour angle (-180 to 180, west positive), in degrees.

    Args:
        vectors: unit vectors in the true equator of date, broadcast against the times along all but the last axis.
        sidereal_deg: local apparent sidereal times.
        latitude_deg: geodetic latitude of the site.
    """
    x, y, z = np.moveaxis(vectors, -1, 0)
    angle, latitude = np.radians(sidereal_deg), np.radians(latitude_deg)
    towards_meridian = x * np.cos(angle) + y * np.sin(angle)
    towards_west = x * np.sin(angle) - y * np.cos(angle)
    up = z * np.sin(latitude) + towards_meridian * np.cos(latitude)
    north = z * np.cos(latitude) - towards_meridian * np.sin(latitude)
    altitude_deg = np.degrees(np.arcsin(np.clip(up, -1.0, 1.0)))
    azimuth_deg = np.degrees(np.arctan2(-towards_west, north)) % 360.0
    return altitude_deg, azimuth_deg, np.degrees(np.arctan2(towards_west, towards_meridian))


def altitudes(vectors: FloatArray, sidereal_deg: FloatArray, *, latitude_deg: float) -> FloatArray:
    """Return altitudes alone, in degrees; arguments as for `horizontal`, which costs three times as much."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    angle, latitude = np.radians(sidereal_deg), np.radians(latitude_deg)
    up = x * (np.cos(angle) * np.cos(latitude))
    up += y * (np.sin(angle) * np.cos(latitude))
    up += z * np.sin(latitude)
    np.clip(up, -1.0, 1.0, out=up)
    return np.asarray(np.degrees(np.arcsin(up, out=up), out=up))


def separation_deg(some: FloatArray, others: FloatArray) -> FloatArray:
    """Return the angles between unit vectors, each of the first (m x 3) with each of the second (n x 3), m x n."""
    return np.asarray(np.degrees(np.arccos(np.clip(some @ others.T, -1.0, 1.0))))
