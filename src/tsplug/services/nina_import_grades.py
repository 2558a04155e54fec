"""Grades that come with imported images: their trails begin, and later imports carry what changed on the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tsplug.model import MANUAL, AcquiredImage, GradingStatus, StatusChange
from tsplug.services.nina_upsert import ImportRun

BY = "import"
"""Who changed a status, in the audit trail."""

_ORIGIN = "Target Scheduler"


class Carried(NamedTuple):
    """An image in the store, the status and reason that the database gives it, and whether it is new here."""

    image: AcquiredImage
    status: GradingStatus
    reason: str
    new: bool


def by_hand(status: GradingStatus, reason: str) -> bool:
    """Return whether Target Scheduler tells that a status was set by hand: of rejections alone it does."""
    return status is GradingStatus.REJECTED and reason == MANUAL


def begin_trails(run: ImportRun, kept: Sequence[Carried]) -> None:
    """Write the first line of the audit trail of every new image."""
    lines = [
        StatusChange(
            image_id=each.image.id or 0,
            from_status=None,
            to_status=each.status,
            by=BY,
            why=each.reason or _ORIGIN,
            at=run.now,
            manual=by_hand(each.status, each.reason),
        )
        for each in kept
        if each.new
    ]
    run.unit.add_many(lines)


def carry_grades(run: ImportRun, kept: Sequence[Carried]) -> None:
    """Take over the statuses that changed in the database since it was imported; what was graded here stays else."""
    differing = [each for each in kept if not each.new and each.image.status is not each.status]
    if not differing:
        return
    imported = {
        line.image_id: line.to_status
        for line in run.unit.list(StatusChange, image_id=[each.image.id for each in differing], by=BY)
    }
    for each in differing:
        before = imported.get(each.image.id or 0)
        # An image of our own was never imported: only where nobody graded it here does the other grade say more.
        wins = each.image.status is GradingStatus.PENDING if before is None else before is not each.status
        if not wins:
            continue
        change = StatusChange(
            image_id=each.image.id or 0,
            from_status=each.image.status,
            to_status=each.status,
            by=BY,
            why=each.reason or _ORIGIN,
            at=run.now,
            manual=by_hand(each.status, each.reason),
        )
        run.unit.set_status(each.image, change)
        run.ledger.regrade("acquiredimage")
