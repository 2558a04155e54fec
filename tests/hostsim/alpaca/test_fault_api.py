"""The side API of faults."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from hostsim.alpaca.app import Presentation, make_app
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
        ([1], "must be a table"),
        ({"type": "panel_dims", "to": 3}, "to: must be less than 1, not 3"),
        ({"type": "panel_dims", "to": 0.5, "why": 1}, "why: unknown key"),
        ({"type": "unsafe", "number": 4}, "there is no safetymonitor 4 for the fault unsafe"),
        ({"type": "answers_late", "device": "toaster", "by_s": 1}, "device: must be 'camera'"),
        ({"type": "panel_dims", "to": 0.5, "for_s": True}, "for_s: must be a number, not true"),
        ({"type": "unsafe", "number": "0"}, "number: must be a whole number, not '0'"),
        ({"type": "http_error", "device": "camera", "member": "imageredy"}, "member: a camera has no member"),
        ({"type": "truncated_image", "device": "rotator"}, "device: "),
        ({"type": "truncated_image", "member": ""}, "member: "),
        ({"type": "save_folder_full"}, "save_folder_full happens to a host that saves frames"),
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
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
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


def test_a_key_may_not_occur_twice(http: httpx.Client) -> None:
    """JSON that says two things at once is refused, and nothing is added."""
    content = b'{"type": "unsafe", "for_s": 5, "for_s": 50}'
    answer = http.post(FAULTS, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "for_s: occurs twice"})
    assert http.get(FAULTS).json()["faults"] == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:80"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": "localhost:32323"}, 200),
        ({"host": "[::1]:32323", "origin": "http://[::1]:32323"}, 200),
        ({"host": "localhost:32323", "origin": "http://localhost:8080"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_pages_of_others_are_refused(headers: dict[str, str], status: int, http: httpx.Client) -> None:
    """A browser on this machine that shows a page from elsewhere neither sees nor changes faults."""
    assert http.get(FAULTS, headers=headers).status_code == status


def test_a_night_saves_frames(observatory: Observatory) -> None:
    """Where a host asks before it saves, its folder may be full."""

    async def added() -> httpx.Response:
        app = make_app(observatory, Presentation(saves_frames=True))
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.post(FAULTS, json={"type": "save_folder_full"})

    assert asyncio.run(added()).status_code == 201
