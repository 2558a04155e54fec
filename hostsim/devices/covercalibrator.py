"""The simulated flat panel: a motorised cover with a lamp in it."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.description import Member, method, read
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.devices.parts.limits import MOST, Between, Seconds, SomeSeconds


class CoverStatus(IntEnum):
    """The states of the cover."""

    NOT_PRESENT = 0
    CLOSED = 1
    MOVING = 2
    OPEN = 3
    UNKNOWN = 4
    ERROR = 5


class CalibratorStatus(IntEnum):
    """The states of the lamp."""

    NOT_PRESENT = 0
    OFF = 1
    NOT_READY = 2
    READY = 3
    UNKNOWN = 4
    ERROR = 5


class CoverCalibratorConfig(DeviceConfig):
    """What the panel has, its brightest setting, and the seconds lamp and cover take.

    Some answer Unknown to a client that is not connected, instead of refusing: ``unknown_when_disconnected``.
    """

    newest_interface: ClassVar[int] = 2

    kind: Literal["covercalibrator"] = "covercalibrator"
    name: str = Field(default="Simulated flat panel", min_length=1)
    has_cover: bool = True
    has_calibrator: bool = True
    max_brightness: Annotated[int, Between(ge=1, le=MOST)] = 255
    warm_up_s: Seconds = 2.0
    cover_s: SomeSeconds = 5.0
    unknown_when_disconnected: bool = False


class CoverCalibratorState(ConnectionState):
    """Where the cover is or goes (``cover_s`` left), and what the lamp shows (``warm_up_s`` left).

    ``lamp`` is which part of its light a broken lamp still gives; a failure may be noticed.
    """

    cover: CoverStatus = CoverStatus.CLOSED
    cover_s: float = 0.0
    lit: bool = False
    brightness: int = 0
    warm_up_s: float = 0.0
    lamp: float = 1.0
    lamp_failed: bool = False


_NO_PART = (NotSupportedError,)


class CoverCalibrator(Device):
    """A flat panel; members of a part that is not present are not supported."""

    device_type: ClassVar[str] = "CoverCalibrator"
    interface_version: ClassVar[int] = 2
    operational: ClassVar[tuple[str, ...]] = (
        "Brightness",
        "CalibratorState",
        "CoverState",
        "CalibratorChanging",
        "CoverMoving",
    )
    config: CoverCalibratorConfig
    state: CoverCalibratorState

    def __init__(self, config: CoverCalibratorConfig, clock: Now) -> None:
        """Start closed and dark."""
        super().__init__(config, clock, state=CoverCalibratorState())

    def perform(self, member: Member, *values: Any) -> Any:
        """Read, write or call ``member``; its states may be read without a connection."""
        quiet = self.config.unknown_when_disconnected and not self.state.connected
        if quiet and member.name in ("CoverState", "CalibratorState"):
            return CoverStatus.UNKNOWN
        return super().perform(member, *values)

    @property
    def closed(self) -> bool:
        """Return whether the cover is all the way over the telescope."""
        return self.config.has_cover and self.cover_state() == CoverStatus.CLOSED

    @property
    def level(self) -> float:
        """Return the light of the lamp, 0 (dark) to 1 (brightest), less while it warms up."""
        if not self.state.lit or not self.config.has_calibrator:
            return 0.0
        warmth = 1.0 - self.state.warm_up_s / self.config.warm_up_s if self.state.warm_up_s > 0 else 1.0
        return self.state.lamp * warmth * self.state.brightness / self.config.max_brightness

    def advance(self, seconds: float) -> None:
        """Move the cover and warm the lamp for ``seconds``."""
        super().advance(seconds)
        self.state.cover_s = max(0.0, self.state.cover_s - seconds)
        self.state.warm_up_s = max(0.0, self.state.warm_up_s - seconds)

    @read("CoverState")
    def cover_state(self) -> CoverStatus:
        """Return the state of the cover."""
        if not self.config.has_cover:
            return CoverStatus.NOT_PRESENT
        return CoverStatus.MOVING if self.state.cover_s > 0 else self.state.cover

    @read("CoverMoving")
    def cover_moving(self) -> bool:
        """Return whether the cover moves."""
        return self.cover_state() == CoverStatus.MOVING

    @method("OpenCover", errors=_NO_PART)
    def open_cover(self) -> None:
        """Start opening the cover."""
        self._move_cover("OpenCover", CoverStatus.OPEN)

    @method("CloseCover", errors=_NO_PART)
    def close_cover(self) -> None:
        """Start closing the cover."""
        self._move_cover("CloseCover", CoverStatus.CLOSED)

    @method("HaltCover", errors=_NO_PART)
    def halt_cover(self) -> None:
        """Stop the cover, which leaves a moving one somewhere in between: Unknown."""
        if not self.config.has_cover:
            unsupported("HaltCover")
        if self.state.cover_s > 0:
            self.state.cover = CoverStatus.UNKNOWN
            self.state.cover_s = 0.0

    def _move_cover(self, name: str, goal: CoverStatus) -> None:
        if not self.config.has_cover:
            unsupported(name)
        if self.state.cover != goal:
            # A cover that turns round in motion, or starts from in between, is given the full time: never too early.
            self.state.cover = goal
            self.state.cover_s = self.config.cover_s

    @read("CalibratorState")
    def calibrator_state(self) -> CalibratorStatus:
        """Return the state of the lamp."""
        if not self.config.has_calibrator:
            return CalibratorStatus.NOT_PRESENT
        if not self.state.lit:
            return CalibratorStatus.OFF
        if self.state.lamp_failed:
            return CalibratorStatus.ERROR
        return CalibratorStatus.NOT_READY if self.state.warm_up_s > 0 else CalibratorStatus.READY

    @read("CalibratorChanging")
    def calibrator_changing(self) -> bool:
        """Return whether the lamp is still warming up."""
        return self.calibrator_state() == CalibratorStatus.NOT_READY

    @read("MaxBrightness", errors=_NO_PART)
    def max_brightness(self) -> int:
        """Return the brightest setting."""
        return self.config.max_brightness if self.config.has_calibrator else unsupported("MaxBrightness")

    @read("Brightness", errors=_NO_PART)
    def brightness(self) -> int:
        """Return the setting of the lamp, 0 when it is off."""
        if not self.config.has_calibrator:
            unsupported("Brightness")
        return self.state.brightness if self.state.lit else 0

    @method("CalibratorOn", "Brightness", errors=(*_NO_PART, InvalidValueError))
    def calibrator_on(self, brightness: int) -> None:
        """Light the lamp; CalibratorChanging is true until its light is steady.

        Raises:
            InvalidValueError: the brightness is outside 0 to MaxBrightness.
        """
        if not self.config.has_calibrator:
            unsupported("CalibratorOn")
        check_range("Brightness", brightness, low=0, high=self.config.max_brightness)
        self.state.lit = True
        self.state.brightness = brightness
        self.state.warm_up_s = self.config.warm_up_s

    @method("CalibratorOff", errors=_NO_PART)
    def calibrator_off(self) -> None:
        """Put the lamp out, at once."""
        if not self.config.has_calibrator:
            unsupported("CalibratorOff")
        self.state.lit = False
        self.state.brightness = 0
        self.state.warm_up_s = 0.0
