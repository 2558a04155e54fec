"""The simulated switch box: on/off and stepped switches, some of which take their time."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, model_validator

from hostsim.devices.parts.description import method, read
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, iso_z, unsupported
from hostsim.devices.parts.errors import (
    AlpacaError,
    CancelledError,
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    check_range,
)
from hostsim.devices.parts.limits import Between, Fault, FaultyError, Part

_ID = (InvalidValueError,)
_WRITING = (InvalidValueError, NotSupportedError)
_TOLERANCE = 1e-9
_MOST_STEPS = 1_000_000
_MOST_SWITCHES = 100
_Level = Annotated[float, Between(ge=-(10**9), le=10**9)]


class SwitchItem(Part):
    """One switch: its range, step and first value, whether it can be set, and whether (and how slowly) on its own.

    ``async_s`` None means that it has no asynchronous form.
    """

    name: str = Field(min_length=1)
    description: str = Field(default="Simulated switch", min_length=1)
    low: _Level = 0.0
    high: _Level = 1.0
    step: Annotated[float, Between(ge=1e-6, le=10**9)] = 1.0
    start: _Level = 0.0
    writable: bool = True
    async_s: Annotated[float | None, Between(ge=0.001, le=3600)] = None

    @model_validator(mode="after")
    def _whole_steps(self) -> SwitchItem:
        span = f"low {self.low:g} to high {self.high:g}"
        faults: list[Fault] = []
        steps = (self.high - self.low) / self.step
        if not 1 - _TOLERANCE <= steps <= _MOST_STEPS or abs(steps - round(steps)) > _TOLERANCE:
            text = f"must go a whole number of times, 1 to {_MOST_STEPS}, into {span}, not {steps:g} times"
            faults.append((("step",), f"{self.name}: {text}"))
        elif not self.low <= self.start <= self.high:
            faults.append((("start",), f"{self.name}: must be {span}, not {self.start:g}"))
        if self.async_s is not None and not self.writable:
            faults.append((("async_s",), f"{self.name} is read-only, so it cannot be asynchronous"))
        if faults:
            raise FaultyError(faults)
        return self

    def on_step(self, value: float) -> float:
        """Return the step nearest to ``value``."""
        return self.low + round((value - self.low) / self.step) * self.step


_DEFAULT = (
    SwitchItem(name="Camera power", description="Power of the camera", start=1.0),
    SwitchItem(name="Mount power", description="Power of the mount, with its start-up time", async_s=2.0),
    SwitchItem(name="Dew heater", description="Dew heater in percent", high=100.0, step=5.0),
    SwitchItem(name="Light", description="Brightness of the dome light", high=255.0, async_s=1.0),
    SwitchItem(name="Voltage", description="Supply in volts", low=0.0, high=20.0, step=0.5, start=12.5, writable=False),
)


class SwitchConfig(DeviceConfig):
    """The switches of the box, in order of their Id."""

    newest_interface: ClassVar[int] = 3

    kind: Literal["switch"] = "switch"
    name: str = Field(default="Simulated switch box", min_length=1)
    switches: tuple[SwitchItem, ...] = Field(default=_DEFAULT, min_length=1, max_length=_MOST_SWITCHES)


class Setting(BaseModel):
    """Name and value of one switch, and the value it is on its way to for ``left_s`` more seconds."""

    name: str
    value: float
    goal: float | None = None
    left_s: float = 0.0
    cancelled: bool = False


class SwitchState(ConnectionState):
    """What each switch is called and set to."""

    settings: list[Setting]


class Switch(Device):
    """A box of switches."""

    device_type: ClassVar[str] = "Switch"
    interface_version: ClassVar[int] = 3
    config: SwitchConfig
    state: SwitchState

    def __init__(self, config: SwitchConfig, clock: Now) -> None:
        """Start with every switch at its first value."""
        settings = [Setting(name=item.name, value=item.start) for item in config.switches]
        super().__init__(config, clock, state=SwitchState(settings=settings))

    def advance(self, seconds: float) -> None:
        """Bring slow switches on for ``seconds``."""
        super().advance(seconds)
        for setting in self.state.settings:
            if setting.goal is not None:
                setting.left_s -= seconds
                if setting.left_s <= 0:
                    setting.value, setting.goal, setting.left_s = setting.goal, None, 0.0

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up a state; that of another number of switches is refused.

        Raises:
            ValueError: it is the state of another box.
        """
        state = SwitchState.model_validate(snapshot)
        if len(state.settings) != len(self.config.switches):
            raise ValueError(f"the saved state has {len(state.settings)} switches, not {len(self.config.switches)}")
        self.state = state

    @read("DeviceState")
    def device_state(self) -> list[dict[str, Any]]:
        """Return value, state and completion of every switch, and the time."""
        values: list[dict[str, Any]] = []
        for index in range(self.max_switch()):
            values.append({"Name": f"GetSwitch{index}", "Value": self.get_switch(index)})
            values.append({"Name": f"GetSwitchValue{index}", "Value": self.get_switch_value(index)})
            try:
                values.append({"Name": f"StateChangeComplete{index}", "Value": self.state_change_complete(index)})
            except AlpacaError:
                continue
        return [*values, {"Name": "TimeStamp", "Value": iso_z(self.clock.now())}]

    @read("MaxSwitch")
    def max_switch(self) -> int:
        """Return the number of switches."""
        return len(self.config.switches)

    @read("CanWrite", "Id", errors=_ID)
    def can_write(self, index: int) -> bool:
        """Return whether a switch can be set."""
        return self._item(index).writable

    @read("CanAsync", "Id", errors=_ID)
    def can_async(self, index: int) -> bool:
        """Return whether a switch can be set asynchronously."""
        return self._item(index).async_s is not None

    @read("GetSwitch", "Id", errors=_ID)
    def get_switch(self, index: int) -> bool:
        """Return whether a switch is on: above its lowest value."""
        return self._setting(index).value > self._item(index).low

    @read("GetSwitchName", "Id", errors=_ID)
    def get_switch_name(self, index: int) -> str:
        """Return the name of a switch."""
        return self._setting(index).name

    @read("GetSwitchDescription", "Id", errors=_ID)
    def get_switch_description(self, index: int) -> str:
        """Return what a switch is for."""
        return self._item(index).description

    @read("GetSwitchValue", "Id", errors=_ID)
    def get_switch_value(self, index: int) -> float:
        """Return the value of a switch."""
        return self._setting(index).value

    @read("MinSwitchValue", "Id", errors=_ID)
    def min_switch_value(self, index: int) -> float:
        """Return the lowest value of a switch."""
        return self._item(index).low

    @read("MaxSwitchValue", "Id", errors=_ID)
    def max_switch_value(self, index: int) -> float:
        """Return the highest value of a switch."""
        return self._item(index).high

    @read("SwitchStep", "Id", errors=_ID)
    def switch_step(self, index: int) -> float:
        """Return the step between two values of a switch."""
        return self._item(index).step

    @read("StateChangeComplete", "Id", errors=(InvalidValueError, CancelledError))
    def state_change_complete(self, index: int) -> bool:
        """Return whether the last asynchronous change of a switch is done.

        Raises:
            CancelledError: it was cancelled.
        """
        if self._setting(index).cancelled:
            raise CancelledError(f"the last change of switch {index} was cancelled")
        return self._setting(index).goal is None

    @method("SetSwitch", "Id", "State", errors=_WRITING)
    def set_switch(self, index: int, on: bool) -> None:
        """Set a switch to its highest (on) or lowest value, at once."""
        item = self._writable(index, "SetSwitch")
        self._set(index, item.high if on else item.low)

    @method("SetSwitchValue", "Id", "Value", errors=_WRITING)
    def set_switch_value(self, index: int, value: float) -> None:
        """Set a switch to the step nearest to a value, at once."""
        item = self._writable(index, "SetSwitchValue")
        check_range("Value", value, low=item.low, high=item.high)
        self._set(index, value)

    @method("SetSwitchName", "Id", "Name", errors=_ID)
    def set_switch_name(self, index: int, name: str) -> None:
        """Call a switch otherwise."""
        if not name:
            raise InvalidValueError("Name must not be empty")
        self._setting(index).name = name

    @method("SetAsync", "Id", "State", errors=(*_WRITING, InvalidOperationError))
    def set_async(self, index: int, on: bool) -> None:
        """Start setting a switch to its highest (on) or lowest value; StateChangeComplete tells when it is done."""
        item = self._asynchronous(index, "SetAsync")
        self._begin(index, item.high if on else item.low)

    @method("SetAsyncValue", "Id", "Value", errors=(*_WRITING, InvalidOperationError))
    def set_async_value(self, index: int, value: float) -> None:
        """Start setting a switch to the step nearest to a value; StateChangeComplete tells when it is done."""
        item = self._asynchronous(index, "SetAsyncValue")
        check_range("Value", value, low=item.low, high=item.high)
        self._begin(index, value)

    @method("CancelAsync", "Id", errors=_WRITING)
    def cancel_async(self, index: int) -> None:
        """Leave a switch that is being set as it is; nothing happens when none is."""
        self._asynchronous(index, "CancelAsync")
        setting = self._setting(index)
        if setting.goal is not None:
            setting.goal, setting.left_s, setting.cancelled = None, 0.0, True

    def _item(self, index: int) -> SwitchItem:
        check_range("Id", index, low=0, high=self.max_switch() - 1)
        return self.config.switches[index]

    def _setting(self, index: int) -> Setting:
        check_range("Id", index, low=0, high=self.max_switch() - 1)
        return self.state.settings[index]

    def _writable(self, index: int, name: str) -> SwitchItem:
        item = self._item(index)
        return item if item.writable else unsupported(f"{name} of the read-only switch {index}")

    def _asynchronous(self, index: int, name: str) -> SwitchItem:
        item = self._item(index)
        return item if item.async_s is not None else unsupported(f"{name} of switch {index}")

    def _set(self, index: int, value: float) -> None:
        setting = self._setting(index)
        setting.value = self._item(index).on_step(value)
        setting.goal, setting.left_s, setting.cancelled = None, 0.0, False

    def _begin(self, index: int, value: float) -> None:
        setting, item = self._setting(index), self._item(index)
        setting.goal, setting.cancelled = item.on_step(value), False
        setting.left_s = item.async_s or 0.0
