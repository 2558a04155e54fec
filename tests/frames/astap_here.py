"""Whether ASTAP and a database of its stars are on this machine, and a frame of real stars for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from hostsim.sky.stars import stars_near

WIDTH, HEIGHT, SCALE_ARCSEC = 1200, 900, 12.0
RA_DEG, DEC_DEG = 56.75, 24.12
"""The Pleiades, whose stars hostsim has from Hipparcos: ASTAP knows real ones only."""

_FAINTEST, _FWHM_PX = 10.5, 2.6
_FOLDERS = ("/opt/astap", "/usr/share/astap/data", "/usr/local/opt/astap", "~/astap")
_DATABASES = ("*.1476", "*.290", "w08*.001")


def astap_here() -> tuple[str, str] | None:
    """Return the program and the folder of its database; None where there are not both.

    ``TSPLUG_ASTAP`` and ``TSPLUG_ASTAP_DATABASE`` name them where they lie elsewhere.
    """
    program = os.environ.get("TSPLUG_ASTAP") or shutil.which("astap_cli") or shutil.which("astap")
    if not program or not Path(program).exists():
        return None
    named = os.environ.get("TSPLUG_ASTAP_DATABASE")
    folders = [named] if named else [str(Path(program).resolve().parent), *_FOLDERS]
    there = (Path(folder).expanduser() for folder in folders)
    database = next((folder for folder in there if any(any(folder.glob(each)) for each in _DATABASES)), None)
    return None if database is None else (program, str(database))


def real_stars(file: Path, *, seed: int = 1) -> Path:
    """Write a frame of real stars, its middle at the place above and north up, and return it."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix = [RA_DEG, DEC_DEG], [(WIDTH + 1) / 2, (HEIGHT + 1) / 2]
    wcs.wcs.cdelt = [-SCALE_ARCSEC / 3600.0, SCALE_ARCSEC / 3600.0]
    table = stars_near(RA_DEG, DEC_DEG, radius_deg=3.0, faintest_mag=_FAINTEST).moved(26.2)
    real = table.hip != 0
    x, y = wcs.world_to_pixel_values(table.ra_deg[real], table.dec_deg[real])
    frame = np.random.default_rng(seed).normal(1000.0, 10.0, (HEIGHT, WIDTH))
    for column, row, magnitude in zip(x, y, table.magnitude[real], strict=True):
        if 8 < column < WIDTH - 8 and 8 < row < HEIGHT - 8:
            _add_star(frame, column, row=row, peak=60.0 * 10.0 ** (0.4 * (_FAINTEST + 1.5 - magnitude)))
    fits.PrimaryHDU(np.clip(frame, 0, 65_535).astype(np.uint16)).writeto(file)
    return file


def _add_star(frame: np.ndarray, column: float, *, row: float, peak: float) -> None:
    left, top = round(column) - 7, round(row) - 7
    rows, columns = np.mgrid[top : top + 15, left : left + 15]
    squared = (rows - row) ** 2 + (columns - column) ** 2
    frame[top : top + 15, left : left + 15] += peak * np.exp(-4.0 * np.log(2.0) * squared / _FWHM_PX**2)
