"""The JSON answer of Alpaca, taken apart without trusting any of it."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any, NoReturn, TypeGuard

from hostsim.conformance.client import Reply
from hostsim.conformance.outcome import UnmetError, expect, shown

KEYS = ("ClientTransactionID", "ServerTransactionID", "ErrorNumber", "ErrorMessage")
_OK = 200


def document(reply: Reply) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Raises:
        UnmetError: the answer is not HTTP 200 with a JSON object.
    """
    expect(reply.status == _OK, reply.text, expected="HTTP 200 with a JSON object")
    kind = reply.content_type.split(";")[0].strip().lower()
    expect(kind == "application/json", reply.text, expected="Content-Type application/json")
    try:
        content = json.loads(reply.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise UnmetError(reply.text, "a body that is JSON") from None
    expect(isinstance(content, dict), f"JSON that is no object: {shown(content)}", expected="a JSON object")
    return dict(content)


def error_number(content: dict[str, Any]) -> int:
    """Return the ErrorNumber of an envelope.

    Raises:
        UnmetError: there is none, or it is no integer.
    """
    number = content.get("ErrorNumber")
    if not is_integer(number):
        raise UnmetError(f"ErrorNumber {shown(number)}", "an integer ErrorNumber")
    return number


def is_integer(value: object) -> TypeGuard[int]:
    """Return whether a JSON value is an integer: 1, not 1.0, not true."""
    return isinstance(value, int) and not isinstance(value, bool)


def rising(values: list[Any]) -> bool:
    """Return whether all values are integers, each above the one before."""
    return all(map(is_integer, values)) and all(first < second for first, second in itertools.pairwise(values))


def is_number(value: object) -> bool:
    """Return whether a JSON value is a finite number."""
    return is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def type_problem(value: object, kind: str) -> str:
    """Return what is wrong with a Value that should be of a type of the tables, empty if nothing is."""
    return "" if _FITS[kind](value) else f"Value {shown(value)} of JSON type {_json_type(value)}"


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _list_of(test: Any) -> Any:
    return lambda value: isinstance(value, list) and all(test(each) for each in value)


def _object_of(**tests: Any) -> Any:
    return lambda value: (
        isinstance(value, dict) and set(value) == set(tests) and all(tests[key](value[key]) for key in tests)
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_FITS: dict[str, Any] = {
    "bool": lambda value: isinstance(value, bool),
    "double": is_number,
    "image": lambda value: isinstance(value, list),
    "int": is_integer,
    "ints": _list_of(is_integer),
    "rates": _list_of(_object_of(Minimum=is_number, Maximum=is_number)),
    "states": _list_of(_object_of(Name=_is_text, Value=lambda value: not isinstance(value, list | dict))),
    "string": _is_text,
    "strings": _list_of(_is_text),
}

TYPE_WORDS = {
    "bool": "true or false",
    "double": "a number",
    "image": "a list of lists",
    "int": "an integer",
    "ints": "a list of integers",
    "rates": "a list of objects of Minimum and Maximum",
    "states": "a list of objects of Name and Value",
    "string": "a string",
    "strings": "a list of strings",
}
"""What a Value of each type is in JSON."""


def _json_type(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = {int: "integer", float: "number", str: "string", list: "list", dict: "object"}
    return names.get(type(value), type(value).__name__)
