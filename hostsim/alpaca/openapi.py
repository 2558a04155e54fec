"""The reference of the device API, as an OpenAPI 3.1 document and as a page, both from the devices' descriptions."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hostsim.alpaca import simulator_reference
from hostsim.alpaca.fault_openapi import fault_paths, fault_schemas
from hostsim.alpaca.pages import page
from hostsim.alpaca.schemas import SHARED, answer_schema, schema, type_text
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import DeviceDescription, Kind, Member, Parameter
from hostsim.devices.parts.errors import AlpacaError, NotConnectedError
from hostsim.devices.parts.frame import Frame

_IDENTIFIERS = ("ClientID", "ClientTransactionID")
_FORM = "application/x-www-form-urlencoded"
_BAD_REQUEST = {"$ref": "#/components/responses/BadRequest"}


class OpenApi:
    """Answers ``/api/v1/openapi.json`` and ``/setup/reference``."""

    def __init__(self, observatory: Observatory, *, simulator_routes: bool = False) -> None:
        """Describe the kinds of device that ``observatory`` has, and the settings routes of the OmniSim if served."""
        kinds = {device.device_type: device.members for device in observatory.devices}
        numbers: dict[str, list[int]] = {name: [] for name in kinds}
        for device in observatory.devices:
            numbers[device.device_type].append(device.config.number)
        self._name = observatory.config.name
        self._kinds = list(kinds.values())
        self._numbers = numbers
        self._simulator_routes = simulator_routes

    async def document(self, request: Request) -> Response:
        """Answer the OpenAPI document."""
        described = document(self._name, self._kinds, numbers=self._numbers)
        if self._simulator_routes:
            described["paths"] |= simulator_reference.paths(self._numbers)
        return Response(json.dumps(described, ensure_ascii=False).encode("utf-8"), media_type="application/json")

    async def page(self, request: Request) -> Response:
        """Show every member on one page."""
        kinds = [_kind(each, settings=self._simulator_routes) for each in self._kinds]
        routes = simulator_reference.ANY_DEVICE if self._simulator_routes else ()
        return page("reference.html", f"Reference of {self._name}", kinds=kinds, simulator_routes=routes)


def document(title: str, kinds: list[DeviceDescription], *, numbers: dict[str, list[int]]) -> dict[str, Any]:
    """Return the OpenAPI document of ``kinds`` of device; ``numbers`` are the devices there are of each."""
    paths: dict[str, Any] = {}
    for kind in kinds:
        number = {**_parameter("device_number", {"type": "integer", "enum": numbers[kind.device_type]}), "in": "path"}
        for member in kind.members:
            path = f"/api/v1/{kind.device_type.lower()}/{{device_number}}/{member.name.lower()}"
            entry = paths.setdefault(path, {"parameters": [{**number, "required": True}]})
            entry["get" if member.kind is Kind.READ else "put"] = operation(kind.device_type, member)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": "ASCOM Alpaca device API of simulated devices."},
        "tags": [*({"name": kind.device_type} for kind in kinds), {"name": "Faults"}],
        "paths": paths | fault_paths(),
        "components": {**SHARED, "schemas": SHARED["schemas"] | fault_schemas()},
    }


def operation(device_type: str, member: Member) -> dict[str, Any]:
    """Return the OpenAPI operation of one member of a kind of device."""
    described: dict[str, Any] = {
        "operationId": f"{device_type}_{member.kind.value}_{member.name}",
        "tags": [device_type],
        "summary": first_line(member),
        "description": _errors_text(member),
        "responses": {"200": _answer(member), "400": _BAD_REQUEST, "500": {"$ref": "#/components/responses/Fault"}},
    }
    if member.kind is Kind.READ:
        described["parameters"] = [_query(parameter) for parameter in member.parameters] + [
            {"$ref": f"#/components/parameters/{name}"} for name in _IDENTIFIERS
        ]
    else:
        described["requestBody"] = {"required": bool(member.parameters), "content": {_FORM: {"schema": _form(member)}}}
    return described


def first_line(member: Member) -> str:
    """Return what a member does in one sentence."""
    return " ".join(member.help.partition("\n\n")[0].split())


def possible_errors(member: Member) -> list[type[AlpacaError]]:
    """Return the errors a member may answer with, the missing connection included."""
    found = set(member.errors) | (set() if member.offline else {NotConnectedError})
    return sorted(found, key=lambda error: error.number)


def _errors_text(member: Member) -> str:
    errors = ", ".join(f"0x{error.number:X} {_sentence(error)}" for error in possible_errors(member))
    return f"ErrorNumber may be: {errors}" if errors else "Never refused."


def _sentence(error: type[AlpacaError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]


def _answer(member: Member) -> dict[str, Any]:
    returns = None if member.kind is Kind.WRITE else member.returns
    content: dict[str, Any] = {"application/json": {"schema": answer_schema(returns)}}
    if returns is Frame:
        content["application/imagebytes"] = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The request was understood; ErrorNumber tells whether it was done.", "content": content}


def _parameter(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "schema": shape}


def _query(parameter: Parameter) -> dict[str, Any]:
    return {
        **_parameter(parameter.name, schema(parameter.type)),
        "in": "query",
        "required": not parameter.optional,
    }


def _form(member: Member) -> dict[str, Any]:
    properties = {parameter.name: schema(parameter.type) for parameter in member.parameters}
    properties |= {name: {"$ref": "#/components/schemas/Identifier"} for name in _IDENTIFIERS}
    required = [parameter.name for parameter in member.parameters if not parameter.optional]
    return {"type": "object", "properties": properties, "required": required}


def _kind(kind: DeviceDescription, *, settings: bool) -> dict[str, Any]:
    return {
        "key": kind.device_type.lower(),
        "name": kind.device_type,
        "version": kind.interface_version,
        "settings": simulator_reference.rows(kind.device_type) if settings else [],
        "members": [_row(member) for member in sorted(kind.members, key=lambda each: each.name)],
    }


def _row(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "verb": "GET" if member.kind is Kind.READ else "PUT",
        "parameters": [(parameter.name, type_text(parameter.type)) for parameter in member.parameters],
        "returns": "" if member.kind is Kind.WRITE else type_text(member.returns),
        "errors": [(f"0x{error.number:X}", _sentence(error)) for error in possible_errors(member)],
        "help": first_line(member),
    }
