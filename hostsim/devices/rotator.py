"""The simulated rotator: a mechanical angle, and a sky angle that a sync sets apart from it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.description import fixed, method, read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError
from hostsim.devices.parts.limits import Azimuth, Between, Seconds, Speed
from hostsim.devices.parts.motion import LinearMotion


class RotatorConfig(DeviceConfig):
    """Step in degrees, speed in degrees per second, start angle in degrees, settle time, and whether it halts.

    A rotator that is not ``stepped`` stops at any angle, whatever it says of its step; one may not say anything.
    Nothing turns through ``stop_deg``, where there is such a stop. Of drivers with faults, one tells the mechanical
    angle as its target (``mechanical_target``), another keeps what Reverse is told without reversing anything.
    """

    newest_interface: ClassVar[int] = 4

    kind: Literal["rotator"] = "rotator"
    name: str = Field(default="Simulated rotator", min_length=1)
    step_deg: Annotated[float, Between(ge=0.0001, le=45)] = 0.01
    deg_per_s: Speed = 6.0
    start_deg: Azimuth = 0.0
    settle_s: Seconds = 0.5
    stepped: bool = True
    tells_step: bool = True
    can_halt: bool = True
    stop_deg: Annotated[float | None, Between(ge=0, lt=360)] = None
    mechanical_target: bool = False
    reverses: bool = True


class RotatorState(ConnectionState):
    """The mechanical angle (degrees, unwrapped while moving), what a sync added, and the sense of the sky angle."""

    motion: LinearMotion
    offset_deg: float = 0.0
    reverse: bool = False


class Rotator(Device):
    """A rotator: it goes the short way to any angle, or the other way round where a stop is in between."""

    device_type: ClassVar[str] = "Rotator"
    interface_version: ClassVar[int] = 4
    operational: ClassVar[tuple[str, ...]] = ("IsMoving", "MechanicalPosition", "Position")
    config: RotatorConfig
    state: RotatorState

    def __init__(self, config: RotatorConfig, clock: Now) -> None:
        """Start at rest."""
        motion = LinearMotion(position=config.start_deg, target=config.start_deg)
        super().__init__(config, clock, state=RotatorState(motion=motion))

    def advance(self, seconds: float) -> None:
        """Turn for ``seconds``."""
        super().advance(seconds)
        self.state.motion.advance(seconds, speed=self.config.deg_per_s)

    can_reverse = fixed("CanReverse", True, text="Return whether the sense can be reversed.")

    @read("StepSize", errors=(NotSupportedError,))
    def step_size(self) -> float:
        """Return the smallest step in degrees."""
        return self.config.step_deg if self.config.tells_step else unsupported("StepSize")

    @read("Reverse")
    def reverse(self) -> bool:
        """Return whether the sky angle runs against the mechanical one."""
        return self.state.reverse

    @write("Reverse")
    def set_reverse(self, reverse: bool) -> None:
        """Choose the sense of the sky angle; where the rotator stands keeps its Position."""
        position = self.position()
        self.state.reverse = reverse
        self.sync(position)

    @read("IsMoving")
    def is_moving(self) -> bool:
        """Return whether the rotator turns or settles."""
        return self.state.motion.moving

    @read("MechanicalPosition")
    def mechanical_position(self) -> float:
        """Return the mechanical angle, 0 up to 360 degrees."""
        return _circle(self.state.motion.position)

    @read("Position")
    def position(self) -> float:
        """Return the sky angle, 0 up to 360 degrees."""
        return self._sky(self.state.motion.position)

    @read("TargetPosition")
    def target_position(self) -> float:
        """Return the sky angle the rotator goes to, 0 up to 360 degrees."""
        target = self.state.motion.target
        return _circle(target) if self.config.mechanical_target else self._sky(target)

    @method("Halt", errors=(NotSupportedError,))
    def halt(self) -> None:
        """Stop where the rotator is."""
        if not self.config.can_halt:
            unsupported("Halt")
        self.state.motion.halt()

    @method("Move", "Position", errors=(InvalidValueError,))
    def move(self, angle_deg: float) -> None:
        """Start turning by ``angle_deg``, measured as the sky angle is.

        Raises:
            InvalidValueError: the angle is a turn or more.
        """
        if abs(angle_deg) >= 360:
            raise InvalidValueError(f"a relative move must be less than a turn, not {angle_deg} degrees")
        self._turn_to(self.mechanical_position() + self._turned(angle_deg))

    @method("MoveAbsolute", "Position", errors=(InvalidValueError,))
    def move_absolute(self, position: float) -> None:
        """Start turning to a sky angle.

        Raises:
            InvalidValueError: the angle is outside 0 up to 360.
        """
        _check_circle(position)
        self._turn_to_nearest(self._turned(position - self.state.offset_deg))

    @method("MoveMechanical", "Position", errors=(InvalidValueError,))
    def move_mechanical(self, position: float) -> None:
        """Start turning to a mechanical angle.

        Raises:
            InvalidValueError: the angle is outside 0 up to 360.
        """
        _check_circle(position)
        self._turn_to_nearest(position)

    @method("Sync", "Position")
    def sync(self, position: float) -> None:
        """Call the present angle ``position`` in the sky; any number is brought to the circle."""
        self.state.offset_deg = _circle(position - self._turned(self.state.motion.position))

    def _sky(self, mechanical_deg: float) -> float:
        return _circle(self.state.offset_deg + self._turned(mechanical_deg))

    def _turned(self, angle_deg: float) -> float:
        """Return what an angle in one sense, of the sky or of the mechanics, is in the other's."""
        return -angle_deg if self.state.reverse and self.config.reverses else angle_deg

    def _turn_to_nearest(self, mechanical_deg: float) -> None:
        here = self.mechanical_position()
        self._turn_to(here + (mechanical_deg - here + 180.0) % 360.0 - 180.0)

    def _turn_to(self, mechanical_deg: float) -> None:
        self.state.motion.position = self.mechanical_position()
        if self.config.stepped:
            mechanical_deg = round(mechanical_deg / self.config.step_deg) * self.config.step_deg
        if self.config.stop_deg is not None:
            mechanical_deg = _clear_of(self.config.stop_deg, self.state.motion.position, end_deg=mechanical_deg)
        self.state.motion.start(round(mechanical_deg, 9), settle_s=self.config.settle_s)


def _circle(angle_deg: float) -> float:
    # Rounding keeps 359.9999999999999 and the 360.0 that the remainder of a tiny negative angle gives out of answers.
    return round(angle_deg % 360.0, 9) % 360.0


def _clear_of(stop_deg: float, start_deg: float, *, end_deg: float) -> float:
    """Return the angle to turn to, whole turns apart from ``end_deg``, without passing the stop."""
    # From the far side of the stop every angle is between 0 and 360, so the way between two of them is clear of it.
    beyond_deg = stop_deg if start_deg >= stop_deg else stop_deg - 360.0
    return beyond_deg + (end_deg - beyond_deg) % 360.0


def _check_circle(angle_deg: float) -> None:
    if not 0 <= angle_deg < 360:
        raise InvalidValueError(f"Position must be 0 up to 360 degrees, not {angle_deg}")
