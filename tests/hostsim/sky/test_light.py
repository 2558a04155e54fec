"""The light path decides which light reaches the sensor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostsim.sky.light import LightSource
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite


@pytest.fixture
def source(optics: Optics, sensor: Sensor) -> LightSource:
    """Return the light of seed 7."""
    return LightSource(7, SkySite(), optics=optics, sensor=sensor)


def test_an_open_cover_shows_sky_and_stars(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """Sky and stars come through an open cover, whatever the panel does."""
    light = source.during(replace(path, panel_level=1.0), exposure)
    assert light.starlight is not None
    assert light.even_e == source.during(path, exposure).even_e
    assert 20.0 < light.even_e < 200.0


def test_a_closed_cover_shows_the_panel_only(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """Behind a closed cover there are no stars, and light only from the panel."""
    closed = replace(path, cover_closed=True)
    assert source.during(closed, exposure).even_e == 0.0
    lit = source.during(replace(closed, panel_level=0.5), exposure)
    assert lit.even_e > 1000.0
    assert lit.starlight is None


def test_low_stars_are_dimmer(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """The same stars are fainter near the horizon, blue light most of all."""
    dimming = {}
    for name in ("R", "B"):
        fluxes = []
        for altitude_deg in (80.0, 20.0):
            light = source.during(replace(path, filter_name=name, altitude_deg=altitude_deg), exposure)
            assert light.starlight is not None
            fluxes.append(float(light.starlight.stars.flux_e.max()))
        dimming[name] = fluxes[1] / fluxes[0]
    assert dimming["B"] < dimming["R"] < 1.0


def test_a_standing_mount_keeps_a_stars_light(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """A trail runs along right ascension at the sidereal rate."""
    short = replace(exposure, duration_s=4.0)
    light = source.during(replace(path, tracking=False, sky_angle_deg=0.0, dec_deg=0.0), short)
    assert light.starlight is not None
    stars = light.starlight.stars
    brightest = stars.flux_e == stars.flux_e.max()
    length_px = 4.0 * 15.041 / 1.436216
    assert stars.x[brightest].max() - stars.x[brightest].min() == pytest.approx(length_px, rel=0.05)
    assert stars.y[brightest].max() == pytest.approx(stars.y[brightest].min())
