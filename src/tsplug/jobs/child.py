"""A process that runs tasks, as its parent sees it."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import threading
import time
from contextlib import suppress

from tsplug.jobs.sessions import end_session
from tsplug.ports import FrameTask, TaskNews

_IS_POSIX = os.name == "posix"
_ENDING_S, _LOOK_S = 0.5, 0.01


class Child:
    """One process: gets tasks through its standard input, and tells of them on its standard output.

    ``key`` is that of the task it has, None while it is idle.
    """

    def __init__(self, command: list[str], news: queue.SimpleQueue[tuple[Child, TaskNews]]) -> None:
        """Start the process; what it tells goes into a queue that is shared with others."""
        self.key: int | None = None
        self.is_over = False
        self._turn = threading.Lock()
        # Its own group: what the process has started dies with it, and Ctrl-C in a terminal reaches the parent alone.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=_IS_POSIX
        )
        self._news = news
        self._reader = threading.Thread(target=self._read, daemon=True, name=f"child {self._process.pid}")
        self._reader.start()

    def start(self, key: int, task: FrameTask) -> None:
        """Give a task to the idle process."""
        with self._turn:
            self.key = key
            if self.is_over:
                self._tell_of_death()
                return
        # One that dies meanwhile is told of by its reader.
        with suppress(OSError, ValueError):
            if self._process.stdin is not None:
                pickle.dump((key, task), self._process.stdin)
                self._process.stdin.flush()

    def kill(self, patience_s: float) -> bool:
        """End the process and what it has started, wait for that a while, and return whether it is gone.

        One that waits for a disk which does not answer dies when that comes back, and not before.
        """
        self._end_session()
        self._reader.join(patience_s)
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        return self.is_gone()

    def is_gone(self) -> bool:
        """Return whether the process has ended, also where something that it left behind still holds its output."""
        return not self._reader.is_alive() or self._process.poll() is not None

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream, suppress(EOFError, pickle.UnpicklingError, OSError, ValueError):
            while True:
                self._news.put((self, pickle.load(stream)))
        self._let_end()
        self._end_session()
        self._process.wait()
        with self._turn:
            self.is_over = True
            if self.key is not None:
                self._tell_of_death()

    def _let_end(self) -> None:
        """Give a process that says no more the moment it needs to end by itself: how it ended is to be told."""
        if not _IS_POSIX:
            return
        ends_s = time.monotonic() + _ENDING_S
        with suppress(ChildProcessError):
            # Without taking note of it: its number must not be another's while what it started is ended.
            while os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
                if time.monotonic() >= ends_s:
                    return
                time.sleep(_LOOK_S)

    def _end_session(self) -> None:
        # One turn at a time, and none once the process is waited for: its number may be another's then.
        with self._turn:
            if self._process.returncode is not None:
                return
            if _IS_POSIX:
                end_session(self._process.pid)
            else:
                self._process.kill()

    def _tell_of_death(self) -> None:
        problem = _end(self._process.wait())
        self._news.put((self, TaskNews(self.key or 0, ended=True, problem=problem, passing=True)))


def _end(status: int) -> str:
    """Return how a process ended that should not have."""
    if status >= 0:
        return f"its process ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"its process was killed ({name})"
