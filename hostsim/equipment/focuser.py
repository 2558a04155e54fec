"""The host's focuser, in steps."""

from __future__ import annotations

from dataclasses import dataclass

from alpaca.exceptions import NotImplementedException

from hostsim.equipment.device import HostDevice
from hostsim.equipment.waiting import Patience
from tsplug import DeviceError

_MOVING = Patience(timeout_s=300.0, poll_s=0.5)


@dataclass(frozen=True)
class FocuserReading:
    """Where the focuser stands: steps, micrometres per step, degrees C; None where it cannot tell."""

    name: str
    position: int
    step_um: float | None
    temperature_c: float | None


class Focuser(HostDevice):
    """An absolute focuser."""

    kind = "focuser"
    platform_7 = 4

    def position(self) -> int:
        """Return the position in steps."""
        with self._trying("tell its position"):
            return int(self._alpaca.Position)

    def temperature_c(self) -> float | None:
        """Return the temperature at the focuser in degrees C, None without a sensor."""
        with self._trying("tell its temperature"):
            try:
                return float(self._alpaca.Temperature)
            except NotImplementedException:
                return None

    def move(self, position: int) -> None:
        """Go to a position, kept within the focuser's range, and wait until it is reached."""
        with self._trying(f"move to {position}"):
            goal = min(max(0, position), int(self._alpaca.MaxStep))
            if int(self._alpaca.Position) == goal:
                return
        answered = self._begin(f"move to {position}", lambda: self._alpaca.Move(goal))
        self._wait(
            lambda: not self._alpaca.IsMoving and (answered or int(self._alpaca.Position) == goal),
            f"moving to {goal}",
            patience=_MOVING,
        )
        reached = self.position()
        if reached != goal:
            raise DeviceError(
                self.label, f"stopped at {reached} on the way to {goal}: look at its limits and its driver"
            )

    def halt(self) -> bool:
        """Stop a move under way; return whether there was one.

        Raises:
            DeviceError: it moves and cannot be stopped, or does not answer.
        """
        with self._trying("stop"):
            moves = bool(self._alpaca.IsMoving)
            if moves:
                self._alpaca.Halt()
        return moves

    def reading(self) -> FocuserReading:
        """Return where the focuser stands."""
        with self._trying("tell its step size"):
            try:
                step_um: float | None = float(self._alpaca.StepSize)
            except NotImplementedException:
                step_um = None
        return FocuserReading(self.name, self.position(), step_um, self.temperature_c())
