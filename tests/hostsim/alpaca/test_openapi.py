"""The reference of the device API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind
from hostsim.faults import FAULTS


@pytest.fixture
def document(http: httpx.Client) -> dict[str, Any]:
    described: dict[str, Any] = http.get("/api/v1/openapi.json").json()
    return described


def test_every_member_is_described(document: dict[str, Any], observatory: Observatory) -> None:
    """Document and devices have exactly the same members, each with a sentence."""
    wanted = set()
    for device in observatory.devices:
        for member in device.members.members:
            verb = "get" if member.kind is Kind.READ else "put"
            wanted.add((f"/api/v1/{device.device_type.lower()}/{{device_number}}/{member.name.lower()}", verb))
    operations = {
        (path, verb): entry[verb]
        for path, entry in document["paths"].items()
        for verb in entry.keys() & {"get", "put"}
        if path.startswith("/api/")
    }
    assert set(operations) == wanted
    assert len(wanted) >= 300
    assert [key for key, operation in operations.items() if not operation["summary"].endswith(".")] == []
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    """Every reference within the document has its target."""
    text = json.dumps(document)
    references = {piece.split('"')[0] for piece in text.split('"$ref": "')[1:]}
    for reference in references:
        value: Any = document
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
    assert len(references) >= 5
    assert document["openapi"] == "3.1.0"


def test_parameters_and_errors_are_those_of_the_device(document: dict[str, Any]) -> None:
    """A form has the exact names, a query is in the query, and errors have their numbers."""
    start = document["paths"]["/api/v1/camera/{device_number}/startexposure"]["put"]
    form = start["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert form["required"] == ["Duration", "Light"]
    assert form["properties"]["Light"] == {"type": "boolean"}
    assert "0x401" in start["description"]
    assert "0x407" in start["description"]
    axis = document["paths"]["/api/v1/telescope/{device_number}/canmoveaxis"]["get"]["parameters"][0]
    assert (axis["name"], axis["in"], axis["required"]) == ("Axis", "query", True)
    image = document["paths"]["/api/v1/camera/{device_number}/imagearray"]["get"]["responses"]["200"]["content"]
    assert set(image) == {"application/json", "application/imagebytes"}


def test_values_fit_their_schema(document: dict[str, Any], http: httpx.Client, connected: Observatory) -> None:
    """What a device answers is of the type the document says."""
    types = {"boolean": bool, "integer": int, "string": str, "array": list, "object": dict}
    seen = 0
    for path, entry in document["paths"].items():
        schema = entry.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if schema is None or "allOf" not in schema["schema"] or len(entry["get"]["parameters"]) > 2:
            continue
        wanted = schema["schema"]["allOf"][1]["properties"]["Value"].get("type")
        answer = http.get(path.replace("{device_number}", "0")).json()
        if "Value" in answer and wanted in types:
            assert type(answer["Value"]) is types[wanted], path
            seen += 1
    assert seen >= 100


def test_the_page_lists_every_member(http: httpx.Client, observatory: Observatory) -> None:
    """The page has a section for each kind and a line for each member."""
    page = http.get("/setup/reference").text
    for device in observatory.devices:
        assert f'id="{device.device_type.lower()}"' in page
        assert [member.name for member in device.members.members if f"<code>{member.name}</code>" not in page] == []


def test_the_side_api_of_faults_is_described(document: dict[str, Any]) -> None:
    """Every verb of it has its operation, and every fault its schema."""
    assert document["paths"]["/simulator/v1/faults"].keys() == {"get", "post", "delete"}
    assert document["paths"]["/simulator/v1/faults/{id}"].keys() == {"parameters", "get", "delete"}
    mapping = document["components"]["schemas"]["Fault"]["discriminator"]["mapping"]
    assert mapping.keys() == FAULTS.keys()
