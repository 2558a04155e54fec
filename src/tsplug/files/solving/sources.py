"""Star catalogues as users have them: Tycho-2 as published, tables with a heading, FITS tables, or one of our own."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tsplug.errors import InputError
from tsplug.files.solving.catalogue import MAGIC, CatalogueFacts, StarCatalogueFile, write_catalogue
from tsplug.model import SkyStars
from tsplug.model.wording import counted

Floats = NDArray[np.float64]

_GZIP_MAGIC = b"\x1f\x8b"
_YEAR = 2000.0
_MAS_PER_DEG = 3.6e6
_FEWEST = 100
# Some tables count from -180 to 180 degrees.
_LOWEST_RA, _HIGHEST_RA = -180.0, 360.0
_NAMES = {
    "ra": ("ra", "ra_deg", "raj2000", "ra_icrs", "_raj2000", "radeg", "ramdeg"),
    "dec": ("dec", "dec_deg", "dej2000", "de_icrs", "_dej2000", "dedeg", "demdeg"),
    "magnitude": ("mag", "magnitude", "vmag", "vtmag", "gmag", "phot_g_mean_mag", "hpmag", "mag_v", "v"),
    "pm_ra": ("pmra", "pm_ra", "pmra_mas"),
    "pm_dec": ("pmde", "pmdec", "pm_dec", "pmdec_mas"),
}
_WANTED = (
    "columns, named in the first line and parted by commas, tabs or blanks: ra and dec in degrees, mag"
    " (also RAJ2000, DEJ2000, VTmag, Gmag; pmRA and pmDE in mas a year)"
)
# Tycho-2, CDS I/259 (Høg et al. 2000): fields between bars, byte by byte ReadMe.
_TYCHO_BARS = 31
_TYCHO_FIELDS = {"ra": 2, "dec": 3, "pm_ra": 4, "pm_dec": 5, "bt": 17, "vt": 19, "ra_seen": 24, "dec_seen": 25}
_LINES = 50_000
"""How many lines are texts at a time: numbers take a tenth of the memory."""


@dataclass(frozen=True)
class SourceStars:
    """Stars of a source at an epoch, what the source is, and what is to be said of rows that were left out."""

    stars: SkyStars
    source: str
    left_out: str = ""


def read_source(file: Path, *, epoch: float) -> SourceStars:
    """Return the stars of a file, moved to an epoch where it tells how they move.

    Raises:
        InputError: it cannot be read, or holds no stars; with what is accepted.
    """
    try:
        with file.open("rb") as stream:
            start = stream.read(len(MAGIC))
        if start == MAGIC:
            return _own(file)
        if start.startswith(b"SIMPLE"):
            return _checked(file, _fits(file), epoch=epoch, source=f"FITS table {file.name}")
        with _text(file, packed=start.startswith(_GZIP_MAGIC)) as text:
            first = _first_line(text)
            if first.count("|") >= _TYCHO_BARS:
                return _checked(file, _tycho([first], text), epoch=epoch, source=f"Tycho-2 {file.name}")
            return _checked(file, _table(first, text), epoch=epoch, source=f"table {file.name}")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error, ValueError, EOFError, zlib.error) as error:
        raise InputError(f"{file}: is no star catalogue ({error}): give Tycho-2, or a table of {_WANTED}") from error


def install(
    file: Path, place: Path, *, epoch: float, faintest: float | None = None, tell: Callable[[str], None] | None = None
) -> CatalogueFacts:
    """Make a catalogue at a place of a file of stars; ``faintest`` leaves fainter ones out.

    ``tell`` is told of rows that hold no star.

    Raises:
        InputError: the file is no catalogue, or the place cannot be written.
    """
    read = read_source(file, epoch=epoch)
    stars = read.stars
    kept = np.full(stars.magnitude.size, True) if faintest is None else stars.magnitude <= faintest
    if np.count_nonzero(kept) < _FEWEST:
        raise InputError(f"{file}: holds {counted(int(np.count_nonzero(kept)), 'star')} down to magnitude {faintest}")
    if read.left_out and tell is not None:
        tell(f"{file}: {read.left_out}")
    stars = SkyStars(stars.ra_deg[kept], stars.dec_deg[kept], stars.magnitude[kept])
    return write_catalogue(place, stars, source=read.source, epoch=epoch)


Columns = dict[str, Floats]


def _own(file: Path) -> SourceStars:
    catalogue = StarCatalogueFile(file)
    return SourceStars(catalogue.near(0.0, 0.0, radius_deg=180.0), catalogue.facts.source)


def _text(file: Path, *, packed: bool) -> io.TextIOWrapper:
    stream = gzip.open(file) if packed else file.open("rb")  # noqa: SIM115 - closed by who reads the text
    return io.TextIOWrapper(stream, encoding="utf-8")


def _first_line(text: io.TextIOWrapper) -> str:
    """Return the line that names the columns, or the first star: what is said before them is passed over."""
    line = text.readline()
    while line and (not line.strip() or (line.lstrip("\ufeff").startswith("#") and not _names_a_place(line))):
        line = text.readline()
    return line


def _names_a_place(line: str) -> bool:
    heading, _ = _heading(line)
    return all(_place(heading, _NAMES[name]) is not None for name in ("ra", "dec"))


def _heading(line: str) -> tuple[list[str], str | None]:
    """Return the names of columns, and what parts them: None for blanks."""
    commonest = max(",;\t|", key=line.count)
    separator = commonest if commonest in line else None
    return [name.strip().strip('"').lower() for name in line.lstrip("#\ufeff").split(separator)], separator


def _checked(file: Path, columns: Columns, *, epoch: float, source: str) -> SourceStars:
    """Return stars that are somewhere, at an epoch."""
    ra, dec, magnitude = (columns[name] for name in ("ra", "dec", "magnitude"))
    good = np.isfinite(magnitude) & (abs(dec) <= 90.0) & (ra >= _LOWEST_RA) & (ra <= _HIGHEST_RA)
    left_out = _left_out(good)
    if np.count_nonzero(good) < _FEWEST:
        few = f"holds {counted(int(np.count_nonzero(good)), 'star')}, and no sky has fewer than {_FEWEST}"
        raise InputError(f"{file}: {few}{left_out and f' ({left_out})'}")
    years = epoch - _YEAR
    motion = [np.nan_to_num(columns.get(name, np.zeros(ra.size))) for name in ("pm_ra", "pm_dec")]
    dec_now = np.clip(dec + motion[1] * years / _MAS_PER_DEG, -90.0, 90.0)
    ra_now = ra + motion[0] * years / _MAS_PER_DEG / np.maximum(np.cos(np.radians(dec)), 1e-6)
    return SourceStars(SkyStars(ra_now[good], dec_now[good], magnitude[good]), source, left_out)


def _left_out(good: NDArray[np.bool_]) -> str:
    """Return how many rows hold no star, and which is the first; empty where all do."""
    bad = np.flatnonzero(~good)
    if not bad.size:
        return ""
    what = "without right ascension and declination in degrees and a magnitude"
    return f"{counted(bad.size, 'row')} of {good.size} left out as {what}: the first is row {bad[0] + 1}"


def _tycho(first: Sequence[str], more: Iterable[str]) -> Columns:
    """Return the columns of Tycho-2: mean places of J2000, else those seen; VT, else BT."""
    lines = (line for line in chain(first, more) if line.strip())
    rows = (_tycho_row(line.split("|"), number=number) for number, line in enumerate(lines, 1))
    table = _joined(rows, width=len(_TYCHO_FIELDS))
    columns = dict(zip(_TYCHO_FIELDS, table, strict=True))
    columns["ra"] = np.where(np.isnan(columns["ra"]), columns["ra_seen"], columns["ra"])
    columns["dec"] = np.where(np.isnan(columns["dec"]), columns["dec_seen"], columns["dec"])
    columns["magnitude"] = np.where(np.isnan(columns["vt"]), columns["bt"], columns["vt"])
    return columns


def _tycho_row(fields: Sequence[str], *, number: int) -> list[float]:
    if len(fields) <= _TYCHO_BARS:
        raise ValueError(f"line {number} has {len(fields)} of {_TYCHO_BARS + 1} fields: the file is cut off")
    return [float(fields[place].strip() or "nan") for place in _TYCHO_FIELDS.values()]


def _table(first: str, text: Iterator[str]) -> Columns:
    """Return the columns of a table whose first line names them, parted by commas, semicolons, tabs, bars or blanks."""
    heading, separator = _heading(first)
    places = {name: _place(heading, names) for name, names in _NAMES.items()}
    missing = [name for name in ("ra", "dec", "magnitude") if places[name] is None]
    if missing:
        raise ValueError(f"no column {', '.join(missing)} in its first line")
    chosen = {name: place for name, place in places.items() if place is not None}
    lines: Iterable[list[str]] = csv.reader(text, delimiter=separator) if separator else (line.split() for line in text)
    rows = (
        [_number(row[place]) if place < len(row) else float("nan") for place in chosen.values()]
        for row in lines
        if any(row) and not row[0].startswith("#")
    )
    return dict(zip(chosen, _joined(rows, width=len(chosen)), strict=True))


def _joined(rows: Iterable[list[float]], *, width: int) -> Floats:
    """Return rows as columns, a part of them at a time."""
    waiting, parts = iter(rows), []
    while part := list(islice(waiting, _LINES)):
        parts.append(np.array(part, dtype=np.float64))
    return np.concatenate(parts).T if parts else np.zeros((width, 0))


def _fits(file: Path) -> Columns:
    from astropy.io import fits

    with fits.open(file) as opened:
        for part in opened[1:]:
            names = [name.lower() for name in getattr(getattr(part, "columns", None), "names", [])]
            places = {name: _place(names, known) for name, known in _NAMES.items()}
            if None not in (places["ra"], places["dec"], places["magnitude"]):
                chosen = {name: place for name, place in places.items() if place is not None}
                return {name: np.asarray(part.data.field(place), np.float64) for name, place in chosen.items()}
    raise ValueError("none of its tables has such columns")


def _place(heading: Sequence[str], names: Sequence[str]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
