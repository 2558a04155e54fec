"""Which flats the lights need, when, and by which steps they are taken: pure functions over records."""

from __future__ import annotations

from tsplug.flats.due import JudgedSession, TargetStanding, judge_sessions
from tsplug.flats.history import TakenFlats
from tsplug.flats.level import UNCHECKED, LevelFault, check_level, check_plausible, check_steady
from tsplug.flats.plan import FlatPlan, FlatRequest, FlatRig, plan_flats
from tsplug.flats.resume import StartedSet
from tsplug.flats.sessions import light_sessions, window_start

__all__ = [
    "UNCHECKED",
    "FlatPlan",
    "FlatRequest",
    "FlatRig",
    "JudgedSession",
    "LevelFault",
    "StartedSet",
    "TakenFlats",
    "TargetStanding",
    "check_level",
    "check_plausible",
    "check_steady",
    "judge_sessions",
    "light_sessions",
    "plan_flats",
    "window_start",
]
