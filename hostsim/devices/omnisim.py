"""An observatory whose devices answer as those of the OmniSim, ASCOM's own simulator, so that its test suites run.

Values are those of a fresh OmniSim 0.5 (spec/alpaca.md 9), and where client test suites demand that its settings have
been changed, the changed ones (spec/alpaca.md 14): these places say so.
"""

from __future__ import annotations

from typing import TypedDict

from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.covercalibrator import CoverCalibratorConfig
from hostsim.devices.dome import DomeConfig
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.focuser import FocuserConfig
from hostsim.devices.observingconditions import ObservingConditionsConfig, steady
from hostsim.devices.parts.cooler import CoolerConfig
from hostsim.devices.parts.level import LevelMode
from hostsim.devices.parts.mount import MountConfig, Place, Reference
from hostsim.devices.parts.telescope_config import Abilities, AxisRate, EquatorialSystem
from hostsim.devices.rotator import RotatorConfig
from hostsim.devices.safetymonitor import SafetyMonitorConfig
from hostsim.devices.switch import SwitchConfig, SwitchItem
from hostsim.devices.telescope import TelescopeConfig
from hostsim.sky.scene import Optics, ReadoutMode, Sensor, SkySite

# How long these devices take to connect.
_CONNECT_S = 1.5
_ASYNC_SWITCH_S = 3.0


class _Strings(TypedDict):
    description: str
    driver_info: str
    driver_version: str


def omnisim_config() -> ObservatoryConfig:
    """Return one device of each of the ten kinds, as the OmniSim has them."""
    return ObservatoryConfig(
        name="Alpaca Omni-Simulator preset",
        devices=(
            _telescope(),
            _camera(),
            _filterwheel(),
            _focuser(),
            _rotator(),
            _covercalibrator(),
            _observingconditions(),
            SafetyMonitorConfig(
                name="Alpaca Safety Monitor Simulator",
                connect_s=_CONNECT_S,
                follows_weather=False,
                **_strings("SafetyMonitor"),
            ),
            _switch(),
            _dome(),
        ),
    )


def _strings(kind: str) -> _Strings:
    return {
        "description": f"ASCOM {kind} Simulator Driver",
        "driver_info": f"{kind} Simulator Drivers",
        "driver_version": "0.5",
    }


def _telescope() -> TelescopeConfig:
    # A fresh OmniSim stands at a random height, on the longitude of the computer's time zone.
    return TelescopeConfig(
        name="Alpaca Telescope Simulator",
        connect_s=1.0,
        checks_connection=False,
        site=SkySite(latitude_deg=51.07861, longitude_deg=-0.29444, elevation_m=200.0),
        optics=Optics(focal_length_mm=1260.0, aperture_mm=200.0),
        aperture_area_m2=0.0269,
        mount=MountConfig(
            slew_deg_per_s=20.0,
            start=Place(reference=Reference.GROUND, hours=0.0, dec_deg=0.0),
            past_meridian_deg=20.0,
        ),
        abilities=Abilities(synchronous_slews=True, set_refraction=True),
        equatorial_system=EquatorialSystem.TOPOCENTRIC,
        axis_rates=(
            AxisRate(lowest_deg_per_s=0.0, highest_deg_per_s=6.67),
            AxisRate(lowest_deg_per_s=10.0, highest_deg_per_s=20.0),
        ),
        tracking_rates=(0, 3, 1, 2),
        refraction=True,
        unpark_tracks=True,
        settle_s=0,
        starts_parked=False,
        knows_its_actions=False,
        **_strings("Telescope"),
    )


def _camera() -> CameraConfig:
    # Changed for test suites: a name for the sensor, and a cooler that is regulated and tells its power.
    sensor = Sensor(
        width=800,
        height=600,
        pixel_um=5.6,
        full_well_e=30_000.0,
        gain_min=0,
        gain_max=0,
        readout_modes=(ReadoutMode("Default", 0.0, 0),),
    )
    return CameraConfig(
        name="Alpaca Camera Simulator",
        connect_s=3.0,
        interface_version=3,
        sensor=sensor,
        sensor_name="OmniSim sensor",
        max_bin=4,
        asymmetric_bin=True,
        gain_mode=LevelMode.NONE,
        start_gain=0,
        offset_mode=LevelMode.NONE,
        start_offset=1,
        electrons_per_adu=0.8,
        exposure_min_s=0.001,
        exposure_max_s=3600.0,
        exposure_step_s=0.001,
        patient=False,
        checks_darks=False,
        fan=True,
        names_itself_offline=False,
        download_s=0.1,
        cooler=CoolerConfig(),
        **_strings("Camera"),
    )


def _filterwheel() -> FilterWheelConfig:
    # A fresh OmniSim draws its focus offsets at random, 0 to 9999.
    return FilterWheelConfig(
        name="Alpaca Filter Wheel Simulator",
        connect_s=_CONNECT_S,
        checks_connection=False,
        filters=("Red", "Green", "Blue", "Clear", "Ha", "OIII"),
        focus_offsets_steps=(1200, 1100, 1000, 0, 2200, 2100),
        slot_s=1.0,
        **_strings("FilterWheel"),
    )


def _focuser() -> FocuserConfig:
    return FocuserConfig(
        name="Alpaca Focuser Simulator",
        connect_s=_CONNECT_S,
        max_step=50_000,
        start_step=25_000,
        step_um=20.0,
        steps_per_s=400.0,
        settle_s=0.5,
        clamps=True,
        temp_comp_available=True,
        **_strings("Focuser"),
    )


def _rotator() -> RotatorConfig:
    # It is set to 3 degrees per second, and turns at 7.5; it says that its step is 0.75, and stops anywhere. Its
    # Position is the mechanical one with the offset of a sync, whatever Reverse says.
    return RotatorConfig(
        name="Alpaca Rotator Simulator",
        connect_s=_CONNECT_S,
        step_deg=0.75,
        stepped=False,
        stop_deg=180.0,
        mechanical_target=True,
        reverses=False,
        deg_per_s=7.5,
        settle_s=0.0,
        **_strings("Rotator"),
    )


def _covercalibrator() -> CoverCalibratorConfig:
    return CoverCalibratorConfig(
        name="Alpaca Cover Calibrator Simulator",
        connect_s=0.0,
        max_brightness=100,
        warm_up_s=2.0,
        cover_s=5.0,
        unknown_when_disconnected=True,
        **_strings("CoverCalibrator"),
    )


def _observingconditions() -> ObservingConditionsConfig:
    # Changed for test suites: every sensor is overridden to be steady, here in the middle of where it would drift.
    return ObservingConditionsConfig(
        name="Alpaca Observing Conditions Simulator",
        cloud_cover=steady(2.5),
        humidity=steady(52.5),
        pressure=steady(1026.0),
        rain_rate=steady(0.0),
        sky_brightness=steady(90.0),
        sky_quality=steady(19.0),
        sky_temperature=steady(-26.5),
        star_fwhm=steady(1.1),
        temperature=steady(7.1),
        wind_direction=steady(214.0),
        wind_gust=steady(3.9),
        wind_speed=steady(1.35),
        sensor_description="ObservingConditions Simulated {sensor} sensor",
        **_strings("ObservingConditions"),
    )


def _switch() -> SwitchConfig:
    shown = (
        SwitchItem(name="Cover State", description="Cover state 0 to 5", high=5.0, writable=False),
        SwitchItem(name="Parked", description="Whether the telescope is parked", writable=False),
        SwitchItem(name="Cloud Cover", description="Cloud cover in eighths", high=8.0, writable=False),
        SwitchItem(
            name="Temperature", description="Temperature in degrees C", low=-20.0, high=30.0, step=0.1, writable=False
        ),
        SwitchItem(name="Humidity", description="Relative humidity in percent", high=100.0, writable=False),
        SwitchItem(name="Raining", description="Whether it rains", writable=False),
    )
    return SwitchConfig(
        name="Alpaca Switch Simulator",
        connect_s=0.0,
        switches=(
            SwitchItem(name="Power1", description="Generic power switch", async_s=_ASYNC_SWITCH_S),
            SwitchItem(name="Power2", description="Generic power switch"),
            SwitchItem(name="Light Box", description="Light box brightness in percent", high=100.0, step=10.0),
            # Changed for test suites: asynchronous.
            SwitchItem(
                name="Flat Panel", description="Flat panel brightness, 8 bits", high=255.0, async_s=_ASYNC_SWITCH_S
            ),
            *shown,
        ),
        **_strings("Switch"),
    )


def _dome() -> DomeConfig:
    return DomeConfig(
        name="Alpaca Dome Simulator",
        connect_s=_CONNECT_S,
        azimuth_deg_per_s=15.0,
        altitude_deg_per_s=30.0,
        shutter_s=3.0,
        park_deg=180.0,
        home_deg=0.0,
        can_slave=False,
        **_strings("Dome"),
    )
