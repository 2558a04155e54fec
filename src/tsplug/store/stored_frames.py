"""What is stored of the frames of plans, as digests: no value is made of it, so that much is read in little time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from tsplug.model import AcquiredImage, Verdict
from tsplug.ports import NightOfRig, StoredFrames
from tsplug.store.rows import table_of

_IMAGES = table_of(AcquiredImage)
_VERDICTS = table_of(Verdict)
_BYTES = 16
_ELSEWHERE = frozenset({"file"})
# Where a frame lies says nothing of what it is worth, and rejected frames are moved after they were regraded.


def read_stored_frames(connection: Connection, plan_ids: Sequence[int]) -> dict[int, StoredFrames]:
    """Return digests of what is stored of the frames of plans and of the verdicts on them, by plan.

    Rows look different in other databases, and so do their digests: those of a store that moves are all new.
    """
    digests = {key: blake2b(digest_size=_BYTES) for key in plan_ids}
    graders: defaultdict[int, set[str]] = defaultdict(set)
    nights: defaultdict[int, set[NightOfRig]] = defaultdict(set)
    for query in (_images(connection, plan_ids), _verdicts(connection, plan_ids)):
        for plan_id, grader, *values, last in connection.execute(query):
            if grader:
                graders[plan_id].add(grader)
            text = last if isinstance(last, bytes) else str(last).encode("utf-8", "surrogatepass")
            # With its length no text is taken for another and the row after it.
            digests[plan_id].update(repr((grader, len(text), *values)).encode("utf-8", "surrogatepass") + text)
    for plan_id, *night in connection.execute(_nights(plan_ids)):
        nights[plan_id].add(NightOfRig(*night))
    return {
        key: StoredFrames(found.hexdigest(), frozenset(nights[key]), frozenset(graders[key]))
        for key, found in digests.items()
    }


def _images(connection: Connection, plan_ids: Sequence[int]) -> Select[Any]:
    told = _told(connection, _IMAGES, last="metrics")
    return (
        select(_IMAGES.c.plan_id, literal(""), *told)
        .where(_IMAGES.c.plan_id.in_(plan_ids))
        .order_by(_IMAGES.c.plan_id, _IMAGES.c.started, _IMAGES.c.id)
    )


def _verdicts(connection: Connection, plan_ids: Sequence[int]) -> Select[Any]:
    told = _told(connection, _VERDICTS, last="inputs")
    return (
        select(_IMAGES.c.plan_id, _VERDICTS.c.grader, *told)
        .select_from(_IMAGES.join(_VERDICTS, _VERDICTS.c.image_id == _IMAGES.c.id))
        .where(_IMAGES.c.plan_id.in_(plan_ids))
        .order_by(_IMAGES.c.plan_id, _IMAGES.c.started, _IMAGES.c.id, _VERDICTS.c.grader)
    )


def _nights(plan_ids: Sequence[int]) -> Select[Any]:
    kept = (_IMAGES.c.plan_id, _IMAGES.c.profile_id, _IMAGES.c.session_date)
    return select(*kept, func.max(_IMAGES.c.started)).where(_IMAGES.c.plan_id.in_(plan_ids)).group_by(*kept)


def _told(connection: Connection, table: Table, *, last: str) -> list[ColumnElement[Any]]:
    """Return all that rows of a table hold as the database has it, the longest text at the end."""
    columns = [column for column in table.columns if column.name not in {last, *_ELSEWHERE}]
    if connection.dialect.name == "postgresql":
        return [cast(func.row(*columns, table.c[last]), Text)]
    return [type_coerce(each, NullType()) for each in (*columns, cast(table.c[last], LargeBinary))]
