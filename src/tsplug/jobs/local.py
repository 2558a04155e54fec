"""Runs tasks in processes of this machine, each of which can be killed without harm to the others."""

from __future__ import annotations

import queue
import sys
from collections.abc import Sequence

from tsplug.jobs.child import Child
from tsplug.ports import FrameTask, TaskNews


class LocalRunner:
    """A number of processes that live as long as the runner; one that dies is replaced when it is needed."""

    def __init__(self, work: str, *, processes: int) -> None:
        """Name what runs in the processes, as ``module:function``; nothing is started yet.

        Args:
            work: the function; see `tsplug.ports.Work`.
            processes: how many at most.
        """
        self._command = [sys.executable, "-m", "tsplug.jobs.child_process", work]
        self._processes = processes
        self._news: queue.SimpleQueue[tuple[Child, TaskNews]] = queue.SimpleQueue()
        self._children: list[Child] = []

    def free(self) -> int:
        """Return how many more tasks it can take now."""
        return self._processes - sum(child.key is not None for child in self._children)

    def start(self, key: int, task: FrameTask) -> None:
        """Begin a task in an idle process, or in a new one."""
        idle = next((child for child in self._children if child.key is None), None)
        child = idle or Child(self._command, self._news)
        if idle is None:
            self._children.append(child)
        child.start(key, task)

    def stop(self, key: int) -> None:
        """Kill the process of a task, with what it has started itself."""
        for child in [each for each in self._children if each.key == key]:
            self._drop(child)

    def wait(self, timeout_s: float) -> Sequence[TaskNews]:
        """Return what is new; wait for it for a while where nothing is."""
        found: list[TaskNews] = []
        try:
            while True:
                # News of tasks that were stopped is none.
                found += self._valid(*self._news.get(block=not found and timeout_s > 0, timeout=timeout_s or None))
        except queue.Empty:
            return found

    def close(self) -> None:
        """Kill all processes."""
        for child in list(self._children):
            self._drop(child)

    def _valid(self, child: Child, news: TaskNews) -> list[TaskNews]:
        """Return news if it is of a task that the process still has; what was stopped has nothing more to say."""
        if child not in self._children:
            return []
        current = child.key is not None and child.key == news.key
        if news.passing and child.is_over:
            self._drop(child)
        elif current and news.ended:
            child.key = None
        return [news] if current else []

    def _drop(self, child: Child) -> None:
        child.kill()
        self._children.remove(child)
