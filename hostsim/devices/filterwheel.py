"""The simulated filter wheel: one slot after the other, the short way round."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.devices.parts.description import read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now
from hostsim.devices.parts.errors import InvalidOperationError, InvalidValueError, check_range
from hostsim.devices.parts.limits import INT32, Between, FaultyError, SomeSeconds

MOST_SLOTS = 100
"""How many slots a wheel may have."""

_USUAL_OFFSETS = {"L": 0, "R": 40, "G": 20, "B": -10, "Ha": 90, "OIII": 80, "SII": 100}


class FilterWheelConfig(DeviceConfig):
    """Names and focus offsets (steps) of the slots, and seconds per slot.

    Offsets that are not given are those usual for the names L, R, G, B, Ha, OIII and SII, and 0 for any other.
    """

    newest_interface: ClassVar[int] = 3

    kind: Literal["filterwheel"] = "filterwheel"
    name: str = Field(default="Simulated filter wheel", min_length=1)
    filters: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=tuple(_USUAL_OFFSETS), min_length=1, max_length=MOST_SLOTS
    )
    focus_offsets_steps: tuple[Annotated[int, Between(ge=-INT32, le=INT32)], ...] = tuple(_USUAL_OFFSETS.values())
    slot_s: SomeSeconds = 1.0

    @model_validator(mode="after")
    def _offsets_match(self) -> FilterWheelConfig:
        if "focus_offsets_steps" not in self.model_fields_set:
            offsets = tuple(_USUAL_OFFSETS.get(name, 0) for name in self.filters)
            object.__setattr__(self, "focus_offsets_steps", offsets)
        if len(self.filters) != len(self.focus_offsets_steps):
            text = f"{len(self.filters)} filters, but {len(self.focus_offsets_steps)} focus offsets"
            raise FaultyError([(("focus_offsets_steps",), text)])
        return self


class FilterWheelState(ConnectionState):
    """The slot in the light path, or the one the wheel turns to for ``moving_s`` more seconds."""

    slot: int = 0
    moving_s: float = 0.0


class FilterWheel(Device):
    """A filter wheel."""

    device_type: ClassVar[str] = "FilterWheel"
    interface_version: ClassVar[int] = 3
    operational: ClassVar[tuple[str, ...]] = ("Position",)
    config: FilterWheelConfig
    state: FilterWheelState

    def __init__(self, config: FilterWheelConfig, clock: Now) -> None:
        """Start at the first slot."""
        super().__init__(config, clock, state=FilterWheelState())

    @property
    def filter_name(self) -> str:
        """Return the filter in the light path, or the one that is coming."""
        return self.config.filters[self.state.slot]

    def advance(self, seconds: float) -> None:
        """Turn the wheel for ``seconds``."""
        super().advance(seconds)
        self.state.moving_s = max(0.0, self.state.moving_s - seconds)

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up a state; a slot this wheel does not have is refused."""
        state = FilterWheelState.model_validate(snapshot)
        check_range("slot", state.slot, low=0, high=len(self.config.filters) - 1)
        self.state = state

    @read("Names")
    def names(self) -> list[str]:
        """Return the names of the filters, slot 0 first."""
        return list(self.config.filters)

    @read("FocusOffsets")
    def focus_offsets(self) -> list[int]:
        """Return the focus offset of each filter in focuser steps."""
        return list(self.config.focus_offsets_steps)

    @read("Position")
    def position(self) -> int:
        """Return the slot in the light path, -1 while the wheel turns."""
        return -1 if self.state.moving_s > 0 else self.state.slot

    @write("Position", errors=(InvalidValueError, InvalidOperationError))
    def set_position(self, slot: int) -> None:
        """Start turning to ``slot``; the current one is a no-op.

        Raises:
            InvalidValueError: there is no such slot.
            InvalidOperationError: the wheel is turning.
        """
        slots = len(self.config.filters)
        check_range("Position", slot, low=0, high=slots - 1)
        if self.state.moving_s > 0:
            raise InvalidOperationError("the wheel is turning: wait until Position is not -1")
        ahead = (slot - self.state.slot) % slots
        self.state.moving_s = min(ahead, slots - ahead) * self.config.slot_s
        self.state.slot = slot
