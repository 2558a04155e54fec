"""The rules of the protocol, with requests as bare as they come."""

from __future__ import annotations

import concurrent.futures
import json
from typing import Any

import httpx
import numpy as np
import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory

CAMERA = "/api/v1/camera/0"
FOCUSER = "/api/v1/focuser/0"
# One value for every parameter that a readable member takes.
PARAMETERS = {"Axis": 0, "RightAscension": 1, "Declination": 1, "SensorName": "Humidity", "Id": 0}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/Camera/0/binx",
        "/api/v1/camera/0/BinX",
        "/API/v1/camera/0/binx",
        "/api/v1/toaster/0/binx",
        "/api/v1/camera/1/binx",
        "/api/v1/camera/-1/binx",
        "/api/v1/camera/99999/binx",
        "/api/v1/camera/A/binx",
        "/api/v1/camera/0/nonsense",
        "/api/v1/camera/0/startexposure",
        "/api/v1/camera/0",
        "/api/v2/camera/0/binx",
        "/api/v1/dome/1/azimuth",
        "/",
    ],
)
def test_a_path_that_does_not_exist_is_a_bad_request(http: httpx.Client, connected: Observatory, path: str) -> None:
    """Unknown or capitalised paths give 400 in plain text, also for PUT."""
    for verb in ("GET", "PUT") if "startexposure" not in path else ("GET",):
        if path.endswith("binx") and verb == "PUT":
            continue
        answer = http.request(verb, path)
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text


@pytest.mark.parametrize("verb", ["POST", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_other_verbs_are_refused(http: httpx.Client, connected: Observatory, verb: str) -> None:
    """Only GET and PUT are answered, and nothing is done for others."""
    for member in ("unpark", "atpark"):
        assert 400 <= http.request(verb, f"/api/v1/telescope/0/{member}").status_code < 500
    assert connected.telescope.at_park()


def test_get_parameters_match_in_any_case(http: httpx.Client, connected: Observatory) -> None:
    """A query may spell its names as it likes."""
    answer = http.get("/api/v1/telescope/0/canmoveaxis?aXiS=1&CLIENTID=3&clienttransactionid=17").json()
    assert answer["Value"] is True
    assert answer["ClientTransactionID"] == 17


def test_put_parameters_match_exactly(http: httpx.Client, connected: Observatory) -> None:
    """A miscased required name is a bad request, a miscased id is ignored, an extra field does no harm."""
    assert http.put(f"{CAMERA}/binx", data={"binX": 2}).status_code == 400
    assert http.put(f"{CAMERA}/binx?BinX=2").status_code == 400
    assert http.put(f"{CAMERA}/binx?binx=2", data={"BinX": 2}).status_code == 400
    assert http.put(f"{CAMERA}/action?Parameters=x", data={"Action": "none"}).status_code == 400
    answer = http.put(f"{CAMERA}/binx", data={"clienttransactionid": 9, "Extra": "x", "BinX": 2})
    assert answer.status_code == 200
    assert answer.json()["ClientTransactionID"] == 0
    assert connected.camera.bin_x() == 2


@pytest.mark.parametrize("value", ["abc", "", "1.5", "True"])
def test_junk_is_a_bad_request(http: httpx.Client, connected: Observatory, value: str) -> None:
    """What cannot be parsed is 400, not an error of the device."""
    answer = http.put(f"{CAMERA}/binx", data={"BinX": value})
    assert answer.status_code == 400
    assert "BinX" in answer.text


def test_a_value_out_of_range_is_an_error_of_the_device(http: httpx.Client, connected: Observatory) -> None:
    """What parses but is not possible is 200 with 0x401 and words."""
    answer = http.put(f"{CAMERA}/binx", data={"BinX": 9, "ClientTransactionID": 4})
    assert answer.status_code == 200
    assert answer.json()["ErrorNumber"] == 0x401
    assert answer.json()["ClientTransactionID"] == 4
    assert "BinX must be 1 to 4" in answer.json()["ErrorMessage"]


@pytest.mark.parametrize("text", ["", " ", "-1", "abc", "4294967296"])
def test_malformed_ids_are_bad_requests(http: httpx.Client, connected: Observatory, text: str) -> None:
    """Ids are unsigned 32-bit integers for both verbs."""
    assert http.get(f"{CAMERA}/binx", params={"ClientTransactionID": text}).status_code == 400
    assert http.put(f"{CAMERA}/binx", data={"BinX": 1, "ClientID": text}).status_code == 400


def test_server_ids_rise_over_all_devices(http: httpx.Client, connected: Observatory) -> None:
    """Each answer has a higher id than the one before, errors and management included."""
    paths = [f"{CAMERA}/binx", f"{FOCUSER}/position", "/management/apiversions", f"{CAMERA}/gains", f"{CAMERA}/gain"]
    ids = [http.get(path).json()["ServerTransactionID"] for path in paths]
    assert ids == sorted(set(ids))
    assert ids[0] >= 1


def test_server_ids_are_unique_among_overlapping_requests(http: httpx.Client, connected: Observatory) -> None:
    """Concurrent clients never share an id."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: http.get(f"{FOCUSER}/position").json(), range(120)))
    assert len({answer["ServerTransactionID"] for answer in answers}) == 120


KINDS = (
    *("camera", "telescope", "focuser", "rotator", "filterwheel", "covercalibrator"),
    *("dome", "observingconditions", "safetymonitor", "switch"),
)


@pytest.mark.parametrize("device", KINDS)
def test_a_disconnected_device_only_tells_who_it_is(http: httpx.Client, observatory: Observatory, device: str) -> None:
    """Without a connection every operational member is 0x407; names and versions are readable."""
    found = next(one for one in observatory.devices if one.device_type.lower() == device)
    for name, member in found.members.gets.items():
        answer = http.get(f"/api/v1/{device}/0/{name}", params=PARAMETERS).json()
        assert answer["ErrorNumber"] == (0 if member.offline else 0x407), name
        assert ("Value" in answer) == member.offline


def test_values_have_the_types_they_are_described_with(http: httpx.Client, connected: Observatory) -> None:
    """Every readable member of every device answers with its own JSON type."""
    seen = 0
    for device in connected.devices:
        for name, member in device.members.gets.items():
            parameters = PARAMETERS
            answer = http.get(f"/api/v1/{device.device_type.lower()}/0/{name}", params=parameters).json()
            if answer["ErrorNumber"]:
                assert answer["ErrorMessage"]
                continue
            seen += 1
            origin = getattr(member.returns, "__origin__", member.returns)
            kinds = {float: (int, float)}.get(
                origin, (bool,) if origin is bool else (int,) if issubclass(origin, int) else (origin,)
            )
            assert isinstance(answer["Value"], kinds), name
            assert isinstance(answer["Value"], bool) == (origin is bool), name
    assert seen > 150


def test_an_action_may_come_without_parameters(http: httpx.Client, connected: Observatory) -> None:
    """Parameters may be left out; the action is unknown either way, and raw commands are not supported."""
    assert http.put(f"{CAMERA}/action", data={"Action": "Dance"}).json()["ErrorNumber"] == 0x40C
    command = {"Command": "x", "Raw": "true"}
    for name in ("commandblind", "commandbool", "commandstring"):
        assert http.put(f"{CAMERA}/{name}", data=command).json()["ErrorNumber"] == 0x400


def test_device_state_lists_what_can_be_read(http: httpx.Client, connected: Observatory) -> None:
    """One call gives the operational properties with their capitals, leaves out what fails, and tells the time."""
    values = {item["Name"]: item["Value"] for item in http.get(f"{CAMERA}/devicestate").json()["Value"]}
    assert values == {
        "CameraState": 0,
        "CCDTemperature": 10.0,
        "CoolerPower": 0.0,
        "HeatSinkTemperature": 10.0,
        "ImageReady": False,
        "PercentCompleted": 0,
        "TimeStamp": "2026-11-20T20:00:00.000Z",
    }


def expose(http: httpx.Client, clock: SimulatedClock) -> None:
    assert http.put(f"{CAMERA}/startexposure", data={"Duration": 1, "Light": "true"}).json()["ErrorNumber"] == 0
    clock.sleep(3)


def test_imagearray_in_both_forms_is_the_same_and_not_transposed(
    http: httpx.Client, connected: Observatory, clock: SimulatedClock
) -> None:
    """A frame that is not square is [x][y] in JSON and ImageBytes, and is there twice."""
    for name, number in (("numx", 40), ("numy", 30)):
        http.put(f"{CAMERA}/{name}", data={name.replace("numx", "NumX").replace("numy", "NumY"): number})
    expose(http, clock)
    x, y = np.indices((40, 30))
    plain = http.get(f"{CAMERA}/imagearray?ClientTransactionID=5").json()
    assert (plain["Type"], plain["Rank"], plain["ClientTransactionID"]) == (2, 2, 5)
    assert np.array_equal(np.array(plain["Value"]), x * 7 + y)
    packed = http.get(f"{CAMERA}/imagearray", headers={"Accept": "application/json, application/imagebytes"})
    assert packed.headers["content-type"] == "application/imagebytes"
    assert int(packed.headers["content-length"]) == len(packed.content)
    start, kind, num_x, num_y = (int(np.frombuffer(packed.content, "<i4", 11)[i]) for i in (4, 6, 8, 9))
    assert (start, kind, num_x, num_y) == (44, 1, 40, 30)
    assert np.array_equal(np.frombuffer(packed.content, "<u2", offset=44).reshape(40, 30), x * 7 + y)


def test_no_image_is_a_json_error_in_either_form(http: httpx.Client, connected: Observatory) -> None:
    """Without a frame the answer is 0x40B in JSON, even where bytes were asked for."""
    for accept in ("application/json", "application/imagebytes"):
        answer = http.get(f"{CAMERA}/imagearray", headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["ErrorNumber"] == 0x40B
    assert http.get(f"{CAMERA}/imagearrayvariant").json()["ErrorNumber"] == 0x400


def test_polls_of_other_devices_go_on_while_a_frame_is_made(
    http: httpx.Client, connected: Observatory, clock: SimulatedClock, sky: Any
) -> None:
    """A frame that takes long holds up nobody else."""
    expose(http, clock)
    sky.may_render.clear()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        bytes_only = {"Accept": "application/imagebytes"}
        image = pool.submit(http.get, f"{CAMERA}/imagearray", headers=bytes_only, timeout=60)
        try:
            assert http.get(f"{FOCUSER}/position").json()["Value"] == 25_000
            assert http.get(f"{CAMERA}/imageready").json()["Value"] is True
            assert not image.done()
        finally:
            sky.may_render.set()
        assert image.result().status_code == 200


def test_a_fault_of_the_server_is_a_500_without_its_insides(
    http: httpx.Client, connected: Observatory, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch, sky: Any
) -> None:
    """A sky that fails gives a plain 500, and the server goes on."""

    def fail(*_: object) -> None:
        raise OSError("the sky has fallen")

    monkeypatch.setattr(sky, "render", fail)
    expose(http, clock)
    answer = http.get(f"{CAMERA}/imagearray")
    assert answer.status_code == 500
    assert "fallen" not in answer.text
    assert "Traceback" not in answer.text
    assert json.loads(http.get(f"{FOCUSER}/position").text)["Value"] == 25_000
