"""Solvers of others: solve-field as it is, ASTAP by answers it gave, and whatever hangs or is missing."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from sky_frames import DEC_DEG, HEIGHT, RA_HOURS, WIDTH, SimulatedCatalogue, scale_arcsec, sky_pixels

from tsplug.files.solving.astap import Astap
from tsplug.files.solving.solve_field import SolveField
from tsplug.imaging.astrometry.matcher import FrameStars
from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.imaging.astrometry.star_list import stars_to_solve
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings
from tsplug.model import PipelinePreferences
from tsplug.ports import SolveRequest, SolveState

INDEXER = "build-astrometry-index"
STARS = FrameStars(np.array([10.0, 20.0]), np.array([10.0, 20.0]), WIDTH, HEIGHT)
SOLVED = """PLTSOLVD=T
CRPIX1= 5.0050000000000000E+002
CRPIX2= 4.0050000000000000E+002
CRVAL1= 3.0750000000000000E+002
CRVAL2= 4.0000000000000000E+001
CDELT1=-3.9880000000000000E-004
CDELT2= 3.9890000000000000E-004
CROTA1= 2.4990000000000000E+001
CROTA2= 2.5010000000000000E+001
CD1_1=-3.6150000000000000E-004
CD1_2= 1.6860000000000000E-004
CD2_1= 1.6850000000000000E-004
CD2_2= 3.6150000000000000E-004
CMDLINE=astap_cli -f a.fits
DIMENSIONS=1000 x 800
"""
UNSOLVED = "PLTSOLVD=F\nCMDLINE=astap_cli -f a.fits\nDIMENSIONS=1000 x 800\n"
NO_DATABASE = "PLTSOLVD=F\nERROR=Error, no star database found at /opt/astap/\n"
WARNED = UNSOLVED + 'WARNING=Warning scale was inaccurate! Set FOV=0.32d, scale=1.4"\n'
UNREADABLE = "PLTSOLVD=F\nERROR=Error reading image file!\n"


def program(folder: Path, code: str) -> str:
    """Write a program in Python and return its path."""
    file = folder / "program"
    file.write_text(f"#!{sys.executable}\nimport pathlib, sys, time\n{code}\n")
    file.chmod(0o755)
    return str(file)


def answering(folder: Path, answer: str, status: int) -> str:
    """Return a program that answers as ASTAP does: a file beside the name after -o, and a status."""
    text = f"pathlib.Path(sys.argv[sys.argv.index('-o') + 1] + '.ini').write_text({answer!r})" if answer else "pass"
    return program(folder, f"{text}\nsys.exit({status})")


def request(folder: Path, **likes: object) -> SolveRequest:
    """Return a request for a frame that lies nowhere."""
    preferences = PipelinePreferences(**likes)
    return SolveRequest(STARS, folder / "a.fits", (307.5, 40.3), scale_arcsec(), preferences)


@pytest.mark.parametrize(
    ("answer", "status", "state", "message"),
    [
        (SOLVED, 0, SolveState.SOLVED, ""),
        (SOLVED.replace(".", ","), 0, SolveState.SOLVED, ""),
        (UNSOLVED, 1, SolveState.NOT_SOLVED, "found nothing"),
        (UNSOLVED, 2, SolveState.NOT_SOLVED, "too few stars"),
        (NO_DATABASE, 32, SolveState.UNAVAILABLE, "no star database found at /opt/astap/: install one"),
        (
            "",
            32,
            SolveState.UNAVAILABLE,
            "it finds no star database: install one, or name its folder (pipeline.astap_database)",
        ),
        (WARNED, 1, SolveState.NOT_SOLVED, "Warning scale was inaccurate"),
        (UNREADABLE, 16, SolveState.FAILED, "Error reading image file"),
        ("", 33, SolveState.UNAVAILABLE, "it cannot read its star database"),
        ("", 16, SolveState.FAILED, "it ended with status 16"),
        ("PLTSOLVD=T\nCRVAL1=1\n", 0, SolveState.FAILED, "its answer is no tangent plane"),
    ],
    ids=[
        "solved",
        "decimal commas",
        "not solved",
        "few stars",
        "no database",
        "no database, silent",
        "warned",
        "unreadable",
        "bad database",
        "error",
        "half",
    ],
)
def test_astap_s_answers(tmp_path: Path, answer: str, status: int, state: SolveState, message: str) -> None:
    """Its file of settings and its exit status, as its manual has them."""
    said = Astap().solve(request(tmp_path, astap=answering(tmp_path, answer, status)))
    assert (said.state, message in said.message) == (state, True)
    if state is SolveState.SOLVED:
        assert said.found is not None
        assert said.found.stars == 0
        assert (said.found.wcs.ra_deg, said.found.wcs.dec_deg, said.found.wcs.x) == (307.5, 40.0, 499.5)
        assert said.found.wcs.scale_arcsec == pytest.approx(1.436, abs=1e-3)


@pytest.mark.parametrize(
    ("place", "scale", "message"),
    [
        (
            (307.5, 40.3),
            1.2,
            "its answer has 1.436 arcsec/px where 1.200 are known (focal length, pixel size, binning)",
        ),
        ((307.5, 43.0), 1.44, "its answer lies 3.0 deg away, and it was to look within 1"),
        ((307.5, 43.0), None, "its answer lies 3.0 deg away, and it was to look within 1"),
        (None, None, ""),
    ],
    ids=["another scale", "another place", "another place, no scale", "nothing known"],
)
def test_an_answer_that_cannot_be_is_none(
    tmp_path: Path, place: tuple[float, float] | None, scale: float | None, message: str
) -> None:
    """A program that is told where to look and how large pixels are is held to it; what was not told it may find."""
    likes = PipelinePreferences(astap=answering(tmp_path, SOLVED, 0))
    said = Astap().solve(SolveRequest(STARS, tmp_path / "a.fits", place, scale, likes))
    assert (said.state, said.message) == (SolveState.NOT_SOLVED if message else SolveState.SOLVED, message)


def test_solve_field_that_searched_to_its_limit_found_nothing(tmp_path: Path) -> None:
    """Its limit counts processor time, and a cloudy frame takes all of it: longer by the clock, and no failure."""
    code = (
        "limit = float(sys.argv[sys.argv.index('--cpulimit') + 1])\n"
        "time.sleep(1.1 * limit)\n"
        "print('Did not solve (or no WCS file was written).')"
    )
    likes = PipelinePreferences(solve_field=program(tmp_path, code), solve_timeout_s=1.0)
    said = SolveField().solve(SolveRequest(STARS, tmp_path / "a.fits", None, 1.0, likes))
    assert (said.state, said.message) == (SolveState.NOT_SOLVED, "found nothing")


def test_how_long_a_program_may_take_is_known_before(tmp_path: Path) -> None:
    """Two searches of solve-field where there is a place, by the clock twice as long as by the processor."""
    known, nowhere = (request(tmp_path, solve_timeout_s=150.0), SolveRequest(STARS, tmp_path / "a.fits"))
    assert [solver.longest_s(known) for solver in (Astap(), SolveField())] == [160.0, 2 * (310.0 + 10.0)]
    assert SolveField().longest_s(nowhere) == 130.0 + 10.0


def test_astap_is_told_what_is_known(tmp_path: Path) -> None:
    """Frame, field, place as hours and distance from the south pole, radius and database."""
    code = "pathlib.Path(__file__).with_name('told').write_text(' '.join(sys.argv[1:]))"
    Astap().solve(request(tmp_path, astap=program(tmp_path, code), astap_database="/stars", search_radius_deg=2.0))
    told = (tmp_path / "told").read_text()
    for part in (f"-f {tmp_path}/a.fits", "-fov 0.319", "-ra 20.500000", "-spd 130.300000", "-r 2", "-d /stars"):
        assert part in told


@pytest.mark.parametrize("solver", [Astap(), SolveField()], ids=["astap", "solve-field"])
def test_a_program_that_is_not_there_is_told(tmp_path: Path, solver: Astap | SolveField) -> None:
    """It is no fault of the frame."""
    said = solver.solve(request(tmp_path, astap="/nowhere/astap", solve_field="/nowhere/astap"))
    assert said.state is SolveState.UNAVAILABLE
    setting = f"pipeline.{solver.name.replace('-', '_')}"
    assert said.message == f"the program /nowhere/astap is not there: install it, or name its path ({setting})"


@pytest.mark.parametrize("solver", [Astap(), SolveField()], ids=["astap", "solve-field"])
def test_a_program_that_hangs_is_stopped_with_its_children(tmp_path: Path, solver: Astap | SolveField) -> None:
    """Also one that ignores the first request to end; the next frame can go on."""
    code = (
        "import os, signal, subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path(__file__).with_name('child').write_text(str(child.pid))\n"
        "time.sleep(600)"
    )
    path = program(tmp_path, code)
    said = solver.solve(request(tmp_path, astap=path, solve_field=path, solve_timeout_s=1.0))
    assert said.state is SolveState.FAILED
    assert re.search(r"took longer than (1|3) s and was stopped", said.message)
    child = tmp_path / "child"
    deadline = time.monotonic() + 60.0
    while child.exists() and is_alive(child.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("solver", [Astap(), SolveField()], ids=["astap", "solve-field"])
def test_a_program_that_talks_without_end_is_stopped(tmp_path: Path, solver: Astap | SolveField) -> None:
    """Before it fills the disk, and long before its time is over."""
    path = program(tmp_path, "while True:\n    print('spam' * 100_000)")
    said = solver.solve(request(tmp_path, astap=path, solve_field=path, solve_timeout_s=200.0))
    assert (said.state, said.message) == (SolveState.FAILED, f"{path} said more than 16 MB and was stopped")


def is_alive(process: str) -> bool:
    """Say whether a process runs; one that has ended and is not yet taken leave of does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    """A file that is no program."""
    (tmp_path / "text").write_text("no program")
    said = SolveField().solve(request(tmp_path, solve_field=str(tmp_path / "text")))
    assert (said.state, "cannot be run: Permission denied" in said.message) == (SolveState.FAILED, True)


def test_solve_field_that_fails_is_told(tmp_path: Path) -> None:
    """By its last words."""
    said = SolveField().solve(request(tmp_path, solve_field=program(tmp_path, "print('out of paper')\nsys.exit(3)")))
    assert (said.state, said.message) == (SolveState.FAILED, "it ended with status 3: out of paper")


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an index of the simulator's stars around the frame."""
    if not shutil.which(INDEXER) or not shutil.which("solve-field"):
        pytest.skip("astrometry.net is not installed")
    folder = tmp_path_factory.mktemp("indexes")
    stars = SimulatedCatalogue().near(RA_HOURS * 15.0, DEC_DEG, radius_deg=2.0)
    columns = (("ra", stars.ra_deg), ("dec", stars.dec_deg), ("mag", stars.magnitude))
    table = [fits.Column(name, "D", array=values) for name, values in columns]
    fits.BinTableHDU.from_columns(table).writeto(folder / "stars.fits")
    made = subprocess.run(
        f"{INDEXER} -i stars.fits -o index.fits -A ra -D dec -S mag -P 0 -E -I 4242 -n 100".split(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    (folder / "stars.fits").unlink()
    return folder


@pytest.mark.parametrize("off_deg", [0.3, 30.0, None], ids=["hinted", "wrong hint, then blind", "blind"])
def test_solve_field_recovers_a_simulated_frame(indexes: Path, tmp_path: Path, off_deg: float | None) -> None:
    """Of our star list, within a pixel; where the hint leads astray it is asked again without."""
    stars = stars_to_solve(measure_frame(sky_pixels(), StarSettings()))
    place = None if off_deg is None else (RA_HOURS * 15.0, DEC_DEG + off_deg)
    likes = PipelinePreferences(solve_field_indexes=str(indexes), solve_timeout_s=120.0)
    said = SolveField().solve(SolveRequest(stars, tmp_path / "a.fits", place, scale_arcsec() * 1.01, likes))
    assert said.found is not None, said.message
    middle = said.found.wcs.at((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    assert separation_deg(middle, (RA_HOURS * 15.0, DEC_DEG)) * 3600.0 < scale_arcsec()
    assert math.isclose(said.found.wcs.scale_arcsec, scale_arcsec(), rel_tol=1e-3)
    assert said.found.wcs.position_angle_deg == pytest.approx(25.0, abs=0.1)


def test_solve_field_finds_nothing_in_stars_at_random(indexes: Path, tmp_path: Path) -> None:
    """That is an answer, no failure."""
    rng = np.random.default_rng(2)
    stars = FrameStars(rng.uniform(0, WIDTH, 60), rng.uniform(0, HEIGHT, 60), WIDTH, HEIGHT)
    likes = PipelinePreferences(solve_field_indexes=str(indexes), solve_timeout_s=20.0)
    said = SolveField().solve(SolveRequest(stars, tmp_path / "a.fits", None, scale_arcsec(), likes))
    assert said.state is SolveState.NOT_SOLVED


def test_solve_field_without_indexes_is_told(indexes: Path, tmp_path: Path) -> None:
    """It says so, and the message says what to do."""
    (tmp_path / "empty").mkdir()
    likes = PipelinePreferences(solve_field_indexes=str(tmp_path / "empty"), solve_timeout_s=60.0)
    said = SolveField().solve(SolveRequest(STARS, tmp_path / "a.fits", None, scale_arcsec(), likes))
    assert said.state is SolveState.UNAVAILABLE, said.message
