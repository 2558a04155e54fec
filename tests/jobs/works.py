"""Functions that a process of a runner can run instead of the image pipeline, chosen by the name of the frame."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tsplug.errors import StoreUnavailableError
from tsplug.model import JobStep, ModuleState
from tsplug.ports import FrameTask, Tell


def by_name(task: FrameTask, tell: Tell) -> None:
    """Do what the file's name says: end well, hang, raise, print, or kill this process."""
    name = Path(task.file).stem.partition("_")[0]
    tell(JobStep(job_id=task.job_id, module=name, state=ModuleState.RUNNING))
    ACTS[name](task)
    tell(JobStep(job_id=task.job_id, module=name, state=ModuleState.COMPLETED, duration_s=0.1))


def _hang(task: FrameTask) -> None:
    """Start a process in a group of its own as solvers are, say which, and never end."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], process_group=0)
    Path(task.file).with_suffix(".pid").write_text(f"{os.getpid()} {other.pid}")
    time.sleep(1000)


def _raise(task: FrameTask) -> None:
    raise ValueError("no such thing")


def _store_away(task: FrameTask) -> None:
    raise StoreUnavailableError("the store is away")


def _crash(task: FrameTask) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _end(task: FrameTask) -> None:
    """End slowly, as interpreters do: the output first, the process a while later."""
    os.closerange(3, 64)
    time.sleep(0.1)
    os._exit(3)


def _leave(task: FrameTask) -> None:
    os._exit(7)


ACTS = {
    "fine": lambda task: None,
    "print": lambda task: sys.stdout.write("noise on standard output\n"),
    "hang": _hang,
    "raise": _raise,
    "away": _store_away,
    "crash": _crash,
    "leave": _leave,
    "end": _end,
}
