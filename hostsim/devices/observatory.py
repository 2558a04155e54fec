"""One telescope with everything on it: the devices, the light path that joins them, and the time given to them."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hostsim.devices.camera import Camera, CameraConfig
from hostsim.devices.covercalibrator import CoverCalibrator, CoverCalibratorConfig
from hostsim.devices.filterwheel import FilterWheel, FilterWheelConfig
from hostsim.devices.focuser import Focuser, FocuserConfig
from hostsim.devices.parts.device import Device, Now
from hostsim.devices.parts.frame import FrameSource
from hostsim.devices.parts.mount import PierSide
from hostsim.devices.rotator import Rotator, RotatorConfig
from hostsim.devices.telescope import Telescope, TelescopeConfig
from hostsim.sky.scene import LightPath, Optics


class ObservatoryConfig(BaseModel):
    """The name of the observatory, which makes its devices' identifiers, and a configuration for each device.

    ``camera_angle_deg`` is the position angle of the frame's up direction at mechanical rotator angle 0, telescope
    west of the meridian (pointing state east).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="hostsim", min_length=1)
    telescope: TelescopeConfig = TelescopeConfig()
    camera: CameraConfig = CameraConfig()
    filterwheel: FilterWheelConfig = FilterWheelConfig()
    focuser: FocuserConfig = FocuserConfig()
    rotator: RotatorConfig = RotatorConfig()
    covercalibrator: CoverCalibratorConfig = CoverCalibratorConfig()
    camera_angle_deg: float = 0.0

    @property
    def optics(self) -> Optics:
        """Return the optics a sky needs: those of the telescope, with the wheel's focus offsets for its filters."""
        wheel = self.filterwheel
        offsets = dict(zip(wheel.filters, wheel.focus_offsets_steps, strict=True))
        return replace(self.telescope.optics, filter_focus_steps=offsets)


class Observatory:
    """All devices of one telescope over one sky.

    Time passes when `advance` is called, as much as the clock has moved since the last call: no device has a thread
    of its own. Hold ``lock`` around anything that touches a device.
    """

    def __init__(self, frames: FrameSource, clock: Now, *, config: ObservatoryConfig | None = None) -> None:
        """Set up the devices at rest; ``frames`` is the sky."""
        self.config = config or ObservatoryConfig()
        self.lock = threading.RLock()
        self.clock = clock
        self._frames = frames
        self._reached = clock.now()
        chosen = self.config
        self.telescope = Telescope(chosen.telescope, clock)
        self.filterwheel = FilterWheel(chosen.filterwheel, clock)
        self.focuser = Focuser(chosen.focuser, clock, ambient_c=self.temperature_c)
        self.rotator = Rotator(chosen.rotator, clock)
        self.covercalibrator = CoverCalibrator(chosen.covercalibrator, clock)
        self.camera = Camera(chosen.camera, clock, frames=frames, light_path=self.light_path)

    @property
    def devices(self) -> tuple[Device, ...]:
        """Return every device."""
        return (
            self.telescope,
            self.camera,
            self.filterwheel,
            self.focuser,
            self.rotator,
            self.covercalibrator,
        )

    def temperature_c(self) -> float:
        """Return the temperature of the air in degrees C."""
        return self._frames.temperature_c(self.clock.now())

    def advance(self) -> None:
        """Give every device the time that has passed since the last call; none passes when the clock went back."""
        with self.lock:
            now = self.clock.now()
            seconds = (now - self._reached).total_seconds()
            if seconds > 0:
                for device in self.devices:
                    device.advance(seconds)
            self._reached = now

    def light_path(self) -> LightPath:
        """Return what lies between the sky and the sensor at this moment."""
        with self.lock:
            ra_hours, dec_deg = self.telescope.true_pointing()
            rotator_deg = self.rotator.mechanical_position()
            flipped_deg = 180.0 if self.telescope.side_of_pier() is PierSide.WEST else 0.0
            return LightPath(
                ra_hours=ra_hours,
                dec_deg=dec_deg,
                altitude_deg=self.telescope.altitude(),
                rotator_deg=rotator_deg,
                sky_angle_deg=(self.config.camera_angle_deg + rotator_deg + flipped_deg) % 360.0,
                filter_name=self.filterwheel.filter_name,
                focuser_position=self.focuser.position(),
                temperature_c=self.temperature_c(),
                cover_closed=self.covercalibrator.closed,
                panel_level=self.covercalibrator.level,
                tracking=self.telescope.tracking() and not self.telescope.slewing(),
            )

    def snapshot(self) -> dict[str, Any]:
        """Return the state of every device, and the moment it holds for, as JSON values."""
        with self.lock:
            self.advance()
            states = {_key(device): device.snapshot() for device in self.devices}
            return {"moment": self._reached.isoformat(), "devices": states}

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


def _key(device: Device) -> str:
    return f"{device.device_type.lower()}/{device.config.number}"
