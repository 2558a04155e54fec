"""A movement along one axis at constant speed, with a time to settle at its end."""

from __future__ import annotations

from pydantic import BaseModel


class LinearMotion(BaseModel):
    """Where one axis is, where it goes, and how long it still settles (seconds)."""

    position: float
    target: float
    settle_s: float = 0.0

    @property
    def moving(self) -> bool:
        """Return whether the axis moves or settles."""
        return self.position != self.target or self.settle_s > 0

    def start(self, target: float, *, settle_s: float) -> None:
        """Begin to move to ``target``; going where it already is takes no time."""
        self.target = target
        self.settle_s = settle_s if target != self.position else 0.0

    def halt(self) -> None:
        """Stop where the axis is."""
        self.target = self.position
        self.settle_s = 0.0

    def advance(self, seconds: float, *, speed: float) -> None:
        """Let ``seconds`` pass at ``speed`` units per second."""
        distance = self.target - self.position
        needed_s = abs(distance) / speed
        if seconds < needed_s:
            self.position += distance * (seconds / needed_s)
            return
        self.position = self.target
        self.settle_s = max(0.0, self.settle_s - (seconds - needed_s))
