"""How a plan's counters follow its images: always in the transaction of the row they count.

``acquired`` and ``accepted`` of a plan equal its counted image rows plus its count adjustments (SEMANTICS, Counts).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from tsplug.errors import NotFoundError
from tsplug.model import AcquiredImage, CountAdjustment, Counter, ExposurePlan, GradingStatus
from tsplug.model.images import kept_at_zero
from tsplug.store.rows import Rows, table_of

PLANS = table_of(ExposurePlan)
IMAGES = table_of(AcquiredImage)
ADJUSTMENTS = table_of(CountAdjustment)


def counters_of(status: GradingStatus) -> tuple[Counter, ...]:
    """Return the counters in which an image of this status counts."""
    return (Counter.ACQUIRED, Counter.ACCEPTED) if status is GradingStatus.ACCEPTED else (Counter.ACQUIRED,)


class Counting:
    """The counters of the plans, on a connection whose transaction someone else begins and ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection)

    def count(self, image: AcquiredImage, counters: Iterable[Counter], *, delta: int, at: datetime) -> None:
        """Let an image count, or no longer count, in counters of its plan; nothing happens when the plan is gone.

        Where that would take a counter below zero it stays at zero, and an adjustment keeps the sum right.
        """
        if image.plan_id is None:
            return
        for counter in counters:
            applied = self._change(image.plan_id, counter, delta=delta)
            if applied is not None and applied != delta:
                self._note(image.plan_id, counter, delta=applied - delta, why=kept_at_zero(image.guid), at=at)

    def shift(self, plan_id: int, counter: Counter, *, delta: int, at: datetime) -> None:
        """Let so many more images of a plan count in a counter, or fewer, as `count` does for one."""
        applied = self._change(plan_id, counter, delta=delta)
        if applied is not None and applied != delta:
            why = "kept at zero when images no longer counted"
            self._note(plan_id, counter, delta=applied - delta, why=why, at=at)

    def move_to_adjustments(self, image: AcquiredImage, *, why: str, at: datetime) -> None:
        """Account for an image that is about to be removed, so that its plan's counters need not move."""
        if image.plan_id is None or self._current(image.plan_id, Counter.ACQUIRED) is None:
            return
        for counter in counters_of(image.status):
            self._note(image.plan_id, counter, delta=1, why=why, at=at)

    def move_all_to_adjustments(self, where: Iterable[ColumnElement[bool]], *, why: str, at: datetime) -> None:
        """Account for all images of a condition that are about to be removed; their plans' counters need not move."""
        query = (
            select(IMAGES.c.plan_id, IMAGES.c.status, func.count())
            .where(*where, IMAGES.c.plan_id.in_(select(PLANS.c.id)))
            .group_by(IMAGES.c.plan_id, IMAGES.c.status)
        )
        for plan_id, status, number in self._connection.execute(query).all():
            for counter in counters_of(GradingStatus(status)):
                self._note(plan_id, counter, delta=number, why=why, at=at)

    def adjust(self, change: CountAdjustment) -> None:
        """Change a counter apart from any image and store by how much it really changed.

        Raises:
            NotFoundError: there is no such plan.
        """
        applied = self._change(change.plan_id, change.counter, delta=change.delta)
        if applied is None:
            raise NotFoundError(f"the store has no ExposurePlan with id {change.plan_id}")
        if applied:
            self._rows.insert(change.model_copy(update={"delta": applied}))

    def recount(self, plan_id: int) -> None:
        """Set a plan's counters to its counted images plus its adjustments."""
        sums = {counter.value: max(0, self._sum(plan_id, counter)) for counter in Counter}
        self._connection.execute(update(PLANS).where(PLANS.c.id == plan_id).values(sums))

    def _sum(self, plan_id: int, counter: Counter) -> int:
        counted = [status for status in GradingStatus if counter in counters_of(status)]
        images = select(func.count()).where(IMAGES.c.plan_id == plan_id, IMAGES.c.status.in_(counted))
        adjustments = select(func.coalesce(func.sum(ADJUSTMENTS.c.delta), 0)).where(
            ADJUSTMENTS.c.plan_id == plan_id, ADJUSTMENTS.c.counter == counter
        )
        return sum(int(self._connection.execute(query).scalar_one()) for query in (images, adjustments))

    def _change(self, plan_id: int, counter: Counter, *, delta: int) -> int | None:
        """Add to a counter, not below zero; return what was added, or None when the plan is gone."""
        current = self._current(plan_id, counter)
        if current is None:
            return None
        applied = max(delta, -current)
        column = PLANS.c[counter.value]
        self._connection.execute(update(PLANS).where(PLANS.c.id == plan_id).values({column: column + applied}))
        return applied

    def _current(self, plan_id: int, counter: Counter) -> int | None:
        """Return a counter, with its row locked where the database locks rows."""
        query = select(PLANS.c[counter.value]).where(PLANS.c.id == plan_id).with_for_update()
        value: int | None = self._connection.execute(query).scalar_one_or_none()
        return value

    def _note(self, plan_id: int, counter: Counter, *, delta: int, why: str, at: datetime) -> None:
        self._rows.insert(CountAdjustment(plan_id=plan_id, counter=counter, delta=delta, why=why, at=at))
