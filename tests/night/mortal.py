"""The command hostsim, which kills itself at a moment of its own work, however slow or busy the machine is.

Run as ``python mortal.py OF WRITES CPU_S TEXT ARGUMENTS...``. Once WRITES files whose path has OF in it have been moved
to their place it works on for CPU_S seconds of processor time, then it is gone; or, where TEXT is not empty, as soon as
that is shown.
Either way nothing of it is cleaned up: no handler, no ``finally``, no flushed buffer.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def die_after(writes: int, cpu_s: float, *, of: str) -> None:
    """Let the kernel end this process so much work after so many moves of files with ``of`` in their path."""
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event != "os.rename" or of not in os.fsdecode(arguments[1]):
            return
        seen += 1
        if seen == writes:
            # What this signal does where nobody handles it is the kernel's work: it ends the process at once.
            signal.setitimer(signal.ITIMER_PROF, max(cpu_s, 1e-6))

    sys.addaudithook(count)


class Stream:
    """Standard error, which is the last that is heard of this process once it shows a text."""

    def __init__(self, text: str) -> None:
        self._text, self._stream = text, sys.stderr

    def write(self, shown: str) -> int:
        self._stream.write(shown)
        self._stream.flush()
        if self._text in shown:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(shown)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


if __name__ == "__main__":
    counted, at_write, later_s, last_words = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    sys.argv = ["hostsim", *sys.argv[5:]]
    if last_words:
        sys.stderr = Stream(last_words)
    else:
        die_after(at_write, later_s, of=counted)
    from hostsim.cli import main

    main()
