"""ASTAP itself, with a database of real stars, where this machine has both; see `astap_here`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astap_here import DEC_DEG, HEIGHT, RA_DEG, SCALE_ARCSEC, WIDTH, astap_here, real_stars
from astropy.io import fits

from tsplug.files.solving.astap import Astap
from tsplug.imaging.astrometry.matcher import FrameStars
from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.model import PipelinePreferences
from tsplug.ports import SolveOutcome, SolveRequest, SolveState


def solved(file: Path, *, off_deg: float | None = 0.0, database: str | None = None) -> SolveOutcome:
    """Let ASTAP solve a frame, told a place that is so far off, or none."""
    found = astap_here()
    assert found is not None
    likes = PipelinePreferences(astap=found[0], astap_database=database or found[1], search_radius_deg=3.0)
    place = None if off_deg is None else (RA_DEG, DEC_DEG + off_deg)
    none = np.zeros(0)
    return Astap().solve(SolveRequest(FrameStars(none, none, WIDTH, HEIGHT), file, place, SCALE_ARCSEC, likes))


@pytest.mark.parametrize("off_deg", [0.0, 1.5, None], ids=["as it looks", "off", "unknown"])
def test_real_stars_are_solved(tmp_path: Path, off_deg: float | None) -> None:
    """Within a pixel, north up, wherever the mount believes to look."""
    said = solved(real_stars(tmp_path / "a.fits"), off_deg=off_deg)
    assert said.found is not None, said.message
    middle = said.found.wcs.at((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    assert separation_deg(middle, (RA_DEG, DEC_DEG)) * 3600.0 < SCALE_ARCSEC
    assert said.found.wcs.scale_arcsec == pytest.approx(SCALE_ARCSEC, rel=2e-3)


def test_noise_is_not_solved(tmp_path: Path) -> None:
    """That is an answer, no failure."""
    noise = np.random.default_rng(2).normal(1000.0, 10.0, (HEIGHT, WIDTH)).astype(np.uint16)
    fits.PrimaryHDU(noise).writeto(tmp_path / "a.fits")
    assert solved(tmp_path / "a.fits").state is SolveState.NOT_SOLVED


def test_a_folder_without_a_database_is_told(tmp_path: Path) -> None:
    """It is no fault of the frame, and the message says what to do."""
    said = solved(real_stars(tmp_path / "a.fits"), database=str(tmp_path))
    assert said.state is SolveState.UNAVAILABLE, said.message
    assert "pipeline.astap_database" in said.message
