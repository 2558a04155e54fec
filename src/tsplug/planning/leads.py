"""How long the steps before an exposure take, which must fit before its limits end as the exposure itself must."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from tsplug.model import OrderAction, Overheads
from tsplug.planning.arrays import FloatArray
from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate, CandidatePlan
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
    flip_s = overheads.flip_s if _may_flip(board, place, now=now) else 0.0
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


def _may_flip(board: Board, place: int, *, now: datetime) -> bool:
    """Return whether the mount may have to flip first: its target passed the meridian during the last exposure."""
    planner = board.profile.planner
    if planner.overheads.flip_s <= 0:
        return False
    passed_s = -(board.to_transit_min(place, now) + planner.flip_after_min) * _MINUTE_S
    beside_s = sum(planner.overheads.model_dump(exclude={"new_target_s", "autofocus_every_min"}).values())
    longest_s = max(item.exposure_s for item in board.entries[place].items()) + beside_s
    return bool(0.0 < passed_s <= longest_s)


_NONE = Overheads()
