"""Clusters shine as they should and stand where they should."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.clusters import cluster_stars, cluster_stars_near, separation_deg
from hostsim.sky.deepsky import CLUSTERS, Cluster
from hostsim.sky.stars import FAINTEST_MAG


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: cluster.name)
def test_stars_of_a_cluster_add_up_to_its_magnitude(cluster: Cluster) -> None:
    """All stars together are as bright as the cluster, one as its brightest, none too faint."""
    magnitude = cluster_stars(cluster).magnitude
    assert -2.5 * np.log10(np.sum(10.0 ** (-0.4 * magnitude))) == pytest.approx(cluster.magnitude, abs=0.1)
    assert cluster.brightest_mag <= magnitude.min() < cluster.brightest_mag + 1.5
    assert magnitude.max() <= FAINTEST_MAG


def test_half_of_the_light_is_within_the_half_light_radius() -> None:
    """M13's stars crowd to its middle by their published measure."""
    cluster = next(each for each in CLUSTERS if each.name == "M13")
    stars = cluster_stars(cluster)
    away = np.array(
        [
            separation_deg(cluster.ra_deg, cluster.dec_deg, place=place)
            for place in zip(stars.ra_deg, stars.dec_deg, strict=True)
        ]
    )
    inside = np.mean(away < cluster.half_light_arcmin / 60.0)
    assert inside == pytest.approx(0.5, abs=0.03)


def test_clusters_are_found_from_near_only() -> None:
    """M13 is found a degree away by a look that reaches it, and by no other."""
    assert len(cluster_stars_near(250.4, 37.4, radius_deg=1.0)) == 1
    assert cluster_stars_near(250.4, 37.4, radius_deg=0.5) == []


def test_separation() -> None:
    """Angles on the sphere are right over the pole and across 0 hours."""
    assert separation_deg(0.0, 89.0, place=(180.0, 89.0)) == pytest.approx(2.0)
    assert separation_deg(359.5, 0.0, place=(0.5, 0.0)) == pytest.approx(1.0)
