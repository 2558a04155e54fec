"""The types of the device API in the words of JSON Schema and of readers."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, get_args, get_origin

from hostsim.devices.parts.frame import Frame

_SIMPLE: dict[object, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer", "format": "int32"},
    float: {"type": "number", "format": "double"},
    str: {"type": "string"},
    Any: {},
}
_WORDS: dict[object, str] = {
    bool: "boolean",
    int: "integer",
    float: "double",
    str: "string",
    None: "",
    type(None): "",
    Frame: "image",
    Any: "any",
}
_IDENTIFIER = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}

SHARED: dict[str, Any] = {
    "schemas": {
        "Identifier": _IDENTIFIER,
        "Answer": {
            "type": "object",
            "properties": {
                "ClientTransactionID": {"$ref": "#/components/schemas/Identifier"},
                "ServerTransactionID": {"type": "integer", "minimum": 1},
                "ErrorNumber": {"type": "integer", "format": "int32"},
                "ErrorMessage": {"type": "string"},
            },
            "required": ["ClientTransactionID", "ServerTransactionID", "ErrorNumber", "ErrorMessage"],
        },
    },
    "parameters": {
        name: {"name": name, "in": "query", "required": False, "schema": {"$ref": "#/components/schemas/Identifier"}}
        for name in ("ClientID", "ClientTransactionID")
    },
    "responses": {
        name: {"description": text, "content": {"text/plain": {"schema": {"type": "string"}}}}
        for name, text in (
            ("BadRequest", "The request could not be understood; the text says why."),
            ("Fault", "The simulator failed."),
        )
    },
}
"""What every operation refers to: the components of the document."""


def schema(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type.

    Raises:
        TypeError: the device API has no such type.
    """
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return {"type": "integer", "enum": [member.value for member in kind]}
    if kind is Frame:
        return {"type": "array", "items": {"type": "array"}}
    if get_origin(kind) is list:
        return {"type": "array", "items": schema(get_args(kind)[0])}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": schema(get_args(kind)[1])}
    raise TypeError(f"the device API has no type {kind!r}")


def answer_schema(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of the answer that carries a value of type ``kind``, or none for None."""
    shared = {"$ref": "#/components/schemas/Answer"}
    if kind in (None, type(None)):
        return shared
    properties = {"Value": schema(kind)}
    if kind is Frame:
        properties |= {"Type": {"type": "integer", "enum": [2, 3]}, "Rank": {"type": "integer", "enum": [2, 3]}}
    return {"allOf": [shared, {"type": "object", "properties": properties}]}


def type_text(kind: Any) -> str:
    """Return a type as readers of the ASCOM documents know it."""
    if kind in _WORDS:
        return _WORDS[kind]
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return "integer: " + ", ".join(f"{member.value} {member.name.lower()}" for member in kind)
    if get_origin(kind) is list:
        return f"list of {type_text(get_args(kind)[0])}"
    return "object"
