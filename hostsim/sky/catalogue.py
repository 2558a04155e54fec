"""Make the shipped star catalogue from its source: ``python -m hostsim.sky.catalogue hip2.dat OUT.npz``.

The source is Hipparcos, the New Reduction (van Leeuwen 2007, A&A 474, 653; CDS catalogue I/311, file hip2.dat); the
page beside the data says where to get it. The same source gives the same file, byte by byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[np.generic]]

DEGREES_PER_STEP = 360.0 / 2**32
_YEARS_TO_J2000 = 2000.0 - 1991.25
_MAS_PER_RADIAN = np.degrees(1.0) * 3.6e6
_FIELDS = {"hip": 0, "ra": 4, "dec": 5, "pm_ra": 7, "pm_dec": 8, "hp": 19, "colour": 23}
# Hp of Sirius is spoilt by its brightness: V from the Hipparcos main catalogue (ESA 1997, field H5).
_MEASURED_V = {32349: -1.44}
_BLUEST, _REDDEST = -0.4, 2.5


def read_source(path: Path) -> Columns:
    """Return the columns of hip2.dat that are shipped, at epoch J2000.0 and as whole numbers.

    ``ra`` and ``dec`` count steps of `DEGREES_PER_STEP` (0.3 mas), ``v_mmag`` and ``colour_mmag`` (B-V) are
    thousandths of a magnitude, ``pm_ra`` (times cos dec) and ``pm_dec`` milliarcseconds a year.
    """
    rows = np.loadtxt(path, usecols=tuple(_FIELDS.values()), ndmin=2)
    field = dict(zip(_FIELDS, rows.T, strict=True))
    ra, dec = _moved(field)
    colour = np.clip(field["colour"], _BLUEST, _REDDEST)
    v_mag = visual_magnitude(field["hp"], colour)
    for hip, measured in _MEASURED_V.items():
        v_mag[field["hip"] == hip] = measured
    return {
        "hip": field["hip"].astype("<u4"),
        "ra": (np.rint(np.degrees(ra) / DEGREES_PER_STEP) % 2**32).astype("<u4"),
        "dec": np.rint(np.degrees(dec) / DEGREES_PER_STEP).astype("<i4"),
        "v_mmag": np.rint(v_mag * 1000.0).astype("<i2"),
        "colour_mmag": np.rint(colour * 1000.0).astype("<i2"),
        "pm_ra": np.rint(field["pm_ra"]).astype("<i2"),
        "pm_dec": np.rint(field["pm_dec"]).astype("<i2"),
    }


def visual_magnitude(hp_mag: NDArray[np.float64], colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Johnson V of Hipparcos magnitudes and B-V, good to about 0.02 magnitudes except for very red stars.

    Formula: Harmanec 1998 (A&A 335, 173), without its small U-B term.
    """
    return hp_mag - (0.2964 * colour - 0.1110 * colour**2 - 0.0157 * colour**3 - 0.0072)


def _moved(field: dict[str, NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions moved from the catalogue's epoch 1991.25 to 2000.0, in radians."""
    dec = field["dec"] + field["pm_dec"] * _YEARS_TO_J2000 / _MAS_PER_RADIAN
    return field["ra"] + field["pm_ra"] * _YEARS_TO_J2000 / _MAS_PER_RADIAN / np.cos(field["dec"]), dec


def write(columns: Columns, path: Path) -> None:
    """Write the columns as a compressed npz."""
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **columns)


if __name__ == "__main__":
    write(read_source(Path(sys.argv[1])), Path(sys.argv[2]))
