"""Star catalogues on disk, and what they are made of."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.errors import FileError, InputError
from tsplug.files.solving.catalogue import StarCatalogueFile, write_catalogue
from tsplug.files.solving.sources import install
from tsplug.imaging.astrometry.sky_plane import separation_deg, separations_deg
from tsplug.model import SkyStars


def whole_sky(count: int = 20_000) -> SkyStars:
    """Return stars over the whole sky."""
    rng = np.random.default_rng(5)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return SkyStars(rng.uniform(0, 360, count), dec, rng.uniform(-1.4, 12, count))


@pytest.mark.parametrize(
    "place",
    [(0.05, 0.0), (359.95, -33.0), (180.0, 89.7), (12.0, -90.0), (83.8, -5.4)],
    ids=["zero", "below zero", "near the pole", "pole", "anywhere"],
)
def test_all_stars_near_a_place_are_found(tmp_path: Path, place: tuple[float, float]) -> None:
    """Across zero hours and over a pole, brightest first, to a fraction of an arcsecond and a tenth of a magnitude."""
    stars, file = whole_sky(), tmp_path / "stars"
    write_catalogue(file, stars, source="test", epoch=2026.0)
    found = StarCatalogueFile(file).near(*place, radius_deg=4.0)
    inside = separations_deg(stars.ra_deg, stars.dec_deg, centre=place) <= 4.0
    assert found.ra_deg.size == np.count_nonzero(inside) > 5
    assert (np.diff(found.magnitude) >= 0).all()
    nearest = [
        min(separation_deg((ra, dec), other) for other in zip(stars.ra_deg[inside], stars.dec_deg[inside], strict=True))
        for ra, dec in zip(found.ra_deg, found.dec_deg, strict=True)
    ]
    assert max(nearest) * 3600.0 < 0.1


def test_a_star_takes_seven_bytes(tmp_path: Path) -> None:
    """So two and a half million of them take 17 MB."""
    write_catalogue(tmp_path / "stars", whole_sky(), source="test", epoch=2026.0)
    assert (tmp_path / "stars").stat().st_size < 7 * 20_000 + 3000


@pytest.mark.parametrize("spoil", ["text", "cut", "gone", "head"])
def test_a_damaged_catalogue_is_one_line(tmp_path: Path, spoil: str) -> None:
    """The message says what to do."""
    file = tmp_path / "stars"
    write_catalogue(file, whole_sky(), source="test", epoch=2026.0)
    content = file.read_bytes()
    if spoil == "gone":
        file.unlink()
    else:
        bad = {"text": b"no catalogue", "cut": content[:5000], "head": content.replace(b'"stars"', b'"sturs"')}
        file.write_bytes(bad[spoil])
    with pytest.raises(FileError, match=r"is no star catalogue|install it again|No such file"):
        StarCatalogueFile(file).near(0.0, 0.0, radius_deg=1.0)


def tycho_line(ra: str, dec: str, *, vt: str = "11.000", pm: tuple[str, str] = ("1000.0", "-500.0")) -> str:
    """Return a line of Tycho-2 (CDS I/259): 32 fields between bars; without a mean place only the seen one."""
    fields = ["0001 00008 1", "P" if ra else "X", ra, dec, *pm, *[""] * 11, "12.146", "0.158", vt, "0.223", "999"]
    return "|".join([*fields, " ", "", "  2.31754222", "  2.23186444", *[""] * 6]) + "\n"


def test_tycho_2_is_moved_to_the_year(tmp_path: Path) -> None:
    """Mean places move; a star without one stands where it was seen; one without VT has BT."""
    lines = [
        tycho_line("  10.00000000", "  60.00000000"),
        tycho_line("", "", pm=("", "")),
        tycho_line("20", "5", vt=""),
    ]
    lines += [tycho_line(f"{100 + number}", f"{-number / 2}") for number in range(120)]
    with gzip.open(tmp_path / "tyc2.dat.gz", "wt") as stream:
        stream.writelines(lines)
    facts = install(tmp_path / "tyc2.dat.gz", tmp_path / "stars", epoch=2026.0)
    assert (facts.stars, facts.source) == (123, "Tycho-2 tyc2.dat.gz")
    catalogue = StarCatalogueFile(tmp_path / "stars")
    moved = catalogue.near(10.0, 60.0, radius_deg=0.1)
    assert moved.ra_deg[0] == pytest.approx(10.0 + 0.026 / 3.6 / 0.5, abs=2e-5)
    assert moved.dec_deg[0] == pytest.approx(60.0 - 0.013 / 3.6, abs=2e-5)
    assert catalogue.near(2.3175, 2.2319, radius_deg=0.01).ra_deg.size == 1
    assert catalogue.near(20.0, 5.0, radius_deg=0.1).magnitude[0] == pytest.approx(12.1)


@pytest.mark.parametrize("form", ["csv", "tsv", "fits", "own"])
def test_tables_and_our_own_are_taken(tmp_path: Path, form: str) -> None:
    """Columns go by their usual names, in any order; fainter stars are left out on demand."""
    stars, file = whole_sky(2000), tmp_path / f"stars.{form}"
    columns = {"Vmag": stars.magnitude, "RAJ2000": stars.ra_deg, "DEJ2000": stars.dec_deg, "name": np.arange(2000)}
    if form == "fits":
        table = [fits.Column(name, "D", array=values) for name, values in columns.items()]
        fits.BinTableHDU.from_columns(table).writeto(file)
    elif form == "own":
        write_catalogue(file, stars, source="test", epoch=2026.0)
    else:
        separator = {"csv": ",", "tsv": "\t"}[form]
        rows = [
            separator.join(columns),
            *(separator.join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        file.write_text("\n".join([*rows, separator.join(["", "x", "1", "2"])]) + "\n")
    facts = install(file, tmp_path / "made", epoch=2026.0, faintest=10.0)
    assert facts.stars == pytest.approx(np.count_nonzero(stars.magnitude <= 10.0), abs=10)
    assert facts.faintest <= 10.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"ra,dec,mag\n1,2,3\n", "holds 1 stars"),
        (b"a,b,c\n1,2,3\n", "no column ra, dec, magnitude in its first line"),
        (b"\xff\xfe\x00binary\x00", "is no star catalogue"),
        (b"", "no column"),
        (b"\x1f\x8bcut", "is no star catalogue|cannot be read"),
        (b"SIMPLE  = nonsense", "is no star catalogue|cannot be read"),
    ],
    ids=["one star", "other columns", "binary", "empty", "cut gzip", "cut FITS"],
)
def test_what_is_no_catalogue_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """The message says what is accepted, and nothing is installed."""
    (tmp_path / "stars.csv").write_bytes(content)
    with pytest.raises(InputError, match=told):
        install(tmp_path / "stars.csv", tmp_path / "made", epoch=2026.0)
    assert not (tmp_path / "made").exists()
