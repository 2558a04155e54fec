"""The command as a process: signals end it safely, and a server that dies ends it soon."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

PROGRAM = [sys.executable, "-c", "from hostsim.cli import main; main()"]
SLOW = """
[[servers]]
port = 0
discovery_port = 0
[[servers.devices]]
kind = "rotator"
deg_per_s = 0.02
"""
CHECK = ["--discovery-port", "0", "--device", "rotator/0"]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run hostsim; it is killed at the end, if it still runs."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROGRAM, *arguments], stdout=pipe, stderr=pipe, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a rotator that is still on its way however late it is halted; returns the process and the address."""
    file = tmp_path / "servers.toml"
    file.write_text(SLOW, encoding="utf-8")
    with process("serve", "--config", str(file)) as running:
        assert running.stdout is not None
        yield running, running.stdout.readline().split()[-1].removeprefix("http://")


def until(moving: Callable[[], bool]) -> None:
    """Wait until a device moves."""
    ends = time.monotonic() + 100
    while not moving():
        assert time.monotonic() < ends
        time.sleep(0.05)


def rotator(address: str, name: str) -> Any:
    """Return what the rotator says."""
    return requests.get(f"http://{address}/api/v1/rotator/0/{name}", timeout=60).json().get("Value")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_brings_everything_to_rest(server: Any, number: signal.Signals) -> None:
    """Nothing moves any more, what was found is printed, one line says how it was left; exit status 130."""
    with process("conformance", server[1], *CHECK, "--json") as checking:
        until(lambda: rotator(server[1], "ismoving"))
        checking.send_signal(number)
        out, err = checking.communicate(timeout=240)
    assert checking.returncode == 130
    content = json.loads(out)
    assert content["passed"] is False
    assert content["incomplete"].startswith("stopped, and nothing was moved back: rotator/0: halted")
    assert len(content["verdicts"]) > 100
    assert err.splitlines()[-1] == content["incomplete"]
    assert rotator(server[1], "connected") is False
    requests.put(f"http://{server[1]}/api/v1/rotator/0/connected", {"Connected": "True"}, timeout=60)
    assert rotator(server[1], "ismoving") is False


def test_a_second_signal_leaves_at_once(server: Any, spoiling: Any) -> None:
    """Where halting takes its time a second Ctrl-C ends the command, and says what may still move."""

    def slow_to_halt(asked: Any, forward: Any) -> Any:
        if asked.member == "halt" and moved:
            left.wait(290)
        return forward(asked)

    moved: list[bool] = []
    left = threading.Event()
    with spoiling(server[1], slow_to_halt) as address, process("conformance", address, *CHECK) as checking:
        until(lambda: rotator(server[1], "ismoving"))
        moved.append(True)
        checking.send_signal(signal.SIGINT)
        assert checking.stderr is not None
        while "stopping" not in (said := checking.stderr.readline()):
            assert said
        checking.send_signal(signal.SIGINT)
        _, err = checking.communicate(timeout=240)
        left.set()
    assert checking.returncode == 130
    assert err.splitlines()[-1] == "left at once: may still move, and not as found: rotator/0"


def test_a_server_that_dies_is_no_failure_of_its_rules(server: Any) -> None:
    """What could not be asked any more is SKIP, one line says that the server went away; exit status 1."""
    with process("conformance", server[1], *CHECK) as checking:
        assert checking.stderr is not None
        until(lambda: rotator(server[1], "ismoving"))
        server[0].kill()
        out, err = checking.communicate(timeout=240)
    assert checking.returncode == 1
    assert [line for line in out.splitlines() if line.startswith("FAIL")] == []
    assert "not asked: the server went away (Connection refused)" in out
    assert "the server went away (Connection refused): what was not asked is SKIP" in err.splitlines()[-1]


def test_results_come_while_it_works(server: Any) -> None:
    """Lines are printed long before the last rule is through, and what is checked is said."""
    with process("conformance", server[1], *CHECK) as checking:
        assert checking.stdout is not None
        lines = [checking.stdout.readline() for _ in range(50)]
        assert any(line.startswith("PASS rotator/0") for line in lines)
        assert checking.poll() is None
        assert rotator(server[1], "interfaceversion") == 4
        checking.send_signal(signal.SIGINT)
        _, err = checking.communicate(timeout=240)
    assert err.splitlines()[0] == "checking rotator/0"
