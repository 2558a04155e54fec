"""The simulated safety monitor: safe until somebody says otherwise."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.description import read
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now


class SafetyMonitorConfig(DeviceConfig):
    """What the monitor says at first."""

    newest_interface: ClassVar[int] = 3

    kind: Literal["safetymonitor"] = "safetymonitor"
    name: str = Field(default="Simulated safety monitor", min_length=1)
    safe: bool = True


class SafetyMonitorState(ConnectionState):
    """What the monitor says."""

    safe: bool


class SafetyMonitor(Device):
    """A safety monitor; `set_safe` is not part of the interface, but for whoever plays the weather."""

    device_type: ClassVar[str] = "SafetyMonitor"
    interface_version: ClassVar[int] = 3
    operational: ClassVar[tuple[str, ...]] = ("IsSafe",)
    config: SafetyMonitorConfig
    state: SafetyMonitorState

    def __init__(self, config: SafetyMonitorConfig, clock: Now) -> None:
        """Start as configured."""
        super().__init__(config, clock, state=SafetyMonitorState(safe=config.safe))

    def set_safe(self, safe: bool) -> None:
        """Let the monitor say ``safe`` from now on."""
        self.state.safe = safe

    @read("IsSafe")
    def is_safe(self) -> bool:
        """Return whether it is safe to observe."""
        return self.state.safe
