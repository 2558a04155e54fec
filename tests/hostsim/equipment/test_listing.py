"""Finding the devices of a server, with and without a management API."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest

from hostsim.equipment.listing import Listed, listed_devices
from hostsim.equipment.rig import connect
from tsplug import DeviceError
from tsplug.testing.clock import ManualClock

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]
KINDS = ("telescope", "camera", "filterwheel")
LIST = "/management/v1/configureddevices"


def answering(answers: dict[str, Any]) -> Script:
    """Return a script that gives each path its JSON, HTTP 404 to all others."""

    def answer(connected: socket.socket, request: bytes) -> None:
        path = re.match(rb"GET ([^ ?]*)", request)
        assert path is not None
        found = answers.get(path[1].decode())
        status = b"404 Not Found" if found is None else b"200 OK"
        body = json.dumps(found).encode()
        connected.sendall(
            b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)
        )

    return answer


def value(of: Any) -> dict[str, Any]:
    """Return an answer without error."""
    return {"Value": of, "ErrorNumber": 0, "ErrorMessage": ""}


def refusal(number: int) -> dict[str, Any]:
    """Return an answer with an error."""
    return {"ErrorNumber": number, "ErrorMessage": "no"}


def entry(kind: Any, number: Any, name: Any) -> dict[str, Any]:
    """Return one entry of a server's list."""
    return {"DeviceType": kind, "DeviceNumber": number, "DeviceName": name, "UniqueID": "x"}


def test_the_lowest_number_of_each_kind_is_taken(serve: Serve) -> None:
    """Of several devices of a kind the first by number counts; other kinds and entries that make no sense do not."""
    entries = [
        entry("FilterWheel", 2, "second"),
        entry("FilterWheel", 1, " first\n wheel "),
        entry("FilterWheel", 3, "third"),
        entry("Dome", 0, "dome"),
        entry("Camera", "0", "text"),
        entry("telescope", 0, None),
        "nonsense",
        {},
    ]
    found = listed_devices(serve(answering({LIST: value(entries)})), KINDS)
    assert found == {"filterwheel": Listed(1, "first wheel"), "telescope": Listed(0, "telescope 0")}


@pytest.mark.parametrize("management", [None, refusal(0x400), [], value(None)])
def test_without_a_list_each_kind_is_asked_for(serve: Serve, management: Any) -> None:
    """A server without management API is asked for device 0 of each kind; one that knows Connected only counts."""
    answers = {
        LIST: management,
        "/api/v1/telescope/0/interfaceversion": value(3),
        "/api/v1/telescope/0/name": value("Mount"),
        "/api/v1/camera/0/interfaceversion": refusal(0x400),
        "/api/v1/camera/0/connected": value(False),
        "/api/v1/filterwheel/0/interfaceversion": refusal(0x400),
        "/api/v1/filterwheel/0/connected": refusal(0x400),
    }
    found = listed_devices(serve(answering(answers)), KINDS)
    assert found == {"telescope": Listed(0, "Mount"), "camera": Listed(0, "camera 0")}


def test_a_server_without_devices_is_one_clear_line(serve: Serve) -> None:
    """Where nothing is found the error names the server, what was looked for and what to do."""
    address = serve(answering({"/management/apiversions": value([1]), LIST: value([])}))
    with pytest.raises(
        DeviceError, match=f"Alpaca server {address}: has none of these devices: telescope, .*: look at"
    ):
        connect(address, ManualClock())
