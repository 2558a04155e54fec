"""All devices of the host, and how they are found at an Alpaca address."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from alpaca.camera import Camera as AlpacaCamera
from alpaca.covercalibrator import CoverCalibrator
from alpaca.filterwheel import FilterWheel as AlpacaWheel
from alpaca.focuser import Focuser as AlpacaFocuser
from alpaca.observingconditions import ObservingConditions as AlpacaWeather
from alpaca.rotator import Rotator as AlpacaRotator
from alpaca.safetymonitor import SafetyMonitor as AlpacaSafety
from alpaca.telescope import Telescope

from hostsim.equipment.calls import talking_to
from hostsim.equipment.camera import Camera
from hostsim.equipment.device import HostDevice
from hostsim.equipment.focuser import Focuser
from hostsim.equipment.listing import Listed, listed_devices, speaks_alpaca
from hostsim.equipment.mount import Mount
from hostsim.equipment.panel import Panel
from hostsim.equipment.rotator import Rotator
from hostsim.equipment.safety import NotConnectedError, make_safe
from hostsim.equipment.safetymonitor import SafetyMonitor
from hostsim.equipment.session import ANSWER_S
from hostsim.equipment.weatherstation import WeatherStation
from hostsim.equipment.wheel import FilterWheel
from tsplug import DeviceError, InputError
from tsplug.ports import Clock

D = TypeVar("D", bound=HostDevice)

_REACH_S = 5.0
_KINDS = (
    "telescope",
    "camera",
    "filterwheel",
    "focuser",
    "rotator",
    "covercalibrator",
    "safetymonitor",
    "observingconditions",
)
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
    safety: SafetyMonitor | None = None
    weather: WeatherStation | None = None

    @property
    def devices(self) -> tuple[HostDevice, ...]:
        """Return the devices that are there."""
        imaging = (self.mount, self.camera, self.wheel, self.focuser, self.rotator, self.panel)
        found = (*imaging, self.safety, self.weather)
        return tuple(device for device in found if device is not None)

    @property
    def own_devices(self) -> tuple[HostDevice, ...]:
        """Return the devices that a second camera has for itself."""
        return tuple(device for device in (self.camera, self.wheel, self.focuser) if device is not None)

    def only(self, devices: list[HostDevice]) -> Rig:
        """Return a rig of these of the devices."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return Rig(**{name: device for name, device in held.items() if device in devices})


def connect(address: str, clock: Clock, *, answer_s: float = ANSWER_S) -> Rig:
    """Find the device of each kind with the lowest number at ``host:port`` and connect to it.

    Args:
        address: the Alpaca server.
        clock: passes the time while something moves.
        answer_s: how long an answer may take, in seconds; drivers before Platform 7 may take longer to move.

    Raises:
        InputError: the address is not ``host:port``.
        DeviceError: nothing answers there, there are no devices, or one cannot be connected; those that were
            connected before it are left safe, and disconnected again.
    """
    check_reachable(address, answer_s=answer_s)
    server = f"Alpaca server {address}"
    with talking_to(server, "list its devices"):
        listed = listed_devices(address, _KINDS, answer_s=answer_s)
    if not listed:
        raise DeviceError(server, f"has none of these devices: {', '.join(_KINDS)}: look at its configuration")
    found = _Found(address, clock, listed, answer_s)
    rig = Rig(
        mount=found.device("telescope", alpaca=Telescope, host=Mount),
        camera=found.device("camera", alpaca=AlpacaCamera, host=Camera),
        wheel=found.device("filterwheel", alpaca=AlpacaWheel, host=FilterWheel),
        focuser=found.device("focuser", alpaca=AlpacaFocuser, host=Focuser),
        rotator=found.device("rotator", alpaca=AlpacaRotator, host=Rotator),
        panel=found.device("covercalibrator", alpaca=CoverCalibrator, host=Panel),
        safety=found.device("safetymonitor", alpaca=AlpacaSafety, host=SafetyMonitor),
        weather=found.device("observingconditions", alpaca=AlpacaWeather, host=WeatherStation),
    )
    _connect(rig)
    return rig


def connect_second(address: str, clock: Clock, *, beside: Rig) -> Rig:
    """Connect to the second camera, wheel and focuser at ``host:port``, on the mount of a rig that is connected.

    The panel before the two is that rig's.

    Raises:
        DeviceError: nothing answers there, there is no second camera, or a device cannot be connected.
    """
    kinds = ("camera", "filterwheel", "focuser")
    server = f"Alpaca server {address}"
    with talking_to(server, "list its devices"):
        listed = listed_devices(address, kinds, place=1)
    if "camera" not in listed:
        raise DeviceError(server, "has no second camera: leave `second_camera` out of the sequence")
    found = _Found(address, clock, listed, ANSWER_S)
    own = Rig(
        camera=found.device("camera", alpaca=AlpacaCamera, host=Camera),
        wheel=found.device("filterwheel", alpaca=AlpacaWheel, host=FilterWheel),
        focuser=found.device("focuser", alpaca=AlpacaFocuser, host=Focuser),
    )
    _connect(own)
    return replace(own, mount=beside.mount, panel=beside.panel, safety=beside.safety, weather=beside.weather)


def _connect(rig: Rig) -> None:
    connected: list[HostDevice] = []
    for device in rig.devices:
        try:
            device.connect()
        except DeviceError as error:
            said = str(error).removeprefix(f"{device.label}: ")
            connected += _connected(each for each in _telling(rig) if each not in (*connected, device))
            if connected:
                said += f"; the others are {_left(rig.only(connected))}"
            with suppress(DeviceError):
                device.disconnect()
            raise NotConnectedError(
                device.label, said, unsafe=tuple(each.label for each in _telling(rig) if each not in connected)
            ) from error
        except BaseException:
            # Nothing has been told to move yet, and who interrupts wants no parking: the connections are given back.
            for each in (*connected, device):
                with suppress(DeviceError):
                    each.disconnect()
            raise
        connected.append(device)


def _telling(rig: Rig) -> tuple[HostDevice, ...]:
    """Return the devices that have to be left safe: they may move, shine or expose on."""
    return tuple(device for device in (rig.mount, rig.camera, rig.panel) if device is not None)


def _connected(devices: Iterable[HostDevice]) -> list[HostDevice]:
    """Connect to devices, as far as that is possible, and return those that are connected then."""
    done = []
    for device in devices:
        with suppress(DeviceError):
            device.connect()
            done.append(device)
    return done


def _left(rig: Rig) -> str:
    leaving = make_safe(rig)
    gone = [leaving.attempt("connection given back", device.disconnect) for device in rig.devices]
    leaving.done = [outcome for outcome in leaving.done if outcome != "connection given back"]
    leaving.done += ["disconnected"] if all(gone) else []
    return leaving.words


def check_address(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``; an IPv6 host stands in brackets.

    Raises:
        InputError: the address is not ``host:port``.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65_536:
        raise InputError(f"an Alpaca address is HOST:PORT, for example 192.168.1.20:32323, not {address!r}")
    return match["host"].strip("[]"), int(match["port"])


def check_reachable(address: str, *, answer_s: float = ANSWER_S) -> None:
    """Return when an Alpaca server answers at ``host:port``, with or without a management API.

    Args:
        address: the Alpaca server.
        answer_s: how long an answer may take, in seconds.

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
    with talking_to(f"Alpaca server {address}", "tell what it is"):
        found = speaks_alpaca(address, _KINDS, answer_s=answer_s)
    if not found:
        raise DeviceError(
            f"the server at {address}",
            "is not an Alpaca server (neither its management API nor a device answers): check --alpaca",
        )


@dataclass(frozen=True)
class _Found:
    address: str
    clock: Clock
    listed: dict[str, Listed]
    answer_s: float

    def device(self, kind: str, *, alpaca: Any, host: type[D]) -> D | None:
        listed = self.listed.get(kind)
        if listed is None:
            return None
        return host(alpaca(self.address, listed.number), self.clock, name=listed.name, answer_s=self.answer_s)
