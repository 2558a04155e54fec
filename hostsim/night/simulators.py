"""The simulated observatory that fits a profile: its site, optics, sensor and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.covercalibrator import CoverCalibratorConfig
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.safetymonitor import SafetyLimits, SafetyMonitorConfig
from hostsim.devices.telescope import TelescopeConfig
from hostsim.equipment.guider import Guider
from hostsim.sky.scenario import Scenario
from hostsim.sky.scene import GuidingSample, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from tsplug import Profile, Site

# Which focus offset a filter has whose name is known, in steps; others have none.
_FOCUS_STEPS = {"L": 0, "R": 40, "G": 20, "B": -10, "Ha": 90, "OIII": 80, "SII": 100}


_PANEL_LEVELS = 255
"""Levels of a simulated panel whose profile names none."""


@dataclass(frozen=True)
class SimulatedNight:
    """What draws a night: seed and scenario; the weather that is unsafe in it; and its clock."""

    seed: int
    scenario: Scenario
    limits: SafetyLimits
    clock: SimulatedClock


def simulated_observatory(profile: Profile, site: Site, *, night: SimulatedNight) -> tuple[Observatory, Guider]:
    """Return an observatory under the sky of a night, and its guider."""
    names = tuple(profile.filters) or ("L",)
    offsets = tuple(profile.filter_offsets) or tuple(_FOCUS_STEPS.get(name, 0) for name in names)
    sky_site = SkySite(
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        elevation_m=site.elevation_m,
        sky_brightness_mag=site.sky_quality or 21.0,
    )
    usual, size = Optics(), Sensor()
    optics = Optics(
        focal_length_mm=profile.focal_length_mm or usual.focal_length_mm,
        aperture_mm=profile.aperture_mm or usual.aperture_mm,
        filter_focus_steps=dict(zip(names, offsets, strict=True)),
    )
    sensor = Sensor(
        width=profile.sensor_width_px or size.width,
        height=profile.sensor_height_px or size.height,
        pixel_um=profile.pixel_size_um or size.pixel_um,
    )
    sky = Sky(seed=night.seed, site=sky_site, optics=optics, sensor=sensor, scenario=night.scenario)
    config = ObservatoryConfig(
        scenario=night.scenario,
        devices=standard_devices(
            TelescopeConfig(site=sky_site, optics=optics),
            CameraConfig(sensor=sensor),
            CoverCalibratorConfig(max_brightness=profile.panel_max_brightness or _PANEL_LEVELS),
            FilterWheelConfig(filters=names, focus_offsets_steps=offsets),
            SafetyMonitorConfig(limits=night.limits),
        ),
    )
    observatory = Observatory(sky, night.clock, config=config)

    return observatory, _guider(observatory)


def _guider(observatory: Observatory) -> Guider:
    """Return a guider that reports what the stars of the last exposure show."""

    def sample(started: datetime, exposure_s: float) -> GuidingSample:
        # The camera's own idea of when the exposure began: the one whose error its stars show.
        state = observatory.camera.state
        guided = observatory.conditions.guiding(state.last.started if state.last else started, exposure_s)
        lost_ra, lost_dec = state.path.drift_arcsec_per_s if state.path else (0.0, 0.0)
        # A mount that leaves its target moves the stars the other way.
        return replace(
            guided,
            drift_ra_arcsec=guided.drift_ra_arcsec - lost_ra * exposure_s,
            drift_dec_arcsec=guided.drift_dec_arcsec - lost_dec * exposure_s,
        )

    return Guider(sample)
