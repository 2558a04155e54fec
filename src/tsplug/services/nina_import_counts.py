"""Counters of imported plans: what no image accounts for becomes an adjustment."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict

from tsplug.model import CountAdjustment, Counter, ExposurePlan, GradingStatus
from tsplug.services.nina_import_catalogue import Catalogue
from tsplug.services.nina_import_images import Images
from tsplug.services.nina_import_vanished import vanished
from tsplug.services.nina_upsert import ImportRun, batches_of

WHY = "imported from Target Scheduler"
KEPT = "kept at zero when an import counted less"


def import_counts(run: ImportRun, catalogue: Catalogue, *, images: Images) -> None:
    """Let every plan count what Target Scheduler counts, beside what was recorded and edited here.

    The share of an import is the plan's counter there less the images that came from there, also those that are gone
    there since: they stay here, and N.I.N.A. goes on counting them. It replaces that of the
    import before, so that importing again adds nothing and images of our own keep counting.
    """
    for plan_id in sorted(images.recount):
        run.unit.recount(plan_id)
    known = set(images.ids.values())
    for chunk in batches_of(sorted(catalogue.counters.items())):
        plans = {row_id: catalogue.plans[row_id].id or 0 for row_id, _ in chunk if row_id in catalogue.plans}
        before: defaultdict[tuple[int, Counter], int] = defaultdict(int)
        for line in run.unit.list(CountAdjustment, plan_id=sorted(plans.values()), why=WHY):
            before[line.plan_id, line.counter] += line.delta
        for row_id, counters in chunk:
            if row_id in plans:
                counted = vanished(run, plans[row_id], images=images, known=known)
                counted.update({status: images.counted[plans[row_id], status] for status in GradingStatus})
                _adjust(run, plans[row_id], counters=counters, counted=counted, before=before)


def _adjust(
    run: ImportRun,
    plan_id: int,
    *,
    counters: tuple[int, int],
    counted: Tally[GradingStatus],
    before: defaultdict[tuple[int, Counter], int],
) -> None:
    changed = False
    shares = zip(Counter, counters, (counted.total(), counted[GradingStatus.ACCEPTED]), strict=True)
    for counter, wanted, there in shares:
        delta = wanted - there - before[plan_id, counter]
        if delta:
            _change(run, plan_id, counter=counter, delta=delta)
            changed = True
    run.ledger.count("counters", "read")
    run.ledger.count("counters", "updated" if changed else "unchanged")


def _change(run: ImportRun, plan_id: int, *, counter: Counter, delta: int) -> None:
    """Change the import's share of a counter; where that would take it below zero, another adjustment keeps it there.

    Without that other one the next import would find its share too large, and take it from what was recorded since.
    """
    current = getattr(run.unit.get(ExposurePlan, plan_id), counter.value)
    applied = max(delta, -current)
    if applied:
        run.unit.adjust_counter(plan_id, counter, delta=applied, why=WHY, at=run.now)
    if applied != delta:
        rest = delta - applied
        lines = ((rest, WHY), (-rest, KEPT))
        run.unit.add_many(
            [CountAdjustment(plan_id=plan_id, counter=counter, delta=by, why=why, at=run.now) for by, why in lines]
        )
