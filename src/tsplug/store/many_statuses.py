"""Changes of status of many images in a few statements: counters and audit trails change with them, as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from tsplug.model import AcquiredImage, Counter, GradingStatus, StatusChange
from tsplug.store.counting import Counting, counters_of
from tsplug.store.many_rows import insert_rows, update_rows
from tsplug.store.rows import table_of

IMAGES = table_of(AcquiredImage)
_LINES = table_of(StatusChange)
_FOUND = ("from_reason", "from_manual")
_TOLD = tuple(name for name in StatusChange.model_fields if name not in {"id", *_FOUND})
_LINE = (*_TOLD, *_FOUND)
_CHANGED = ("status", "reject_reason", "manual")
_PART = 5000
# No database takes an endless list of ids.


_told_of = attrgetter(*_TOLD)


def swap_statuses(connection: Connection, changes: Sequence[StatusChange], *, over_manual: bool) -> list[int]:
    """Make those changes whose image still has the status that they start from; return the ids of the images.

    A status that stands by hand is left unless ``over_manual``. A change from a status to itself writes its reason.
    """
    counting = Counting(connection)
    swapped: list[int] = []
    for part in _parts(sorted(changes, key=lambda change: change.image_id)):
        stored = _stored(connection, [change.image_id for change in part])
        fitting = [
            (change, image)
            for change in part
            if (image := stored.get(change.image_id)) is not None
            and image.status == change.from_status
            and (over_manual or not image.manual)
        ]
        update_rows(connection, IMAGES, names=_CHANGED, rows=[_values(change) for change, _ in fitting])
        insert_rows(connection, _LINES, names=_LINE, rows=[_line(change, image) for change, image in fitting])
        _count(counting, fitting)
        swapped += [change.image_id for change, _ in fitting]
    return swapped


def _parts(changes: Sequence[StatusChange]) -> Iterator[Sequence[StatusChange]]:
    for start in range(0, len(changes), _PART):
        yield changes[start : start + _PART]


def _stored(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """Return what counts of images, with their rows locked where the database locks rows."""
    columns = (IMAGES.c.id, IMAGES.c.plan_id, IMAGES.c.status, IMAGES.c.reject_reason, IMAGES.c.manual)
    query = select(*columns).where(IMAGES.c.id.in_(ids)).order_by(IMAGES.c.id).with_for_update()
    return {row.id: row for row in connection.execute(query)}


def _values(change: StatusChange) -> tuple[object, ...]:
    reason = change.why if change.to_status is GradingStatus.REJECTED else ""
    return change.to_status, reason, change.manual, change.image_id


def _line(change: StatusChange, image: Any) -> tuple[object, ...]:
    """Return the line of the audit trail, as a plain row: to make a record of each takes longer than to write it."""
    return (*_told_of(change), image.reject_reason, image.manual)


def _count(counting: Counting, fitting: Sequence[tuple[StatusChange, Any]]) -> None:
    deltas: defaultdict[tuple[int, Counter], int] = defaultdict(int)
    for change, image in fitting:
        if image.plan_id is None or change.from_status is None:
            continue
        old, new = set(counters_of(change.from_status)), set(counters_of(change.to_status))
        for counter in old ^ new:
            deltas[image.plan_id, counter] += 1 if counter in new else -1
    for (plan_id, counter), delta in sorted(deltas.items()):
        if delta:
            counting.shift(plan_id, counter, delta=delta, at=fitting[0][0].at)
