"""Writes what a regrade decided: statuses, scores and verdicts, nothing where all is as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tsplug.model import AcquiredImage, StatusChange, Verdict
from tsplug.ports import Unit, VerdictRow
from tsplug.services.regrade_outcomes import Decided, Outcome

BY = "regrade"
"""Who changed a status, in the audit trail."""

_PART = 5000


def write_decided(decided: Sequence[Decided], unit: Unit, *, now: datetime, over_manual: bool) -> set[int]:
    """Write what images come to; return the ids of those that somebody else removed or graded meanwhile.

    These are left as they are.
    """
    changed = [each for plan in decided for each in plan.changed]
    touched = {each.image_id for each in changed}.union(row.image_id for plan in decided for row in plan.verdicts)
    removed = touched.difference(unit.stored_among(AcquiredImage, touched))
    changes = [_change(each, now) for each in changed if each.status_changes]
    lost = removed | {each.image_id for each in changes}.difference(unit.set_statuses(changes, over_manual=over_manual))
    scores = [
        {"id": each.image_id, "score": each.score, "band": each.band}
        for each in changed
        if each.score_changes and each.image_id not in lost
    ]
    unit.update_many(AcquiredImage, scores)
    known = _stored_meanwhile(decided, unit)
    rows = [_in_place(row, known) for plan in decided for row in plan.verdicts if row.image_id not in lost]
    unit.write_verdict_rows(rows, at=now)
    gone = [key for plan in decided for image_id, key in plan.gone if image_id not in lost]
    for start in range(0, len(gone), _PART):
        unit.delete_all(Verdict, id=gone[start : start + _PART])
    return lost


def _stored_meanwhile(decided: Sequence[Decided], unit: Unit) -> dict[tuple[int, str], int | None]:
    """Return the verdicts that are stored of plans of which some are new: live grading may have stored the same."""
    plans = [each.plan.plan.id or 0 for each in decided if any(row.id is None for row in each.verdicts)]
    return {(row.image_id, row.grader): row.id for row in unit.verdict_rows(plans)} if plans else {}


def _in_place(row: VerdictRow, known: Mapping[tuple[int, str], int | None]) -> VerdictRow:
    return replace(row, id=known.get((row.image_id, row.grader))) if row.id is None else row


def _change(outcome: Outcome, now: datetime) -> StatusChange:
    return StatusChange(
        image_id=outcome.image_id,
        from_status=outcome.from_status,
        to_status=outcome.to_status,
        by=BY,
        why=outcome.why,
        at=now,
    )
