"""The side API of faults in the words of OpenAPI."""

from __future__ import annotations

from typing import Any

from hostsim.faults.parts.schedule import FAULT_ADAPTER

_PREFIX = "#/components/schemas/"


def fault_schemas() -> dict[str, Any]:
    """Return the schemas of every fault, and those of what the side API answers."""
    described = FAULT_ADAPTER.json_schema(ref_template=_PREFIX + "{model}")
    schemas: dict[str, Any] = described.pop("$defs")
    schemas["Fault"] = described
    schemas["FaultEntry"] = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "fault": {"$ref": _PREFIX + "Fault"},
            "begins": {"type": "string", "format": "date-time"},
            "ends": {"type": ["string", "null"], "format": "date-time"},
            "state": {"enum": ["waiting", "active", "over"]},
            "used": {"type": "integer"},
        },
    }
    schemas["FaultError"] = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    return schemas


def fault_paths() -> dict[str, Any]:
    """Return the paths of the side API."""
    entry = {"$ref": _PREFIX + "FaultEntry"}
    entries = {"type": "object", "properties": {"moment": {"type": "string"}, "faults": {"type": "array"}}}
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    adding = {**_operation("Add a fault.", entry, status="201"), "requestBody": _body({"$ref": _PREFIX + "Fault"})}
    return {
        "/simulator/v1/faults": {
            "get": _operation("List the faults.", entries),
            "post": adding,
            "delete": _operation("Clear all faults.", {"type": "object"}),
        },
        "/simulator/v1/faults/{id}": {
            "parameters": [number],
            "get": _operation("Show one fault.", entry),
            "delete": _operation("Clear one fault.", entry),
        },
    }


def _operation(summary: str, shape: dict[str, Any], *, status: str = "200") -> dict[str, Any]:
    refused = {"description": "Refused; the text says why.", **_body({"$ref": _PREFIX + "FaultError"})}
    return {
        "operationId": summary.rstrip(".").replace(" ", "_"),
        "tags": ["Faults"],
        "summary": summary,
        "description": "Answered on the machine of the simulators only.",
        "parameters": [],
        "responses": {status: {"description": "Done.", **_body(shape)}, "default": refused},
    }


def _body(shape: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": shape}}}
