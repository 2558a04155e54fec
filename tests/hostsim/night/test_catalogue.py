"""``hostsim catalogue``: the stars of the simulated sky for whoever solves its frames."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from astropy.io import fits

from hostsim.cli import main
from hostsim.night import catalogue
from hostsim.night.catalogue import export_stars
from hostsim.sky.stars import all_stars, stars_near
from tsplug import InputError

NIGHT = """\
name: Night
start: 2026-01-15T17:00:00+00:00
catalogue:
  site: {name: Hill, latitude_deg: 47.2, longitude_deg: 8.6, time_zone: Europe/Zurich}
  profile: {name: Rig, focal_length_mm: 540, aperture_mm: 107, pixel_size_um: 3.76, filters: [L]}
  templates: [{name: Luminance, filter_name: L, default_exposure_s: 120}]
PROJECTS
run:
  - {type: wait_until, until: {time: "19:00"}}
"""
PROJECTS = """\
  projects:
    - name: P
      targets:
        - {name: A, ra_hours: 5.5, dec_deg: 20.0, plans: [{template: Luminance, desired: 6}]}
        - {name: B, ra_hours: 5.6, dec_deg: 20.0, plans: [{template: Luminance, desired: 6}]}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return what writes a sequence with some projects."""

    def written(projects: str) -> Path:
        file = tmp_path / "night.yaml"
        file.write_text(NIGHT.replace("PROJECTS\n", projects), encoding="utf-8")
        return file

    return written


def test_the_stars_around_a_sequence_s_targets_are_written(
    write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each star once, where targets share it too; what a look at one of them shows is among them."""
    monkeypatch.setattr(catalogue, "_AROUND_DEG", 0.6)
    out = tmp_path / "stars.fits"
    line = ["hostsim", "catalogue", "--out", str(out), "--sequence", str(write(PROJECTS)), "--faintest", "12"]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit, match="0"):
        main()
    rows = fits.getdata(out, "STARS")
    assert capsys.readouterr().out == f"{out}: {len(rows)} stars\n"
    places = set(zip(rows["RAJ2000"].tolist(), rows["DEJ2000"].tolist(), strict=True))
    assert len(places) == len(rows)
    for ra_deg in (82.5, 84.0):
        near = stars_near(ra_deg, 20.0, radius_deg=0.6, faintest_mag=12.0)
        assert places >= set(zip(near.ra_deg.tolist(), near.dec_deg.tolist(), strict=True))
    assert rows["Vmag"].max() <= 12.0


def test_a_sequence_without_targets_is_refused(write: Callable[[str], Path], tmp_path: Path) -> None:
    """There is no place around which stars could be."""
    with pytest.raises(InputError, match="has no targets around which there could be stars"):
        export_stars(tmp_path / "stars.fits", sequence=write(""))
    assert not (tmp_path / "stars.fits").exists()


def test_the_whole_sky_is_written_without_a_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cell by cell from pole to pole, clusters included; two cells stand for all here."""
    monkeypatch.setattr("hostsim.sky.stars.every_cell", lambda: [(0, 0), (359, 0)])
    assert export_stars(tmp_path / "stars.fits", faintest_mag=11.0) == sum(
        table.magnitude.size for table in all_stars(faintest_mag=11.0)
    )
    declinations = fits.getdata(tmp_path / "stars.fits", "STARS")["DEJ2000"]
    assert (declinations.min() < -89.5, declinations.max() > 89.5) == (True, True)
