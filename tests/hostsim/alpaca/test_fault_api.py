"""The side API of faults."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from hostsim.alpaca.app import make_app
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.board import board_of

FAULTS = "/simulator/v1/faults"


def test_a_fault_is_added_shown_and_cleared(http: httpx.Client, connected: Observatory) -> None:
    """It acts at once, is listed with its state, and ends when it is cleared."""
    answer = http.post(FAULTS, json={"type": "device_disconnects", "device": "rotator"})
    assert (answer.status_code, answer.json()["state"]) == (201, "active")
    assert http.get("/api/v1/rotator/0/position").json()["ErrorNumber"] == 0x407
    assert [entry["id"] for entry in http.get(FAULTS).json()["faults"]] == [1]
    assert http.get(f"{FAULTS}/1").json()["fault"]["device"] == "rotator"
    assert http.delete(f"{FAULTS}/1").json()["state"] == "over"
    http.put("/api/v1/rotator/0/connected", data={"Connected": "true"})
    assert http.get("/api/v1/rotator/0/position").json()["ErrorNumber"] == 0
    assert http.post(FAULTS, json={"type": "unsafe"}).json()["id"] == 2
    assert http.delete(FAULTS).json() == {"cleared": 1}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"type": "gremlins"}, "`type` must be one of answers_late, "),
        ({}, "`type` must be one of"),
        ([1], "Input should be a valid dictionary"),
        ({"type": "panel_dims", "to": 3}, "to: Input should be less than 1"),
        ({"type": "panel_dims", "to": 0.5, "why": 1}, "why: unknown key"),
        ({"type": "unsafe", "number": 4}, "there is no safetymonitor 4 for the fault unsafe"),
        ({"type": "answers_late", "device": "toaster", "by_s": 1}, "device: Input should be 'camera'"),
    ],
)
def test_what_is_no_fault_is_refused_with_a_reason(fault: object, says: str, http: httpx.Client) -> None:
    """The error is JSON, names the field, and nothing is added."""
    answer = http.post(FAULTS, json=fault)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert http.get(FAULTS).json()["faults"] == []


def test_other_mistakes_have_their_status(http: httpx.Client) -> None:
    """No JSON, another type of content, an id that is not there."""
    json_type = {"content-type": "application/json"}
    assert http.post(FAULTS, content=b"{", headers=json_type).json() == {"error": "the body is not JSON"}
    assert http.post(FAULTS, data={"type": "unsafe"}).status_code == 415
    assert http.get(f"{FAULTS}/7").status_code == 404
    assert "there is no fault 7" in http.delete(f"{FAULTS}/7").json()["error"]


@pytest.mark.parametrize(
    ("client", "status"), [("192.168.1.5", 403), ("::ffff:127.0.0.1", 200), ("::1", 200), ("?", 403)]
)
def test_other_machines_are_refused(client: str, status: int, observatory: Observatory) -> None:
    """Whoever is not on this machine gets 403, wherever the server listens."""

    async def asked() -> list[int]:
        transport = httpx.ASGITransport(app=make_app(observatory), client=(client, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://simulators") as http:
            return [(await http.get(path)).status_code for path in (FAULTS, f"{FAULTS}/1")]

    board_of(observatory)
    expected = [403, 403] if status == 403 else [200, 404]
    assert asyncio.run(asked()) == expected


def test_the_set_up_page_shows_the_faults(http: httpx.Client) -> None:
    """The page of the server lists what is on the board."""
    http.post(FAULTS, json={"type": "wheel_stuck", "for_s": 60})
    page = http.get("/setup").text
    assert "wheel_stuck" in page
    assert "active" in page
