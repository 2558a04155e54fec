"""The private routes of the OmniSim in words: for the OpenAPI document, its page, and the documentation."""

from __future__ import annotations

from typing import Any

from hostsim.alpaca.schemas import answer_schema, schema, type_text
from hostsim.alpaca.simulator_settings import SETTINGS, Setting

_FORM = "application/x-www-form-urlencoded"
_TAG = "Simulator"

ANY_DEVICE: tuple[tuple[str, str, str], ...] = (
    ("GET", "xmlprofile", "Return all settings of the device, as XML in a text."),
    ("PUT", "restart", "Start the device anew with its settings as they are now."),
    ("PUT", "reset", "Start the device anew with its settings as they were at first."),
)
"""The routes of every device: verb, name and meaning."""


def rows(device_type: str) -> list[tuple[str, str, str, str]]:
    """Return the routes of the settings of a kind of device: name, field of a PUT if there is one, type and meaning."""
    return [
        (name, setting.name if setting.write else "", type_text(setting.type), setting.meaning)
        for name, setting in SETTINGS.get(device_type, {}).items()
    ]


def paths(numbers: dict[str, list[int]]) -> dict[str, Any]:
    """Return the OpenAPI paths of the routes; ``numbers`` are the devices there are of each kind."""
    found: dict[str, Any] = {}
    for device_type, own in numbers.items():
        base = f"/simulator/v1/{device_type.lower()}/{{device_number}}"
        entry = {"parameters": [_number(own)]}
        for verb, name, meaning in ANY_DEVICE:
            value = str if verb == "GET" else None
            found[f"{base}/{name}"] = {
                **entry,
                verb.lower(): _operation(device_type, (verb, name), meaning=meaning, value=value),
            }
        for name, setting in SETTINGS.get(device_type, {}).items():
            found[f"{base}/{name}"] = {**entry, **_setting(device_type, name, setting=setting)}
    return found


def _number(numbers: list[int]) -> dict[str, Any]:
    return {
        "name": "device_number",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "enum": numbers},
    }


def _setting(device_type: str, name: str, *, setting: Setting) -> dict[str, Any]:
    described = {
        "get": _operation(device_type, ("GET", name), meaning=f"Return {setting.meaning}.", value=setting.type)
    }
    if setting.write is not None:
        write = _operation(device_type, ("PUT", name), meaning=f"Change {setting.meaning}.", value=None)
        form = {"type": "object", "properties": {setting.name: schema(setting.type)}, "required": [setting.name]}
        described["put"] = {**write, "requestBody": {"required": True, "content": {_FORM: {"schema": form}}}}
    return described


def _operation(device_type: str, route: tuple[str, str], *, meaning: str, value: type | None) -> dict[str, Any]:
    answer = {"description": meaning, "content": {"application/json": {"schema": answer_schema(value)}}}
    return {
        "operationId": f"Simulator_{device_type}_{route[0].lower()}_{route[1]}",
        "tags": [_TAG],
        "summary": meaning,
        "responses": {"200": answer, "400": {"$ref": "#/components/responses/BadRequest"}},
    }
