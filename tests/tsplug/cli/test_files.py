"""Frames on disk, as `tsplug files` tells of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dialects import nina
from frame_files import fits_file, write
from pipeline_frames import star_frame
from shots import Shot, utc
from typer.testing import CliRunner, Result

from tsplug.app import open_store, pipeline_modules, pipeline_tools
from tsplug.cli.application import application
from tsplug.model import AcquiredImage, FlatSetFile
from tsplug.services.catalogue import load_catalogue
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import run_modules
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.lights import store_light
from tsplug.testing.night import record_night

Run = Callable[..., Result]
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs `tsplug files` beside a store, which need not be there."""

    def runs(*arguments: str) -> Result:
        environment = {"TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(application(["files"]), ["files", *arguments], env=environment)

    return runs


def document(result: Result, *, status: int = 0) -> Any:
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_frames_without_a_store(tmp_path: Path, run: Run) -> None:
    """Frames are listed from their headers alone; what no store knows is null."""
    write(tmp_path / "night" / "a.fits", fits_file(nina(LIGHT)))
    (frame,) = document(run("list", str(tmp_path / "night"), "--json"))["frames"]
    told = {key: frame[key] for key in ("kind", "target", "filter", "exposure_s", "gain", "started", "image", "status")}
    assert told == {
        "kind": "light",
        "target": "Sh2 101",
        "filter": "Ha",
        "exposure_s": 600,
        "gain": 100,
        "started": "2023-07-05T22:20:00+00:00",
        "image": None,
        "status": None,
    }
    assert not (tmp_path / "store.sqlite").exists()


def test_a_folder_is_one_section(tmp_path: Path, run: Run) -> None:
    """Frames before and behind a folder in it stand together; the document keeps the order of paths."""
    for name in ("a.fits", "m/1.fits", "z.fits"):
        write(tmp_path / "night" / name, fits_file(nina(LIGHT)))
    shown = run("list", str(tmp_path / "night")).stdout
    assert [line.rpartition(": ")[2] for line in shown.splitlines() if str(tmp_path) in line] == ["2 frames", "1 frame"]
    names = [Path(row["file"]).name for row in document(run("list", str(tmp_path / "night"), "--json"))["frames"]]
    assert names == ["a.fits", "1.fits", "z.fits"]


def test_a_bad_file_is_told(tmp_path: Path, run: Run) -> None:
    """A file that cannot be read is told with its reason, the others are listed, and the exit status is 1."""
    write(tmp_path / "night" / "a.fits", fits_file(nina(LIGHT)))
    write(tmp_path / "night" / "b\udcff.fits", b"rubbish")
    result = run("list", str(tmp_path / "night"))
    assert result.exit_code == 1
    assert "1 frame" in result.stdout
    assert "is no FITS file" in result.stderr
    told = document(run("list", str(tmp_path / "night"), "--json"), status=1)
    assert [bad["reason"] for bad in told["bad"]] == ["is no FITS file"]
    assert run("show", str(tmp_path / "night" / "b\udcff.fits")).exit_code == 1
    assert run("list", str(tmp_path / "nowhere")).exit_code == 1


def test_what_the_store_knows(tmp_path: Path, run: Run) -> None:
    """Lights and flats on record are recognised by where they lie, or by the identifier in their header."""
    clock = ManualClock(START)
    store = open_store(str(tmp_path / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=tmp_path / "lights")
    with store.read() as unit:
        light, moved = unit.list(AcquiredImage)[:2]
        flat = unit.list(FlatSetFile)[0]
    store.close()
    write(Path(light.file), fits_file(nina(LIGHT)))
    write(tmp_path / "moved" / "x.fits", fits_file({**nina(LIGHT), "TSUID": moved.guid}))
    write(tmp_path / "moved" / "flat.fits", fits_file({**nina(Shot("FLAT", START, 1.0)), "TSUID": flat.guid}))
    write(tmp_path / "moved" / "y.fits", fits_file(nina(LIGHT)))
    found = document(run("list", str(Path(light.file).parent), str(tmp_path / "moved"), "--json"))["frames"]
    by_name = {Path(frame["file"]).name: frame for frame in found}
    assert by_name[Path(light.file).name]["image"] == light.id
    assert (by_name["x.fits"]["image"], by_name["x.fits"]["status"]) == (moved.id, str(moved.status))
    assert by_name["flat.fits"]["flat_set"] == flat.flat_set_id
    assert by_name["y.fits"]["image"] is None


def test_one_frame(tmp_path: Path, run: Run) -> None:
    """Everything a header says is shown, as a table and as JSON."""
    file = write(tmp_path / "a.fits", fits_file({**nina(LIGHT), "FOCTEMP": b"= nan"}, history=["made for a test"]))
    told = document(run("show", str(file), "--json"))
    assert (told["cards"]["FILTER"], told["history"], list(told["unusable"])) == (
        "Ha",
        ["made for a test"],
        ["FOCTEMP"],
    )
    shown = run("show", str(file))
    assert shown.exit_code == 0
    assert "ZWO ASI6200MM Pro" in shown.stdout


def test_progress_without_a_terminal(tmp_path: Path, run: Run) -> None:
    """Where there is no terminal many files are counted in plain lines on standard error, few in none."""
    for number in range(1024):
        write(tmp_path / "night" / f"{number}.fits", fits_file(nina(LIGHT)))
    many = run("list", str(tmp_path / "night"), "--json")
    assert many.stderr.splitlines()[-1] == "reading headers (1024/1024)"
    assert len(many.stderr.splitlines()) <= 10
    assert len(document(many)["frames"]) == 1024
    assert run("list", str(tmp_path / "night" / "1.fits")).stderr == ""


def test_headers_are_put_back(tmp_path: Path, run: Run) -> None:
    """What the pipeline wrote goes; a frame it never wrote into is told, and the exit status with it."""
    file, other = star_frame(tmp_path / "a.fits"), star_frame(tmp_path / "b.fits")
    before = file.read_bytes()
    store = open_store(str(tmp_path / "store.sqlite"), ManualClock())
    run_modules(frame_at_work(file, pipeline_tools(store)), pipeline_modules(), clock=ManualClock())
    store.close()
    assert file.read_bytes() != before
    (made,) = document(run("list", str(file), "--json"))["frames"]
    assert (made["image"], made["metrics"]["star_count"] > 0, made["metrics"]["hfr"] > 0) == (None, True, True)
    told = run("restore", str(file))
    assert (told.exit_code, told.stdout) == (0, f"{file}: the header is as it was\n")
    assert file.read_bytes() == before
    rows = document(run("restore", str(file), str(other), "--json"), status=1)
    assert [row["restored"] for row in rows] == [False, False]
    why = "the pipeline wrote nothing into it, or it was moved by hand since and is on no record"
    assert rows[1]["problem"] == f"{other}: no header is kept of it: {why}"
    assert [row["file"] for row in document(run("restore", str(tmp_path), "--json"))] == [str(file)]
    assert "nowhere.fits: cannot be opened: No such file" in run("restore", str(tmp_path / "nowhere.fits")).stderr


def test_frames_of_records_and_unknown_ones(tmp_path: Path, run: Run) -> None:
    """Without folders the frames of records are listed, and those that are not on record can be picked out."""
    store = open_store(str(tmp_path / "store.sqlite"), ManualClock())
    load_catalogue(first_catalogue(), store, clock=ManualClock())
    for name in ("a.fits", "b.fits"):
        write(tmp_path / "night" / name, fits_file(nina(LIGHT)))
    known = tmp_path / "night" / "a.fits"
    store_light(store, "M 42", filter_name="Ha", started=START, file=str(known))
    store.close()
    assert [frame["file"] for frame in document(run("list", "--json"))["frames"]] == [str(known)]
    assert document(run("list", "--target", "M 81", "--json"))["frames"] == []
    (unknown,) = document(run("list", str(tmp_path / "night"), "--unknown", "--json"))["frames"]
    assert Path(unknown["file"]).name == "b.fits"
    assert "HFR" in run("list").output
