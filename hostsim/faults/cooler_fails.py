"""The camera's cooler fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.camera import Camera
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class CoolerFails(DeviceFault):
    """The cooler says that it runs, and the sensor warms up to the air."""

    help: ClassVar[str] = "The camera's cooler says that it runs, and does not cool: the sensor warms up to the air."
    kind = Camera
    type: Literal["cooler_fails"] = "cooler_fails"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Let time pass for the sensor as if the cooler were off."""
        cooler = observatory.device(Camera, self.number).state.cooler
        said_on, cooler.on = cooler.on, False
        yield
        cooler.on = said_on


FAULT = CoolerFails
