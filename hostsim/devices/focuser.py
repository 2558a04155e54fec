"""The simulated focuser: absolute, at constant speed, settling after a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.devices.parts.description import configured, method, read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.devices.parts.limits import MOST, Between, Fault, FaultyError, Seconds
from hostsim.devices.parts.motion import LinearMotion


class FocuserConfig(DeviceConfig):
    """Range and start in steps, micrometres per step, speed in steps per second, settle time, and what it can do.

    A ``start_step`` that is not given is half of a range that is shorter; ``max_increment`` None is the whole range;

    ``clamps`` moves to the end of the range instead of refusing; ``steps_per_c`` is what temperature compensation,
    where there is one, moves by a degree.
    """

    newest_interface: ClassVar[int] = 4

    kind: Literal["focuser"] = "focuser"
    name: str = Field(default="Simulated focuser", min_length=1)
    max_step: Annotated[int, Between(ge=1, le=MOST)] = 50_000
    start_step: Annotated[int, Between(ge=0, le=MOST)] = 25_000
    max_increment: Annotated[int | None, Between(ge=1, le=MOST)] = None
    step_um: Annotated[float | None, Between(ge=0.0001, le=10_000)] = 1.2
    steps_per_s: Annotated[float, Between(ge=0.001, le=10**9)] = 500.0
    settle_s: Seconds = 0.5
    absolute: bool = True
    can_halt: bool = True
    clamps: bool = False
    has_temperature: bool = True
    temp_comp_available: bool = False
    steps_per_c: Annotated[float, Between(ge=-(10**6), le=10**6)] = -12.0

    @model_validator(mode="after")
    def _start_in_range(self) -> FocuserConfig:
        if "start_step" not in self.model_fields_set:
            object.__setattr__(self, "start_step", min(self.start_step, self.max_step // 2))
        faults: list[Fault] = []
        if self.start_step > self.max_step:
            faults.append((("start_step",), f"must be from 0 to max_step, {self.max_step}, not {self.start_step}"))
        if self.max_increment is not None and self.max_increment > self.max_step:
            text = f"must be from 1 to max_step, {self.max_step}, not {self.max_increment}"
            faults.append((("max_increment",), text))
        if faults:
            raise FaultyError(faults)
        return self


class FocuserState(ConnectionState):
    """Where the focuser is, in steps, and what compensation starts from: a temperature and a position."""

    motion: LinearMotion
    temp_comp: bool = False
    base_c: float = 0.0
    base_step: float = 0.0


class Focuser(Device):
    """A focuser, absolute or relative."""

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
        """Move for ``seconds``; then follow the temperature, if that is compensated."""
        super().advance(seconds)
        was_moving = self.state.motion.moving
        self.state.motion.advance(seconds, speed=self.config.steps_per_s)
        if self.state.temp_comp and not self.state.motion.moving:
            if was_moving:
                self._compensate_from_here()
            moved = self.config.steps_per_c * (self._ambient_c() - self.state.base_c)
            step = self._inside(self.state.base_step + moved)
            self.state.motion.position = self.state.motion.target = step

    absolute = configured("Absolute", "absolute", kind=bool, text="Return whether positions are absolute.")
    max_step = configured("MaxStep", "max_step", kind=int, text="Return the last step.")
    temp_comp_available = configured(
        "TempCompAvailable", "temp_comp_available", kind=bool, text="Return whether temperature compensation exists."
    )

    @read("MaxIncrement")
    def max_increment(self) -> int:
        """Return the largest move in steps."""
        return self.config.max_increment or self.config.max_step

    @read("StepSize", errors=(NotSupportedError,))
    def step_size(self) -> float:
        """Return micrometres per step."""
        return self.config.step_um or unsupported("StepSize")

    @read("TempComp")
    def temp_comp(self) -> bool:
        """Return whether temperature compensation is on."""
        return self.state.temp_comp

    @write("TempComp", errors=(NotSupportedError,))
    def set_temp_comp(self, on: bool) -> None:
        """Follow the temperature, or stop doing so."""
        if not self.config.temp_comp_available:
            unsupported("TempComp")
        self.state.temp_comp = on
        self._compensate_from_here()

    @read("IsMoving")
    def is_moving(self) -> bool:
        """Return whether the focuser moves or settles."""
        return self.state.motion.moving

    def steps(self) -> int:
        """Return where the focuser is in steps, which a relative one knows but does not tell."""
        return round(self.state.motion.position)

    @read("Position", errors=(NotSupportedError,))
    def position(self) -> int:
        """Return the position in steps."""
        return self.steps() if self.config.absolute else unsupported("Position of a relative focuser")

    @read("Temperature", errors=(NotSupportedError,))
    def temperature(self) -> float:
        """Return the temperature of the air in degrees C."""
        return self._ambient_c() if self.config.has_temperature else unsupported("Temperature")

    @method("Halt", errors=(NotSupportedError,))
    def halt(self) -> None:
        """Stop where the focuser is."""
        if not self.config.can_halt:
            unsupported("Halt")
        self.state.motion.position = float(self.steps())
        self.state.motion.halt()
        self._compensate_from_here()

    @method("Move", "Position", errors=(InvalidValueError,))
    def move(self, position: int) -> None:
        """Start moving to ``position``, or by it if relative; IsMoving is true until the focuser has settled there.

        Raises:
            InvalidValueError: the position is outside 0 to MaxStep, or farther than MaxIncrement.
        """
        here, farthest = self.steps(), self.max_increment()
        goal = position if self.config.absolute else here + position
        if not self.config.clamps:
            if self.config.absolute:
                check_range("Position", position, low=0, high=self.config.max_step)
            check_range("the move", goal - here, low=-farthest, high=farthest)
        goal = min(max(goal, here - farthest), here + farthest)
        self.state.motion.start(self._inside(goal), settle_s=self.config.settle_s)

    def _inside(self, step: float) -> float:
        return min(max(0.0, float(step)), float(self.config.max_step))

    def _compensate_from_here(self) -> None:
        self.state.base_c = self._ambient_c()
        self.state.base_step = self.state.motion.position
