"""The host's rotator: mechanical angles, and the position angles on the sky that they give."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from alpaca.exceptions import NotImplementedException

from hostsim.equipment.device import HostDevice
from hostsim.equipment.waiting import Patience
from tsplug import PierSide

_TURNING = Patience(timeout_s=300.0, poll_s=0.5)
_CLOSE_ENOUGH_DEG = 0.005
# Coarse steps end beside the goal.
_NEAR_DEG = 1.0


@dataclass(frozen=True)
class RotatorReading:
    """Where the rotator stands: mechanical and sky angle in degrees, step in degrees or None."""

    name: str
    mechanical_deg: float
    sky_deg: float
    step_deg: float | None


class Rotator(HostDevice):
    """A rotator; implements `tsplug.ports.Rotator`."""

    kind = "rotator"
    platform_7 = 4

    def mechanical_deg(self) -> float:
        """Return the mechanical angle in degrees, 0 up to 360."""
        with self._trying("tell its angle"):
            return float(self._alpaca.MechanicalPosition) % 360.0

    def move_mechanical(self, angle_deg: float) -> None:
        """Turn to a mechanical angle and wait until it is reached; whatever ends the waiting stops the rotator too."""
        goal_deg = angle_deg % 360.0
        if _apart_deg(self.mechanical_deg(), goal_deg) <= _CLOSE_ENOUGH_DEG:
            return
        try:
            self._turn(goal_deg)
        except BaseException:
            self._halt()
            raise

    def _turn(self, goal_deg: float) -> None:
        answered = self._begin(f"turn to {goal_deg:.2f} degrees", lambda: self._alpaca.MoveMechanical(goal_deg))
        self._wait(
            lambda: not self._alpaca.IsMoving and (answered or self._is_near(goal_deg)),
            f"turning to {goal_deg:.2f} degrees",
            patience=_TURNING,
        )

    def halt(self) -> bool:
        """Stop a turn under way; return whether there was one.

        Raises:
            DeviceError: it turns and cannot be stopped, or does not answer.
        """
        with self._trying("stop"):
            turns = bool(self._alpaca.IsMoving)
            if turns:
                self._alpaca.Halt()
        return turns

    def _halt(self) -> None:
        # Why the turn ended is what must be told, not that this rotator cannot be stopped.
        with suppress(Exception):
            self._alpaca.Halt()

    def _is_near(self, goal_deg: float) -> bool:
        return _apart_deg(float(self._alpaca.MechanicalPosition), goal_deg) <= _NEAR_DEG

    def mechanical_for(self, position_angle_deg: float, *, pier_side: PierSide, half_turn: bool) -> float:
        """Return the mechanical angle that gives a position angle on the sky.

        The rotator's own sky angle, which a sync sets, holds for pointing state east; through the pole (west) the
        camera is upside down. With ``half_turn`` a frame turned by half a turn is as good, since it shows the same
        field: the mechanical angle then stays below 180 degrees and is the same on both sides of the pier, and so
        are its flats.
        """
        reading = self.reading()
        with self._trying("tell its sense"):
            sense = -1.0 if self._alpaca.Reverse else 1.0
        upside_down_deg = 180.0 if pier_side is PierSide.WEST else 0.0
        turn_deg = position_angle_deg - upside_down_deg - reading.sky_deg
        mechanical_deg = reading.mechanical_deg + sense * turn_deg
        return round(mechanical_deg, 3) % (180.0 if half_turn else 360.0)

    def reading(self) -> RotatorReading:
        """Return where the rotator stands."""
        with self._trying("tell its angles"):
            try:
                step_deg: float | None = float(self._alpaca.StepSize)
            except NotImplementedException:
                step_deg = None
            return RotatorReading(self.name, self.mechanical_deg(), float(self._alpaca.Position) % 360.0, step_deg)


def _apart_deg(first: float, second: float) -> float:
    return abs((first - second + 180.0) % 360.0 - 180.0)
