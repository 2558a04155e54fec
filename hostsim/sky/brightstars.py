"""The real stars: the Hipparcos catalogue as it ships with the package, found by cell of the sky."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from hostsim.sky.catalogue import DEGREES_PER_STEP
from hostsim.sky.cells import CellIndex
from hostsim.sky.startable import StarTable

CATALOGUE = Path(__file__).parent / "data" / "hipparcos.npz"


def bright_stars(band: int, index: int) -> StarTable:
    """Return the catalogue's stars in one cell of the sky at epoch J2000.0, none or a few."""
    table, cells = _loaded()
    return table.keep(cells.rows(band, index))


def all_bright_stars() -> StarTable:
    """Return the whole catalogue, 117 955 stars, at epoch J2000.0."""
    return _loaded()[0]


@cache
def _loaded() -> tuple[StarTable, CellIndex]:
    """Read the catalogue at the first look at the sky, not at import."""
    with np.load(CATALOGUE, allow_pickle=False) as file:
        ra_deg, dec_deg = file["ra"] * DEGREES_PER_STEP, file["dec"] * DEGREES_PER_STEP
        table = StarTable(
            ra_deg,
            dec_deg,
            magnitude=file["v_mmag"] / 1000.0,
            colour=file["colour_mmag"] / 1000.0,
            pm_ra_mas=file["pm_ra"].astype(np.float64),
            pm_dec_mas=file["pm_dec"].astype(np.float64),
            hip=file["hip"].astype(np.int64),
        )
    cells = CellIndex(ra_deg, dec_deg)
    return table.keep(cells.order), cells
