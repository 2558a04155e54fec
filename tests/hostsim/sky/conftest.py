"""One small telescope and a bright plain field, shared by the tests of the sky."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky


@pytest.fixture(scope="session")
def optics() -> Optics:
    """Return a telescope whose filters focus differently."""
    return Optics(filter_focus_steps={"Ha": 40})


@pytest.fixture(scope="session")
def sensor() -> Sensor:
    """Return a sensor of a quarter of the usual area, to be quick."""
    return Sensor(width=800, height=600)


@pytest.fixture
def sky(optics: Optics, sensor: Sensor) -> Sky:
    """Return the sky of seed 7."""
    return Sky(seed=7, site=SkySite(), optics=optics, sensor=sensor)


@pytest.fixture
def path(optics: Optics) -> LightPath:
    """Return a sharp look at a field near the galactic plane, high in a dark sky."""
    return LightPath(
        ra_hours=20.5,
        dec_deg=40.0,
        altitude_deg=65.0,
        rotator_deg=30.0,
        sky_angle_deg=25.0,
        filter_name="L",
        focuser_position=round(best_focus_steps(optics, 9.0, filter_name="L")),
        temperature_c=9.0,
        cover_closed=False,
        panel_level=0.0,
        tracking=True,
    )


@pytest.fixture(scope="session")
def started() -> datetime:
    """Return the moment near midnight at which exposures begin."""
    return datetime(2026, 3, 12, 23, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def exposure(started: datetime) -> ExposureSettings:
    """Return a minute over the whole sensor, unbinned."""
    return ExposureSettings(
        started=started,
        duration_s=60.0,
        light=True,
        gain=100,
        offset=30,
        bin_x=1,
        bin_y=1,
        start_x=0,
        start_y=0,
        num_x=800,
        num_y=600,
        readout_mode=0,
        ccd_temperature_c=-10.0,
    )
