"""`tsplug measure` and `tsplug files preview`, as their users run them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dialects import nina
from frame_files import write
from PIL import Image
from pixel_files import fits_bytes
from shots import Shot, utc
from typer.testing import CliRunner, Result

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import AcquiredImage, Project
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

Run = Callable[..., Result]
LIGHT = nina(Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101"))


def stars() -> np.ndarray:
    """Draw twelve round stars over a noisy sky."""
    y, x = np.mgrid[:150, :200]
    frame = np.random.default_rng(1).normal(500, 5, (150, 200))
    for number in range(12):
        dx, dy = x - 30 - (number % 4) * 45.3, y - 28 - (number // 4) * 43.7
        frame += 6000 * np.exp(-(dx**2 + dy**2) / 5)
    return np.rint(frame).astype(np.uint16)


FRAME = fits_bytes(stars(), **LIGHT)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `tsplug` in a folder, with a store that need not be there."""
    monkeypatch.chdir(tmp_path)

    def runs(*arguments: str) -> Result:
        environment = {"TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(application(arguments), list(arguments), env=environment)

    return runs


def document(result: Result, *, status: int = 0) -> Any:
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_one_frame(tmp_path: Path, run: Run) -> None:
    """A frame gives its numbers, as text with units and as one JSON object; no store is made."""
    file = write(tmp_path / "a.fits", FRAME)
    told = document(run("measure", str(file), "--json"))
    assert told["file"] == str(file)
    assert told["metrics"]["star_count"] == 12
    shown = run("measure", str(file))
    assert "HFR over the field, px:" in shown.stdout
    assert re.search(r"FWHM +[0-9.]+ px, [0-9.]+ arcsec", shown.stdout)
    assert " ADU" in shown.stdout
    assert not (tmp_path / "store.sqlite").exists()


def test_a_folder_goes_on_behind_a_bad_frame(tmp_path: Path, run: Run) -> None:
    """Each frame is a line, or an item of one JSON list; a bad one is told, and makes the exit status 1."""
    for name in ("a", "c"):
        write(tmp_path / "lights" / f"{name}.fits", FRAME)
    write(tmp_path / "lights" / "b.fits", FRAME[:7000])
    told = document(run("measure", str(tmp_path / "lights"), "--json"), status=1)
    assert [Path(frame["file"]).name for frame in told] == ["a.fits", "b.fits", "c.fits"]
    assert "truncated" in told[1]["problem"]
    shown = run("measure", "lights")
    assert (shown.exit_code, shown.stdout.splitlines()[-1]) == (1, "2 frames measured, 1 not")
    assert "b.fits: truncated" in shown.stderr
    assert len(shown.stderr.splitlines()) == 1
    write(tmp_path / "none" / "readme.txt", b"nothing")
    assert document(run("measure", "none", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give frames or folders, or --again"),
        (("a.fits", "--target", "M 42"), "with files they say nothing"),
        (("a.fits", "--over-host"), "it needs --again"),
    ],
)
def test_wrong_use(tmp_path: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    """What makes no sense is refused with status 2 and the reason."""
    write(tmp_path / "a.fits", FRAME)
    result = run("measure", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())


def test_what_is_not_there(run: Run) -> None:
    """A place that does not exist, and a store that does not, are one line each."""
    assert "nowhere does not exist" in run("measure", "nowhere").stderr
    missing = run("measure", "--again")
    assert missing.exit_code == 1
    assert "no store at" in missing.stderr


def test_pictures_on_the_way(tmp_path: Path, run: Run) -> None:
    """A picture of each frame lies in the folder; frames of one name in two folders have two."""
    for folder in ("one", "two"):
        write(tmp_path / folder / "a.fits", FRAME)
    result = run("measure", "one", "two", "--previews", "pictures", "--width", "100", "--annotate")
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in (tmp_path / "pictures").iterdir()) == ["a.jpg", "a_2.jpg"]
    with Image.open(tmp_path / "pictures" / "a.jpg") as picture:
        assert (picture.size, picture.mode) == ((100, 75), "RGB")


def test_pictures_of_others_are_not_written_over(tmp_path: Path, run: Run) -> None:
    """A second run replaces our pictures; one that somebody else made, or a folder that cannot be, is one line."""
    write(tmp_path / "a.fits", FRAME)
    for _ in range(2):
        assert run("measure", "a.fits", "--previews", "pictures").exit_code == 0
    write(tmp_path / "pictures" / "a.jpg", b"\xff\xd8\xff somebody's holidays")
    refused = run("measure", "a.fits", "--previews", "pictures")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert "was not made by tsplug" in refused.stderr
    assert b"holidays" in (tmp_path / "pictures" / "a.jpg").read_bytes()
    assert "cannot be made" in run("measure", "a.fits", "--previews", "a.fits/x").stderr
    (tmp_path / "others" / "a.jpg").mkdir(parents=True)
    refused = run("measure", "a.fits", "--previews", "others")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert "a.jpg cannot be written: Is a directory; give --previews another folder" in refused.stderr


def recorded(folder: Path) -> list[AcquiredImage]:
    """Store a night, and lay its frames where the records have them."""
    clock = ManualClock(START)
    store = open_store(str(folder / "store.sqlite"), clock)
    load_catalogue(first_catalogue(), store, clock=clock)
    record_night(store, folder=folder / "lights")
    with store.write() as unit:
        for project in unit.list(Project):
            project.grading_enabled = True
            unit.update(project)
        images = unit.list(AcquiredImage)
    store.close()
    for image in images:
        write(Path(image.file), FRAME)
    return images


def test_old_records_are_measured_again_and_judged(tmp_path: Path, run: Run) -> None:
    """Without files all records are measured again; grades stay until they are asked for, of the same targets."""
    images = recorded(tmp_path)
    first = run("measure", "--again")
    assert first.exit_code == 0, first.output
    assert f"{len(images)} frames measured, {len(images)} records written" in first.stdout
    assert "grades stay as they are; tsplug regrade --target T judges anew" in first.stdout
    told = document(run("images", "list", "--json"))
    assert {image["detector"] for image in told} == {images_detector(told)}
    narrowed = document(run("measure", "--again", "--target", images[0].target_name, "--json", "--regrade"))
    assert len(narrowed["frames"]) == sum(image.target_name == images[0].target_name for image in images)
    assert all(frame["updated"] for frame in narrowed["frames"])
    (report,) = narrowed["regraded"]
    assert (report["target"], report["processed"]) == (images[0].target_name, len(narrowed["frames"]))
    judged = run("measure", "--again", "--target", images[0].target_name, "--regrade")
    assert f"{images[0].target_name}:" in judged.stdout
    assert "processed" in judged.stdout


def images_detector(told: list[dict[str, Any]]) -> str:
    detector: str = told[0]["detector"]
    assert detector.startswith("tsplug-")
    return detector


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_frame_as_a_picture(tmp_path: Path, run: Run, suffix: str) -> None:
    """A frame becomes a picture of the width asked for, plain or with stars; a file that is there stays."""
    write(tmp_path / "a.fits", FRAME)
    out = f"x.{suffix}"
    told = document(run("files", "preview", "a.fits", "--out", out, "--width", "80", "--json"))
    assert (told["width_px"], told["height_px"]) == (80, 60)
    with Image.open(tmp_path / out) as picture:
        assert picture.size == (80, 60)
    again = run("files", "preview", "a.fits", "--out", out)
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert run("files", "preview", "a.fits", "--out", out, "--force", "--annotate").exit_code == 0
    with Image.open(tmp_path / out) as picture:
        assert (picture.size, picture.mode) == ((200, 150), "RGB")


def test_a_frame_without_values_has_no_picture(tmp_path: Path, run: Run) -> None:
    """A black picture would say that there is something: the frame is refused as measuring refuses it."""
    write(tmp_path / "a.fits", fits_bytes(np.full((100, 120), np.nan, np.float32), **LIGHT))
    refused = run("files", "preview", "a.fits")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert "the frame has no pixel with a value" in refused.stderr
    assert not (tmp_path / "a.jpg").exists()


def test_few_stars_are_told(tmp_path: Path, run: Run) -> None:
    """The values of a dozen stars come with a warning."""
    write(tmp_path / "a.fits", FRAME)
    assert (
        "12 stars measured: hfr, fwhm and eccentricity are uncertain"
        in document(run("measure", "a.fits", "--json"))["warnings"]
    )


def test_a_picture_by_default_and_a_wrong_one(tmp_path: Path, run: Run) -> None:
    """Without a name the picture has the frame's, in the present folder; other forms, and bad frames, are refused."""
    write(tmp_path / "night" / "a.fits", FRAME)
    assert run("files", "preview", "night/a.fits").exit_code == 0
    assert (tmp_path / "a.jpg").exists()
    assert run("files", "preview", "night/a.fits", "--out", "x.gif").exit_code == 2
    # The answer of the system is an error, as that to a folder which may not be entered is.
    nowhere = run("files", "preview", "night/a.fits", "--out", f"{'x' * 300}/x.png")
    assert (nowhere.exit_code, len(nowhere.stderr.splitlines())) == (1, 1)
    assert "cannot be written: File name too long; name another place" in nowhere.stderr
    write(tmp_path / "b.fits", b"rubbish")
    bad = run("files", "preview", "b.fits")
    assert (bad.exit_code, len(bad.stderr.splitlines())) == (1, 1)
    assert not (tmp_path / "b.jpg").exists()
