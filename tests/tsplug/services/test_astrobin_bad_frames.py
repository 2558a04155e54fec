"""One bad frame among good ones costs that frame or that field: every case of section 17 of spec astrobin-export."""

from __future__ import annotations

import gzip
import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from accidents import damaged
from astropy.io import fits
from dialects import Cards, nina
from frame_files import fits_file, write, xisf_file
from shots import series, utc
from trees import frame_name, light

from tsplug.app import frame_headers, read_astrobin_settings
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.csv_text import csv_text
from tsplug.errors import NetworkError
from tsplug.services.astrobin_export import AcquisitionExport
from tsplug.services.astrobin_files import ScannedFrames
from tsplug.services.astrobin_folders import FoldersRequest, Surroundings, export_folders
from tsplug.services.astrobin_settings import FoundSettings
from tsplug.testing import ManualClock

SETTINGS = FoundSettings(None, Configuration(filters={"Ha": 4663, "OIII": 4752}))
GOOD = replace(light("2023-07-05 21:00", "Ha", 51)[0], exposure_s=60.0)
BAD = replace(GOOD, started=utc("2023-07-06 00:30"))


class Nobody:
    """Answers no question about places."""

    def sky_brightness(self, latitude_deg: float, longitude_deg: float) -> float:
        raise NetworkError("nobody is asked here")

    def address(self, latitude_deg: float, longitude_deg: float) -> str:
        raise NetworkError("nobody is asked here")


def write_good(folder: Path) -> None:
    """Write 51 good lights."""
    for number, shot in enumerate(series(GOOD, 51)):
        write(folder / frame_name(shot, number), fits_file(nina(shot)))


def exported(folder: Path, *, choices: Choices | None = None) -> tuple[AcquisitionExport, ScannedFrames]:
    """Return what a folder comes to."""
    request = FoldersRequest((folder,), "x", SETTINGS, choices or Choices())
    clock = ManualClock(datetime(2026, 1, 16, tzinfo=UTC))
    around = Surroundings(headers=frame_headers(), clock=clock, read_settings=read_astrobin_settings, lookups=Nobody())
    return export_folders(request, around)


def rows_of(made: AcquisitionExport) -> list[dict[str, str]]:
    """Return the cells of a CSV that are not empty, row by row."""
    header, *lines = csv_text(made.rows.rows).splitlines()
    rows = (dict(zip(header.split(","), line.split(","), strict=True)) for line in lines)
    return [{key: cell for key, cell in row.items() if cell} for row in rows]


DATELESS = {"DATE-LOC": None}
ALL_GOOD = {"number": "51", "gain": "100", "filter": "4663", "date": "2023-07-05"}
JOINS = ALL_GOOD | {"number": "52"}
APART = {"number": "1"}
Case = tuple[Cards, dict[str, str] | None, str]
# What the frame's row then has, or None where it cannot count; and what is said of it.
CASES: dict[str, Case] = {
    "DATE-OBS without a time": ({"DATE-OBS": "2023-07-06", **DATELESS}, APART, "DATE-OBS"),
    "DATE-OBS empty": ({"DATE-OBS": "", **DATELESS}, APART, "DATE-OBS is missing"),
    "DATE-OBS missing": ({"DATE-OBS": None, **DATELESS}, APART, "DATE-OBS is missing"),
    "DATE-OBS missing beside local time": ({"DATE-OBS": None}, JOINS, ""),
    "DATE-OBS with Z": ({"DATE-OBS": "2023-07-06T00:30:00Z"}, JOINS, ""),
    "DATE-OBS with an offset": ({"DATE-OBS": "2023-07-06T02:30:00+02:00"}, JOINS, ""),
    "DATE-OBS nonsense": ({"DATE-OBS": "yesterday", **DATELESS}, APART, "DATE-OBS"),
    "FOCALLEN 0": ({"FOCALLEN": 0}, JOINS, "FOCALLEN"),
    "FOCALLEN text": ({"FOCALLEN": "long"}, JOINS, "FOCALLEN"),
    "CCD-TEMP text": ({"CCD-TEMP": "cold"}, JOINS, "CCD-TEMP"),
    "SITELAT empty": ({"SITELAT": ""}, JOINS, ""),
    "SITELAT nonsense": ({"SITELAT": "north"}, JOINS, "SITELAT"),
    "GAIN without data": ({"GAIN": "No Data"}, APART, "GAIN"),
    "FOCTEMP nan": ({"FOCTEMP": b"= nan"}, JOINS, "FOCTEMP"),
    "no exposure": ({"EXPOSURE": b"= nan", "EXPTIME": None}, None, "exposure"),
    "no IMAGETYP": ({"IMAGETYP": None}, None, "IMAGETYP"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_field_costs_that_field(tmp_path: Path, case: str) -> None:
    """The frame still counts with an empty cell, or is told with its reason; the 51 others always count."""
    spoilt, expected, problem = CASES[case]
    write_good(tmp_path)
    cards = {key: value for key, value in {**nina(BAD), **spoilt}.items() if value is not None}
    write(tmp_path / "bad_HFR_2.00.fits", fits_file(cards))
    made, scanned = exported(tmp_path)
    rows = rows_of(made)
    if expected is JOINS:
        assert [JOINS.items() <= row.items() for row in rows] == [True]
    else:
        assert [row for row in rows if row["number"] == "51"] == [
            row for row in rows if ALL_GOOD.items() <= row.items()
        ]
        assert [row["number"] for row in rows if row["number"] != "51"] == (["1"] if expected else [])
    assert [problem in each and "bad_HFR" in each for each in scanned.problems] == ([True] if problem else [])


def test_hfr_last_in_the_name_with_a_bad_focal_length(tmp_path: Path) -> None:
    """A frame whose FWHM cannot be known takes no part in the mean: nothing is averaged in as 0."""
    write_good(tmp_path)
    alone = rows_of(exported(tmp_path)[0])[0]["meanFwhm"]
    write(tmp_path / "bad_HFR_9.00.fits", fits_file({**nina(BAD), "FOCALLEN": "long"}))
    assert rows_of(exported(tmp_path)[0])[0]["meanFwhm"] == alone


def test_a_tile_compressed_light_counts(tmp_path: Path) -> None:
    """Compressed lights are lights: as tiles in an extension, and packed as a whole."""
    write_good(tmp_path)
    header = fits.Header(list(nina(BAD).items()))
    fits.CompImageHDU(np.zeros((8, 8), np.uint16), header).writeto(tmp_path / "bad_HFR_2.00.fits.fz")
    later = replace(BAD, started=utc("2023-07-06 01:00"))
    write(tmp_path / "packed_HFR_2.00.fits.gz", gzip.compress(fits_file(nina(later))))
    made, scanned = exported(tmp_path)
    assert [row["number"] for row in rows_of(made)] == ["53"]
    assert scanned.problems == []


def test_link_loops_and_double_listing(tmp_path: Path) -> None:
    """A link back up and a second name of a folder change no count."""
    write_good(tmp_path / "lights")
    (tmp_path / "lights" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "lights")
    assert [row["number"] for row in rows_of(exported(tmp_path)[0])] == ["51"]


BROKEN = {
    "empty": b"",
    "cut in the header": fits_file(nina(BAD))[:1000],
    "text": b"not a frame\n" * 500,
    "bad XISF length": b"XISF0100" + b"\xff" * 8,
    "bad XISF": xisf_file(nina(BAD)).replace(b"<xisf", b"<x"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_bad_file_costs_that_file(tmp_path: Path, case: str) -> None:
    """A file that cannot be read is told by name, and the others count."""
    write_good(tmp_path)
    write(tmp_path / "broken.fits", BROKEN[case])
    made, scanned = exported(tmp_path)
    assert [row["number"] for row in rows_of(made)] == ["51"]
    assert ["broken.fits" in each for each in scanned.problems] == [True]


@pytest.mark.parametrize("compatible", [False, True])
def test_thousands_of_damaged_frames_lose_no_good_row(tmp_path: Path, compatible: bool) -> None:
    """Whatever lies among them, good frames come to the rows they come to alone; no damage ends the export."""
    choices = Choices(compatible=compatible)
    write_good(tmp_path)
    alone = rows_of(exported(tmp_path, choices=choices)[0])
    chance = random.Random(compatible)
    junk = replace(BAD, filter_name="OIII", started=utc("2022-01-01 23:00"), gain=7)
    contents = [fits_file(nina(junk)), xisf_file(nina(junk)), gzip.compress(fits_file(nina(junk)))]
    for number in range(1000):
        name = f"{number}_HFR_2.00.{('fits', 'xisf', 'fits.gz')[number % 3]}"
        write(tmp_path / "junk" / name, damaged(contents[number % 3], chance))
    os.mkfifo(tmp_path / "pipe.fits")
    made, scanned = exported(tmp_path, choices=choices)
    assert [row for row in rows_of(made) if row.get("date", "") >= "2023" and row.get("filter") == "4663"] == alone
    assert len(scanned.problems) > 100
