"""What the host knows of a light without its pixels."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_body
from astropy.time import Time

from hostsim.equipment.camera import CameraReading
from hostsim.equipment.guider import GuidingReading
from hostsim.equipment.mount import MountReading
from hostsim.equipment.weatherstation import WeatherReading
from hostsim.saving.facts import FrameFacts, Readings, Subject
from hostsim.sequence.known import known_metrics
from tsplug import PierSide, Profile, Site

STARTED = datetime(2026, 1, 29, 21, 0, tzinfo=UTC)
CAMERA = CameraReading(
    name="Cam",
    gain=100,
    offset=50,
    binning=1,
    readout_mode=0,
    readout_mode_name="",
    pixel_um=3.76,
    egain=None,
    set_temperature_c=None,
    temperature_c=None,
)
MOUNT = MountReading("Mount", 83.82, -5.39, 37.4, 181.0, PierSide.WEST)


def facts(**readings: object) -> FrameFacts:
    return FrameFacts(
        guid="g",
        kind="LIGHT",
        number=1,
        started=STARTED,
        ended=STARTED + timedelta(seconds=600),
        exposure_s=600.0,
        filter_name="L",
        subject=Subject("M 42", "Winter", 1),
        readings=Readings(camera=CAMERA, **readings),  # type: ignore[arg-type]
        profile=Profile(name="Rig"),
        site=Site(name="Hill", latitude_deg=47.2, longitude_deg=8.6, elevation_m=550, time_zone="Europe/Zurich"),
    )


def test_the_moon_is_that_of_the_middle_of_the_exposure() -> None:
    """Distance and lit part agree with astropy, an independent source, within a fifth of a degree and one percent."""
    known = known_metrics(facts(mount=MOUNT))
    middle = Time(STARTED + timedelta(seconds=300))
    place = EarthLocation(lat=47.2, lon=8.6, height=550)
    frame = AltAz(obstime=middle, location=place)
    moon, sun = (get_body(name, middle, place) for name in ("moon", "sun"))
    pointing = SkyCoord(az=181.0, alt=37.4, unit="deg", frame=frame)
    assert known["moon_distance"] == pytest.approx(moon.transform_to(frame).separation(pointing).deg, abs=0.2)
    elongation = moon.separation(sun, origin_mismatch="ignore").rad
    lit = 50.0 * (1 - math.cos(elongation))
    assert known["moon_illumination"] == pytest.approx(lit, abs=1.0)


def test_each_device_adds_what_it_tells() -> None:
    """Without devices only the Moon is known; mount, guider and weather station add their own."""
    bare = known_metrics(facts())
    assert set(bare) == {"moon_illumination"}
    full = known_metrics(
        facts(mount=MOUNT, guiding=GuidingReading(0.3, 0.4, 2.0), weather=WeatherReading(wind_m_per_s=2.5))
    )
    assert (full["altitude"], full["guiding_rms"], full["guiding_rms_px"], full["wind_speed"]) == (37.4, 0.5, 0.25, 2.5)
    assert full["airmass"] == pytest.approx(1.643, abs=0.003)
    low = MountReading("Mount", 0.0, 0.0, -1.0, 90.0, PierSide.WEST)
    assert "airmass" not in known_metrics(facts(mount=low))


def test_the_weather_is_between_before_and_after() -> None:
    """What both readings show is halfway, wind by the shorter way round; what one shows alone is the later's."""
    before = WeatherReading(temperature_c=4.0, wind_direction_deg=350.0, humidity_percent=40.0)
    after = WeatherReading(temperature_c=3.0, wind_direction_deg=20.0, cloud_percent=10.0)
    told = facts(weather=after).with_weather_from(before).readings.weather
    assert told == WeatherReading(temperature_c=3.5, wind_direction_deg=5.0, cloud_percent=10.0)
    assert facts(weather=after).with_weather_from(None).readings.weather == after
    assert facts().with_weather_from(before).readings.weather is None
