"""The nights ahead: how many hours each gives a target, and when it would be complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np

from tsplug.model import Profile, SeasonNight, TargetSeason
from tsplug.planning.arrays import IndexArray
from tsplug.planning.board import Board, wants_exposures
from tsplug.planning.candidates import Candidate
from tsplug.planning.outlook import NightOutlook
from tsplug.planning.progress import remaining

_HOUR_MIN = 60.0


def season(
    nights: Iterable[NightOutlook], candidates: Sequence[Candidate], *, profile: Profile, since: datetime | None = None
) -> list[TargetSeason]:
    """Return what the nights ahead offer each target with open plans, in the order of equals.

    Hours are those in which some open plan can be exposed, in visits as long as the project's minimum time; no target
    competes with another, and exposures alone take time. What is left after a night is what was wanted less its hours.

    Args:
        nights: the outlooks of consecutive nights, all with the candidates' targets.
        candidates: the targets as they are now.
        profile: the rig.
        since: what lies before this moment is not offered any more.
    """
    hours: dict[str, list[tuple[date, float]]] = {}
    for outlook in nights:
        board = Board(outlook, candidates, profile=profile)
        for entry in board.entries:
            ends = None if entry.visit is None else _left(entry.visit.ends, outlook, since=since)
            found = 0.0 if ends is None else possible_hours(ends, entry.wanted.minimum_samples)
            hours.setdefault(entry.candidate.target.guid, []).append((outlook.tables.night.date, found))
    ordered = sorted(candidates, key=lambda each: each.tie_key)
    return [_told(each, hours[each.target.guid], profile=profile) for each in ordered if each.target.guid in hours]


def _left(ends: IndexArray, outlook: NightOutlook, *, since: datetime | None) -> IndexArray:
    """Return the ends of runs without those samples that lie before a moment."""
    if since is None or since not in outlook.tables.night:
        return ends
    left = ends.copy()
    left[: outlook.tables.sample_after(since)] = -1
    return left


def possible_hours(ends: IndexArray, minimum_samples: int) -> float:
    """Return the hours of those runs that last at least so many samples (minutes).

    Args:
        ends: for every sample the last one of its run, -1 where there is none.
        minimum_samples: the shortest run that counts.
    """
    starts = np.flatnonzero((ends >= 0) & np.concatenate(([True], ends[:-1] < 0)))
    lengths = ends[starts].astype(np.int64) - starts
    return float(lengths[lengths >= max(1, minimum_samples)].sum()) / _HOUR_MIN


def wanted_hours(candidate: Candidate, *, profile: Profile) -> float:
    """Return how long the exposures take that a target still wants of a rig."""
    planner = (candidate.owner or profile).planner
    return sum(
        remaining(item, candidate.project, planner=planner) * item.exposure_s / 3600.0
        for item in candidate.plans
        if wants_exposures(candidate, item, profile=profile)
    )


def _told(candidate: Candidate, hours: Sequence[tuple[date, float]], *, profile: Profile) -> TargetSeason:
    wanted = left = wanted_hours(candidate, profile=profile)
    nights = []
    complete_on = None
    for day, found in hours:
        left = max(0.0, left - found)
        nights.append(SeasonNight(date=day, hours=round(found, 3), left_hours=round(left, 3)))
        if left <= 0 and complete_on is None:
            complete_on = day
    return TargetSeason(
        project=candidate.project.name,
        target=candidate.target.name,
        target_guid=candidate.target.guid,
        wanted_hours=round(wanted, 3),
        complete_on=complete_on,
        nights=tuple(nights),
    )
