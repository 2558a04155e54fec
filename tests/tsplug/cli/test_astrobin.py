from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from dialects import nina
from frame_files import fits_file, write
from shots import Shot, series, utc
from typer.testing import CliRunner, Result

from tsplug.cli.application import application

Run = Callable[..., Result]
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "NGC 1499", hfr=2.0)
NOW = ("--at", "2024-01-01T00:00:00Z")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in an empty folder, where there is no store."""
    monkeypatch.chdir(tmp_path)
    environment = {"TSPLUG_DATA_DIR": str(tmp_path / "data"), "TSPLUG_DB": "", "COLUMNS": "200", "NO_COLOR": "1"}
    return lambda *arguments: CliRunner().invoke(
        application(map(str, arguments)), [*map(str, arguments)], env=environment
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three lights and two darks."""
    root = tmp_path / "frames" / "California Nebula (NGC1499)"
    for number, shot in enumerate([*series(LIGHT, 3), *series(Shot("DARK", LIGHT.started, 600.0), 2)]):
        write(root / shot.kind / f"{number}_HFR_2.00.fits", fits_file(nina(shot)))
    return root


def settings(tmp_path: Path, text: str = "[filters]\nHa = 4663\n") -> Path:
    file = tmp_path / "astrobin.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_arguments_it_writes_settings_once(run: Run, tmp_path: Path) -> None:
    """The first call writes commented settings and stops, the second one says that they are there."""
    first = run("astrobin")
    assert first.exit_code == 0
    assert "written: astrobin.toml" in first.stdout
    before = (tmp_path / "astrobin.toml").read_text(encoding="utf-8")
    second = run("astrobin")
    assert second.exit_code == 1
    assert "is there already" in second.stderr
    assert (tmp_path / "astrobin.toml").read_text(encoding="utf-8") == before


def test_first_settings_are_toml(run: Run, tmp_path: Path) -> None:
    """They are not written under a name by which they would be read as a config.ini."""
    done = run("astrobin", "--config", "config.ini")
    assert done.exit_code == 1
    assert "name a file that ends in .toml" in done.stderr
    assert not (tmp_path / "config.ini").exists()


def test_folders_become_files_named_after_the_first(run: Run, folder: Path, tmp_path: Path) -> None:
    """All is well: exit status 0, the summary is printed, and the CSV passes the checker."""
    settings(tmp_path)
    done = run("astrobin", folder, "--out", tmp_path / "o", *NOW)
    assert done.exit_code == 0, done.output
    assert "Total exposure: 30 min 00 s" in done.stdout
    names = sorted(file.name for file in (tmp_path / "o").iterdir())
    endings = ("acquisition.csv", "session_summary.html", "session_summary.txt")
    assert names == [f"California_Nebula_(NGC1499)_{ending}" for ending in endings]
    checked = run("astrobin", "check", tmp_path / "o" / names[0], *NOW)
    assert (checked.exit_code, "1 row would be imported" in checked.stdout) == (0, True)


def test_what_is_wrong_is_told_after_what_is_good(run: Run, folder: Path, tmp_path: Path) -> None:
    """A bad file and a bad field are listed with name and reason, the rows are written, the exit status is 1."""
    settings(tmp_path)
    write(folder / "broken.fits", b"nonsense")
    write(folder / "LIGHT" / "odd.fits", fits_file(nina(LIGHT) | {"OBJECT": "NGC 1499", "FOCALLEN": "long"}))
    done = run("astrobin", folder, *NOW, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert sum(row["number"] for row in told["rows"]) == 4
    assert len(told["notes"]) == 2
    assert any("broken.fits: " in note for note in told["notes"])
    assert any("odd.fits: FOCALLEN 'long': is no number" in note for note in told["notes"])


def test_the_stages_and_sources_are_written_where_asked_for(run: Run, folder: Path, tmp_path: Path) -> None:
    """Headers as read, as understood, with site and night, and rows; and the source of each cell."""
    settings(tmp_path)
    assert run("astrobin", folder, "--out", tmp_path / "o", "--debug", "--provenance", *NOW).exit_code == 0
    lines = {file.stem.rpartition(")_")[2]: file.read_text().splitlines() for file in (tmp_path / "o").glob("*.csv")}
    counts = {"basic_headers": 6, "headers": 6, "modified": 6, "aggregated": 2}
    assert {name: len(lines[name]) for name in counts} == counts
    assert "DATE-OBS" in lines["basic_headers"][0]
    assert any(line.endswith("meanFwhm,5.5,file name x 1.879 x scale") for line in lines["provenance"])


def test_a_config_ini_is_used_where_it_lies(run: Run, folder: Path, tmp_path: Path) -> None:
    """A reference's file in the working directory is found, and its bad lines are told."""
    (tmp_path / "config.ini").write_text("[filters]\nHa = 4663\nOIII = x\n[defaults]\nUSEOBSDATE = TRUE\n", "utf-8")
    done = run("astrobin", folder, *NOW)
    assert done.exit_code == 1
    assert "config.ini: filters: OIII = 'x' is no AstroBin id" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere",), 1, "nowhere"),
        (("--target", "M 81", "somewhere"), 1, "not both"),
        (("--target", "M 81"), 1, "no store"),
        ((".", "--config", "none.toml"), 1, "none.toml cannot be read"),
        ((".", "--dates", "noon"), 2, "noon"),
        (("check", "none.csv"), 1, "none.csv"),
        ((".",), 1, "no light counts"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    """Whatever is wrong is said without a traceback."""
    done = run("astrobin", *arguments)
    assert done.exit_code == code
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_today_is_where_the_user_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AstroBin asks the browser which day it is: in Honolulu the last evening of a year is not yet the next one."""
    file = tmp_path / "x.csv"
    file.write_text("date,number,duration\n2024-01-01,3,600\n", encoding="utf-8")
    monkeypatch.setenv("TZ", "Pacific/Honolulu")
    time.tzset()
    try:
        assert "2024-01-01 is in the future" in run("astrobin", "check", file, *NOW).stdout
    finally:
        monkeypatch.undo()
        time.tzset()


def test_faults_of_a_csv_are_told(run: Run, tmp_path: Path) -> None:
    """The checker names line, column and effect, as text and as JSON."""
    file = tmp_path / "x.csv"
    file.write_text("date,number,duration,binning\n2023-07-05,3,600,8\n2030-01-01,3,600,1\n", encoding="utf-8")
    done = run("astrobin", "check", file, *NOW)
    assert done.exit_code == 1
    assert "line 2, binning: binning 8 is none of 1, 2, 3, 4: the cell appears empty" in done.stdout
    assert "line 3, date: date 2030-01-01 is in the future: the row is rejected" in done.stdout
    told = json.loads(run("astrobin", "check", file, *NOW, "--json").stdout)
    assert [fault["line"] for fault in told["faults"]] == [2, 3]
    assert len(told["rows"]) == 1
