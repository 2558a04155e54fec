"""The stars of a field: real ones as far as the catalogue goes, beyond it stars made by their position.

Down to the catalogue's limit every star is real. Fainter stars that the catalogue lacks are drawn cell by cell of the
sky from generators seeded by the cell alone, so that the same field shows the same stars, whatever the seed of the
night. Real and made stars together follow the published counts of stars by magnitude and galactic latitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np

from hostsim.sky.brightstars import bright_stars
from hostsim.sky.cells import cell_bounds, cells_near, every_cell
from hostsim.sky.clusters import cluster_stars, cluster_stars_near, clusters_near
from hostsim.sky.deepsky import CLUSTERS
from hostsim.sky.randomness import stream
from hostsim.sky.starcounts import named_fraction, sine_of_latitude, stars_per_deg2, survey_limit_mag
from hostsim.sky.startable import StarTable

__all__ = ["FAINTEST_MAG", "StarTable", "all_stars", "stars_near"]

FAINTEST_MAG = 20.0

_SKY_SEED = 20_000_101
# Made stars come in layers, each drawn only when a look goes deep enough.
_LAYERS_MAG = (14.0, 16.5, 18.0, 19.0, FAINTEST_MAG)
_STEP_MAG = 0.25


def stars_near(ra_deg: float, dec_deg: float, *, radius_deg: float, faintest_mag: float = FAINTEST_MAG) -> StarTable:
    """Return every star of the cells that touch a circle, so some lie a little outside it.

    Positions are ICRS at epoch J2000.0: `StarTable.moved` brings them to another. No star is fainter than
    ``faintest_mag``; a look that needs no faint stars is quicker for saying so.
    """
    parts = cluster_stars_near(ra_deg, dec_deg, radius_deg=radius_deg)
    for band, index in cells_near(ra_deg, dec_deg, radius_deg=radius_deg):
        parts.extend(_of_cell(band, index, faintest_mag=faintest_mag))
    return _down_to(faintest_mag, StarTable.joined(parts))


def all_stars(
    places: Sequence[tuple[float, float]] = (), *, radius_deg: float = 180.0, faintest_mag: float
) -> Iterator[StarTable]:
    """Yield every star of the sky, or of the cells around some places, each once, a band of declination at a time.

    Args:
        places: right ascension and declination in degrees; none is the whole sky.
        radius_deg: how far around each.
        faintest_mag: no star is fainter.
    """
    cells, clusters = every_cell(), list(CLUSTERS)
    if places:
        around = [cells_near(*place, radius_deg=radius_deg) for place in places]
        cells = sorted({cell for each in around for cell in each})
        reaching = {cluster.name for place in places for cluster in clusters_near(*place, radius_deg=radius_deg)}
        clusters = [cluster for cluster in CLUSTERS if cluster.name in reaching]
    for cluster in clusters:
        yield _down_to(faintest_mag, cluster_stars(cluster))
    for _, band in groupby(cells, key=lambda cell: cell[0]):
        parts = [part for cell in band for part in _of_cell(*cell, faintest_mag=faintest_mag)]
        yield _down_to(faintest_mag, StarTable.joined(parts))


def _of_cell(band: int, index: int, *, faintest_mag: float) -> list[StarTable]:
    """Return the real and the made stars of a cell in all layers that reach so deep, a little deeper included."""
    layers = [layer for layer in range(len(_LAYERS_MAG)) if layer == 0 or _LAYERS_MAG[layer - 1] < faintest_mag]
    return [bright_stars(band, index), *(_made(band, index, layer=layer) for layer in layers)]


def _down_to(faintest_mag: float, table: StarTable) -> StarTable:
    return table if faintest_mag >= FAINTEST_MAG else table.keep(table.magnitude <= faintest_mag)


@lru_cache(maxsize=512)
def _made(band: int, index: int, *, layer: int) -> StarTable:
    """Return the made stars of one cell between two magnitudes."""
    rng = stream(_SKY_SEED, "stars", band, index, layer)
    ra_low, ra_high, dec_low, dec_high = cell_bounds(band, index)
    sine_low, sine_high = math.sin(math.radians(dec_low)), math.sin(math.radians(dec_high))
    area_deg2 = (ra_high - ra_low) * math.degrees(sine_high - sine_low)
    latitude = sine_of_latitude((ra_low + ra_high) / 2.0, (dec_low + dec_high) / 2.0)
    brightest = survey_limit_mag(latitude) if layer == 0 else _LAYERS_MAG[layer - 1]
    edges = np.linspace(brightest, _LAYERS_MAG[layer], math.ceil((_LAYERS_MAG[layer] - brightest) / _STEP_MAG) + 1)
    counts = stars_per_deg2(edges, latitude) * area_deg2
    number = int(rng.poisson(counts[-1] - counts[0]))
    log_rank = np.log(rng.uniform(counts[0], counts[-1], number))
    magnitude = np.interp(log_rank, np.log(counts), edges)
    missing = magnitude[rng.random(number) >= named_fraction(magnitude, latitude)]
    return StarTable.unmoving(
        (
            rng.uniform(ra_low, ra_high, missing.size),
            np.degrees(np.arcsin(rng.uniform(sine_low, sine_high, missing.size))),
        ),
        magnitude=missing,
        colour=np.clip(rng.normal(0.75, 0.35, missing.size), -0.3, 2.0),
    )
