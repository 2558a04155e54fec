"""The process that runs tasks: ``python -m tsplug.jobs.child_process MODULE:FUNCTION``.

It lives as long as its parent: when its standard input ends it does too, whatever it is doing.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import sys
import threading
from typing import BinaryIO, NoReturn, cast

from tsplug.errors import OutOfReachError, StoreError, TsplugError
from tsplug.jobs.sessions import end_session
from tsplug.ports import FrameTask, TaskNews, Tell, Work

_Given = tuple[int, FrameTask]


def main() -> None:
    """Run tasks until there are no more."""
    told = _own_output()
    given: queue.SimpleQueue[_Given] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, given), daemon=True).start()
    work = imported(sys.argv[1])
    while True:
        key, task = given.get()
        _run(work, key, task=task, told=told)


def imported(name: str) -> Work:
    """Return the function that a name like ``module:function`` stands for."""
    module, _, function = name.partition(":")
    return cast(Work, getattr(importlib.import_module(module), function))


def outcome(work: Work, key: int, *, task: FrameTask, tell: Tell) -> TaskNews:
    """Run one task and return how it ended, whatever it raises."""
    try:
        work(task, tell)
    except OutOfReachError as error:
        return TaskNews(key, ended=True, problem=str(error), away=True)
    except StoreError as error:
        # What does not answer now may be back for another attempt.
        return TaskNews(key, ended=True, problem=str(error), passing=True)
    except TsplugError as error:
        return TaskNews(key, ended=True, problem=str(error))
    except Exception as error:  # noqa: BLE001 - the next task must be run whatever this one raised
        return TaskNews(key, ended=True, problem=f"{type(error).__name__}: {error}")
    return TaskNews(key, ended=True)


def _run(work: Work, key: int, *, task: FrameTask, told: BinaryIO) -> None:
    def send(news: TaskNews) -> None:
        pickle.dump(news, told)
        told.flush()

    send(outcome(work, key, task=task, tell=lambda value: send(TaskNews(key, told=value))))


def _own_output() -> BinaryIO:
    """Return where the parent listens; what anybody prints goes to standard error instead."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _listen(stream: BinaryIO, given: queue.SimpleQueue[_Given]) -> None:
    while True:
        try:
            given.put(pickle.load(stream))
        except (EOFError, OSError, pickle.UnpicklingError):
            # A parent that was killed amid a task leaves half of one.
            _end()


def _end() -> NoReturn:
    """End this process at once, and with it what it has started: nobody waits for it any more."""
    if os.name == "posix" and os.getsid(0) == os.getpid():
        end_session(os.getpid())
    os._exit(1)


if __name__ == "__main__":
    main()
