"""What AstroBin is told of a night is the same from its records as from its files."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from nights import Night, command

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("first night")]


def rows(told: dict[str, Any], *without: str) -> list[dict[str, Any]]:
    """Return the rows of an export without where their values come from."""
    return [{key: value for key, value in row.items() if key not in {"sources", *without}} for row in told["rows"]]


def csv_of(told: dict[str, Any]) -> str:
    return Path(told["files"][0]).read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["M 45", "M 81", "Rosette Nebula"])
def test_records_and_files_give_the_same_cells(first_night: Night, tmp_path: Path, target: str) -> None:
    """Rejected lights are left out either way, and every cell of the CSV is equal, to the letter."""
    folders = (first_night.out / "lights" / target, first_night.out / "flats")
    from_store = first_night.tsplug("astrobin", "--target", target, "--out", tmp_path / "store")
    from_files = first_night.tsplug("astrobin", *folders, "--out", tmp_path / "files")
    assert rows(from_files) == rows(from_store)
    assert csv_of(from_files) == csv_of(from_store)
    assert all(row["flats"] == 10 and row["mean_fwhm"] for row in from_files["rows"])


def test_headers_alone_know_all_but_grades_and_stars(first_night: Night, tmp_path: Path) -> None:
    """Without the store the frames still tell night, camera, optics, sky, air and which flats fit them."""
    folders = (first_night.out / "lights" / "M 45", first_night.out / "flats")
    every = ("--include-rejected", "--include-pending")
    known = first_night.tsplug("astrobin", "--target", "M 45", *every, "--out", tmp_path / "store")
    numbers = "\n".join(f"{row['filter_name']} = {row['filter']}" for row in known["rows"])
    settings = tmp_path / "astrobin.toml"
    settings.write_text(f"[filters]\n{numbers}\n", encoding="utf-8")
    alone = Night(first_night.out, db=str(tmp_path / "none.sqlite"))
    told = alone.tsplug("astrobin", *folders, "--config", settings, "--out", tmp_path / "files")
    unknown = ("mean_fwhm", "bortle")
    assert rows(told, *unknown) == rows(known, *unknown)


def test_astrobin_takes_what_a_night_wrote(first_night: Night) -> None:
    """The checker finds no fault in the files that the night itself wrote."""
    files = sorted(first_night.out.glob("*_acquisition.csv"))
    for file in files:
        line = command("tsplug", "astrobin", "check", file, "--at", "2030-01-01T00:00:00Z")
        assert subprocess.run(line, check=False, timeout=240, capture_output=True).returncode == 0
    assert len(files) == 3
