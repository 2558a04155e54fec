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
    TWILIGHT = "twilight"
    MOON = "moon avoidance"
    MINIMUM_TIME = "minimum time"
    EXPOSURE_TIME = "exposure time"
    ALL_PLANS = "all exposure plans rejected"
    LOWER_SCORE = "lower score"
