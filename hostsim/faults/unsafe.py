"""It is not safe to observe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.observatory import Observatory
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.faults.parts.fault import DeviceFault


class Unsafe(DeviceFault):
    """The safety monitor says that it is not safe."""

    help: ClassVar[str] = "The safety monitor says that it is not safe to observe."
    kind = SafetyMonitor
    type: Literal["unsafe"] = "unsafe"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep it unsafe."""
        monitor = observatory.device(SafetyMonitor, self.number)
        yield
        monitor.set_safe(False)

    def end(self, observatory: Observatory) -> None:
        """Let the monitor say what it says without the fault."""
        monitor = observatory.device(SafetyMonitor, self.number)
        monitor.set_safe(monitor.config.safe)


FAULT = Unsafe
