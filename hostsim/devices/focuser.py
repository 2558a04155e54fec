"""The simulated focuser: absolute, at constant speed, settling after a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field, model_validator

from hostsim.devices.parts.description import configured, fixed, method, read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.devices.parts.motion import LinearMotion


class FocuserConfig(DeviceConfig):
    """Range and start in steps, micrometres per step, speed in steps per second, and settle time."""

    name: str = Field(default="Simulated focuser", min_length=1)
    max_step: int = Field(default=50_000, ge=1)
    start_step: int = Field(default=25_000, ge=0)
    step_um: float = Field(default=1.2, gt=0)
    steps_per_s: float = Field(default=500.0, gt=0)
    settle_s: float = Field(default=0.5, ge=0)

    @model_validator(mode="after")
    def _start_in_range(self) -> FocuserConfig:
        if self.start_step > self.max_step:
            raise ValueError(f"the focuser starts at {self.start_step}, beyond its last step {self.max_step}")
        return self


class FocuserState(ConnectionState):
    """Where the focuser is, in steps."""

    motion: LinearMotion


class Focuser(Device):
    """An absolute focuser."""

    device_type: ClassVar[str] = "Focuser"
    interface_version: ClassVar[int] = 4
    operational: ClassVar[tuple[str, ...]] = ("IsMoving", "Position", "Temperature")
    config: FocuserConfig
    state: FocuserState

    def __init__(self, config: FocuserConfig, clock: Now, *, ambient_c: Callable[[], float]) -> None:
        """Start at rest; ``ambient_c`` tells the temperature of the air."""
        start = float(config.start_step)
        super().__init__(config, clock, state=FocuserState(motion=LinearMotion(position=start, target=start)))
        self._ambient_c = ambient_c

    def advance(self, seconds: float) -> None:
        """Move for ``seconds``."""
        super().advance(seconds)
        self.state.motion.advance(seconds, speed=self.config.steps_per_s)

    absolute = fixed("Absolute", True, text="Return whether positions are absolute.")
    max_step = configured("MaxStep", "max_step", kind=int, text="Return the last step.")
    max_increment = configured("MaxIncrement", "max_step", kind=int, text="Return the largest move in steps.")
    step_size = configured("StepSize", "step_um", kind=float, text="Return micrometres per step.")
    temp_comp_available = fixed("TempCompAvailable", False, text="Return whether temperature compensation exists.")
    temp_comp = fixed("TempComp", False, text="Return whether temperature compensation is on.")

    @write("TempComp", errors=(NotSupportedError,))
    def set_temp_comp(self, on: bool) -> None:
        """Refuse: there is no temperature compensation."""
        unsupported("TempComp")

    @read("IsMoving")
    def is_moving(self) -> bool:
        """Return whether the focuser moves or settles."""
        return self.state.motion.moving

    @read("Position")
    def position(self) -> int:
        """Return the position in steps."""
        return round(self.state.motion.position)

    @read("Temperature")
    def temperature(self) -> float:
        """Return the temperature of the air in degrees C."""
        return self._ambient_c()

    @method("Halt")
    def halt(self) -> None:
        """Stop where the focuser is."""
        self.state.motion.position = float(self.position())
        self.state.motion.halt()

    @method("Move", "Position", errors=(InvalidValueError,))
    def move(self, position: int) -> None:
        """Start moving to ``position``; IsMoving is true until it has settled there.

        Raises:
            InvalidValueError: the position is outside 0 to MaxStep.
        """
        check_range("Position", position, low=0, high=self.config.max_step)
        self.state.motion.start(float(position), settle_s=self.config.settle_s)
