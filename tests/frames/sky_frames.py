"""Frames of hostsim's sky with known pointing, and its stars as a catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from astropy.io import fits

from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from hostsim.sky.stars import stars_near
from tsplug.model import SkyStars

WIDTH, HEIGHT = 1000, 800
STARTED = datetime(2026, 3, 12, 23, 0, tzinfo=UTC)
RA_HOURS, DEC_DEG, ANGLE_DEG = 20.5, 40.0, 25.0
FAINTEST = 13.0


class SimulatedCatalogue:
    """The stars of the simulated sky, as a catalogue's."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return its stars near a place, where their motion has brought them."""
        table = stars_near(ra_deg, dec_deg, radius_deg=radius_deg, faintest_mag=FAINTEST).moved(26.2)
        order = np.argsort(table.magnitude, kind="stable")
        return SkyStars(table.ra_deg[order], table.dec_deg[order], table.magnitude[order])


def optics(*, mirrored: bool = False) -> Optics:
    """Return a telescope."""
    return Optics(mirrored=mirrored)


@cache
def sky_pixels(
    *,
    mirrored: bool = False,
    angle_deg: float = ANGLE_DEG,
    dec_deg: float = DEC_DEG,
    shape: tuple[int, int] = (HEIGHT, WIDTH),
) -> np.ndarray:
    """Return a minute of the simulated sky, rows by columns; stars of the brightest magnitudes are saturated."""
    rows, columns = shape
    sensor, through = Sensor(width=columns, height=rows), optics(mirrored=mirrored)
    path = LightPath(
        ra_hours=RA_HOURS,
        dec_deg=dec_deg,
        altitude_deg=65.0,
        rotator_deg=30.0,
        sky_angle_deg=angle_deg,
        filter_name="L",
        focuser_position=round(best_focus_steps(through, 9.0, filter_name="L")),
        temperature_c=9.0,
        cover_closed=False,
        panel_level=0.0,
        tracking=True,
    )
    exposure = ExposureSettings(
        started=STARTED,
        duration_s=60.0,
        light=True,
        gain=100,
        offset=30,
        bin_x=1,
        bin_y=1,
        start_x=0,
        start_y=0,
        num_x=columns,
        num_y=rows,
        readout_mode=0,
        ccd_temperature_c=-10.0,
    )
    return np.ascontiguousarray(Sky(seed=7, site=SkySite(), optics=through, sensor=sensor).render(path, exposure).T)


def scale_arcsec() -> float:
    """Return arcseconds per pixel of these frames."""
    return Sensor().pixel_um / Optics().focal_length_mm * 206.264806


def sky_frame(file: Path, *, off_deg: float = 0.3, shape: tuple[int, int] = (HEIGHT, WIDTH), **cards: object) -> Path:
    """Write such a frame as a host does, the mount being off by so much in declination."""
    hdu = fits.PrimaryHDU(sky_pixels(shape=shape))
    usual = {
        "IMAGETYP": "LIGHT",
        "RA": RA_HOURS * 15.0,
        "DEC": DEC_DEG + off_deg,
        "XPIXSZ": Sensor().pixel_um,
        "FOCALLEN": Optics().focal_length_mm,
        "CROTA1": 12.0,
        "CDELT1": 1.0,
    }
    for keyword, value in (usual | cards).items():
        hdu.header[keyword] = value
    for _ in range(72):
        hdu.header.append(end=True, bottom=True)
    hdu.writeto(file, checksum=True)
    return file
