"""What is left of images that are removed: their guids, so that no import brings them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select

from tsplug.model import AcquiredImage, Job, PurgedImage, Target
from tsplug.store.rows import table_of

IMAGES = table_of(AcquiredImage)
PURGED = table_of(PurgedImage)
TARGETS = table_of(Target)
JOBS = table_of(Job)


def remember_purged(connection: Connection, where: Sequence[ColumnElement[bool]], *, at: datetime) -> None:
    """Keep the guids of images that are about to be removed, those that were purged before included."""
    again = select(IMAGES.c.guid).where(*where)
    connection.execute(delete(PURGED).where(PURGED.c.guid.in_(again)))
    # An image outlives its target, which is then no row to refer to.
    alive = TARGETS.alias("alive")
    joined = IMAGES.outerjoin(alive, alive.c.id == IMAGES.c.target_id)
    moment = literal(at, PURGED.c.purged_at.type)
    leaving = select(IMAGES.c.guid, alive.c.id, moment).select_from(joined).where(*where)
    connection.execute(insert(PURGED).from_select(["guid", "target_id", "purged_at"], leaving))


def remove_images(connection: Connection, where: Sequence[ColumnElement[bool]]) -> int:
    """Remove images and their jobs; what else hangs on an image goes with its row. Return how many images went."""
    connection.execute(delete(JOBS).where(JOBS.c.image_id.in_(select(IMAGES.c.id).where(*where))))
    return connection.execute(delete(IMAGES).where(*where)).rowcount


def tally(
    connection: Connection, where: Sequence[ColumnElement[bool]], *, by: Sequence[str]
) -> Mapping[tuple[Any, ...], int]:
    """Return the number of images for each combination of values of columns."""
    columns = [IMAGES.c[name] for name in by]
    query = select(*columns, func.count()).where(*where).group_by(*columns)
    return {tuple(values): int(number) for *values, number in connection.execute(query)}
