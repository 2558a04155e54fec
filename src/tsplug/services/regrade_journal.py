"""The journal of a regrade: begun, kept in the transactions of what it did, found again after an interruption."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tsplug.errors import StoreError
from tsplug.model import RegradeRun, RegradeState
from tsplug.ports import Context, Unit
from tsplug.services.regrade_scope import Scope

COUNTED = (
    "processed",
    "updated",
    "skipped_manual",
    "plans_completed",
    "plans_reopened",
    "targets_completed",
    "targets_reopened",
)
"""What a run counts, in its record as in its report."""

RESUMED_WITHIN = timedelta(days=1)
"""How long after its begin an interrupted run goes on."""


def begin_run(scope: Scope, context: Context) -> RegradeRun:
    """Return the interrupted run of the same request, or a new one; interrupted runs of other requests are given up.

    The same request is one whose sets of criteria, preferences and minimum grades are the same too: a run never mixes
    two states of them. A run that was begun more than `RESUMED_WITHIN` ago is given up: too much may have happened to
    the frames that it is done with.
    """
    now = context.clock.now()
    with context.store.write() as unit:
        same: RegradeRun | None = None
        for run in unit.list(RegradeRun, state=RegradeState.RUNNING):
            if run.request == scope.said and same is None and now - run.started_at <= RESUMED_WITHIN:
                same = run
            else:
                unit.update(run.model_copy(update={"state": RegradeState.ABANDONED}))
        if same is not None:
            return same
        return unit.add(RegradeRun(request=scope.said, started_at=now))


def note_done(run: RegradeRun, unit: Unit, *, last_target_id: int, counts: Mapping[str, int]) -> RegradeRun:
    """Note how far a run came, in the transaction of what it did, and return it as it is now.

    Raises:
        StoreError: it is no longer where this program left it. Nothing of the transaction is kept then.
    """
    values: dict[str, Any] = {"last_target_id": last_target_id, **counts}
    at = {"id": run.id, "state": RegradeState.RUNNING, "last_target_id": run.last_target_id}
    if unit.set_all(RegradeRun, values, **at) != 1:
        raise StoreError("another program regrades at the same time and goes on with this run, or began another")
    return run.model_copy(update=values)


def end_run(run: RegradeRun, context: Context) -> None:
    """Note that a run is complete."""
    with context.store.write() as unit:
        values = {"state": RegradeState.DONE, "finished_at": context.clock.now()}
        unit.set_all(RegradeRun, values, id=run.id, state=RegradeState.RUNNING)
