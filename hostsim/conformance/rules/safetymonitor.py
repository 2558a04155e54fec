"""Rules of a safety monitor."""

from __future__ import annotations

from hostsim.conformance.device import Device
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("safetymonitor", "8 SafetyMonitor", device="SafetyMonitor")


@RULES.rule("is-safe", "IsSafe can be read, again and again")
def _is_safe(monitor: Device) -> str:
    seen = {monitor.read("IsSafe") for _ in range(3)}
    return " and ".join(sorted(f"IsSafe {value}" for value in seen))
