"""The lights of a night after the image pipeline, with the simulator's own stars as the catalogue."""

from __future__ import annotations

import shutil
import warnings
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from nights import SHORT_NIGHT, Night

from hostsim.night.catalogue import export_stars
from tsplug.app import install_star_catalogue

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("short night")]

QUALITY = {"FWHM", "FWHMARC", "HFR", "NSTARS", "IMGSNR", "ECCENT", "BGLEVEL", "BGNOISE", "IMGMEAN", "IMGMED", "PXSCALE"}
TOLD = {"PROJECT", "TSPLAN", "GRADE", "PNTOFST", "PLTSOLVD", "WCSSOLVR"}


@pytest.fixture
def lights(short_night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return copies of two lights of each target; stars down to magnitude 12 are installed, as deep as Tycho-2."""
    monkeypatch.setenv("TSPLUG_CATALOGUE", str(tmp_path / "stars.catalogue"))
    assert export_stars(tmp_path / "stars.fits", sequence=SHORT_NIGHT, faintest_mag=12.0) > 1000
    install_star_catalogue(tmp_path / "stars.fits")
    shutil.copyfile(short_night.out / "store.sqlite", tmp_path / "store.sqlite")
    frames = short_night.frames("lights")
    chosen = [frame for name in ("M 42", "M 45") for frame in [each for each in frames if name in each.parts][:2]]
    return [Path(shutil.copyfile(frame, tmp_path / frame.name)) for frame in chosen]


def test_every_light_has_picture_coordinates_and_numbers(short_night: Night, lights: list[Path]) -> None:
    """The pixels are the camera's to the bit, astropy finds no fault, and a second time nothing changes."""
    pixels = [fits.getdata(file).tobytes() for file in lights]
    night, folder = Night(lights[0].parent), lights[0].parent
    night.tsplug("process", *lights, "--processes", 1)
    for file, before in zip(lights, pixels, strict=True):
        check_header(file, before)
        assert (folder / "previews" / f"{file.name}.jpg").stat().st_size > 1000
    after = {file: digest(file) for file in folder.rglob("*") if "store" not in file.name}
    night.tsplug("process", *lights, "--processes", 1)
    assert {file: digest(file) for file in folder.rglob("*") if "store" not in file.name} == after


def check_header(file: Path, before: bytes) -> None:
    """Check a light that was processed: within a pixel of where the telescope really looked."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(file, checksum=True) as hdus:
            hdus.verify("exception")
            header, data = hdus[0].header, hdus[0].data
            assert data.tobytes() == before
            assert set(header) >= QUALITY | TOLD
            rows, columns = data.shape
            middle = WCS(header).pixel_to_world((columns - 1) / 2, (rows - 1) / 2)
    # The simulated mount of this night reports where it really points: dithers included.
    truth = SkyCoord(header["RA"], header["DEC"], unit="deg")
    assert middle.separation(truth).arcsec < header["PXSCALE"]
    wished = SkyCoord(f"{header['OBJCTRA']} {header['OBJCTDEC']}", unit=("hourangle", "deg"))
    assert np.isclose(header["PNTOFST"], middle.separation(wished).arcsec, atol=0.2)


def digest(file: Path) -> str:
    """Return what tells one file from another."""
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
