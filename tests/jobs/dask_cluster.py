"""A cluster of Dask on this machine: a scheduler and two workers, each a process that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

WORKS = Path(__file__).parent


class Cluster:
    """A scheduler and workers, each a process."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        known = os.pathsep.join(filter(None, (str(WORKS), os.environ.get("PYTHONPATH"))))
        path = {"PYTHONPATH": known, "TSPLUG_DATA_DIR": str(folder / "data"), "DASK_LOGGING__DISTRIBUTED": "error"}
        self._environment = {**os.environ, **path}
        self._folder = folder
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers = [self._worker() for _ in range(workers)]

    def _worker(self) -> subprocess.Popen[bytes]:
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder / "dask")]
        return self._start("worker", self.address, *options)

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        return subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)

    def kill_a_worker(self) -> None:
        """Kill one of the workers as `kill -9` does, and let another come in its place for whoever uses it next."""
        self.workers[0].kill()
        self.workers[0].wait()
        self.workers[0] = self._worker()

    def close(self, number: int = signal.SIGKILL) -> None:
        """Send all of it a signal, and wait until it has ended."""
        for process in (*self.workers, self.scheduler):
            process.send_signal(number)
            process.wait()
