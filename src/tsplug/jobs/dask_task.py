"""What a Dask worker runs: one task, in a process of its own that can be killed without harm to the worker."""

from __future__ import annotations

import atexit
import pickle
import threading
from typing import Any

from tsplug.jobs.local import LocalRunner
from tsplug.ports import FrameTask, TaskNews

_POLL_S = 0.5

_idle: dict[str, list[LocalRunner]] = {}
_turn = threading.Lock()
# Of this worker: processes that wait for their next task.


def run_task(work: str, key: int, *, task: FrameTask, name: str) -> list[TaskNews]:
    """Run a task in a process and return all its news; what takes its time is also sent to who listens for its name."""
    from distributed import get_worker

    worker = get_worker()
    with _turn:
        if not _idle:
            atexit.register(_close_all)
        waiting = _idle.setdefault(work, [])
        runner = waiting.pop() if waiting else LocalRunner(work, processes=1)
    # On this worker: it may have waited for long.
    news = [TaskNews(key, begun=True)]
    sent = 0
    try:
        runner.start(key, task)
        while not news[-1].ended:
            fresh = runner.wait(_POLL_S)
            news += fresh
            # A message costs a cluster as much as a quick module costs it, and all of them come with the result.
            for each in () if fresh else news[sent:]:
                worker.log_event(name.partition("/")[0], pickle.dumps(each))
            sent = sent if fresh else len(news)
            if _is_cancelled(worker, name):
                runner.stop(key)
                news.append(TaskNews(key, ended=True, problem="stopped", passing=True))
    finally:
        if not news[-1].ended:
            runner.close()
        with _turn:
            if runner.free():
                waiting.append(runner)
    return news


def _close_all() -> None:
    """End the processes with the worker, and not only when they find that it is gone."""
    for runners in _idle.values():
        for runner in runners:
            runner.close()


def _is_cancelled(worker: Any, name: str) -> bool:
    """Return whether nobody wants a task any more that is at work: the cluster says so to the worker that has it."""
    task = worker.state.tasks.get(name)
    return task is None or task.state == "cancelled"
