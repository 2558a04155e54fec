"""What to image now: visibility, scoring and exposure selection as pure functions over one night's tables."""

from __future__ import annotations

from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.decide import Situation, decide
from tsplug.planning.ephemeris import NightTables, Place, SkyTarget, night_tables
from tsplug.planning.outlook import AttachedMask, NightOutlook

__all__ = [
    "AttachedMask",
    "Board",
    "Candidate",
    "CandidatePlan",
    "NightOutlook",
    "NightTables",
    "Place",
    "Situation",
    "SkyTarget",
    "decide",
    "night_tables",
]
