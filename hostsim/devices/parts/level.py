"""How a camera's gain or offset is set: as a value, as the index of a name, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hostsim.devices.parts.device import unsupported
from hostsim.devices.parts.errors import NotSupportedError, check_range
from hostsim.devices.parts.limits import Fault


class LevelMode(StrEnum):
    """The three ways ASCOM knows."""

    NONE = "none"
    INDEX = "index"
    VALUE = "value"


@dataclass(frozen=True)
class Level:
    """Gain or offset (``name``): its mode, its names for the index mode, the sensor's own range, and the start."""

    name: str
    mode: LevelMode
    names: tuple[str, ...]
    low: int
    high: int
    start: int

    def faults(self) -> list[Fault]:
        """Return what is wrong: a mode without its names, or a start that cannot be set."""
        field = self.name.lower()
        if self.mode is LevelMode.INDEX and not all(self.names or ("",)):
            return [((f"{field}_names",), f"{self.name} by index needs names, none of them empty")]
        low, high = (0, len(self.names) - 1) if self.mode is LevelMode.INDEX else (self.low, self.high)
        if not low <= self.start <= high:
            return [((f"start_{field}",), f"must be from {low} to {high}, not {self.start}")]
        return []

    def require(self) -> None:
        """Refuse the member of a camera that cannot set it.

        Raises:
            NotSupportedError: it is not there.
        """
        if self.mode is LevelMode.NONE:
            unsupported(self.name)

    def check_setting(self, setting: int) -> None:
        """Refuse what cannot be set.

        Raises:
            NotSupportedError: it is not there.
            InvalidValueError: it is outside its range, or the names.
        """
        self.require()
        low, high = (0, len(self.names) - 1) if self.mode is LevelMode.INDEX else (self.low, self.high)
        check_range(self.name, setting, low=low, high=high)

    def range(self, member: str) -> tuple[int, int]:
        """Return the lowest and highest value.

        Raises:
            NotSupportedError: it is not set by value.
        """
        if self.mode is LevelMode.VALUE:
            return self.low, self.high
        bounds = f"{self.name}Min to {self.name}Max"
        raise NotSupportedError(f"{member} is not supported by this device: {self.name} has no range of {bounds}")

    def listed(self, member: str) -> list[str]:
        """Return the names.

        Raises:
            NotSupportedError: it is not set by index.
        """
        return list(self.names) if self.mode is LevelMode.INDEX else unsupported(member)

    def value(self, setting: int) -> int:
        """Return the value for the sensor: names share its range evenly."""
        if self.mode is not LevelMode.INDEX or len(self.names) == 1:
            return self.low if self.mode is LevelMode.INDEX else setting
        return self.low + round(setting * (self.high - self.low) / (len(self.names) - 1))
