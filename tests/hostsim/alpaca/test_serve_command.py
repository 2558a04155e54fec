"""The command ``hostsim serve``, as a user starts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from hostsim.commands import app

COMMAND = (
    sys.executable,
    "-c",
    "from hostsim.cli import main; main()",
    "serve",
    "--port",
    "0",
    "--discovery-port",
    "0",
)


@pytest.mark.parametrize(("options", "status"), [((), 400), (("--preset", "omnisim"), 200)])
def test_it_serves_until_interrupted(options: tuple[str, ...], status: int) -> None:
    """The address is printed, requests are answered, the preset brings its routes, and Ctrl-C ends it."""
    with subprocess.Popen((*COMMAND, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:\d+", line)
            assert found is not None, line
            base = f"http://{found[0]}"
            listed = httpx.get(f"{base}/management/v1/configureddevices", trust_env=False, timeout=60).json()["Value"]
            assert len(listed) == 10
            profile = f"{base}/simulator/v1/safetymonitor/0/xmlprofile"
            assert httpx.get(profile, trust_env=False, timeout=60).status_code == status
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=240)
    assert "Traceback" not in errors


@pytest.mark.parametrize("after_s", [0.1, 0.4])
def test_it_may_be_interrupted_before_it_serves(after_s: float) -> None:
    """Ctrl-C while everything is still being loaded ends it in one line at most, without a traceback."""
    waiting = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = waiting + "from hostsim.cli import main; print(flush=True); main()"
    command = (sys.executable, "-c", code, *COMMAND[3:])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=240)
    assert "Traceback" not in errors
    assert len(errors.splitlines()) <= 1
    assert process.returncode in (0, 130)


@pytest.mark.parametrize(("option", "said"), [("--bind=", "not empty"), (f"--seed={2**63}", "9223372036854775807")])
def test_options_have_the_limits_of_the_file(option: str, said: str) -> None:
    """What the file would refuse is refused on the command line."""
    result = CliRunner().invoke(app, ["serve", option])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


@pytest.mark.parametrize("option", ["--bind=::1", "--port=1", "--discovery-port=0", "--seed=3", "--preset=omnisim"])
def test_a_file_leaves_no_room_for_options(tmp_path: Path, option: str) -> None:
    """What the file says cannot be said twice."""
    result = CliRunner().invoke(app, ["serve", "--config", str(tmp_path / "x.toml"), option])
    assert result.exit_code == 2
    assert "--config" in result.output


def test_a_bad_file_is_told_in_lines(tmp_path: Path) -> None:
    """Problems of the file go to standard error, one line each, and the status is 1."""
    file = tmp_path / "servers.toml"
    file.write_text("[[servers]]\nport = -1\nx = 1\n", encoding="utf-8")
    result = subprocess.run((*COMMAND[:4], "--config", file), capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 1
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["2", "3"]


@pytest.mark.parametrize("moment", ["tomorrow", "2026-01-15T22:00:00", "1800-01-01T00:00:00Z"])
def test_a_start_is_a_moment_with_zone(moment: str) -> None:
    """What is no moment, or could be any of several, is refused with an example or the limits."""
    result = CliRunner().invoke(app, ["serve", "--start", moment])
    assert result.exit_code == 2
    assert "--start" in result.output


def test_the_simulated_time_begins_when_asked() -> None:
    """The clock that devices show starts at the moment given, wherever the real Sun stands."""
    command = (*COMMAND, "--start", "2026-01-15T22:00:00+01:00")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            listed = httpx.get(f"http://{found[0]}/simulator/v1/faults", trust_env=False, timeout=60).json()
            assert listed["moment"].startswith("2026-01-15T21:0")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=240)
