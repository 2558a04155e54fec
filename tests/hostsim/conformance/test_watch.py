"""A check that is stopped ends what it waits for."""

from __future__ import annotations

import socket
import threading

import pytest

from hostsim.conformance.client import Client, Request
from hostsim.conformance.outcome import NotAskedError
from hostsim.conformance.watch import StoppedError, Watch


def test_a_request_under_way_is_cut_off() -> None:
    """An answer that does not come is not waited for after a stop."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        watch = Watch()
        client = Client("127.0.0.1", listener.getsockname()[1], timeout_s=1000.0, watch=watch)
        threading.Timer(0.2, watch.stop).start()
        with pytest.raises(StoppedError):
            client.send(Request("GET", "/"))
        client.close()


def test_nothing_is_asked_of_a_server_that_went_away() -> None:
    """Once it is known, every request ends with the reason."""
    watch = Watch()
    watch.lost("Connection refused")
    with pytest.raises(NotAskedError, match="went away"):
        Client("127.0.0.1", 1, timeout_s=1.0, watch=watch).send(Request("GET", "/"))
