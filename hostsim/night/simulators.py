"""The simulated observatory that fits a profile: its site, optics, sensor and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import AnyDeviceConfig, ObservatoryConfig, standard_devices
from hostsim.devices.covercalibrator import CoverCalibratorConfig
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.focuser import FocuserConfig
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


def simulated_observatory(
    profile: Profile, site: Site, *, night: SimulatedNight, second: Profile | None = None
) -> tuple[Observatory, Guider]:
    """Return an observatory under the sky of a night, and its guider; ``second`` is another camera on its mount."""
    sky_site = SkySite(
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        elevation_m=site.elevation_m,
        sky_brightness_mag=site.sky_quality or 21.0,
    )
    cameras = [_OneCamera.of(each) for each in (profile, second) if each is not None]
    skies = [
        Sky(seed=night.seed, site=sky_site, optics=each.optics, sensor=each.sensor, scenario=night.scenario)
        for each in cameras
    ]
    own = [device for each in cameras for device in each.devices(focuser=second is not None)]
    config = ObservatoryConfig(
        scenario=night.scenario,
        devices=standard_devices(
            TelescopeConfig(site=sky_site, optics=cameras[0].optics),
            CoverCalibratorConfig(max_brightness=profile.panel_max_brightness or _PANEL_LEVELS),
            SafetyMonitorConfig(limits=night.limits),
            *own,
        ),
    )
    observatory = Observatory(skies, night.clock, config=config)

    return observatory, _guider(observatory)


@dataclass(frozen=True)
class _OneCamera:
    filters: tuple[str, ...]
    offsets: tuple[int, ...]
    optics: Optics
    sensor: Sensor

    @classmethod
    def of(cls, profile: Profile) -> _OneCamera:
        names = tuple(profile.filters) or ("L",)
        offsets = tuple(profile.filter_offsets) or tuple(_FOCUS_STEPS.get(name, 0) for name in names)
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
        return cls(names, offsets, optics, sensor)

    def devices(self, *, focuser: bool) -> tuple[AnyDeviceConfig, ...]:
        """Return the devices of this camera alone."""
        camera = CameraConfig(sensor=self.sensor)
        wheel = FilterWheelConfig(filters=self.filters, focus_offsets_steps=self.offsets)
        return (camera, wheel, FocuserConfig()) if focuser else (camera, wheel)


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
