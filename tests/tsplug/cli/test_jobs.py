"""The image pipeline from the command line: real processes, real frames, one queue."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pixel_files import fits_bytes
from typer.testing import CliRunner, Result

from tsplug.app import buffers, open_store
from tsplug.cli.application import application
from tsplug.cli.jobs_shown import show_ends
from tsplug.model import UNNAMEABLE, Profile
from tsplug.ports import FrameTask, TaskNews
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import ManualClock, first_catalogue

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `tsplug` beside a store of its own, as ann."""
    monkeypatch.setenv("TSPLUG_DATA_DIR", str(tmp_path / "data"))
    environment = {"TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200", "NO_COLOR": "1", "TSPLUG_USER": "ann"}

    def runs(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(application(arguments), arguments, env={**environment, **more})

    return runs


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """Give a folder with a frame that is whole, one that is cut off, an empty one, and one that is none."""
    folder = tmp_path / "lights"
    folder.mkdir()
    whole = fits_bytes(np.random.default_rng(1).integers(800, 900, (128, 128)).astype(np.uint16), IMAGETYP="LIGHT")
    (folder / "a_cut.fits").write_bytes(whole[: len(whole) // 2])
    (folder / "b_empty.fits").write_bytes(b"")
    (folder / "c_text.fits").write_text("no frame at all")
    (folder / "d_whole.fits").write_bytes(whole)
    return folder


def document(result: Result, *, status: int = 0) -> Any:
    """Return what a command printed as JSON."""
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


class Interrupted:
    """A runner that somebody interrupts as soon as it has begun."""

    def free(self) -> int:
        """Return that it takes one task."""
        return 1

    def stuck(self) -> int:
        """Return that it has lost none."""
        return 0

    def start(self, key: int, task: FrameTask) -> None:
        """Begin nothing."""

    def stop(self, key: int) -> bool:
        """Stop nothing."""
        return True

    def wait(self, timeout_s: float) -> Sequence[TaskNews]:
        """Be interrupted once something was begun."""
        if timeout_s > 0:
            raise KeyboardInterrupt
        return ()

    def close(self) -> None:
        """Close nothing."""


def test_what_was_interrupted_is_no_success(run: Run, frames: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that goes on after `process` must not take frames that still wait for processed ones."""
    monkeypatch.setattr("tsplug.cli.process.local_runner", lambda processes: Interrupted())
    result = run("process", str(frames / "d_whole.fits"))
    assert (result.exit_code, "1 pending" in result.stdout) == (1, True)
    assert "interrupted: what is left waits in the queue" in result.stderr
    result = run("process", str(frames / "b_empty.fits"))
    assert (result.exit_code, "1 other frame waits in the queue" in result.stdout) == (1, True), result.output


def test_frames_of_others_are_processed_as_those_of_a_rig(run: Run, frames: Path, tmp_path: Path) -> None:
    """By what it prefers; a rig that is not there is refused."""
    store = open_store(str(tmp_path / "store.sqlite"), ManualClock())
    document_of_rig = first_catalogue()
    document_of_rig["profile"]["pipeline"] = {"preview_folder": "pictures"}
    load_catalogue(document_of_rig, store, clock=ManualClock())
    with store.read() as unit:
        (rig,) = unit.list(Profile)
    store.close()
    assert run("process", str(frames / "d_whole.fits"), "--profile", "nobody").exit_code == 1
    document(run("process", str(frames / "d_whole.fits"), "--profile", rig.name, "--only", "preview", "--json"))
    assert [file.parent.name for file in frames.rglob("*.jp*g")] == ["pictures"]
    shown = document(run("files", "show", str(frames / "d_whole.fits"), "--json"))
    assert Path(shown["preview"]).parent.name == "pictures"


def test_a_worker_waits_for_the_first_frame(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started before there is any store, as at boot, it makes one; where it cannot begin it leaves none."""
    missing = ("--runner", "dask", "--scheduler", "nonsense")
    assert run("worker", *missing).exit_code == 1
    assert not (tmp_path / "store.sqlite").exists()
    monkeypatch.setattr("tsplug.cli.worker.local_runner", lambda processes: Interrupted())
    assert document(run("worker", "--json"))["pending"] == 0
    assert (tmp_path / "store.sqlite").exists()


def test_what_is_damaged_fails_and_the_rest_is_processed(run: Run, frames: Path) -> None:
    """Frames that are cut off, empty or none fail with the reason; the next one has its preview; no buffer is left."""
    (frames / os.fsdecode(b"e_latin\xe9.fits")).write_bytes((frames / "d_whole.fits").read_bytes())
    *rows, unnameable = document(run("process", str(frames), "--json"), status=1)
    assert (unnameable["id"], unnameable["message"]) == (None, UNNAMEABLE)
    assert [(Path(row["file"]).name, row["state"]) for row in rows] == [
        ("a_cut.fits", "failed"),
        ("b_empty.fits", "failed"),
        ("c_text.fits", "failed"),
        ("d_whole.fits", "completed"),
    ]
    for row in rows[:3]:
        assert str(frames) in row["message"]
        assert row["attempts"] == 1
    assert all(step["state"] in ("completed", "skipped") for step in rows[3]["modules"])
    assert len(list(frames.rglob("d_whole*.jp*g"))) == 1
    assert list(buffers()._root.iterdir()) == []
    failed = document(run("jobs", "list", "--state", "failed", "--json"))
    assert [row["id"] for row in failed] == [3, 2, 1]


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        (["a.fits"], "1 frame not solved: a.fits: matcher: too few stars\n"),
        (["b.fits", "a.fits"], "2 frames not solved: such as b.fits: matcher: too few stars\n"),
        ([], ""),
    ],
)
def test_frames_without_a_solution_are_counted(
    frames: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of frames that no solver found, which have not failed, the summary says how many there are and why, by one."""
    step = {"module": "plate_solve", "state": "completed", "message": "not solved: matcher: too few stars"}
    rows = [{"file": f"/lights/{name}", "state": "completed", "modules": [step]} for name in frames]
    show_ends([*rows, {"file": "/lights/c.fits", "state": "completed", "modules": []}])
    assert capsys.readouterr().out.startswith(f"{told}{len(frames) + 1} frame")


def installed(folder: Path) -> str:
    """Install a package with the module that the documentation shows, and return the folder that Python finds it in."""
    page = Path(__file__).parents[3] / "docs" / "how-to" / "process-frames.md"
    code, project = re.findall(r"```(?:python|toml)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[-2:]
    (folder / "saturation.py").write_text(code, encoding="utf-8")
    told = folder / "saturation-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: saturation\nVersion: 1.0\n", encoding="utf-8")
    for group, names in tomllib.loads(project)["project"]["entry-points"].items():
        lines = [f"{name} = {place}" for name, place in names.items()]
        (told / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]), encoding="utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


def test_a_worker_does_what_was_put_off(run: Run, frames: Path, tmp_path: Path) -> None:
    """Frames that are only queued wait, are cancelled by who may, repeated, and done by a worker.

    The modules are those that are installed where its processes run.
    """
    whole = str(frames / "d_whole.fits")
    pictures = tmp_path / "pictures"
    assert f"{whole}/x cannot be made for pictures" in run("process", whole, "--previews", f"{whole}/x").output
    (row,) = document(run("process", whole, "--later", "--only", "preview", "--previews", str(pictures), "--json"))
    assert (row["state"], row["submitted_by"], row["switched"]["preview"]) == ("pending", "ann", True)
    assert "job 1 is ann's" in run("jobs", "cancel", "1", TSPLUG_USER="ben").output
    cancelled = run("jobs", "cancel", "1", "--json", TSPLUG_USER="ben", TSPLUG_ADMINISTRATORS="cleo, ben")
    assert document(cancelled)[0]["state"] == "cancelled"
    assert run("jobs", "watch", "1").exit_code == 1
    assert "0 frames: nothing waits" in run("jobs", "watch").output
    assert "1 job back in the queue" in run("jobs", "retry", "1").output
    worker = run("worker", "--until-idle", "--processes", "1", "--json", PYTHONPATH=installed(tmp_path))
    assert document(worker)["completed"] == 1
    shown = document(run("jobs", "show", "1", "--json"))
    steps = {step["module"]: (step["state"], step["message"]) for step in shown["modules"]}
    assert steps.keys() == {"preview", "saturation"}
    assert (steps["preview"][0], steps["saturation"]) == ("completed", ("completed", "0 of 16384 pixels are full"))
    assert (pictures / whole[1:]).with_name("d_whole.fits.jpg").is_file()
    assert run("jobs", "watch", "1").output.endswith("1 frame: 1 completed\n")
    late = run("jobs", "cancel", "1")
    assert (late.exit_code, "error: job 1 has ended already" in late.stderr) == (1, True)
    assert "0 jobs cancelled" in late.stdout


def test_jobs_are_shown_to_people(run: Run, frames: Path) -> None:
    """Lists, single jobs and what was put off read well, also where there is nothing."""
    assert "1 frame in the queue" in run("process", str(frames / "d_whole.fits"), "--later").output
    assert (
        "2 frames in the queue"
        in run("process", str(frames / "a_cut.fits"), str(frames / "b_empty.fits"), "--later").output
    )
    assert "the newest 2 of 3 jobs" in run("jobs", "list", "--limit", "2").output
    assert "pending" in run("jobs", "list").output
    shown = run("jobs", "show", "1").output
    assert "d_whole.fits" in shown
    assert re.search(r"created_at +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", shown)
    assert "0 jobs" in run("jobs", "list", "--state", "failed").output
    assert "0 jobs back in the queue" in run("jobs", "retry", "--failed").output
    assert "3 jobs cancelled" in run("jobs", "cancel", "--pending").output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["process", "nowhere.fits"], 1, "nowhere.fits does not exist"),
        (["process", ".", "--off", "magic"], 2, "'magic' is none of"),
        (["process", ".", "--priority", "1e9"], 2, "priority"),
        (["jobs", "retry"], 2, "give jobs, or --failed"),
        (["jobs", "cancel"], 2, "give jobs, or --pending"),
        (["jobs", "list"], 1, "no store at"),
        (["worker", "--until-idle"], 1, "no store at"),
        (["process", "nowhere.fits", "--db", "sqlite://"], 1, "names no file"),
    ],
)
def test_wrong_use_is_told(run: Run, arguments: list[str], status: int, words: str) -> None:
    """What cannot be done is told in a line, and no store is left behind."""
    result = run(*arguments)
    assert (result.exit_code, words in result.output) == (status, True), result.output
    assert "Traceback" not in result.output
