"""What a 61-megapixel frame costs on its way into a row-major array, beside alpyca's way to one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from stopwatch import line

NUM_X, NUM_Y = 9576, 6388
POLLS = 20
HERE = Path(__file__).parent


@pytest.fixture
def address() -> Iterator[str]:
    """A server in a process of its own that holds one frame in memory."""
    command = [sys.executable, str(HERE / "frame_server.py"), str(NUM_X), str(NUM_Y)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"127.0.0.1:{int(server.stdout.readline())}"
        server.terminate()


def test_a_large_frame_beside_alpyca(address: str) -> None:
    """Time, memory and what another device waits for meanwhile: ours, then alpyca's ImageArray turned to rows."""
    ours, peer = _measured("ours", address), _measured("alpyca", address)
    assert ours["total"] == peer["total"]
    # A wait is only known to be short where many were looked at.
    assert ours["polls"] >= POLLS
    subject = f"fetch {NUM_X * NUM_Y / 1e6:.0f} megapixels as rows"
    print(line(subject, ours_s=ours["seconds"], peer="alpyca ImageArray", peer_s=peer["seconds"]))
    frames, peer_frames = ours["frames"], peer["frames"]
    print(
        f"{'  its memory':<44} {frames:6.2f} frames = {frames / peer_frames:7.2f} x alpyca ({peer_frames:.2f} frames)"
    )
    longest_s, peer_longest_s = ours["longest_poll_s"], peer["longest_poll_s"]
    print(line("  longest poll of another device meanwhile", ours_s=longest_s, peer="alpyca", peer_s=peer_longest_s))


def _measured(way: str, address: str) -> dict[str, float]:
    command = [sys.executable, str(HERE / "frame_client.py"), way, address, str(NUM_X), str(NUM_Y)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=100)
    measured: dict[str, float] = json.loads(finished.stdout)
    return measured
