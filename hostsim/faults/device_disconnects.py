"""A device is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceKind, Fault


class DeviceDisconnects(Fault):
    """A device loses its connection, and cannot be connected while that lasts."""

    help: ClassVar[str] = "The device loses its connection, and cannot be connected again while that lasts."
    type: Literal["device_disconnects"] = "device_disconnects"
    device: DeviceKind = Field(description="The kind of device.")
    number: int = Field(default=0, ge=0, description="Which device of its kind.")

    @property
    def wanted(self) -> tuple[str, int]:
        """Return kind and number of the device that it concerns."""
        return self.device, self.number

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the device disconnected."""
        yield
        for device in filter(self.strikes, observatory.devices):
            device.set_connected(False)


FAULT = DeviceDisconnects
