"""Writes what a regrade decided: statuses, scores and verdicts, nothing where all is as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from tsplug.model import AcquiredImage, GraderVerdict, StatusChange, Verdict
from tsplug.ports import Unit
from tsplug.services.regrade_decisions import Regraded
from tsplug.services.regrade_judging import OURS, Decided

BY = "regrade"
"""Who changed a status, in the audit trail."""

_PART = 5000


def write_decided(decided: Sequence[Decided], unit: Unit, *, now: datetime, over_manual: bool) -> set[int]:
    """Write what images come to; return the ids of those whose status was changed by somebody else meanwhile.

    These are left as they are.
    """
    regraded = [each for plan in decided for each in plan.regraded]
    changes = [_change(each, now) for each in regraded if each.status_changes]
    lost = {change.image_id for change in changes} - set(unit.set_statuses(changes, over_manual=over_manual))
    ours = [each for each in regraded if each.image.id not in lost]
    scores = [{"id": each.image.id, "score": each.score, "band": each.band} for each in ours if each.score_changes]
    unit.update_many(AcquiredImage, scores)
    _write_verdicts(
        [(plan, each) for plan in decided for each in plan.regraded if each.image.id not in lost], unit, now=now
    )
    return lost


def _change(regraded: Regraded, now: datetime) -> StatusChange:
    return StatusChange(
        image_id=regraded.image.id or 0,
        from_status=regraded.image.status,
        to_status=regraded.combination.status,
        by=BY,
        why=regraded.combination.reason,
        at=now,
    )


def _write_verdicts(pairs: Iterable[tuple[Decided, Regraded]], unit: Unit, *, now: datetime) -> None:
    fresh: list[Verdict] = []
    changed: list[dict[str, object]] = []
    gone: list[int | None] = []
    for decided, regraded in pairs:
        stored = {each.grader: each for each in decided.stored.get(regraded.image.id or 0, ()) if each.grader in OURS}
        for verdict in regraded.verdicts:
            before = stored.pop(verdict.grader, None)
            if before is None:
                fresh.append(_made(regraded.image, verdict, now=now))
            elif not _same(before, verdict):
                changed.append({"id": before.id, **_told(verdict), "judged_at": now})
        gone += [each.id for each in stored.values()]
    unit.add_many(fresh)
    unit.update_many(Verdict, changed)
    for start in range(0, len(gone), _PART):
        unit.delete_all(Verdict, id=gone[start : start + _PART])


def _made(image: AcquiredImage, verdict: GraderVerdict, *, now: datetime) -> Verdict:
    return Verdict(image_id=image.id or 0, grader=verdict.grader, **_told(verdict), judged_at=now)  # type: ignore[arg-type]


def _told(verdict: GraderVerdict) -> dict[str, object]:
    return {
        "version": verdict.version,
        "status": verdict.status,
        "score": verdict.score,
        "band": verdict.band,
        "reason": verdict.reason,
        "inputs": verdict.inputs,
    }


def _same(stored: Verdict, verdict: GraderVerdict) -> bool:
    told = _told(verdict)
    inputs = told.pop("inputs")
    if any(getattr(stored, name) != value for name, value in told.items()):
        return False
    return bool(stored.inputs == inputs) or stored.inputs == json.loads(json.dumps(inputs, default=str))
