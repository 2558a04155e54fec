"""What cannot be checked at all is one clear line, and nothing is judged."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from hostsim.commands import app


def conformance(*arguments: str) -> Any:
    """Run the command."""
    return CliRunner().invoke(app, ["conformance", *arguments])


@pytest.mark.parametrize(
    ("address", "why"), [("127.0.0.1:1", "Connection refused"), ("[::1]:1", ""), ("nowhere.invalid:80", "")]
)
def test_a_server_that_cannot_be_reached_is_one_line(address: str, why: str) -> None:
    """Where nobody listens, and where there is no such machine, one line says so; exit status 1."""
    result = conformance(address, "--timeout", "1")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"no Alpaca server answers at {address} ({why}")
    assert result.stderr.count("\n") == 1
    assert "check the address" in result.stderr


def test_a_server_that_hangs_is_one_line() -> None:
    """A server that takes the connection and says nothing is named, with how long was waited."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = conformance(f"127.0.0.1:{listener.getsockname()[1]}", "--timeout", "0.3")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "no complete answer within 0.3 s" in result.stderr


def test_the_line_is_json_where_json_is_asked_for() -> None:
    """One document with the reason, and nothing else."""
    result = conformance("127.0.0.1:1", "--json")
    assert result.exit_code == 1
    content = json.loads(result.output)
    assert content["passed"] is False
    assert content["error"].startswith("no Alpaca server answers at 127.0.0.1:1")


def test_a_device_that_is_not_listed_is_one_line(address: str) -> None:
    """A device that the server does not list is not judged; the line says which there are."""
    result = conformance(address, "--device", "camera/7", "--device", "filterwheel/0")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{address} has no camera/7: it lists " in result.stderr
    assert "filterwheel/0" in result.stderr


def _no_management(asked: Any, forward: Any) -> Any:
    managed = asked.target.startswith("/management")
    return replace(forward(asked), status=404) if managed else forward(asked)


def test_without_a_management_api_devices_must_be_named(spoil: Any) -> None:
    """A server that lists nothing is told to be checked with --device; then its devices are judged."""
    address = spoil(_no_management)
    result = conformance(address)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "name them with --device TYPE/N" in result.stderr
    named = conformance(address, "--device", "safetymonitor/0", "--untimed", "--discovery-port", "0")
    assert "PASS safetymonitor/0" in named.stdout
