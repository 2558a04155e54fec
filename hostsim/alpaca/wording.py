"""What is wrong in a configuration, in the words of whoever wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hostsim.alpaca.toml_lines import Path
from hostsim.devices.parts.limits import FaultyError, written

_Words = Callable[[Mapping[str, Any]], str]


def _what(text: str) -> _Words:
    return lambda _: text


# What a value must be, by pydantic's names for what it is not.
_MUST_BE: dict[str, _Words] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _what("a whole number")),
    **dict.fromkeys(("float_type", "float_parsing"), _what("a number")),
    "finite_number": _what("a finite number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), _what("true or false")),
    "string_type": _what("a text"),
    "string_too_short": _what("a text that is not empty"),
    "string_too_long": lambda said: f"a text of up to {said['max_length']} characters",
    "string_pattern_mismatch": _what("a version such as 1.0"),
    "literal_error": lambda said: str(said["expected"]),
    "enum": lambda said: str(said["expected"]),
    **dict.fromkeys(("model_type", "model_attributes_type", "dataclass_type", "dict_type"), _what("a table")),
    "too_long": lambda said: f"a list of up to {said['max_length']}",
}
_TABLES = ("model_type", "model_attributes_type", "dataclass_type", "tuple_type")


def problems(error: ValidationError, data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Return the place in ``data`` and the description of everything that was found wrong with it."""
    found = error.errors(include_url=False)
    placed = [(_known(each["loc"], data, missing=each["type"] == "missing"), each) for each in found]
    for path, each in placed:
        if _follows(path, each, placed=placed):
            continue
        reason = each.get("ctx", {}).get("error")
        if isinstance(reason, FaultyError):
            yield from (((*path, *place), text) for place, text in reason.faults)
        else:
            yield path, message(each, path)


def message(error: ErrorDetails, path: Path = ()) -> str:
    """Return what is wrong in one sentence."""
    kind, said, value = error["type"], error.get("ctx", {}), error["input"]
    if kind in _PLAIN:
        return _PLAIN[kind](said)
    if kind == "tuple_type":
        return _no_list(value, path)
    if kind in _MUST_BE:
        return f"must be {_MUST_BE[kind](said)}, not {_shortly(value)}"
    return str(said["error"]) if "error" in said else f"{_said(error)}, not {_shortly(value)}"


def _said(error: ErrorDetails) -> str:
    return error["msg"].lower().replace("input should ", "must ").replace("a valid ", "a ")


_PLAIN: dict[str, _Words] = {
    "extra_forbidden": _what("unknown key"),
    "unexpected_keyword_argument": _what("unknown key"),
    "missing": _what("is missing"),
    "union_tag_not_found": lambda said: f"`{_key(said)}` is missing: it says which {_thing(said)} this is",
    "union_tag_invalid": lambda said: f"unknown {_key(said)} {said['tag']!r}; known are {said['expected_tags']}",
    "too_short": _what("must not be an empty list"),
}


def _key(said: Mapping[str, Any]) -> str:
    """Return the key that says which device or fault is meant."""
    return str(said["discriminator"]).strip("'")


def _thing(said: Mapping[str, Any]) -> str:
    return "device" if _key(said) == "kind" else "fault"


def _no_list(value: Any, path: Path) -> str:
    if isinstance(value, dict):
        name = ".".join(step for step in path if isinstance(step, str))
        return f"must be a list: write [[{name}]] instead of [{name}]"
    return f"must be a list, in [ ], not {_shortly(value)}"


def _shortly(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, (list, tuple)) else written(value)


def _follows(path: Path, error: ErrorDetails, *, placed: list[tuple[Path, ErrorDetails]]) -> bool:
    """Return whether an error only follows from another, or is about the other form a value can have."""
    others = [(place, each["type"]) for place, each in placed if each is not error]
    if error["type"] == "too_short":
        return any(place[: len(path)] == path and len(place) > len(path) for place, _ in others)
    if error["type"] == "literal_error" and isinstance(error["input"], dict):
        return any(place[: len(path)] == path for place, _ in others)
    return error["type"] in _TABLES and (path, "literal_error") in others


def _known(place: tuple[str | int, ...], data: Any, *, missing: bool) -> Path:
    """Leave out what pydantic adds to a place: the kind of a device, the alternative of a union."""
    path: Path = ()
    value = data
    for index, step in enumerate(place):
        if _is_inside(step, value):
            value = value[step]
            path = (*path, step)
        elif missing and index == len(place) - 1:
            path = (*path, step)
    return path


def _is_inside(step: str | int, value: Any) -> bool:
    if isinstance(value, dict):
        return step in value
    # What is missing from a list stands behind its end.
    return isinstance(step, int) and isinstance(value, list) and step < len(value)
