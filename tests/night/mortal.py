"""The command hostsim, which kills itself at a moment of its own work, however slow or busy the machine is.

Run as ``python mortal.py WRITES CPU_S TEXT ARGUMENTS...``. Once the state of the night has been kept WRITES times it
works on for CPU_S seconds of processor time, then it is gone; or, where TEXT is not empty, as soon as that is shown.
Either way nothing of it is cleaned up: no handler, no ``finally``, no flushed buffer.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

STATE = "state.json"


def die_after(writes: int, cpu_s: float) -> None:
    """Let the kernel end this process so much work after so many moves of the state to its place."""
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event != "os.rename" or Path(os.fsdecode(arguments[1])).name != STATE:
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
    at_write, later_s, last_words = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    sys.argv = ["hostsim", *sys.argv[4:]]
    if last_words:
        sys.stderr = Stream(last_words)
    else:
        die_after(at_write, later_s)
    from hostsim.cli import main

    main()
