"""A process that runs tasks, as its parent sees it."""

from __future__ import annotations

import os
import queue
import signal
import sys
import time
from pathlib import Path

from tsplug.jobs.child import Child

_LEAVES = """
import subprocess, sys, time
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open(sys.argv[1], "w").write(f"{left.pid}\\n")
time.sleep(600)
"""


def test_a_process_is_gone_though_another_holds_its_output(tmp_path: Path) -> None:
    """What it has started in a session of its own, with its output, lives on; its place is free all the same."""
    told = tmp_path / "pid"
    child = Child([sys.executable, "-c", _LEAVES, str(told)], queue.SimpleQueue())
    ends = time.monotonic() + 60
    while not (told.exists() and told.read_text().endswith("\n")):
        assert time.monotonic() < ends
        time.sleep(0.01)
    try:
        child.kill(0.1)
        while not child.is_gone():
            assert time.monotonic() < ends
            time.sleep(0.01)
    finally:
        os.kill(int(told.read_text()), signal.SIGKILL)
