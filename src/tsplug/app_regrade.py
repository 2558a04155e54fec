"""The composition root of a large regrade: processes that judge, while this one writes."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event
from typing import NamedTuple

from tsplug.app import open_store, system_clock
from tsplug.errors import TsplugError
from tsplug.ports import Store
from tsplug.services.regrade_deciding import Decide, Part, TargetJudges, deciding_here
from tsplug.services.regrade_outcomes import Decided
from tsplug.services.regrade_scope import Scope

_FEWEST_PARTS = 2
"""A process that judges needs a second or two to begin, in which a part is judged."""

_AHEAD = 2
"""So many parts more than there are processes are under way or wait to be written: they are in memory."""


def deciding_processes(store: Store, store_url: str, *, processes: int) -> Decide:
    """Return what decides in processes of their own where there is enough to do for them, else in this one.

    Args:
        store: the store, as this process has it open.
        store_url: where other processes find it.
        processes: how many judge at once; 1 is this one.
    """

    def decide(scope: Scope, parts: Sequence[Part]) -> Generator[list[Decided], None, None]:
        if processes < 2 or len(parts) < _FEWEST_PARTS:
            yield from deciding_here(store)(scope, parts)
            return
        # Threads and open databases do not survive a fork.
        anew = get_context("spawn")
        task = _Task(store_url, scope, anew.Event())
        with ProcessPoolExecutor(min(processes, len(parts)), anew, initializer=_begin, initargs=(task,)) as pool:
            try:
                yield from _in_order(pool, parts, most=processes + _AHEAD)
            except BrokenProcessPool as error:
                raise TsplugError(
                    "a process that judged was ended from outside, as for want of memory: what is regraded stands, and"
                    " the same command goes on with the rest; --processes 1 needs the least memory"
                ) from error
            finally:
                task.is_over.set()
                pool.shutdown(cancel_futures=True)

    return decide


def _in_order(pool: ProcessPoolExecutor, parts: Sequence[Part], *, most: int) -> Generator[list[Decided], None, None]:
    left = iter(parts)
    waiting: deque[Future[list[Decided]]] = deque(pool.submit(_decided, part) for part in islice(left, most))
    while waiting:
        found = waiting.popleft().result()
        waiting.extend(pool.submit(_decided, part) for part in islice(left, 1))
        yield found


class _Task(NamedTuple):
    store_url: str
    scope: Scope
    is_over: Event


_tasks: list[_Task] = []
"""What a process that judges works on; in all others there is none."""


def _begin(task: _Task) -> None:
    """Prepare a process that judges: who interrupts the command ends it, and it ends with the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _tasks.append(task)


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _decided(part: Part) -> list[Decided]:
    # What a process has taken in already cannot be called off, and nobody waits for it any more.
    return [] if _tasks[0].is_over.is_set() else _judges().decide(part)


@cache
def _judges() -> TargetJudges:
    """Return what judges in this process; the store is opened with the first part, so that errors are those of it."""
    task = _tasks[0]
    store = open_store(task.store_url, system_clock(), create=False, keep_copy=False, must_write=False)
    return TargetJudges(task.scope, store)
