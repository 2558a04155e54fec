"""Whatever is wrong with a frame, its disk or its solver: its job fails with the reason, and the next job is done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from astropy.io import fits
from killing import start_worker
from pipeline_frames import star_frame

from tsplug.app import open_store, system_clock
from tsplug.model import PipelinePreferences, Profile
from tsplug.ports import JobQuery, Store
from tsplug.services.jobs.listing import Row, list_jobs
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.testing import store_light
from tsplug.testing.catalogue import first_catalogue
from tsplug.testing.clock import START

pytestmark = pytest.mark.xdist_group("bad frames")

SPARE = 10 << 20
QUOTA = 8 << 20
# Of a file, where no disk can be filled: more than the store takes, less than a frame with SPARE bytes behind it.


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """Give whether a place is a disk of its own that holds one frame with SPARE bytes and no second one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPARE + (1 << 20)}", "tmpfs", str(place)]
    is_disk = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_disk
    finally:
        if is_disk:
            subprocess.run(["umount", str(place)], check=True)


def hanging_program(file: Path) -> str:
    """Return a program that says who it is and never ends."""
    file.write_text(
        f"#!{sys.executable}\nimport os, time\nopen({f'{file}.pid'!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)\n"
    )
    file.chmod(0o755)
    return str(file)


def flipped(file: Path) -> None:
    """Turn one bit among the pixels."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)


def filled(file: Path) -> None:
    """Leave no room in the header, so that a copy is needed, and put much behind the image."""
    with fits.open(file, mode="update") as hdus:
        while len(hdus[0].header) % 36 != 35:
            hdus[0].header.append(("FILLER", len(hdus[0].header)))
        hdus.append(fits.ImageHDU())
    with file.open("ab") as stream:
        stream.write(bytes(SPARE))


DAMAGE: dict[str, Callable[[Path], None]] = {
    "rotten": flipped,
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "empty": lambda file: os.truncate(file, 0),
    "full": filled,
    "hung": lambda file: None,
    "sound": lambda file: None,
}


def rig_whose_solver_hangs(store: Store, file: Path, program: str, *, solve_timeout_s: float = 1.0) -> None:
    """Store a rig with that solver, and a light of it in a file."""
    from tsplug.services.catalogue import load_catalogue

    load_catalogue(first_catalogue(), store, clock=system_clock())
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    with store.write() as unit:
        rig = unit.get(Profile, image.profile_id or 0)
        rig.pipeline = PipelinePreferences(
            solvers=["solve-field"], solve_field=program, solve_timeout_s=solve_timeout_s
        )
        unit.update(rig)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Row], dict[str, bytes]]]:
    """Let one worker go through a frame of each kind; give the folder, the jobs, and the files as they were."""
    folder = tmp_path_factory.mktemp("bad")
    store = open_store(str(folder / "store.sqlite"), system_clock())
    with small_disk(folder / "small") as is_disk:
        files = {name: folder / ("small" if name == "full" else "lights") / f"{name}.fits" for name in DAMAGE}
        (folder / "lights").mkdir()
        for name, damage in DAMAGE.items():
            damage(star_frame(files[name], blocks=0))
        rig_whose_solver_hangs(store, files["hung"], hanging_program(folder / "solver"))
        before = {name: file.read_bytes() for name, file in files.items()}
        with store.write() as unit:
            submit(unit, [str(file) for file in files.values()], request=JobRequest(), at=system_clock().now())
        limit = () if is_disk else ("sh", "-c", f'ulimit -f {QUOTA // 512}; exec "$@"', "sh")
        worker = start_worker(folder / "store.sqlite", "--until-idle", "--processes", "1", through=limit)
        _, said = worker.communicate()
        assert worker.returncode == 0, said
        yield folder, {Path(row["file"]).stem: row for row in list_jobs(store, JobQuery())}, before
    store.close()


REASONS = {
    "rotten": ("preview, plate_solve, quality_analysis", "wrong DATASUM: its data changed"),
    "cut": ("preview, plate_solve, quality_analysis", "truncated: "),
    "empty": ("preview, plate_solve, quality_analysis", "is empty"),
    "full": ("quality_headers", "cannot be written: "),
    "hung": ("plate_solve", "took longer than 3 s and was stopped"),
}


@pytest.mark.parametrize("name", REASONS)
def test_it_fails_with_the_reason(run: tuple[Path, dict[str, Row], dict[str, bytes]], name: str) -> None:
    """The job tells which modules failed and why, at the first attempt; a damaged or full frame keeps every byte."""
    folder, rows, before = run
    modules, reason = REASONS[name]
    row = rows[name]
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert row["message"].startswith(f"{modules}: "), row["message"]
    assert reason in row["message"]
    (file,) = folder.glob(f"*/{name}.fits")
    assert (file.read_bytes() == before[name]) is (name != "hung")


def test_the_rest_is_done(run: tuple[Path, dict[str, Row], dict[str, bytes]]) -> None:
    """The last frame is done, the hung one has all but its solution, and nothing half done or running is left."""
    folder, rows, _ = run
    assert rows["sound"]["state"] == "completed"
    states = {step["module"]: step["state"] for step in rows["hung"]["modules"]}
    assert {name for name, state in states.items() if state != "completed"} == {"plate_solve"}
    assert (folder / "lights" / "previews" / "hung.fits.jpg").exists()
    assert not list(folder.rglob("*.part"))
    assert list((folder / "data" / "buffers").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "solver.pid").read_text()), 0)
