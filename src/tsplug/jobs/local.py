"""Runs tasks in processes of this machine, each of which can be killed without harm to the others."""

from __future__ import annotations

import errno
import queue
import sys
from collections.abc import Sequence

from tsplug.jobs.child import Child
from tsplug.ports import FrameTask, TaskNews


class LocalRunner:
    """A number of processes that live as long as the runner; one that dies is replaced when it is needed.

    One that cannot be killed keeps its place until it is gone: else a disk that does not answer would fill the memory.
    """

    def __init__(self, work: str, *, processes: int, patience_s: float = 5.0) -> None:
        """Name what runs in the processes, as ``module:function``; nothing is started yet.

        Args:
            work: the function; see `tsplug.ports.Work`.
            processes: how many at most.
            patience_s: how long to wait for a process that was killed, in seconds.
        """
        self._command = [sys.executable, "-m", "tsplug.jobs.child_process", work]
        self._processes = processes
        self._news: queue.SimpleQueue[tuple[Child, TaskNews]] = queue.SimpleQueue()
        self._patience_s = patience_s
        self._children: list[Child] = []
        self._undead: list[Child] = []

    def free(self) -> int:
        """Return how many more tasks it can take now."""
        busy = sum(child.key is not None for child in self._children)
        return max(0, self._processes - busy - self.stuck())

    def stuck(self) -> int:
        """Return how many processes were killed and do not end."""
        self._undead = [child for child in self._undead if not child.is_gone()]
        return len(self._undead)

    def start(self, key: int, task: FrameTask) -> None:
        """Begin a task in an idle process, or in a new one.

        Raises:
            OSError: there cannot be one more process.
        """
        if self._undead and not self.free():
            raise OSError(errno.EAGAIN, "one that was killed does not end, because a disk does not answer")
        idle = next((child for child in self._children if child.key is None), None)
        child = idle or Child(self._command, self._news)
        if idle is None:
            self._children.append(child)
        child.start(key, task)

    def stop(self, key: int) -> bool:
        """Kill the process of a task, with what it has started itself; return whether it is gone."""
        dropped = [self._drop(child) for child in self._children.copy() if child.key == key]
        return all(dropped)

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

    def _drop(self, child: Child) -> bool:
        self._children.remove(child)
        gone = child.kill(self._patience_s)
        if not gone:
            self._undead.append(child)
        return gone
