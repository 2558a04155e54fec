"""Which flats the lights need, when, and by which steps they are taken: pure functions over records."""

from __future__ import annotations

from tsplug.flats.due import JudgedSession, TargetStanding, judge_sessions
from tsplug.flats.history import TakenFlats
from tsplug.flats.level import (
    UNCHECKED,
    Level,
    LevelFault,
    check_dark,
    check_level,
    check_plausible,
    check_saturation,
    check_steady,
)
from tsplug.flats.plan import FlatPlan, FlatRequest, FlatRig, plan_flats
from tsplug.flats.resume import StartedSet
from tsplug.flats.rules import cadence_rules
from tsplug.flats.sessions import (
    SiteMoment,
    earliest_start,
    latest_start,
    light_sessions,
    session_date_of,
    window_begins,
)

__all__ = [
    "UNCHECKED",
    "FlatPlan",
    "FlatRequest",
    "FlatRig",
    "JudgedSession",
    "Level",
    "LevelFault",
    "SiteMoment",
    "StartedSet",
    "TakenFlats",
    "TargetStanding",
    "cadence_rules",
    "check_dark",
    "check_level",
    "check_plausible",
    "check_saturation",
    "check_steady",
    "earliest_start",
    "judge_sessions",
    "latest_start",
    "light_sessions",
    "plan_flats",
    "session_date_of",
    "window_begins",
]
