"""One observatory with everything in it: the devices, the light paths that join them, and the time given to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from hostsim.devices.camera import Camera, CameraConfig
from hostsim.devices.configuration import AnyDeviceConfig, ObservatoryConfig
from hostsim.devices.covercalibrator import CoverCalibrator, CoverCalibratorConfig
from hostsim.devices.dome import Dome, DomeConfig
from hostsim.devices.filterwheel import FilterWheel, FilterWheelConfig
from hostsim.devices.focuser import Focuser, FocuserConfig
from hostsim.devices.observingconditions import ObservingConditions, ObservingConditionsConfig
from hostsim.devices.parts.device import Device, DeviceConfig, Now
from hostsim.devices.parts.frame import FrameSource
from hostsim.devices.parts.mount import PierSide
from hostsim.devices.parts.troubles import Troubles
from hostsim.devices.rotator import Rotator, RotatorConfig
from hostsim.devices.safetymonitor import SafetyMonitor, SafetyMonitorConfig
from hostsim.devices.switch import Switch, SwitchConfig
from hostsim.devices.telescope import Telescope, TelescopeConfig
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import LightPath, SkySite
from hostsim.sky.sky import Sky

Kind = TypeVar("Kind", bound=Device)


class Observatory:
    """All devices of one observatory over one sky.

    Time passes when `advance` is called, as much as the clock has moved since the last call: no device has a thread
    of its own. Hold ``lock`` around anything that touches a device. A camera looks through the devices of its own
    number, and through number 0 of a kind that has no such number.
    """

    def __init__(
        self, frames: FrameSource | Sequence[FrameSource], clock: Now, *, config: ObservatoryConfig | None = None
    ) -> None:
        """Set up the devices at rest; ``frames`` is the sky, or one for each camera."""
        self.config = config or ObservatoryConfig()
        self.lock = threading.RLock()
        self.clock = clock
        self._frames = tuple(frames) if isinstance(frames, Sequence) else (frames,)
        self._reached = clock.now()
        self.troubles: Troubles | None = None
        self.devices: tuple[Device, ...] = tuple(self._made(device) for device in self.config.devices)

    @property
    def telescope(self) -> Telescope:
        """Return telescope 0."""
        return self.device(Telescope)

    @property
    def camera(self) -> Camera:
        """Return camera 0."""
        return self.device(Camera)

    @property
    def filterwheel(self) -> FilterWheel:
        """Return filter wheel 0."""
        return self.device(FilterWheel)

    @property
    def focuser(self) -> Focuser:
        """Return focuser 0."""
        return self.device(Focuser)

    @property
    def rotator(self) -> Rotator:
        """Return rotator 0."""
        return self.device(Rotator)

    @property
    def covercalibrator(self) -> CoverCalibrator:
        """Return cover calibrator 0."""
        return self.device(CoverCalibrator)

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the devices of one kind, number 0 first."""
        return tuple(device for device in self.devices if isinstance(device, kind))

    def device(self, kind: type[Kind], number: int = 0) -> Kind:
        """Return one device.

        Raises:
            LookupError: there is none.
        """
        devices = self.of(kind)
        if number not in range(len(devices)):
            raise LookupError(f"{self.config.name} has no {kind.device_type} {number}: its configuration lists none")
        return devices[number]

    @property
    def conditions(self) -> Conditions:
        """Return the night over the observatory."""
        return self._frames[0].conditions

    def temperature_c(self) -> float:
        """Return the temperature of the air in degrees C."""
        return self._frames[0].temperature_c(self.clock.now())

    def advance(self) -> None:
        """Give every device the time that has passed since the last call; none passes when the clock went back."""
        with self.lock:
            now = self.clock.now()
            seconds = (now - self._reached).total_seconds()
            start, self._reached = self._reached, now
            if seconds > 0 and self.troubles is not None:
                self.troubles.pass_time(start, seconds)
            elif seconds > 0:
                for device in self.devices:
                    device.advance(seconds)

    def light_path(self, camera: int = 0) -> LightPath:
        """Return what lies between the sky and the sensor of a camera at this moment."""
        with self.lock:
            telescope, rotator = self._beside(Telescope, camera), self._beside(Rotator, camera)
            wheel, focuser = self._beside(FilterWheel, camera), self._beside(Focuser, camera)
            panel = self._beside(CoverCalibrator, camera)
            ra_hours, dec_deg = telescope.true_pointing() if telescope else (0.0, 90.0)
            rotator_deg = rotator.mechanical_position() if rotator else 0.0
            flipped_deg = 180.0 if telescope and telescope.side_of_pier() is PierSide.WEST else 0.0
            return LightPath(
                ra_hours=ra_hours,
                dec_deg=dec_deg,
                altitude_deg=telescope.altitude() if telescope else 90.0,
                azimuth_deg=telescope.azimuth() if telescope else 0.0,
                rotator_deg=rotator_deg,
                sky_angle_deg=(self.config.camera_angle_deg + rotator_deg + flipped_deg) % 360.0,
                filter_name=wheel.filter_name if wheel else "",
                focuser_position=focuser.steps() if focuser else self.config.optics_of(camera).best_focus_steps,
                temperature_c=self.temperature_c(),
                cover_closed=panel.closed if panel else False,
                panel_level=panel.level if panel else 0.0,
                tracking=telescope.tracking() and not telescope.slewing() if telescope else True,
                drift_arcsec_per_s=telescope.state.drift_arcsec_per_s if telescope else (0.0, 0.0),
            )

    def snapshot(self) -> dict[str, Any]:
        """Return the state of every device, and the moment it holds for, as JSON values."""
        with self.lock:
            self.advance()
            states = {_key(device): device.snapshot() for device in self.devices}
            kept = {"moment": self._reached.isoformat(), "devices": states}
            return kept if self.troubles is None else {**kept, "troubles": self.troubles.snapshot()}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up what `snapshot` returned; time goes on from its moment when the clock is at or after it.

        Raises:
            ValueError: a device is missing in the snapshot, or its state is not one.
        """
        with self.lock:
            states = snapshot["devices"]
            absent = [_key(device) for device in self.devices if _key(device) not in states]
            if absent:
                raise ValueError(f"the saved state lacks {', '.join(absent)}: it is of another observatory")
            for device in self.devices:
                device.restore(states[_key(device)])
            self._reached = datetime.fromisoformat(snapshot["moment"])
            if self.troubles is not None:
                self.troubles.restore(snapshot.get("troubles", []))

    def at_rest(self, device: Device) -> dict[str, Any]:
        """Return the state that ``device`` would start with, as it is configured now."""
        return self._made(cast(AnyDeviceConfig, device.config)).snapshot()

    def _beside(self, kind: type[Kind], number: int) -> Kind | None:
        devices = self.of(kind)
        return devices[number if number < len(devices) else 0] if devices else None

    def _made(self, config: AnyDeviceConfig) -> Device:
        clock = self.clock
        makers: dict[type[DeviceConfig], Callable[[Any], Device]] = {
            TelescopeConfig: lambda own: Telescope(own, clock),
            CameraConfig: self._camera,
            FilterWheelConfig: lambda own: FilterWheel(own, clock),
            FocuserConfig: lambda own: Focuser(own, clock, ambient_c=self.temperature_c),
            RotatorConfig: lambda own: Rotator(own, clock),
            CoverCalibratorConfig: lambda own: CoverCalibrator(own, clock),
            ObservingConditionsConfig: lambda own: ObservingConditions(own, clock, night=self.conditions),
            SafetyMonitorConfig: lambda own: SafetyMonitor(own, clock, night=self.conditions),
            SwitchConfig: lambda own: Switch(own, clock),
            DomeConfig: self._dome,
        }
        return makers[type(config)](config)

    def _camera(self, config: CameraConfig) -> Camera:
        number = config.number
        frames = self._frames[number if number < len(self._frames) else 0]

        def guide(direction: int, duration_ms: int) -> None:
            telescope = self._beside(Telescope, number)
            if telescope is not None:
                telescope.pulse_guide(direction, duration_ms)

        return Camera(config, self.clock, frames=frames, light_path=lambda: self.light_path(number), guide=guide)

    def _dome(self, config: DomeConfig) -> Dome:
        def azimuth_deg() -> float:
            telescope = self._beside(Telescope, config.number)
            return telescope.azimuth() if telescope else 0.0

        follows = bool(self.config.of(TelescopeConfig))
        return Dome(config, self.clock, telescope_azimuth=azimuth_deg if follows else None)


def make_observatory(config: ObservatoryConfig, clock: Now, *, seed: int) -> Observatory:
    """Return an observatory under the sky of a seed, which is the same for all of its cameras."""
    telescopes, cameras = config.of(TelescopeConfig), config.of(CameraConfig)
    site = telescopes[0].site if telescopes else SkySite()
    sensors = [camera.sensor for camera in cameras] or [CameraConfig().sensor]
    skies = [
        Sky(seed=seed, site=site, optics=config.optics_of(number), sensor=sensor, scenario=config.scenario)
        for number, sensor in enumerate(sensors)
    ]
    return Observatory(skies, clock, config=config)


def _key(device: Device) -> str:
    return f"{device.device_type.lower()}/{device.config.number}"
