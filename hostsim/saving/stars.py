"""Writes stars as a FITS table, the way star catalogues are published."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from astropy.io import fits

from hostsim.sky.startable import StarTable
from tsplug import FileError

_ROW = np.dtype([("RAJ2000", ">f8"), ("DEJ2000", ">f8"), ("Vmag", ">f4"), ("pmRA", ">f4"), ("pmDE", ">f4")])
_UNITS = {"RAJ2000": "deg", "DEJ2000": "deg", "Vmag": "mag", "pmRA": "mas/yr", "pmDE": "mas/yr"}


def write_stars(tables: Iterable[StarTable], file: Path) -> int:
    """Write stars as a table of columns RAJ2000, DEJ2000, Vmag, pmRA and pmDE, and return how many there are.

    Places are ICRS at epoch J2000.0; pmRA is times cos dec. The name appears when the file is whole, and one that is
    there is replaced.

    Raises:
        FileError: it cannot be written.
    """
    rows = np.concatenate([_rows(table) for table in tables])
    hdu = fits.BinTableHDU(rows, name="STARS")
    for column, unit in _UNITS.items():
        hdu.columns[column].unit = unit
    part = file.with_name(f".{file.name[:80]}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(stream, checksum=True)
        part.replace(file)
    except OSError as error:
        raise FileError(f"{file}: the stars cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return int(rows.size)


def _rows(table: StarTable) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    rows = np.zeros(table.magnitude.size, _ROW)
    values = (table.ra_deg, table.dec_deg, table.magnitude, table.pm_ra_mas, table.pm_dec_mas)
    for name, column in zip(_UNITS, values, strict=True):
        rows[name] = column
    return rows
