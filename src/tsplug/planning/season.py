"""The nights ahead: how many hours each gives a target, and when it would be complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from tsplug.model import Profile, SeasonNight, TargetSeason
from tsplug.planning.arrays import IndexArray, Mask
from tsplug.planning.board import Board, Entry, wants_exposures
from tsplug.planning.candidates import Candidate, CandidatePlan, Counts
from tsplug.planning.ephemeris import STEP
from tsplug.planning.outlook import NightOutlook
from tsplug.planning.progress import remaining

_HOUR_MIN = 60.0


def season(
    nights: Iterable[NightOutlook], candidates: Sequence[Candidate], *, profile: Profile, since: datetime | None = None
) -> list[TargetSeason]:
    """Return what the nights ahead offer each target with open plans, in the order of equals.

    Hours are those in which some plan that still wants exposures can be exposed, in visits as long as the project's
    minimum time. Each plan is filled from those in which it can be exposed itself, plans with the fewest first; no
    target competes with another, every exposure is accepted, and exposures alone take time.

    Args:
        nights: the outlooks of consecutive nights, all with the candidates' targets.
        candidates: the targets as they are now.
        profile: the rig.
        since: what lies before this moment is not offered any more.
    """
    ordered = sorted(candidates, key=lambda each: each.tie_key)
    wanting = {each.target.guid: each for each in ordered if _wants(each, profile=profile)}
    told: dict[str, list[SeasonNight]] = {guid: [] for guid in wanting}
    for outlook in nights:
        board = Board(outlook, tuple(wanting.values()), profile=profile)
        for guid in tuple(wanting):
            place = board.place_of(guid)
            hours = 0.0
            if place is not None:
                hours, wanting[guid] = _through(board.entries[place], outlook, profile=profile, since=since)
            left = wanted_hours(wanting[guid], profile=profile)
            told[guid].append(
                SeasonNight(date=outlook.tables.night.date, hours=round(hours, 3), left_hours=round(left, 3))
            )
    return [_told(each, told[each.target.guid], profile=profile) for each in ordered if each.target.guid in told]


def wanted_hours(candidate: Candidate, *, profile: Profile) -> float:
    """Return how long the exposures take that a target still wants of a rig."""
    return sum(
        _left(candidate, item, profile=profile) * item.exposure_s / 3600.0
        for item in candidate.plans
        if wants_exposures(candidate, item, profile=profile)
    )


def _wants(candidate: Candidate, *, profile: Profile) -> bool:
    return any(wants_exposures(candidate, item, profile=profile) for item in candidate.plans)


def _left(candidate: Candidate, item: CandidatePlan, *, profile: Profile) -> int:
    return remaining(item, candidate.project, planner=(candidate.owner or profile).planner)


def _through(
    entry: Entry, outlook: NightOutlook, *, profile: Profile, since: datetime | None
) -> tuple[float, Candidate]:
    """Return the hours that a night offers a target, and the target after it."""
    candidate, visit = entry.candidate, entry.visit
    assert visit is not None
    first = 0 if since is None or since not in outlook.tables.night else outlook.tables.sample_after(since)
    visits = minutes_of(visit.ends, first=first, shortest=entry.wanted.minimum_samples)
    rows = dict(zip(entry.wanted.plans, visit.plan_ends, strict=True))
    plans = {
        guid: visits & minutes_of(rows[limits], first=first, shortest=limits.exposure_samples)
        for guid, limits in entry.limits.items()
    }
    hours = float(np.logical_or.reduce(list(plans.values())).sum()) / _HOUR_MIN
    by_guid = {item.plan.guid: item for item in candidate.plans}
    wanted = {guid: (_left(candidate, by_guid[guid], profile=profile), by_guid[guid].exposure_s) for guid in plans}
    taken = shared_out(plans, wanted)
    graded = candidate.project.grading_enabled
    after = tuple(
        _counted(item, taken[item.plan.guid], graded=graded) if item.plan.guid in taken else item
        for item in candidate.plans
    )
    return hours, replace(candidate, plans=after)


def minutes_of(ends: IndexArray, *, first: int, shortest: int) -> Mask:
    """Return the minutes, each from its sample to the next, that lie in runs of at least so many of them.

    Args:
        ends: for every sample the last one of its run, -1 where there is none.
        first: the first sample that counts; a run that began before it is cut there.
        shortest: minutes.
    """
    samples = np.arange(len(ends))
    inside = (ends >= 0) & (samples >= first)
    begins = np.maximum.accumulate(np.where(inside & ~np.concatenate(([False], inside[:-1])), samples, -1))
    return np.asarray(inside & (ends > samples) & (ends - begins >= shortest))


def shared_out(plans: dict[str, Mask], wanted: dict[str, tuple[int, float]]) -> dict[str, int]:
    """Return how many whole exposures each plan gets of the minutes in which it can be exposed, by guid.

    The plan with the fewest such minutes chooses first, and those that the fewest others can use.

    Args:
        plans: for each plan the minutes in which it can be exposed.
        wanted: how many exposures each wants, and how long they are (seconds).
    """
    free = {guid: mask.copy() for guid, mask in plans.items()}
    got = {}
    while free:
        guid = min(free, key=lambda each: int(free[each].sum()))
        own = np.flatnonzero(free.pop(guid))
        count, seconds = wanted[guid]
        rivals = np.sum([mask[own] for mask in free.values()], axis=0) if free else np.zeros(len(own))
        needed = -(timedelta(seconds=-count * seconds) // STEP)
        used = own[np.argsort(rivals, kind="stable")[:needed]]
        got[guid] = min(count, int(len(used) * STEP.total_seconds() // seconds))
        for mask in free.values():
            mask[used] = False
    return got


def _counted(item: CandidatePlan, count: int, *, graded: bool) -> CandidatePlan:
    return replace(item, counts=Counts(item.acquired + count, item.accepted + (count if graded else 0)))


def _told(candidate: Candidate, nights: Sequence[SeasonNight], *, profile: Profile) -> TargetSeason:
    return TargetSeason(
        project=candidate.project.name,
        target=candidate.target.name,
        target_guid=candidate.target.guid,
        wanted_hours=round(wanted_hours(candidate, profile=profile), 3),
        complete_on=next((each.date for each in nights if each.left_hours <= 0), None),
        nights=tuple(nights),
    )
