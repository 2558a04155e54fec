"""Ending a process with all that it started, programs in groups of their own among it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_SESSION_FIELD = 3
# Of /proc/PID/stat, counted behind the name, which may hold anything: state, parent, group, session.


def end_session(session: int) -> None:
    """Kill the processes of a session, and what they start meanwhile; the one that asks goes last if it is one of them.

    Where the system does not list its processes as files, it kills the group of that number alone.

    Args:
        session: the number of the process that began it, which must not be forgotten yet: it could be another's.
    """
    asked = {os.getpid()}
    while fresh := set(_members(session)) - asked:
        for process in fresh:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        asked |= fresh
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)


def _members(session: int) -> list[int]:
    found: list[int] = []
    for entry in _PROCESSES.glob("[0-9]*/stat"):
        # Those that end meanwhile are none.
        with suppress(OSError, IndexError):
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if fields[_SESSION_FIELD] == str(session):
                found.append(int(entry.parent.name))
    return found
