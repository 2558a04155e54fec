"""What a mount may do about the meridian, as the container that runs or the profile says."""

from __future__ import annotations

from dataclasses import dataclass

from tsplug import Profile

MARGIN_S = 30.0
"""Seconds that are put to each end of a span, so that drivers which reckon a little otherwise agree."""


@dataclass(frozen=True)
class Meridian:
    """Whether a mount flips, how many seconds after the meridian, and from how many before it on it must not track."""

    flips: bool
    after_s: float
    pause_s: float

    @classmethod
    def of(cls, profile: Profile) -> Meridian:
        """Return what a profile says."""
        planner = profile.planner
        return cls(True, 60.0 * planner.flip_after_min, 60.0 * planner.flip_pause_min)

    def pauses(self, past_s: float) -> bool:
        """Return whether a mount that has to flip stands still so many seconds past the meridian, or before it."""
        return self.flips and self.pause_s > 0.0 and -self.pause_s - MARGIN_S <= past_s < self.after_s

    def is_quiet_for_s(self, past_s: float, *, half_turn_s: float) -> float:
        """Return how long nothing is due then; mounts with sides change them at either culmination."""
        if not self.flips:
            return half_turn_s
        if self.pause_s > 0.0 and past_s < -self.pause_s - MARGIN_S:
            # A second more: what is looked at just before it begins would be looked at again at once.
            return 1.0 - self.pause_s - MARGIN_S - past_s
        return MARGIN_S + (self.after_s if past_s < self.after_s else half_turn_s) - past_s
