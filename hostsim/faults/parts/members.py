"""Which members the devices of each kind have, so that no fault waits for a request that nobody can make."""

from __future__ import annotations

from difflib import get_close_matches

from hostsim.devices.camera import Camera
from hostsim.devices.covercalibrator import CoverCalibrator
from hostsim.devices.dome import Dome
from hostsim.devices.filterwheel import FilterWheel
from hostsim.devices.focuser import Focuser
from hostsim.devices.observingconditions import ObservingConditions
from hostsim.devices.parts.description import describe
from hostsim.devices.parts.device import Device
from hostsim.devices.rotator import Rotator
from hostsim.devices.safetymonitor import SafetyMonitor
from hostsim.devices.switch import Switch
from hostsim.devices.telescope import Telescope

_DEVICES: tuple[type[Device], ...] = (
    Camera,
    CoverCalibrator,
    Dome,
    FilterWheel,
    Focuser,
    ObservingConditions,
    Rotator,
    SafetyMonitor,
    Switch,
    Telescope,
)
_BY_KIND = {device.device_type.lower(): device for device in _DEVICES}


def members_of(kind: str) -> frozenset[str]:
    """Return the lower-case names of everything that can be asked of a device of a kind."""
    device: type = _BY_KIND[kind]
    described = describe(device)
    return frozenset((*described.gets, *described.puts))


def check_member(kind: str, member: str) -> None:
    """Return if devices of a kind have a member.

    Raises:
        ValueError: they do not; the text names one that is called much like it.
    """
    known = members_of(kind)
    if member.lower() not in known:
        near = get_close_matches(member.lower(), sorted(known), n=1)
        raise ValueError(f"a {kind} has no member {member!r}" + (f": is it {near[0]!r}?" if near else ""))
