"""A catalogue of stars as tsplug keeps it: one file that is looked up by place without being read as a whole.

A line of text, one of JSON, then columns, each at a multiple of 64 bytes: for each of 360 bands of half a degree of
declination where its stars begin (``<u4``, 361 of them); for each star, band by band in order of right ascension, its
right ascension (``<u4``, the turn in 2^32 steps), its place in the band (``<u2``, 0.03 arcsec) and its magnitude
(``u1``, tenths from -2 on). That is 7 bytes a star: 17 MB for two and a half million.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsplug.errors import FileError
from tsplug.files.placing import placed
from tsplug.imaging.astrometry.sky_plane import separations_deg
from tsplug.model import SkyStars

Floats = NDArray[np.float64]

MAGIC = b"tsplug star catalogue 1\n"
BANDS = 360
_BAND_DEG = 180.0 / BANDS
_RA_STEPS, _DEC_STEPS = 2.0**32 / 360.0, 65_536.0 / _BAND_DEG
_MAG_STEP, _BRIGHTEST = 0.1, -2.0
_ALIGNED = 64
_LONGEST_HEAD = 4096
_COLUMNS = (("starts", "<u4"), ("ra", "<u4"), ("dec", "<u2"), ("magnitude", "u1"))


@dataclass(frozen=True)
class CatalogueFacts:
    """What a catalogue says of itself: what it was made of, how many stars, how faint they are, and their epoch."""

    source: str
    stars: int
    faintest: float
    epoch: float


def write_catalogue(file: Path, stars: SkyStars, *, source: str, epoch: float, force: bool = True) -> CatalogueFacts:
    """Write stars as a catalogue, which appears under its name when it is whole.

    Raises:
        InputError: it cannot be written.
    """
    band = np.clip(((stars.dec_deg + 90.0) / _BAND_DEG).astype(np.int64), 0, BANDS - 1)
    ra = (np.rint(np.mod(stars.ra_deg, 360.0) * _RA_STEPS).astype(np.int64) % 2**32).astype("<u4")
    order = np.lexsort((ra, band))
    within = (stars.dec_deg + 90.0 - band * _BAND_DEG) * _DEC_STEPS
    facts = CatalogueFacts(source, int(order.size), round(float(stars.magnitude.max(initial=_BRIGHTEST)), 2), epoch)
    columns = {
        "starts": np.searchsorted(band[order], np.arange(BANDS + 1)).astype("<u4"),
        "ra": ra[order],
        "dec": np.clip(np.rint(within), 0, 65_535).astype("<u2")[order],
        "magnitude": np.clip(np.rint((stars.magnitude - _BRIGHTEST) / _MAG_STEP), 0, 255).astype("u1")[order],
    }
    head = MAGIC + json.dumps(facts.__dict__).encode() + b"\n"
    with placed(file, force=force) as place, place.open("wb") as stream:
        stream.write(head)
        for name, _ in _COLUMNS:
            stream.write(b"\0" * (-stream.tell() % _ALIGNED))
            stream.write(columns[name].tobytes())
    return facts


class StarCatalogueFile:
    """Stars of a catalogue's file; opened at the first look."""

    def __init__(self, file: Path) -> None:
        """Take the file."""
        self._file = file

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return the stars within a radius of a place, brightest first; see `tsplug.ports.StarCatalogue`."""
        columns = self._columns
        first = max(0, int((dec_deg - radius_deg + 90.0) / _BAND_DEG))
        last = min(BANDS - 1, int((dec_deg + radius_deg + 90.0) / _BAND_DEG))
        parts = [
            self._of_band(band, ra_deg, half_deg=_half_width_deg(dec_deg, radius_deg))
            for band in range(first, last + 1)
        ]
        rows = np.concatenate([part for band in parts for part in band]) if parts else np.zeros(0, np.int64)
        bands = np.searchsorted(columns["starts"], rows, side="right") - 1
        ra = columns["ra"][rows] / _RA_STEPS
        dec = bands * _BAND_DEG - 90.0 + columns["dec"][rows] / _DEC_STEPS
        near = separations_deg(ra, dec, centre=(ra_deg, dec_deg)) <= radius_deg
        magnitude = columns["magnitude"][rows[near]] * _MAG_STEP + _BRIGHTEST
        order = np.argsort(magnitude, kind="stable")
        return SkyStars(ra[near][order], dec[near][order], magnitude[order])

    @property
    def facts(self) -> CatalogueFacts:
        """Return what the catalogue says of itself.

        Raises:
            FileError: it cannot be read, or is none.
        """
        return self._opened[0]

    @property
    def _columns(self) -> dict[str, NDArray[Any]]:
        return self._opened[1]

    @cached_property
    def _opened(self) -> tuple[CatalogueFacts, dict[str, NDArray[Any]]]:
        try:
            with self._file.open("rb") as stream:
                head = stream.read(_LONGEST_HEAD)
            if not head.startswith(MAGIC):
                raise FileError(
                    f"{self._file}: is no star catalogue of tsplug: tsplug catalogue install FILE makes one"
                )
            text = head[len(MAGIC) :].split(b"\n", 1)[0]
            facts = CatalogueFacts(**json.loads(text))
            return facts, self._mapped(len(MAGIC) + len(text) + 1, stars=facts.stars)
        except (OSError, ValueError, TypeError) as error:
            told = getattr(error, "strerror", None) or "it is damaged or cut off; install it again"
            raise FileError(f"{self._file}: the star catalogue cannot be read: {told}") from error

    def _mapped(self, offset: int, *, stars: int) -> dict[str, NDArray[Any]]:
        columns: dict[str, NDArray[Any]] = {}
        for name, kind in _COLUMNS:
            offset += -offset % _ALIGNED
            count = BANDS + 1 if name == "starts" else stars
            columns[name] = np.memmap(self._file, dtype=kind, mode="r", offset=offset, shape=(count,))
            offset += columns[name].nbytes
        return columns

    def _of_band(self, band: int, ra_deg: float, *, half_deg: float) -> Iterable[NDArray[np.int64]]:
        """Yield the rows of a band within some right ascension, in two parts where that passes through zero."""
        start, end = (int(self._columns["starts"][each]) for each in (band, band + 1))
        if half_deg >= 180.0:
            yield np.arange(start, end)
            return
        ra = self._columns["ra"][start:end]
        low, high = (ra_deg - half_deg) % 360.0, (ra_deg + half_deg) % 360.0
        for left, right in ((low, high),) if low <= high else ((low, 360.0), (0.0, high)):
            steps = [min(round(each * _RA_STEPS), 2**32 - 1) for each in (left, right)]
            yield np.arange(start + np.searchsorted(ra, steps[0]), start + np.searchsorted(ra, steps[1], side="right"))


class InstalledCatalogue:
    """The catalogue at a place, which may be installed, or another one in its stead, while a process lives."""

    def __init__(self, place: Path) -> None:
        """Take the place; nothing need be there."""
        self._place = place
        self._opened: tuple[tuple[int, ...], StarCatalogueFile] | None = None

    def __call__(self) -> StarCatalogueFile | None:
        """Return the catalogue that is there now; None where none is."""
        try:
            status = self._place.stat()
        except OSError:
            return None
        mark = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if self._opened is None or self._opened[0] != mark:
            self._opened = mark, StarCatalogueFile(self._place)
        return self._opened[1]


def _half_width_deg(dec_deg: float, radius_deg: float) -> float:
    """Return how far a circle reaches in right ascension; all around where it holds a pole."""
    if abs(dec_deg) + radius_deg >= 89.5:
        return 180.0
    sine = np.sin(np.radians(radius_deg)) / np.cos(np.radians(dec_deg))
    return float(np.degrees(np.arcsin(min(1.0, sine)))) + 0.01
