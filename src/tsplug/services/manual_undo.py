"""Takes the last change of statuses by hand back, as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from tsplug.errors import NotFoundError
from tsplug.model import AcquiredImage, CountAdjustment, GradingStatus, ManualGrading, StatusChange, UtcDatetime, Value
from tsplug.model.images import kept_at_zero
from tsplug.ports import Clock, Store, Unit
from tsplug.services.manual_grading import BY, GradedImage, Refusal, RefusalCode, graded, refusal


class UndoOutcome(Value):
    """What became of taking a change back: who had made it and when, what changed back, and what could not."""

    to_status: GradingStatus
    by: str
    at: UtcDatetime
    changed: tuple[GradedImage, ...] = ()
    refused: tuple[Refusal, ...] = ()


def undo_manual(store: Store, *, clock: Clock, by: str = BY) -> UndoOutcome:
    """Take the last change by hand that still stands back: status, reject reason and mark are as they were before it.

    An image that was changed since, by whomever, stays as it is; the outcome says so. One that was removed is passed
    over. Asked again, the change before that is taken back.

    Raises:
        NotFoundError: there is nothing to take back.
    """
    with store.write() as unit:
        made = unit.last(ManualGrading, undone_at=None)
        if made is None:
            raise NotFoundError("no status was set by hand, or all such changes are undone already")
        changed: list[GradedImage] = []
        refused: list[Refusal] = []
        for line in unit.list(StatusChange, batch=made.guid):
            image = unit.find(AcquiredImage, id=line.image_id)
            if image is None:
                continue
            outcome = _take_back(image, line, unit=unit, by=by, at=clock.now())
            changed += [outcome] if isinstance(outcome, GradedImage) else []
            refused += [outcome] if isinstance(outcome, Refusal) else []
        made.undone_at = clock.now()
        unit.update(made)
        return UndoOutcome(
            to_status=made.to_status, by=made.by, at=made.at, changed=tuple(changed), refused=tuple(refused)
        )


def _take_back(image: AcquiredImage, line: StatusChange, *, unit: Unit, by: str, at: datetime) -> GradedImage | Refusal:
    latest = _standing(unit.list(StatusChange, image_id=line.image_id))[-1]
    before = line.from_status or GradingStatus.PENDING
    back = StatusChange(
        image_id=line.image_id,
        from_status=line.to_status,
        to_status=before,
        by=by,
        why=f"undone: {line.to_status} of {line.at:%Y-%m-%d %H:%M:%S} UTC",
        at=at,
        manual=line.from_manual,
        batch=line.batch,
    )
    if latest.id == line.id and unit.set_status(image, back, reason=line.from_reason) is not None:
        _take_back_adjustment(image, line, unit=unit, at=at)
        return graded(image, before)
    return refusal(image, RefusalCode.CHANGED, reason=f"since then it became {latest.to_status}, by {latest.by}")


def _take_back_adjustment(image: AcquiredImage, line: StatusChange, *, unit: Unit, at: datetime) -> None:
    """Let a counter that was kept at zero when the image lost its place be as it was before."""
    if line.from_status is not GradingStatus.ACCEPTED or image.plan_id is None:
        return
    for made in unit.list(CountAdjustment, plan_id=image.plan_id, why=kept_at_zero(image.guid), at=line.at):
        why = f"undone: {made.why}"
        unit.adjust_counter(image.plan_id, made.counter, delta=-made.delta, why=why, at=at)


def _standing(trail: Sequence[StatusChange]) -> list[StatusChange]:
    """Return the lines of an image's audit trail without those that were taken back: both ways carry one batch."""
    times = Counter(line.batch for line in trail)
    return [line for line in trail if line.batch is None or times[line.batch] == 1]
