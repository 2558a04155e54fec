"""Fetches a large frame and tells what it cost: ``python frame_client.py ours|alpyca ADDRESS NUM_X NUM_Y``."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from alpaca.camera import Camera
from alpaca.filterwheel import FilterWheel
from numpy.typing import NDArray
from stopwatch import best_s

from hostsim.equipment.image import FrameReader


def memory_bytes(key: str) -> int:
    """Return an entry of the kernel's account of this process: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


class Poller(threading.Thread):
    """Asks a filter wheel for its position, all the time, and keeps the longest wait."""

    def __init__(self, address: str) -> None:
        """Ask the wheel at ``address`` once, so that its connection stands."""
        super().__init__(daemon=True)
        self._wheel = FilterWheel(address, 0)
        assert self._wheel.Position == 0
        self._over = threading.Event()
        self.longest_s, self.polls = 0.0, 0

    def run(self) -> None:
        """Poll a hundred times a second until `end`."""
        while not self._over.wait(0.01):
            begun = time.perf_counter()
            assert self._wheel.Position == 0
            self.longest_s = max(self.longest_s, time.perf_counter() - begun)
            self.polls += 1

    def end(self) -> None:
        """Stop polling."""
        self._over.set()
        self.join()


def ours(address: str, num_x: int, num_y: int) -> Callable[[], NDArray[np.uint16]]:
    """Return the host's way to a row-major frame."""
    reader = FrameReader(f"http://{address}/api/v1/camera/0", "camera")
    return lambda: reader.read(num_x=num_x, num_y=num_y)


def alpyca(address: str, num_x: int, num_y: int) -> Callable[[], NDArray[np.uint16]]:
    """Return alpyca's way: its list of columns, turned to rows."""
    camera = Camera(address, 0)
    return lambda: np.ascontiguousarray(np.array(camera.ImageArray, dtype=np.uint16).T)


def main(way: str, address: str, num_x: int, num_y: int) -> dict[str, float]:
    """Return seconds, frames of memory beyond the start, the sum of all levels, and the longest wait of a poll."""
    fetch = {"ours": ours, "alpyca": alpyca}[way](address, num_x, num_y)
    before = memory_bytes("VmRSS")
    total = int(fetch().sum(dtype=np.int64))
    peak = memory_bytes("VmHWM") - before
    seconds = best_s(fetch, runs=5)
    poller = Poller(address)
    poller.start()
    for _ in range(5):
        fetch()
    poller.end()
    frames = peak / (num_x * num_y * 2)
    return {
        "seconds": seconds,
        "frames": frames,
        "total": total,
        "longest_poll_s": poller.longest_s,
        "polls": poller.polls,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
