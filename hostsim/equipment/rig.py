"""All devices of the host, and how they are found at an Alpaca address."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from alpaca import management
from alpaca.camera import Camera as AlpacaCamera
from alpaca.covercalibrator import CoverCalibrator
from alpaca.filterwheel import FilterWheel as AlpacaWheel
from alpaca.focuser import Focuser as AlpacaFocuser
from alpaca.rotator import Rotator as AlpacaRotator
from alpaca.telescope import Telescope

from hostsim.equipment.calls import talking_to
from hostsim.equipment.camera import Camera
from hostsim.equipment.device import HostDevice
from hostsim.equipment.focuser import Focuser
from hostsim.equipment.mount import Mount
from hostsim.equipment.panel import Panel
from hostsim.equipment.rotator import Rotator
from hostsim.equipment.wheel import FilterWheel
from tsplug import DeviceError, InputError
from tsplug.ports import Clock

D = TypeVar("D", bound=HostDevice)

_REACH_S = 5.0
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s:/@?#\[\]]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True)
class Rig:
    """The devices of one telescope; None where one is not there."""

    mount: Mount | None = None
    camera: Camera | None = None
    wheel: FilterWheel | None = None
    focuser: Focuser | None = None
    rotator: Rotator | None = None
    panel: Panel | None = None

    @property
    def devices(self) -> tuple[HostDevice, ...]:
        """Return the devices that are there."""
        found = (self.mount, self.camera, self.wheel, self.focuser, self.rotator, self.panel)
        return tuple(device for device in found if device is not None)


def connect(address: str, clock: Clock) -> Rig:
    """Find the device of each kind with the lowest number at ``host:port`` and connect to it.

    Raises:
        InputError: the address is not ``host:port``.
        DeviceError: nothing answers there, or a device cannot be connected.
    """
    check_reachable(address)
    with talking_to(f"Alpaca server {address}", "list its devices"):
        listed = management.configureddevices(address)
    last_to_first = sorted(listed, key=lambda entry: int(entry["DeviceNumber"]), reverse=True)
    found = _Found(address, clock, {entry["DeviceType"].lower(): entry for entry in last_to_first})
    rig = Rig(
        mount=found.device("telescope", alpaca=Telescope, host=Mount),
        camera=found.device("camera", alpaca=AlpacaCamera, host=Camera),
        wheel=found.device("filterwheel", alpaca=AlpacaWheel, host=FilterWheel),
        focuser=found.device("focuser", alpaca=AlpacaFocuser, host=Focuser),
        rotator=found.device("rotator", alpaca=AlpacaRotator, host=Rotator),
        panel=found.device("covercalibrator", alpaca=CoverCalibrator, host=Panel),
    )
    for device in rig.devices:
        device.connect()
    return rig


def check_address(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``; an IPv6 host stands in brackets.

    Raises:
        InputError: the address is not ``host:port``.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65_536:
        raise InputError(f"an Alpaca address is HOST:PORT, for example 192.168.1.20:32323, not {address!r}")
    return match["host"].strip("[]"), int(match["port"])


def check_reachable(address: str) -> None:
    """Return when an Alpaca server answers at ``host:port``.

    Raises:
        InputError: the address is not ``host:port``.
        DeviceError: nothing answers there, or something else than an Alpaca server.
    """
    try:
        socket.create_connection(check_address(address), timeout=_REACH_S).close()
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise DeviceError(
            f"Alpaca server {address}", f"cannot be reached ({why}): check the address and that the server runs"
        ) from error
    if not _speaks_alpaca(address):
        raise DeviceError(
            f"the server at {address}", "is not an Alpaca server (its management API does not answer): check --alpaca"
        )


def _speaks_alpaca(address: str) -> bool:
    try:
        answer = requests.get(f"http://{address}/management/apiversions", timeout=_REACH_S)
        told = answer.json() if answer.ok else None
    except requests.RequestException:
        return False
    versions = told.get("Value") if isinstance(told, dict) else None
    return isinstance(versions, list) and management.API_VERSION in versions


@dataclass(frozen=True)
class _Found:
    address: str
    clock: Clock
    first: dict[str, dict[str, Any]]

    def device(self, kind: str, *, alpaca: Any, host: type[D]) -> D | None:
        entry = self.first.get(kind)
        if entry is None:
            return None
        return host(alpaca(self.address, int(entry["DeviceNumber"])), self.clock, name=str(entry["DeviceName"]))
