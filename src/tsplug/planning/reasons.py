"""The words for why something is not imaged now."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The rule that refused a target or a plan, as it stands in a `Rejection`."""

    PROJECT_STATE = "project not active"
    DISABLED = "disabled"
    COMPLETE = "complete"
    NO_FILTER = "filter not in the wheel"
    GIVEN_AWAY = "given to another rig"
    NEVER_RISES = "never rises"
    MINIMUM_ALTITUDE = "minimum altitude"
    MAXIMUM_ALTITUDE = "maximum altitude"
    CONSTRAINT = "constraint"
    MERIDIAN_WINDOW = "meridian window"
    MERIDIAN_FLIP = "meridian flip"
    TWILIGHT = "twilight"
    MOON = "moon avoidance"
    HUMIDITY = "humidity"
    WEATHER = "weather"
    NOT_IN_ORDER = "not in the override order"
    MINIMUM_TIME = "minimum time"
    EXPOSURE_TIME = "exposure time"
    ALL_PLANS = "all exposure plans rejected"
    LOWER_SCORE = "lower score"
    PROMISED = "current target kept"

    @property
    def is_final(self) -> bool:
        """Return whether waiting cannot help, whatever the night brings."""
        return self in _FINAL


_FINAL = frozenset(
    (Reason.PROJECT_STATE, Reason.DISABLED, Reason.COMPLETE, Reason.NO_FILTER, Reason.NOT_IN_ORDER, Reason.NEVER_RISES)
)
