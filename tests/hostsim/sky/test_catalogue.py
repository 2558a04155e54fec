"""The shipped catalogue can be made from its source."""

from __future__ import annotations

import hashlib
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from hostsim.sky.brightstars import CATALOGUE, all_bright_stars
from hostsim.sky.catalogue import DEGREES_PER_STEP, read_source, visual_magnitude, write

# Lines of hip2.dat as published: Sirius, Vega and Barnard's star.
LINES = """\
 32349   0 4 1  1.7678185359 -0.2916993748  379.21  -546.01 -1223.07   1.21   1.04   1.58   1.33   1.24  47  0.00\
  0    0.0    0 -1.0876 0.0024 0.040 0  0.009 0.007 -0.020
 91262   1 0 1  4.8735545728  0.6768909262  130.23   200.94   286.23   0.26   0.28   0.36   0.32   0.40  98 -0.14\
  0    1.8    0  0.0868 0.0021 0.014 2 -0.001 0.005 -0.010
 87937   5 0 1  4.7028598776  0.0814769927  548.31  -798.58 10328.12   1.25   1.01   1.51   1.72   1.22  83  0.88\
  1    0.0    0  9.4901 0.0048 0.031 0  1.570 0.015  2.520
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file with three lines of the source."""
    path = tmp_path / "hip2.dat"
    path.write_text(LINES, encoding="ascii")
    return path


def test_the_shipped_rows_are_those_of_the_source(source: Path) -> None:
    """What is made of three lines of the source stands in the shipped file, number for number."""
    made = read_source(source)
    with np.load(CATALOGUE) as shipped:
        for row, hip in enumerate(made["hip"]):
            place = np.flatnonzero(shipped["hip"] == hip)
            assert place.size == 1
            assert all(shipped[name][place[0]] == made[name][row] for name in made)


def test_the_command_writes_the_same_file_twice(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Running the module makes a file whose bytes depend on the source alone."""
    out, again = tmp_path / "out.npz", tmp_path / "again.npz"
    monkeypatch.setattr(sys, "argv", ["catalogue", str(source), str(out)])
    monkeypatch.delitem(sys.modules, "hostsim.sky.catalogue")
    runpy.run_module("hostsim.sky.catalogue", run_name="__main__")
    write(read_source(source), again)
    assert out.read_bytes() == again.read_bytes()


def test_positions_are_moved_to_2000(source: Path) -> None:
    """Barnard's star moves north by 90 arcseconds from the source's epoch to 2000."""
    dec_deg = read_source(source)["dec"][2] * DEGREES_PER_STEP
    assert (dec_deg - np.degrees(0.0814769927)) * 3600.0 == pytest.approx(10.32812 * 8.75, abs=0.01)


@pytest.mark.parametrize(
    ("hp_mag", "colour", "v_mag"),
    [(0.1373, 0.710, -0.01), (0.1114, 1.239, -0.05), (0.9986, 1.538, 0.87), (2.1077, 0.636, 1.97)],
    ids=["Alpha Centauri A", "Arcturus", "Aldebaran", "Polaris"],
)
def test_v_follows_from_hp(hp_mag: float, colour: float, v_mag: float) -> None:
    """V of well-measured stars comes out within 0.03 magnitudes."""
    assert visual_magnitude(np.array([hp_mag]), np.array([colour]))[0] == pytest.approx(v_mag, abs=0.03)


def test_the_data_are_those_of_their_page() -> None:
    """The page beside the data names the shipped file's checksum and its licence, and the file is small."""
    page = (CATALOGUE.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(CATALOGUE.read_bytes()).hexdigest() in page
    assert "Licence" in page
    assert CATALOGUE.stat().st_size < 3_000_000
    assert all_bright_stars().hip.size == 117_955
