"""Counters of plans after an archive: they follow images and adjustments, and nothing counts twice."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime

from tsplug.model import AcquiredImage, CountAdjustment, Counter, GradingStatus, Record
from tsplug.ports import Unit
from tsplug.services.archive_children import Hanging

PURGED = "purged"
RESTORED = "purged images restored"


class Counters:
    """What an import does to plans: which were touched, and what came back that had been purged.

    A purged image counts by an adjustment. Where an archive from before the purge brings it back, it counts by itself
    again, and the adjustment is taken back.
    """

    def __init__(self, unit: Unit, *, now: datetime) -> None:
        self._unit = unit
        self._now = now
        self._touched: set[int] = set()
        self._archived: Tally[tuple[int, Counter]] = Tally()
        self._known: set[int] = set()
        self._came: Tally[tuple[int, Counter]] = Tally()

    def see_plans(self, plans: Sequence[Hanging]) -> None:
        """Remember plans, which of them were here already, and what the archive says was purged of them."""
        for each in plans:
            plan_id = each.record.id or 0
            if each.made or each.added.get("adjustments"):
                self._touched.add(plan_id)
            if not each.made:
                self._known.add(plan_id)
            for fields in each.children["adjustments"]:
                if fields.get("why") in (PURGED, RESTORED):
                    self._archived[plan_id, Counter(fields["counter"])] += int(fields["delta"])

    def see_images(self, images: Sequence[Record]) -> None:
        """Count images that were added."""
        for image in images:
            if not isinstance(image, AcquiredImage) or image.plan_id is None:
                continue
            self._touched.add(image.plan_id)
            self._came[image.plan_id, Counter.ACQUIRED] += 1
            if image.status is GradingStatus.ACCEPTED:
                self._came[image.plan_id, Counter.ACCEPTED] += 1

    def settle(self) -> None:
        """Set the counters of all plans that were touched."""
        for plan_id in sorted(self._touched):
            if plan_id in self._known:
                self._take_back(plan_id)
            self._unit.recount(plan_id)

    def _take_back(self, plan_id: int) -> None:
        purged: Tally[Counter] = Tally()
        for line in self._unit.list(CountAdjustment, plan_id=plan_id, why=[PURGED, RESTORED]):
            purged[line.counter] += line.delta
        lines = [
            CountAdjustment(plan_id=plan_id, counter=counter, delta=-back, why=RESTORED, at=self._now)
            for counter in Counter
            if (back := min(self._came[plan_id, counter], purged[counter] - self._archived[plan_id, counter])) > 0
        ]
        self._unit.add_many(lines)
