"""Star catalogues on disk, and what they are made of."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tsplug.errors import FileError, InputError
from tsplug.files.solving.catalogue import InstalledCatalogue, StarCatalogueFile, write_catalogue
from tsplug.files.solving.sources import install
from tsplug.imaging.astrometry.sky_plane import separation_deg, separations_deg
from tsplug.model import SkyStars

ROTTEN_GZIP = gzip.compress(b"ra,dec,mag\n" + b"1,2,3\n" * 999)[:12] + b"\xff" * 40


def whole_sky(count: int = 20_000) -> SkyStars:
    """Return stars over the whole sky."""
    rng = np.random.default_rng(5)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return SkyStars(rng.uniform(0, 360, count), dec, rng.uniform(-1.4, 12, count))


def test_a_catalogue_that_is_installed_while_a_worker_runs_is_seen(tmp_path: Path) -> None:
    """None, then the first, which stays open, then the one in its stead, then none again."""
    place, found = tmp_path / "stars", InstalledCatalogue(tmp_path / "stars")
    assert found() is None
    stars = whole_sky(500)
    write_catalogue(place, stars, source="first", epoch=2026.0)
    first = found()
    assert first is not None
    assert (first.facts.source, found() is first) == ("first", True)
    write_catalogue(place, stars, source="second", epoch=2026.0)
    second = found()
    assert second is not None
    assert second.facts.source == "second"
    place.unlink()
    assert found() is None


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


# The first record of Tycho-2 as it was published, and records made by hand after its byte by byte description (CDS
# I/259): without a mean place (flag X), with VT alone, with BT alone, and one at the end of the circle that moves fast.
TYCHO_RECORDS = """\
0001 00008 1| |  2.31750494|  2.23184345|  -16.3|   -9.0| 68| 73| 1.7| 1.8|1958.89|1951.94| 4|1.0|1.0|0.9|1.0|12.146|0.158|12.146|0.223|999| |         |  2.31754222|  2.23186444|1.67|1.54| 88.0|100.8| |-0.2
0001 00126 1|X|            |            |       |       |   |   |    |    |       |       |  |   |   |   |   |12.506|0.208|11.973|0.165| 18| |         |  1.56420000|  1.90170000|1.31|1.14| 94.0|123.0| | 0.0
0002 00444 1|P| 20.00000000|-45.50000000|    0.0|    0.0|  9| 12| 1.2| 1.2|1990.76|1989.25| 8|1.0|0.8|1.0|0.7|      |     | 8.670|0.015|999|T|    522  | 20.00000000|-45.50000000|1.50|1.60|  9.0| 11.0|D| 0.1
9537 12121 3| |359.99999900| 60.00000000|10000.0|-5000.0|  9| 12| 1.2| 1.2|1990.76|1989.25| 8|1.0|0.8|1.0|0.7| 9.310|0.020|      |     |999|T|  24186AB| 359.9999900| 60.00000000|1.50|1.60|  9.0| 11.0| | 0.1
"""  # noqa: E501 - as published


def tycho(folder: Path, *, ending: str = "\n", cut: int = 0) -> Path:
    """Write these records and some more, packed, as if they were the whole catalogue."""
    lines = TYCHO_RECORDS.splitlines()
    more = [lines[2].replace("20.00000000", f"{100 + number}.00000000") for number in range(120)]
    content = ending.join([*lines, *more, ""])
    file = folder / "tyc2.dat.gz"
    with gzip.open(file, "wt", newline="") as stream:
        stream.write(content[: len(content) - cut])
    return file


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["as mirrored", "as on the disc"])
def test_tycho_2_is_read_as_published(tmp_path: Path, ending: str) -> None:
    """Mean places move to the year; a star without one stands where it was seen; one without VT has BT."""
    facts = install(tycho(tmp_path, ending=ending), tmp_path / "stars", epoch=2026.0)
    assert (facts.stars, facts.source) == (124, "Tycho-2 tyc2.dat.gz")
    catalogue = StarCatalogueFile(tmp_path / "stars")
    expected = [
        (2.31750494 - 0.0163 * 26 / 3600, 2.23184345 - 0.009 * 26 / 3600, 12.1),
        (1.5642, 1.9017, 12.0),
        (20.0, -45.5, 8.7),
        (359.999999 + 10 * 26 / 3600 / 0.5 - 360.0, 60.0 - 5 * 26 / 3600, 9.3),
    ]
    for ra_deg, dec_deg, magnitude in expected:
        found = catalogue.near(ra_deg, dec_deg, radius_deg=0.01)
        assert separation_deg((found.ra_deg[0], found.dec_deg[0]), (ra_deg, dec_deg)) * 3600.0 < 0.05
        assert (found.ra_deg.size, found.magnitude[0]) == (1, pytest.approx(magnitude))


def test_tycho_2_that_is_cut_off_is_told(tmp_path: Path) -> None:
    """Half a download is no catalogue; the line is named."""
    with pytest.raises(InputError, match="line 124 has 24 of 32 fields: the file is cut off"):
        install(tycho(tmp_path, cut=60), tmp_path / "stars", epoch=2026.0)


@pytest.mark.parametrize("form", ["csv", "tsv", "txt", "fits", "own"])
def test_tables_and_our_own_are_taken(tmp_path: Path, form: str) -> None:
    """Columns go by their usual names, in any order; fainter stars are left out on demand."""
    stars, file, separator = whole_sky(2000), tmp_path / f"stars.{form}", ""
    columns = {"Vmag": stars.magnitude, "RAJ2000": stars.ra_deg, "DEJ2000": stars.dec_deg, "name": np.arange(2000)}
    if form == "fits":
        table = [fits.Column(name, "D", array=values) for name, values in columns.items()]
        fits.BinTableHDU.from_columns(table).writeto(file)
    elif form == "own":
        write_catalogue(file, stars, source="test", epoch=2026.0)
    else:
        separator = {"csv": ",", "tsv": "\t", "txt": " "}[form]
        rows = [
            separator.join(columns),
            *(separator.join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        rows[:0] = ["# my stars", "", "# of 2026"] if form == "csv" else []
        file.write_text("\n".join([*rows, separator.join(["", "x", "1", "2"])]) + "\n")
    told: list[str] = []
    facts = install(file, tmp_path / "made", epoch=2026.0, faintest=10.0, tell=told.append)
    assert [line.rpartition(": ")[2] for line in told] == (["the first is row 2001"] if separator else [])
    assert facts.stars == pytest.approx(np.count_nonzero(stars.magnitude <= 10.0), abs=10)
    assert facts.faintest <= 10.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"ra,dec,mag\n1,2,3\n", "holds 1 star, and no sky"),
        (b"ra dec mag\n400 20 5\n\n12 95 5\n1 2 3\n", r"holds 1 star, .*2 rows of 3 left out .* the first is row 1"),
        (b"a,b,c\n1,2,3\n", "no column ra, dec, magnitude in its first line"),
        (b"\xff\xfe\x00binary\x00", "is no star catalogue"),
        (b"", "no column"),
        (b"# my stars\n# and no more\n", "no column"),
        (b"\x1f\x8bcut", "is no star catalogue|cannot be read"),
        (ROTTEN_GZIP, "is no star catalogue"),
        (b"SIMPLE  = nonsense", "is no star catalogue|cannot be read"),
    ],
    ids=[
        "one star",
        "bad places",
        "other columns",
        "binary",
        "empty",
        "comments",
        "cut gzip",
        "rotten gzip",
        "cut FITS",
    ],
)
def test_what_is_no_catalogue_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """The message says what is accepted, and nothing is installed."""
    (tmp_path / "stars.csv").write_bytes(content)
    with pytest.raises(InputError, match=told):
        install(tmp_path / "stars.csv", tmp_path / "made", epoch=2026.0)
    assert not (tmp_path / "made").exists()
