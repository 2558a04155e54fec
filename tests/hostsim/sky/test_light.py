"""The light path decides which light reaches the sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hostsim.sky.conditions import Conditions
from hostsim.sky.light import Light, LightSource, OpenSky
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite


@pytest.fixture
def source(optics: Optics, sensor: Sensor) -> LightSource:
    """Return the light of seed 7."""
    return LightSource(7, SkySite(), optics=optics, sensor=sensor)


def seen(light: Light | None) -> OpenSky:
    """Return what an open cover shows."""
    assert light is not None
    assert light.open_sky is not None
    return light.open_sky


def test_an_open_cover_shows_sky_and_stars(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """Sky and stars come through an open cover, whatever the panel does."""
    light = source.during(replace(path, panel_level=1.0), exposure)
    assert seen(light).starlight.stars.x.size > 100
    assert light is not None
    assert light.level_e == seen_level(source, path, exposure)
    assert 20.0 < light.level_e[0] < 200.0


def seen_level(source: LightSource, path: LightPath, exposure: ExposureSettings) -> tuple[float, ...]:
    """Return the even light in each band."""
    light = source.during(path, exposure)
    assert light is not None
    return light.level_e


def test_a_shut_shutter_lets_nothing_in(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """Without light there is none, not even of the panel."""
    assert source.during(replace(path, cover_closed=True, panel_level=1.0), replace(exposure, light=False)) is None


def test_a_closed_cover_shows_the_panel_only(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """Behind a closed cover there are no stars, and light only from the panel."""
    closed = replace(path, cover_closed=True)
    dark = source.during(closed, exposure)
    assert dark is not None
    assert dark.level_e == (0.0,)
    lit = source.during(replace(closed, panel_level=0.5), exposure)
    assert lit is not None
    assert lit.level_e[0] > 1000.0
    assert lit.open_sky is None


def test_low_stars_are_dimmer(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """The same stars are fainter near the horizon, blue light most of all."""
    dimming = {}
    for name in ("R", "B"):
        fluxes = []
        for altitude_deg in (80.0, 20.0):
            light = source.during(replace(path, filter_name=name, altitude_deg=altitude_deg), exposure)
            fluxes.append(float(seen(light).starlight.stars.flux_e.max()))
        dimming[name] = fluxes[1] / fluxes[0]
    assert dimming["B"] < dimming["R"] < 1.0


def test_a_standing_mount_trails_westwards(source: LightSource, path: LightPath, exposure: ExposureSettings) -> None:
    """With north up and east left, stars move to the right at the sidereal rate when the mount stands still."""
    short = replace(exposure, duration_s=4.0)
    still = replace(path, tracking=False, sky_angle_deg=0.0, dec_deg=0.0)
    assert seen(source.during(still, short)).starlight.move_px == pytest.approx(
        (4.0 * 15.041 / 1.436216, 0.0), rel=1e-4
    )


def test_a_faulty_mount_drags_stars_the_other_way(
    source: LightSource, path: LightPath, exposure: ExposureSettings
) -> None:
    """A mount that leaves its target northwards sees stars move southwards: down, with north up."""
    dragged = replace(path, sky_angle_deg=0.0, drift_arcsec_per_s=(0.0, 0.1))
    usual = seen(source.during(replace(path, sky_angle_deg=0.0), exposure)).starlight.move_px
    right, down = np.subtract(seen(source.during(dragged, exposure)).starlight.move_px, usual)
    assert (right, down) == pytest.approx((0.0, 6.0 / 1.436216), abs=1e-4)


def test_a_colour_sensor_sees_three_bands(optics: Optics, path: LightPath, exposure: ExposureSettings) -> None:
    """Each cell of a mosaic gathers less than a bare pixel, and a hydrogen filter leaves light to red alone."""
    mono = LightSource(7, SkySite(), optics=optics, sensor=Sensor(width=800, height=600))
    colour = LightSource(7, SkySite(), optics=optics, sensor=Sensor(width=800, height=600, bayer=True))
    bare, bands = (seen_level(source, path, exposure) for source in (mono, colour))
    assert len(bands) == 3
    assert max(bands) < bare[0]
    red, green, blue = seen_level(colour, replace(path, filter_name="Ha"), exposure)
    assert red > 5.0 * max(green, blue)


class Slanted(Conditions):
    """A clear night whose sky brightens upwards by a fixed part per degree."""

    def sky_gradient(self, moment: object, *, altitude_deg: float, azimuth_deg: float) -> tuple[float, float]:
        """Return ten percent per degree upwards."""
        return (0.1, 0.0)


def test_the_gradient_follows_the_frames_angle(
    optics: Optics, sensor: Sensor, path: LightPath, exposure: ExposureSettings
) -> None:
    """In the south up is north: with north up the sky brightens upwards, with east up to the right; mirrored, left."""
    slopes = []
    for angle, mirrored in ((0.0, False), (90.0, False), (90.0, True)):
        source = LightSource(
            7, SkySite(), optics=replace(optics, mirrored=mirrored), sensor=sensor, conditions=Slanted(7, SkySite())
        )
        south = replace(path, altitude_deg=40.0, azimuth_deg=180.0, sky_angle_deg=angle)
        light = source.during(south, replace(exposure, duration_s=1.0))
        assert light is not None
        slopes.append(light.slope)
    per_px = 0.1 * 1.436216 / 3600.0
    assert np.array(slopes) == pytest.approx(np.array([[0.0, -per_px], [per_px, 0.0], [-per_px, 0.0]]), abs=1e-8)
