"""What a client gets while a fault of the answers strikes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import httpx
import pytest

from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.board import board_of
from hostsim.faults.parts.schedule import FAULT_ADAPTER

Pass = Callable[[float], None]
GAIN = "/api/v1/camera/0/gain"


def spoil(observatory: Observatory, **fault: object) -> None:
    """Put a fault of the camera's answers on the board."""
    board_of(observatory).add(FAULT_ADAPTER.validate_python({"device": "camera", **fault}))


def test_an_answer_is_late_and_right(http: httpx.Client, connected: Observatory) -> None:
    """The first request waits, the second does not; both have the value."""
    spoil(connected, type="answers_late", by_s=0.3, times=1)
    began = time.monotonic()
    assert http.get(GAIN).json()["Value"] == 100
    assert time.monotonic() - began >= 0.3
    assert http.get(GAIN).json()["Value"] == 100
    assert [entry.used for entry in board_of(connected).entries] == [1]


def test_a_server_fails_before_the_device_hears(http: httpx.Client, connected: Observatory) -> None:
    """The status is the fault's, and nothing is done."""
    spoil(connected, type="http_error", status=503, times=1)
    assert http.put(GAIN, data={"Gain": "7"}).status_code == 503
    assert http.get(GAIN).json()["Value"] == 100


def test_a_device_refuses_as_it_is_told(http: httpx.Client, connected: Observatory) -> None:
    """Number and message are the fault's, the transaction is the client's."""
    spoil(connected, type="ascom_error", error_number=0x40B, message="not now", times=1)
    answer = http.put(GAIN, data={"Gain": "7", "ClientTransactionID": "31"}).json()
    assert (answer["ErrorNumber"], answer["ErrorMessage"], answer["ClientTransactionID"]) == (0x40B, "not now", 31)
    assert http.get(GAIN).json() | {"ServerTransactionID": 0} == {
        "Value": 100,
        "ClientTransactionID": 0,
        "ServerTransactionID": 0,
        "ErrorNumber": 0,
        "ErrorMessage": "",
    }


def test_json_breaks_off_after_the_device_has_heard(http: httpx.Client, connected: Observatory) -> None:
    """What is sent is no JSON, but the value is set."""
    spoil(connected, type="malformed_json", times=1)
    answer = http.put(GAIN, data={"Gain": "7"})
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert http.get(GAIN).json()["Value"] == 7


@pytest.mark.parametrize("accept", ["application/imagebytes", "application/json"])
def test_a_frame_breaks_off_and_can_be_read_again(accept: str, http: httpx.Client, connected: Observatory) -> None:
    """Half of its bytes come, on a connection that lives on; the next time it is whole."""
    connected.camera.start_exposure(0.1, True)
    connected.clock.sleep(5)  # type: ignore[attr-defined]
    spoil(connected, type="truncated_image", times=1)
    lengths = [len(http.get("/api/v1/camera/0/imagearray", headers={"accept": accept}).content) for _ in range(2)]
    assert lengths[0] == pytest.approx(lengths[1] / 2, abs=30)


def test_other_devices_answer(http: httpx.Client, connected: Observatory) -> None:
    """A fault of the camera's answers is none of the rotator's."""
    spoil(connected, type="http_error")
    assert http.get("/api/v1/rotator/0/position").status_code == 200
    assert http.get("/api/v1/camera/0/name").status_code == 500
