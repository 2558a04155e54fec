"""Trees of frames as the documentation of the reference shows them, and every row that must come of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from trees import write_mosaic, write_one_target, write_two_sites

from tsplug.app import frame_headers, read_astrobin_settings
from tsplug.astrobin.configuration import Choices, Configuration, Dates, KnownSite
from tsplug.astrobin.csv_text import csv_text
from tsplug.astrobin.importer import imported
from tsplug.errors import NetworkError
from tsplug.services.astrobin_export import AcquisitionExport
from tsplug.services.astrobin_folders import FoldersRequest, Surroundings, export_folders, name_of
from tsplug.services.astrobin_settings import FoundSettings
from tsplug.testing import ManualClock

NOW = datetime(2026, 1, 16, 6, 0, tzinfo=UTC)
# The filters and sites of the published examples: spec astrobin 1.3 and 9.
SETTINGS = Configuration(
    filters={"Ha": 4663, "SII": 4844, "OIII": 4752, "Red": 4649, "Green": 4643, "Blue": 4637, "Lum": 2906},
    sites=(
        KnownSite(name="Papworth Everard", latitude_deg=52.2485, longitude_deg=-0.1232, bortle=4, sky_quality=20.52),
        KnownSite(name="Grenada", latitude_deg=12.0529, longitude_deg=-61.7523, bortle=4, sky_quality=20.69),
        KnownSite(name="Haksan", latitude_deg=36.0976, longitude_deg=127.6844, bortle=4, sky_quality=21.12),
    ),
)
OURS = (
    "date,filter,number,duration,binning,gain,sensorCooling,fNumber,darks,flats,bias,bortle,meanSqm,meanFwhm,"
    "temperature"
)
PUBLISHED = OURS.replace("flats,bias", "flats,flatDarks,bias")
WHEN_UTC = (
    "2023-07-05,4663,9,600,1,100,-10,5,50,100,100,4,20.52,5.77,14",
    "2023-07-06,4663,20,600,1,100,-10,5,50,100,100,4,20.52,5.61,12.68",
    "2023-07-07,4752,5,600,1,100,-10,5,50,100,100,4,20.52,6.05,11",
    "2023-08-08,4752,19,600,1,100,-10,5,50,100,100,4,20.52,5.4,9.26",
    "2023-08-08,4844,5,600,1,100,-10,5,50,100,100,4,20.52,5.64,9.5",
    "2023-08-09,4844,13,600,1,100,-10,5,50,100,100,4,20.61,5.09,6",
    "2023-08-10,4637,13,60,1,0,-10,5,49,100,99,4,20.52,4.95,8",
    "2023-08-10,4643,50,60,1,0,-10,5,49,100,99,4,20.52,4.95,8.5",
    "2023-08-10,4649,50,60,1,0,-10,5,49,100,99,4,20.52,4.95,9",
    "2023-08-11,4637,37,60,1,0,-10,5,49,100,99,4,20.52,4.95,8",
)
Case = tuple[Callable[[Path], Path], Choices, str, tuple[str, ...]]
# Ours: nights by local noon; FWHM 1.879 x HFR x scale, since N.I.N.A. 3.0 means the mean radius; the air's temperature
# where it is known; a night's 7 frames after midnight UTC belong to it. Published: UTC dates, 2 x HFR, zeros, panels.
CASES: dict[str, Case] = {
    "one target, ours": (
        write_one_target,
        Choices(),
        OURS,
        (
            "2023-07-05,4663,16,600,1,100,-10,5,50,100,100,4,20.52,6.01,13.56",
            "2023-07-06,4663,13,600,1,100,-10,5,50,100,100,4,20.52,5.22,12.5",
            "2023-07-07,4752,5,600,1,100,-10,5,50,100,100,4,20.52,6.05,11",
            "2023-08-07,4752,5,600,1,100,-10,5,50,100,100,4,20.52,5.5,10",
            "2023-08-07,4844,5,600,1,100,-10,5,50,100,100,4,20.52,5.64,9.5",
            "2023-08-08,4752,14,600,1,100,-10,5,50,100,100,4,20.52,5.36,9",
            "2023-08-09,4844,13,600,1,100,-10,5,50,100,100,4,20.61,5.09,6",
            "2023-08-10,4637,50,60,1,0,-10,5,49,100,99,4,20.52,4.95,8",
            "2023-08-10,4643,50,60,1,0,-10,5,49,100,99,4,20.52,4.95,8.5",
            "2023-08-10,4649,50,60,1,0,-10,5,49,100,99,4,20.52,4.95,9",
        ),
    ),
    "one target, UTC dates": (write_one_target, Choices(dates=Dates.UTC), OURS, WHEN_UTC),
    "one target, published": (
        write_one_target,
        Choices(compatible=True),
        PUBLISHED,
        (
            "2023-07-05,4663,9,600,1,100,-10,5,50,100,0,100,4,20.52,6.15,14",
            "2023-07-06,4663,20,600,1,100,-10,5,50,100,0,100,4,20.52,5.97,12.68",
            "2023-07-07,4752,5,600,1,100,-10,5,50,100,0,100,4,20.52,6.44,11",
            "2023-08-08,4752,19,600,1,100,-10,5,50,100,0,100,4,20.52,5.75,9.26",
            "2023-08-08,4844,5,600,1,100,-10,5,50,100,0,100,4,20.52,6,9.5",
            "2023-08-09,4844,13,600,1,100,-10,5,50,100,0,100,4,20.52,5.41,8",
            "2023-08-10,4637,13,60,1,0,-10,5,49,100,0,99,4,20.52,5.27,8",
            "2023-08-10,4643,50,60,1,0,-10,5,49,100,0,99,4,20.52,5.27,8.5",
            "2023-08-10,4649,50,60,1,0,-10,5,49,100,0,99,4,20.52,5.27,9",
            "2023-08-11,4637,37,60,1,0,-10,5,49,100,0,99,4,20.52,5.27,8",
        ),
    ),
    "mosaic through WBPP, ours": (
        write_mosaic,
        Choices(),
        OURS,
        (
            "2023-11-30,4663,11,600,1,100,-10,5,32,30,100,4,20.52,5.7,12",
            "2023-12-01,4844,12,600,1,100,-10,5,32,25,100,4,20.52,5.22,12",
            "2023-12-02,4844,10,600,1,100,-10,5,32,25,100,4,20.52,5.77,12",
        ),
    ),
    "mosaic through WBPP, published": (
        write_mosaic,
        Choices(compatible=True),
        PUBLISHED,
        (
            "2023-11-30,4663,7,600,1,100,-10,5,32,30,0,100,4,20.52,5.85,12",
            "2023-11-30,4663,4,600,1,100,-10,5,32,30,0,100,4,20.52,6.44,12",
            "2023-12-01,4844,12,600,1,100,-10,5,32,25,0,100,4,20.52,5.56,12",
            "2023-12-02,4844,10,600,1,100,-10,5,32,25,0,100,4,20.52,6.15,12",
        ),
    ),
    "two sites, ours": (
        write_two_sites,
        Choices(),
        OURS,
        (
            "2023-09-11,4663,8,600,1,100,-10,5,50,100,100,4,20.69,1.53,12",
            "2023-09-12,4752,12,600,1,100,-10,5,50,40,100,4,20.69,1.62,12",
            "2023-09-20,4663,7,600,1,100,-10,5,50,100,100,4,21.12,1.09,12",
            "2023-09-20,4752,6,600,1,100,-10,5,50,40,100,4,21.12,1.17,12",
            "2023-09-21,4844,7,600,1,100,-10,5,50,,100,4,21.12,1.02,12",
        ),
    ),
    "two sites, published": (
        write_two_sites,
        Choices(compatible=True),
        PUBLISHED,
        (
            "2023-09-12,4663,8,600,1,100,-10,5,50,100,0,100,4,20.69,1.62,12",
            "2023-09-13,4752,12,600,1,100,-10,5,50,40,0,100,4,20.69,1.72,12",
            "2023-09-20,4663,7,600,1,100,-10,5,50,100,0,100,4,21.12,1.16,12",
            "2023-09-20,4752,6,600,1,100,-10,5,50,40,0,100,4,21.12,1.24,12",
            "2023-09-21,4844,7,600,1,100,-10,5,50,0,0,100,4,21.12,1.09,12",
        ),
    ),
}


class Atlas:
    """Knows the sky of every place or of none, and remembers what it was asked."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[str] = []
        self._fails = fails

    def sky_brightness(self, latitude_deg: float, longitude_deg: float) -> float:
        return self._answer(f"sky {latitude_deg:.1f} {longitude_deg:.1f}", 0.25)

    def address(self, latitude_deg: float, longitude_deg: float) -> str:
        return f"Place {self._answer(f'address {latitude_deg:.1f} {longitude_deg:.1f}', round(latitude_deg))}"

    def _answer(self, question: str, answer: float) -> float:
        self.asked.append(question)
        if self._fails:
            raise NetworkError("nobody answers")
        return answer


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[Callable[[Path], Path], Path]:
    """Return the folder of each tree, written once."""
    writers = (write_one_target, write_mosaic, write_two_sites)
    return {write: write(tmp_path_factory.mktemp("tree")) for write in writers}


def export(
    *folders: Path, choices: Choices | None = None, settings: FoundSettings | None = None, atlas: Atlas | None = None
) -> AcquisitionExport:
    """Return what folders come to, with the settings of the published examples unless others are given."""
    request = FoldersRequest(
        folders=folders,
        name=name_of(folders[0]),
        settings=settings or FoundSettings(None, SETTINGS),
        choices=choices or Choices(),
    )
    around = Surroundings(
        headers=frame_headers(), clock=ManualClock(NOW), read_settings=read_astrobin_settings, lookups=atlas or Atlas()
    )
    return export_folders(request, around)[0]


@pytest.mark.parametrize("case", CASES)
def test_the_csv_is_what_the_rules_give(case: str, trees: dict[Callable[[Path], Path], Path]) -> None:
    """Every row of every tree is as stated, to the cell, and AstroBin's importer takes all of it."""
    write, choices, header, rows = CASES[case]
    made = export(trees[write], choices=choices)
    text = csv_text(made.rows.rows)
    assert text.splitlines() == [header, *rows]
    assert imported(text, today=date(2026, 1, 16), filters=set(SETTINGS.filters.values())).faults == ()
    assert made.notes == ()


def test_a_summary_of_two_sites(trees: dict[Callable[[Path], Path], Path]) -> None:
    """Each site is summarised with its own nights, images and masters."""
    text = export(trees[write_two_sites]).summary
    squeezed = [" ".join(line.split()) for line in text.splitlines()]
    assert [line for line in squeezed if line.startswith("Site:")] == ["Site: Grenada", "Site: Haksan"]
    assert squeezed.count("Number of images: 24 (20 lights, 4 calibration)") == 2
    assert squeezed.count("Days: 2") == 2
    assert 'Ha 8 100 0.250 1.53" -10.0 °C 12.00 °C 600 s 1 h 20 min 00 s' in squeezed


def test_a_summary_of_one_target(trees: dict[Callable[[Path], Path], Path]) -> None:
    """1219 images less the flats of a filter that no light has; sums of filters as in the table of lights."""
    text = export(trees[write_one_target]).summary
    assert "Number of images: 1119 (221 lights, 898 calibration)" in text
    assert "  100 x flat, Lum" in text
    assert "Temperature: 6.0 °C to 14.0 °C, mean 9.10 °C" in text
    assert "Total exposure: 14 h 20 min 00 s" in text


def test_a_mosaic_is_told_panel_by_panel(trees: dict[Callable[[Path], Path], Path]) -> None:
    """The summary has a table for each panel; copies made by processing are told, not counted."""
    text = export(trees[write_mosaic]).summary
    assert "Target: NGC 1499, 2 panel mosaic" in text
    assert "LIGHTS: NGC 1499 Panel 1" in text
    assert "copies of lights and calibration: 99" in text
    assert "MASTER DARK" in text


def test_a_place_twice_counts_once(trees: dict[Callable[[Path], Path], Path]) -> None:
    """Naming a folder again, or one inside it, changes nothing."""
    folder = trees[write_two_sites]
    assert export(folder, folder / "Grenada", folder).rows == export(folder).rows


def test_unknown_sites_are_looked_up_once(trees: dict[Callable[[Path], Path], Path], tmp_path: Path) -> None:
    """Each unknown site is one question a kind; the answers make rows, and are kept for the next run."""
    file = tmp_path / "astrobin.toml"
    file.write_text("[lookups]\nsky_quality = true\ngeocoding = true\n", encoding="utf-8")
    lookups = read_astrobin_settings(file).configuration.lookups
    settings = FoundSettings(file, SETTINGS.model_copy(update={"sites": (), "lookups": lookups}))
    atlas = Atlas()
    made = export(trees[write_two_sites], settings=settings, atlas=atlas)
    assert sorted(atlas.asked) == ["address 12.1 -61.8", "address 36.1 127.7", "sky 12.1 -61.8", "sky 36.1 127.7"]
    assert {(row.site, row.bortle, row.mean_sqm) for row in made.rows.rows} == {
        ("Place 12", 4, 21.02),
        ("Place 36", 4, 21.02),
    }
    kept = read_astrobin_settings(tmp_path / "astrobin_sites.toml").configuration.sites
    assert [site.name for site in kept] == ["Place 12", "Place 36"]


def test_a_failed_look_up_is_not_repeated(trees: dict[Callable[[Path], Path], Path], tmp_path: Path) -> None:
    """Without answers there are two questions for two sites, hints, no invented sky, and all rows."""
    lookups = SETTINGS.lookups.model_copy(update={"sky_quality": True})
    settings = FoundSettings(tmp_path / "x.toml", SETTINGS.model_copy(update={"sites": (), "lookups": lookups}))
    atlas = Atlas(fails=True)
    made = export(trees[write_two_sites], settings=settings, atlas=atlas)
    assert len(atlas.asked) == 2
    assert len([hint for hint in made.hints if "nobody answers" in hint]) == 2
    assert [(row.bortle, row.mean_sqm) for row in made.rows.rows] == [(None, None)] * 5
    assert made.notes == ()


def test_nobody_is_asked_unless_it_is_wanted(trees: dict[Callable[[Path], Path], Path]) -> None:
    """By default no question leaves the machine, whatever is unknown."""
    atlas = Atlas()
    export(trees[write_two_sites], settings=FoundSettings(None, Configuration()), atlas=atlas)
    assert atlas.asked == []
