"""The facts of one light and one flat, as the host would gather them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hostsim.equipment.camera import CameraReading
from hostsim.equipment.focuser import FocuserReading
from hostsim.equipment.guider import GuidingReading
from hostsim.equipment.mount import MountReading
from hostsim.equipment.rotator import RotatorReading
from hostsim.equipment.weatherstation import WeatherReading
from hostsim.saving.facts import FrameFacts, Readings, Subject
from tsplug import PierSide, Profile, Site

STARTED = datetime(2026, 1, 15, 23, 30, 5, tzinfo=UTC)

CAMERA = CameraReading(
    name="Cam",
    gain=100,
    offset=50,
    binning=2,
    readout_mode=0,
    readout_mode_name="Low Noise",
    pixel_um=3.76,
    egain=0.25,
    set_temperature_c=-10.0,
    temperature_c=-9.96,
)


@pytest.fixture
def light() -> FrameFacts:
    """Return a light of M 42 begun half past midnight local time."""
    return FrameFacts(
        guid="0f1e",
        kind="LIGHT",
        number=7,
        started=STARTED,
        ended=STARTED + timedelta(seconds=300),
        exposure_s=300.0,
        filter_name="Ha",
        subject=Subject("M 42", "Winter", 3, ra_hours=5.588, dec_deg=-5.39, rotation_deg=30.0),
        readings=Readings(
            camera=CAMERA,
            mount=MountReading("Mount", 83.82, -5.39, 30.0, 180.0, PierSide.WEST),
            focuser=FocuserReading("Focuser", 25_078, 1.2, 3.5),
            rotator=RotatorReading("Rotator", 31.5, 40.0, 0.01),
            guiding=GuidingReading(0.3, 0.4, 2.0),
            wheel_name="Wheel",
            weather=WeatherReading(temperature_c=3.0, wind_m_per_s=2.5, gust_m_per_s=5.0, sky_mag_per_arcsec2=21.25),
        ),
        profile=Profile(
            name="Rig",
            site_id=1,
            observer="Ann",
            telescope="APO",
            focal_length_mm=540,
            aperture_mm=108,
            camera="SIM1600",
            pixel_size_um=3.76,
        ),
        site=Site(name="Hill", latitude_deg=47.2, longitude_deg=8.6, elevation_m=550, time_zone="Europe/Zurich"),
        sequence_title="First night",
        night_began=datetime(2026, 1, 15, 15, tzinfo=UTC),
    )


@pytest.fixture
def flat(light: FrameFacts) -> FrameFacts:
    """Return a flat with the same settings."""
    return replace(light, kind="FLAT", exposure_s=2.0)
