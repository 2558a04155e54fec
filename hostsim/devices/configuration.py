"""What an observatory consists of: its devices, any number of each kind, as one frozen description."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hostsim.devices.camera import CameraConfig
from hostsim.devices.covercalibrator import CoverCalibratorConfig
from hostsim.devices.dome import DomeConfig
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.focuser import FocuserConfig
from hostsim.devices.observingconditions import ObservingConditionsConfig
from hostsim.devices.parts.device import DeviceConfig
from hostsim.devices.parts.limits import Between
from hostsim.devices.rotator import RotatorConfig
from hostsim.devices.safetymonitor import SafetyMonitorConfig
from hostsim.devices.switch import SwitchConfig
from hostsim.devices.telescope import TelescopeConfig
from hostsim.sky.scenario import CLEAR, Scenario
from hostsim.sky.scene import Optics

AnyDeviceConfig = Annotated[
    TelescopeConfig
    | CameraConfig
    | FilterWheelConfig
    | FocuserConfig
    | RotatorConfig
    | CoverCalibratorConfig
    | ObservingConditionsConfig
    | SafetyMonitorConfig
    | SwitchConfig
    | DomeConfig,
    Field(discriminator="kind"),
]
Config = TypeVar("Config", bound=DeviceConfig)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "hostsim.alpaca")


def standard_devices(*changed: AnyDeviceConfig) -> tuple[AnyDeviceConfig, ...]:
    """Return one device of each kind; those of the kinds of ``changed`` are replaced by these."""
    kinds = {device.kind for device in changed}
    standard: tuple[AnyDeviceConfig, ...] = (
        TelescopeConfig(),
        CameraConfig(),
        FilterWheelConfig(),
        FocuserConfig(),
        RotatorConfig(),
        CoverCalibratorConfig(),
        ObservingConditionsConfig(),
        SafetyMonitorConfig(),
        SwitchConfig(),
        DomeConfig(),
    )
    return (*changed, *(device for device in standard if device.kind not in kinds))


class ObservatoryConfig(BaseModel):
    """The name of the observatory, which makes its devices' identifiers, and its devices.

    Devices of a kind are numbered in the order they are listed. ``camera_angle_deg`` is the position angle of the
    frame's up direction at mechanical rotator angle 0, telescope west of the meridian (pointing state east).
    ``scenario`` says what happens in its nights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="hostsim", min_length=1)
    devices: tuple[AnyDeviceConfig, ...] = Field(default_factory=standard_devices, validate_default=True, min_length=1)
    camera_angle_deg: Annotated[float, Between(ge=-360, le=360)] = 0.0
    scenario: Scenario = CLEAR

    @model_validator(mode="after")
    def _numbered(self) -> ObservatoryConfig:
        counted: Counter[str] = Counter()
        devices = []
        for device in self.devices:
            number = counted[device.kind]
            counted[device.kind] += 1
            if "number" in device.model_fields_set and device.number != number:
                raise ValueError(f"{device.kind} {device.number} ({device.name}) is number {number} in this order")
            name = f"{self.name}/{device.kind}/{number}"
            unique_id = device.unique_id or str(uuid.uuid5(_NAMESPACE, name))
            devices.append(device.model_copy(update={"number": number, "unique_id": unique_id}))
        twice = [key for key, count in Counter(device.unique_id for device in devices).items() if count > 1]
        if twice:
            raise ValueError(f"two devices have the unique_id {twice[0]}")
        object.__setattr__(self, "devices", tuple(devices))
        return self

    def of(self, kind: type[Config]) -> tuple[Config, ...]:
        """Return the devices of one kind, number 0 first."""
        return tuple(device for device in self.devices if isinstance(device, kind))

    @property
    def telescope(self) -> TelescopeConfig:
        """Return telescope 0, a standard one where none is listed."""
        return _matching(self.of(TelescopeConfig), 0) or TelescopeConfig()

    @property
    def camera(self) -> CameraConfig:
        """Return camera 0, a standard one where none is listed."""
        return _matching(self.of(CameraConfig), 0) or CameraConfig()

    @property
    def optics(self) -> Optics:
        """Return the optics that the sky of camera 0 needs."""
        return self.optics_of(0)

    def optics_of(self, camera: int) -> Optics:
        """Return the optics the sky of a camera needs: its telescope's, with its wheel's focus offsets for filters."""
        telescope = _matching(self.of(TelescopeConfig), camera) or TelescopeConfig()
        wheel = _matching(self.of(FilterWheelConfig), camera)
        offsets = dict(zip(wheel.filters, wheel.focus_offsets_steps, strict=True)) if wheel else {}
        return replace(telescope.optics, filter_focus_steps=offsets)


def _matching(devices: tuple[Config, ...], number: int) -> Config | None:
    return devices[number if number < len(devices) else 0] if devices else None
