"""Says what is wrong with a value in the words of whoever writes sequences."""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails

_MAPPING = "must be a mapping, `key: value`"
_MOMENT = "must be a date and time with zone, such as 2026-01-15T17:00:00+01:00"

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "finite_number": "must be a finite number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": "needs a time zone, such as 2026-01-15T17:00:00+01:00",
}
_WITH_VALUES = {
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
}
_EMPTY = ("string_too_short", "too_short")


def worded(problem: ErrorDetails) -> str:
    """Return what is wrong, without the name of a class or library."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind.startswith("union_tag"):
        return _unknown_type(context, thing="fault" if problem["loc"][:1] == ("faults",) else "instruction")
    if kind in _WITH_VALUES:
        return f"{_WITH_VALUES[kind].format(**context)}, not {problem['input']}"
    if kind in _EMPTY and context["min_length"] == 1:
        return "must not be empty"
    said = problem["msg"].removeprefix("Value error, ").replace("Input should ", "must ", 1).replace("a valid ", "a ")
    return _WORDS.get(kind, said)


def _unknown_type(context: dict[str, Any], *, thing: str) -> str:
    if "tag" not in context:
        return f"`type` is missing: it names the {thing}"
    return f"unknown {thing} {context['tag']!r}; known are {context['expected_tags']}".replace("'", "")
