"""What every simulated device has: a connection, names, actions, its state as data, and time that is given to it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any, ClassVar, NoReturn, Protocol, Self

from pydantic import BaseModel, Field, model_validator

from hostsim.devices.parts.description import DeviceDescription, Member, describe, method, read, write
from hostsim.devices.parts.errors import (
    AlpacaError,
    InvalidOperationError,
    InvalidValueError,
    NotConnectedError,
    NotSupportedError,
    UnknownActionError,
)
from hostsim.devices.parts.limits import INT32, Between, FaultyError, Part, Seconds, written

_NAMES = ("Name", "Description")
_PLATFORM_7 = ("Connect", "Disconnect", "Connecting", "DeviceState")


class Now(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


class DeviceConfig(Part):
    """What may be chosen for any device; ``connect_s`` is how long connecting takes.

    ``number`` and ``unique_id`` are given by the observatory where they are not written; an ``interface_version``
    below that of the simulator takes the members of Platform 7 away; ``checks_connection`` False answers anybody,
    ``names_itself_offline`` False tells Name and Description only to who is connected. Some drivers refuse an unknown
    action as an invalid operation instead of as unknown: ``knows_its_actions`` False.
    """

    newest_interface: ClassVar[int] = 1

    name: str = Field(default="Simulated device", min_length=1)
    description: str = Field(default="hostsim simulated device", max_length=68)
    number: Annotated[int, Between(ge=0, le=INT32)] = 0
    unique_id: str = ""
    connect_s: Seconds = 0.5
    driver_info: str = Field(default="hostsim device simulators", min_length=1)
    driver_version: str = Field(default="1.0", pattern=r"^[0-9]+\.[0-9]+$")
    interface_version: Annotated[int | None, Between(ge=1)] = None
    checks_connection: bool = True
    names_itself_offline: bool = True
    knows_its_actions: bool = True

    @model_validator(mode="after")
    def _version_exists(self) -> Self:
        newest = self.newest_interface
        if self.interface_version is not None and self.interface_version > newest:
            text = f"must be from 1 to {newest}, the newest there is, not {written(self.interface_version)}"
            raise FaultyError([(("interface_version",), text)])
        return self


class ConnectionState(BaseModel):
    """The state every device has; ``connecting_s`` is what is left of a connection change to ``wanted``."""

    connected: bool = False
    wanted: bool = False
    connecting_s: float = 0.0


def unsupported(name: str) -> NoReturn:
    """Refuse a member this device does not have.

    Raises:
        NotSupportedError: always.
    """
    raise NotSupportedError(f"{name} is not supported by this device")


class Device:
    """One simulated device: ``advance`` gives it time, ``snapshot`` and ``restore`` carry its state over a restart.

    A subclass sets the class variables, extends configuration and state, and marks its members.
    """

    device_type: ClassVar[str]
    interface_version: ClassVar[int]
    operational: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: DeviceConfig, clock: Now, *, state: ConnectionState) -> None:
        """Start with ``state``; ``clock`` is asked for the date, never for how much time has passed."""
        self.config = config
        self.clock = clock
        self.state = state

    @property
    def members(self) -> DeviceDescription:
        """Return the description of this kind of device."""
        kind: type = type(self)
        return describe(kind)

    def perform(self, member: Member, *values: Any) -> Any:
        """Read, write or call ``member``.

        Raises:
            NotConnectedError: the member needs a connection and there is none.
            InvalidOperationError: the member is newer than the device's interface.
            InvalidValueError: a number is not finite.
            AlpacaError: the device refuses.
        """
        version = self.get_interface_version()
        if member.name in _PLATFORM_7 and version < self.interface_version:
            raise InvalidOperationError(f"{member.name} is not part of interface version {version}: use Connected")
        if not (self._answers_offline(member) or self.state.connected or not self.config.checks_connection):
            raise NotConnectedError(f"{self.config.name} is not connected")
        for parameter, value in zip(member.parameters, values, strict=True):
            if isinstance(value, float) and not math.isfinite(value):
                raise InvalidValueError(f"{parameter.name} must be a finite number, not {value}")
        return getattr(self, member.attribute)(*values)

    def _answers_offline(self, member: Member) -> bool:
        return member.offline and (self.config.names_itself_offline or member.name not in _NAMES)

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass; the clock already shows the time at their end."""
        if self.state.connecting_s > 0:
            self.state.connecting_s = max(0.0, self.state.connecting_s - seconds)
            if self.state.connecting_s == 0:
                self.state.connected = self.state.wanted

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as JSON values."""
        return self.state.model_dump(mode="json")

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up the state that `snapshot` returned.

        Raises:
            pydantic.ValidationError: it is not a state of this kind of device.
        """
        self.state = type(self.state).model_validate(snapshot)

    @read("Connected", offline=True)
    def connected(self) -> bool:
        """Return whether the device is connected."""
        return self.state.connected

    @write("Connected", offline=True)
    def set_connected(self, connected: bool) -> None:
        """Connect or disconnect at once."""
        self.state.connected = self.state.wanted = connected
        self.state.connecting_s = 0.0

    @method("Connect", offline=True)
    def connect(self) -> None:
        """Start connecting; Connecting is true until it is done."""
        self._change_connection(True)

    @method("Disconnect", offline=True)
    def disconnect(self) -> None:
        """Start disconnecting; Connecting is true until it is done."""
        self._change_connection(False)

    def _change_connection(self, wanted: bool) -> None:
        if self.connecting() and self.state.wanted == wanted:
            return
        self.state.wanted = wanted
        self.state.connecting_s = 0.0 if self.state.connected == wanted else self.config.connect_s
        if self.state.connecting_s == 0:
            self.state.connected = wanted

    @read("Connecting", offline=True)
    def connecting(self) -> bool:
        """Return whether the device is still connecting or disconnecting."""
        return self.state.connecting_s > 0

    @read("DeviceState")
    def device_state(self) -> list[dict[str, Any]]:
        """Return every operational property that can be read now, and the time."""
        values: list[dict[str, Any]] = []
        for name in self.operational:
            try:
                value = self.perform(self.members.gets[name.lower()])
            except AlpacaError:
                continue
            values.append({"Name": name, "Value": value})
        return [*values, {"Name": "TimeStamp", "Value": iso_z(self.clock.now())}]

    @read("Name", offline=True)
    def name(self) -> str:
        """Return the short name of the device."""
        return self.config.name

    @read("Description", offline=True)
    def description(self) -> str:
        """Return a description of at most 68 characters, as a FITS header can hold."""
        return self.config.description

    @read("DriverInfo", offline=True)
    def driver_info(self) -> str:
        """Return what the driver is."""
        return self.config.driver_info

    @read("DriverVersion", offline=True)
    def driver_version(self) -> str:
        """Return the version of the driver."""
        return self.config.driver_version

    @read("InterfaceVersion", offline=True)
    def get_interface_version(self) -> int:
        """Return the version of the ASCOM interface."""
        return self.config.interface_version or self.interface_version

    @read("SupportedActions", offline=True)
    def supported_actions(self) -> list[str]:
        """Return the names of the actions; most devices have none."""
        return []

    @method(
        "Action",
        "Action",
        "Parameters",
        errors=(UnknownActionError, InvalidValueError, InvalidOperationError),
        optional=("Parameters",),
    )
    def action(self, action: str, parameters: str) -> str:
        """Carry out a named action; names match in any case.

        Raises:
            UnknownActionError: there is no such action.
            InvalidOperationError: the same, from a driver that does not know its actions.
            InvalidValueError: the action does not take these parameters.
        """
        for name in self.supported_actions():
            if name.lower() == action.lower():
                return self.carry_out(name, parameters)
        refusal = UnknownActionError if self.config.knows_its_actions else InvalidOperationError
        raise refusal(f"{self.config.name} has no action {action!r}")

    def carry_out(self, action: str, parameters: str) -> str:
        """Carry out one of the supported actions; a device that has none is never asked."""
        raise NotImplementedError(action)

    @method("CommandBlind", "Command", "Raw", errors=(NotSupportedError,))
    def command_blind(self, command: str, raw: bool) -> None:
        """Refuse: raw commands are deprecated."""
        unsupported("CommandBlind")

    @method("CommandBool", "Command", "Raw", errors=(NotSupportedError,))
    def command_bool(self, command: str, raw: bool) -> bool:
        """Refuse: raw commands are deprecated."""
        unsupported("CommandBool")

    @method("CommandString", "Command", "Raw", errors=(NotSupportedError,))
    def command_string(self, command: str, raw: bool) -> str:
        """Refuse: raw commands are deprecated."""
        unsupported("CommandString")


def iso_z(moment: datetime) -> str:
    """Write a UTC moment in ISO 8601, to the millisecond, with the Z that says it is UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
