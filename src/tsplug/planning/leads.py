"""How long the steps before an exposure take, which must fit before its limits end as the exposure itself must."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from tsplug.model import NEVER_FLIPS_MIN, OrderAction, Overheads
from tsplug.planning.arrays import FloatArray
from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.ephemeris import SIDEREAL_DEG_PER_MINUTE
from tsplug.planning.exposures import Selection
from tsplug.planning.situation import Asked
from tsplug.planning.steps import dithers_first

_MINUTE_S = 60.0


def lead_times_s(board: Board, now: datetime, *, request: Asked, current: int | None) -> FloatArray:
    """Return for each plan of a board how long the steps before its exposure take at most, in seconds.

    A new target is pointed at; the one imaged last is dithered, and flipped, where that may be due. The filter is
    changed where another is in the beam.
    """
    overheads = board.profile.planner.overheads
    if overheads == _NONE:
        return np.zeros(len(board.owner))
    lead_s = np.full(len(board.owner), overheads.new_target_s)
    if overheads.filter_change_s > 0:
        lead_s += np.where(board.filters == request.current_filter, 0.0, overheads.filter_change_s)
    if current is not None:
        lead_s[board.plans_of(current)] = staying_lead_times_s(board, current, now=now, request=request)
    return np.asarray(lead_s)


def staying_lead_times_s(board: Board, place: int, *, now: datetime, request: Asked) -> list[float]:
    """Return the same for the plans of the target imaged last alone."""
    overheads, entry = board.profile.planner.overheads, board.entries[place]
    if overheads == _NONE:
        return [0.0] * len(entry.guids)
    flip_s = overheads.flip_s if _may_flip(board, place, now=now, request=request) else 0.0
    found = []
    for item in entry.items():
        dithers = overheads.dither_s > 0 and _may_dither(entry.candidate, item, request=request)
        switches = item.template.filter_name != request.current_filter
        own_s = flip_s + (overheads.dither_s if dithers else 0.0)
        found.append(own_s + (overheads.filter_change_s if switches else 0.0))
    return found


def _may_dither(candidate: Candidate, item: CandidatePlan, *, request: Asked) -> bool:
    ordered = any(each.action is OrderAction.DITHER for each in candidate.target.override_order)
    return dithers_first(candidate, Selection(item, ordered), request=request)


def _may_flip(board: Board, place: int, *, now: datetime, request: Asked) -> bool:
    """Return whether the mount may have to flip before the next exposure of the target imaged last.

    A host that says on which side it stands is told; of another the mount may have to where the target passed the
    meridian, above the pole or below it, during the last exposure.
    """
    overheads, wrong = board.profile.planner.overheads, request.on_wrong_side
    if overheads.flip_s <= 0:
        return False
    if wrong is not None:
        stands_past = (passed_min(board, place, at=now) >= 0.0) != wrong
        later = now + timedelta(seconds=overheads.dither_s + overheads.filter_change_s + overheads.autofocus_s)
        return any(flip_is_due(board, place, at=each, stands_past=stands_past) for each in (now, later))
    past_min = passed_min(board, place, at=now)
    since_s = _MINUTE_S * (past_min - board.profile.planner.flip_after_min if past_min >= 0 else past_min + _HALF_TURN)
    beside_s = sum(overheads.model_dump(exclude={"new_target_s", "autofocus_every_min"}).values())
    longest_s = max(item.exposure_s for item in board.entries[place].items()) + beside_s
    return bool(0.0 < since_s <= longest_s)


def passed_min(board: Board, place: int, *, at: datetime) -> float:
    """Return for how many minutes a target has been past the meridian at a moment; negative in the east."""
    return -board.to_transit_min(place, at)


def flip_is_due(board: Board, place: int, *, at: datetime, stands_past: bool) -> bool:
    """Return whether the mount has to flip for a target: it passed the meridian, above the pole or below it.

    Args:
        board: the night.
        place: the target's entry.
        at: the moment.
        stands_past: whether the mount stands as for a target west of the meridian.
    """
    if board.profile.planner.flip_after_min >= NEVER_FLIPS_MIN:
        return False
    past_min = passed_min(board, place, at=at)
    changed = (past_min >= 0.0) != stands_past
    return changed and not 0.0 <= past_min < board.profile.planner.flip_after_min


_HALF_TURN = 180.0 / SIDEREAL_DEG_PER_MINUTE
"""Minutes from one passage of the meridian to the next."""

_NONE = Overheads()
