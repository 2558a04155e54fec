"""The host's safety monitor."""

from __future__ import annotations

from hostsim.equipment.device import HostDevice


class SafetyMonitor(HostDevice):
    """Tells whether it is safe to observe."""

    kind = "safety monitor"
    platform_7 = 3

    def is_safe(self) -> bool:
        """Return whether it is safe."""
        with self._trying("tell whether it is safe"):
            return bool(self._alpaca.IsSafe)
