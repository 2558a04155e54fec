"""Regrade stored images: whole targets in one transaction, going on where an interrupted run stopped.

Frames are only ever held against frames of their own plan, and a target's plans are written together. So nothing that
one transaction decides depends on what another has written, and a run may stop between any two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from tsplug.model import Band, ExposurePlan, RegradeRun, Target
from tsplug.ports import Context
from tsplug.services.paused_collection import collection_paused
from tsplug.services.regrade_deciding import Decide, deciding_here
from tsplug.services.regrade_journal import COUNTED, begin_run, end_run, note_done
from tsplug.services.regrade_outcomes import Decided, Outcome
from tsplug.services.regrade_progress import turned_by
from tsplug.services.regrade_scope import RegradeRequest, Scope, scope_of
from tsplug.services.regrade_writing import write_decided
from tsplug.services.rejected_files import MovedFile, RejectedFiles
from tsplug.services.settled_plans import Settling

BATCH = 2000
"""About how many images are read, judged and written together."""


@dataclass
class RegradeReport:
    """What a run came to; a resumed one tells ``changes``, names and bands of what it did since it was resumed.

    ``bands`` counts images by band before and after; those without one stand under "ungraded". ``warnings`` tell of
    files that could not follow the status of their images.
    """

    processed: int = 0
    updated: int = 0
    skipped_manual: int = 0
    plans_completed: int = 0
    plans_reopened: int = 0
    targets_completed: int = 0
    targets_reopened: int = 0
    completed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    plans: dict[str, list[str]] = field(default_factory=lambda: {"completed": [], "reopened": []})
    bands: dict[str, dict[str, int]] = field(default_factory=lambda: {"before": {}, "after": {}})
    changes: list[dict[str, Any]] = field(default_factory=list)
    left_alone: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    resumed: bool = False
    dry_run: bool = False


def regrade(
    request: RegradeRequest, context: Context, *, batch: int = BATCH, decide: Decide | None = None
) -> RegradeReport:
    """Judge images anew and write what changed, after which files follow; a dry run writes nothing.

    Args:
        request: which images, by which criteria.
        context: store, clock, progress; cancelled between batches, and then resumed by the same request.
        batch: about how many images to take together; a target is never divided.
        decide: who judges; None does it in this process, a batch after the other is written.

    Raises:
        NotFoundError: there is no such target or profile.
        InputError: the request makes no sense.
        StoreError: another program goes on with the same run, or began another.
    """
    with context.store.read() as unit:
        scope = scope_of(request, unit, now=context.clock.now())
        sizes = Counter[int]()
        for plan in unit.list(ExposurePlan):
            sizes[plan.target_id] += plan.acquired
    run = None if request.dry_run else begin_run(scope, context)
    work = _Regrading(scope, context, run=run)
    parts = list(_batches(scope.targets, sizes, after=work.last_target_id, batch=batch))
    deciding = (decide or deciding_here(context.store))(scope, [[each.id or 0 for each in part] for part in parts])
    with closing(deciding):
        for part in parts:
            context.cancellation.check()
            work.regrade(part, deciding)
    return work.finish()


def _batches(targets: Sequence[Target], sizes: Counter[int], *, after: int, batch: int) -> Iterator[list[Target]]:
    """Yield targets beyond an id, by id, as many at a time as have about so many images."""
    part: list[Target] = []
    for target in targets:
        if (target.id or 0) <= after:
            continue
        part.append(target)
        if sum(sizes[each.id or 0] for each in part) >= batch:
            yield part
            part = []
    if part:
        yield part


class _Regrading:
    """One run: what it has done, and the next part of it."""

    def __init__(self, scope: Scope, context: Context, *, run: RegradeRun | None) -> None:
        self._scope = scope
        self._context = context
        self._run = run
        self._files = RejectedFiles(context.store, context.files, clock=context.clock)
        self._done = 0
        self._report = RegradeReport(left_alone=list(scope.left_alone), dry_run=scope.request.dry_run)
        if run is not None and run.last_target_id:
            self._report.resumed = True
            for name in COUNTED:
                setattr(self._report, name, getattr(run, name))

    @property
    def last_target_id(self) -> int:
        """Return the last target that was done before."""
        return 0 if self._run is None else self._run.last_target_id

    def regrade(self, targets: Sequence[Target], deciding: Iterator[list[Decided]]) -> None:
        """Regrade all plans of targets by what is decided of them next."""
        doing = "judging targets, nothing is written" if self._run is None else "regrading targets"
        self._context.progress.report(doing, done=self._done, total=len(self._scope.targets))
        decided = next(deciding)
        with collection_paused():
            self._keep(decided, last_target_id=targets[-1].id or 0)
        self._done += len(targets)

    def _keep(self, decided: Sequence[Decided], *, last_target_id: int) -> None:
        if self._run is None:
            self._tell(decided, lost=set())
        else:
            self._write(decided, self._run, last_target_id=last_target_id)

    def finish(self) -> RegradeReport:
        """Close the run and return what it came to."""
        if self._run is not None:
            if self._report.resumed:
                # It may have ended before between what it wrote and the files that follow that.
                self._warn(self._files.follow_all({target.id for target in self._scope.targets}))
            end_run(self._run, self._context)
        return self._report

    def _write(self, decided: Sequence[Decided], run: RegradeRun, *, last_target_id: int) -> None:
        with self._context.store.write() as unit:
            now = self._context.clock.now()
            over_manual = self._scope.request.include_manual
            settling = Settling(decided, unit)
            lost = write_decided(decided, unit, now=now, over_manual=over_manual)
            settling.note(lost)
            self._tell(decided, lost=lost)
            counts = {name: getattr(self._report, name) for name in COUNTED}
            self._run = note_done(run, unit, last_target_id=last_target_id, counts=counts)
        changed = [each.image_id for plan in decided for each in plan.changed if each.from_status is not each.to_status]
        self._warn(self._files.follow_ids(set(changed) - lost))

    def _warn(self, files: Sequence[MovedFile]) -> None:
        self._report.warnings += [each.problem for each in files if each.problem]

    def _tell(self, decided: Sequence[Decided], *, lost: set[int]) -> None:
        report = self._report
        for plan in decided:
            report.processed += plan.processed
            report.skipped_manual += plan.by_hand
            for band, number in (plan.same_bands or {}).items():
                _count_band(report.bands["before"], band, number=number)
                _count_band(report.bands["after"], band, number=number)
            for each in plan.changed:
                if each.image_id in lost:
                    continue
                _count_band(report.bands["before"], each.from_band)
                _count_band(report.bands["after"], each.band)
                report.updated += 1
                report.changes.append(_change_row(each))
        turned = turned_by(decided, lost=lost)
        report.plans_completed += len(turned.plans_completed)
        report.plans_reopened += len(turned.plans_reopened)
        report.targets_completed += len(turned.targets_completed)
        report.targets_reopened += len(turned.targets_reopened)
        report.completed += turned.targets_completed
        report.reopened += turned.targets_reopened
        report.plans["completed"] += turned.plans_completed
        report.plans["reopened"] += turned.plans_reopened


def _count_band(counts: dict[str, int], band: Band | None, *, number: int = 1) -> None:
    key = "ungraded" if band is None else str(band)
    counts[key] = counts.get(key, 0) + number


def _change_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "image": outcome.image_id,
        "target": outcome.target_name,
        "filter": outcome.filter_name,
        "started": outcome.started.isoformat(),
        "from": str(outcome.from_status),
        "to": str(outcome.to_status),
        "from_score": outcome.from_score,
        "score": outcome.score,
        "from_band": None if outcome.from_band is None else str(outcome.from_band),
        "band": None if outcome.band is None else str(outcome.band),
        "from_reason": outcome.from_reason,
        "reason": outcome.reason,
    }
