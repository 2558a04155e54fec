"""Brings a board that is laid out up to what the records say by now, where no more than exposures were taken."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.model import ExposurePlan, Record, Target
from tsplug.planning.board import Board, wants_exposures
from tsplug.planning.candidates import Candidate

_OF_A_PLAN = frozenset(ExposurePlan.model_fields) - {"acquired", "accepted"}
_OF_A_TARGET = frozenset(Target.model_fields) - {"filter_cadence", "smart_turns"}
# The others change with every exposure; whoever changes one of these wants another night.


def follow(board: Board, candidates: Sequence[Candidate]) -> bool:
    """Bring a board to some candidates if that takes no more than new counters, orders and leases; return whether.

    Where it does not, the board stays as it is, and another has to be laid out. Projects, templates and owners count
    as unchanged only where they are the same objects.
    """
    if len(candidates) != len(board.candidates):
        return False
    changed = []
    for after in candidates:
        number = board.number.get(after.target.guid)
        if number is None:
            return False
        before = board.candidates[number]
        if before is after:
            continue
        if not (_counts_alone(before, after) and _covered(board, after)):
            return False
        changed.append(after)
    for each in changed:
        board.change(each)
    return True


def _counts_alone(before: Candidate, after: Candidate) -> bool:
    if before.project is not after.project or before.owner is not after.owner or len(before.plans) != len(after.plans):
        return False
    pairs = zip(before.plans, after.plans, strict=True)
    return _alike(before.target, after.target, names=_OF_A_TARGET) and all(
        was.template is item.template and _alike(was.plan, item.plan, names=_OF_A_PLAN) for was, item in pairs
    )


def _alike(one: Record, other: Record, *, names: frozenset[str]) -> bool:
    return one is other or all(getattr(one, name) == getattr(other, name) for name in names)


def _covered(board: Board, after: Candidate) -> bool:
    """Return whether every plan that wants exposures was open when the board was laid out."""
    place = board.place_of(after.target.guid)
    laid_out = () if place is None else board.entries[place].guids
    wanting = (item for item in after.plans if wants_exposures(after, item, profile=board.profile))
    return all(item.plan.guid in laid_out for item in wanting)
