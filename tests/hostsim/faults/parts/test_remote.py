"""The command for faults against a running server."""

from __future__ import annotations

import socket

import pytest
from typer.testing import CliRunner

from hostsim.alpaca.server import AlpacaServer
from hostsim.commands import app
from hostsim.devices.observatory import Observatory
from tsplug import DeviceError, InputError


def run(address: str, *words: str) -> str:
    """Return what the command prints."""
    result = CliRunner().invoke(app, ["fault", address, *words])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_faults_are_listed_added_and_cleared(observatory: Observatory) -> None:
    """From nothing over two faults back to none in force."""
    with AlpacaServer(observatory) as server:
        assert run(server.address, "list") == "no faults\n"
        assert run(server.address, "add", "panel_dims", "to=0.5") == "  1  active   panel_dims  number=0 to=0.5\n"
        assert "waiting  unsafe" in run(server.address, "add", "unsafe", "after_s=60", "for_s=1")
        assert run(server.address, "clear", "2").startswith("  2  over")
        assert run(server.address, "clear") == "cleared 1\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "begins with its type"),
        (("to=0.5",), "begins with its type"),
        (("panel_dims", "half"), "KEY=VALUE, not 'half'"),
    ],
)
def test_words_that_are_no_fault_are_refused(words: tuple[str, ...], says: str, observatory: Observatory) -> None:
    """What is missing is said, and nothing is sent."""
    with AlpacaServer(observatory) as server, pytest.raises(InputError, match=says):
        run(server.address, "add", *words)


def test_a_refusal_is_one_clear_line(observatory: Observatory) -> None:
    """A wrong value, an unknown id and nobody at the address are told with the address."""
    with AlpacaServer(observatory) as server:
        with pytest.raises(DeviceError, match=f"simulators at {server.address}: to: must be less than 1, not 2"):
            run(server.address, "add", "panel_dims", "to=2")
        with pytest.raises(DeviceError, match="there is no fault 9"):
            run(server.address, "clear", "9")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DeviceError, match="cannot be reached"):
        run(address, "list")
