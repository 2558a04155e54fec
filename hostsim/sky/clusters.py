"""The stars of clusters, made up once for each cluster, so that they are drawn and measured as any other star."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hostsim.sky.deepsky import CLUSTERS, Cluster
from hostsim.sky.randomness import stream
from hostsim.sky.startable import StarTable

_SKY_SEED = 20_000_101
_FAINTEST_MAG = 20.0
_DEPTH_MAG = 6.0
# log10 of the stars brighter than m grows by this much per magnitude: giants and subgiants of a globular cluster.
_LOG_COUNT_PER_MAG = 0.35
# A cluster ends at this many half-light radii.
_EDGE = 7.0


def cluster_stars_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> list[StarTable]:
    """Return the stars of every cluster that reaches into a circle, one table for each."""
    return [cluster_stars(cluster) for cluster in clusters_near(ra_deg, dec_deg, radius_deg=radius_deg)]


def clusters_near(ra_deg: float, dec_deg: float, *, radius_deg: float) -> list[Cluster]:
    """Return every cluster that reaches into a circle."""
    return [
        cluster
        for cluster in CLUSTERS
        if separation_deg(ra_deg, dec_deg, place=(cluster.ra_deg, cluster.dec_deg))
        < radius_deg + _EDGE * cluster.half_light_arcmin / 60.0
    ]


def separation_deg(ra_deg: float, dec_deg: float, *, place: tuple[float, float]) -> float:
    """Return the angle between two places of the sky."""
    dec, other, turn = math.radians(dec_deg), math.radians(place[1]), math.radians(place[0] - ra_deg)
    half = math.sin((other - dec) / 2.0) ** 2 + math.cos(dec) * math.cos(other) * math.sin(turn / 2.0) ** 2
    return math.degrees(2.0 * math.asin(min(1.0, math.sqrt(half))))


@lru_cache(maxsize=4)
def cluster_stars(cluster: Cluster) -> StarTable:
    """Return the stars of a cluster: together of its magnitude, half of their light within its half-light radius.

    Source: the surface density of Plummer 1911 (MNRAS 71, 460).
    """
    rng = stream(_SKY_SEED, f"cluster {cluster.name}")
    faintest = min(_FAINTEST_MAG, cluster.brightest_mag + _DEPTH_MAG)
    magnitude = _magnitudes(rng, cluster, faintest=faintest)
    number = magnitude.size
    inside = rng.uniform(0.0, _EDGE**2 / (1.0 + _EDGE**2), number)
    radius_deg = cluster.half_light_arcmin / 60.0 * np.sqrt(inside / (1.0 - inside))
    angle = rng.uniform(0.0, 2.0 * math.pi, number)
    dec_deg = cluster.dec_deg + radius_deg * np.cos(angle)
    ra_deg = cluster.ra_deg + radius_deg * np.sin(angle) / np.cos(np.radians(dec_deg))
    # Giants are red, what is fainter less so.
    colour = 1.3 - 0.12 * (magnitude - cluster.brightest_mag) + rng.normal(0.0, 0.1, number)
    return StarTable.unmoving((ra_deg % 360.0, dec_deg), magnitude=magnitude, colour=colour)


def _magnitudes(
    rng: np.random.Generator, cluster: Cluster, *, faintest: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    depth = faintest - cluster.brightest_mag
    middles = (np.arange(1000) + 0.5) / 1000.0
    ladder = (
        cluster.brightest_mag
        + depth
        + np.log10(middles + (1.0 - middles) * 10.0 ** (-_LOG_COUNT_PER_MAG * depth)) / _LOG_COUNT_PER_MAG
    )
    mean_flux = float(np.mean(10.0 ** (-0.4 * ladder)))
    number = round(10.0 ** (-0.4 * cluster.magnitude) / mean_flux)
    return np.asarray(
        np.interp((rng.permutation(number) + rng.random(number)) / number, middles, ladder), dtype=np.float64
    )
