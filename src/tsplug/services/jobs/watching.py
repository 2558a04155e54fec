"""How far jobs come, as it happens."""

from __future__ import annotations

from collections.abc import Iterator

from tsplug.errors import NotFoundError
from tsplug.model.job_flow import ENDED
from tsplug.ports import Clock, JobQuery, Store
from tsplug.services.jobs.listing import Row, list_jobs, list_some
from tsplug.services.jobs.submitting import OPEN

POLL_S = 1.0
"""How often the queue is looked at, in seconds."""


def watch_jobs(store: Store, clock: Clock, *, ids: tuple[int, ...] | None = None) -> Iterator[Row]:
    """Yield a job whenever it or one of its modules has changed, until the jobs have ended.

    Args:
        store: where the queue is.
        clock: waits between looks.
        ids: the jobs; None those that wait or run, also those that come meanwhile, until there are none.

    Raises:
        NotFoundError: there is no such job.
    """
    known: dict[int, Row] = {}
    while True:
        rows = {row["id"]: row for row in _rows(store, ids, running=_running(known))}
        if ids is not None and (missing := [key for key in ids if key not in rows and key not in known]):
            raise NotFoundError(f"no job {missing[0]} is in the store; `tsplug jobs list` shows which are")
        for key, row in rows.items():
            if known.get(key) != row:
                known[key] = row
                yield row
        if all(row["state"] in ENDED for row in rows.values()):
            return
        clock.sleep(POLL_S)


def _rows(store: Store, ids: tuple[int, ...] | None, *, running: tuple[int, ...]) -> list[Row]:
    """Return the jobs that are looked at, oldest first; those that ended since the last look among them."""
    if ids is not None:
        return list_some(store, ids)
    found = list_some(store, running) + list_jobs(store, JobQuery(states=OPEN))
    return sorted(found, key=lambda row: int(row["id"]))


def _running(known: dict[int, Row]) -> tuple[int, ...]:
    return tuple(key for key, row in known.items() if row["state"] not in ENDED)
