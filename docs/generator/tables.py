"""Tables in Markdown, and what tables tell of fields and types."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

WORDS: dict[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    AwareDatetime: "date and time with zone",
    datetime: "date and time with zone",
    date: "date",
    time: "time",
    type(None): "null",
    Any: "anything",
}
"""How types are called where no Python is spoken."""

_LIMITS = {"ge": ">= {}", "gt": "> {}", "le": "<= {}", "lt": "< {}", "min_length": "not empty"}


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def first_paragraph(text: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return inspect.cleandoc(text or "").partition("\n\n")[0].replace("\n", " ")


def as_markdown(text: str) -> str:
    """Return the text of a docstring as Markdown, without the sources meant for readers of the code."""
    return re.sub(r" \((?:[^()]*(?:spec/|SEMANTICS)[^()]*)\)", "", text).replace("``", "`")


def shown_number(value: float | None) -> str:
    """Return a number in short, and nothing for None."""
    return "" if value is None else f"{value:g}"


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def type_text(annotation: Any, *, words: Mapping[object, str]) -> str:
    """Return a type in the given words, or as Python has it where there are none."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in words:
        return words[annotation]
    if origin is Annotated:
        return type_text(arguments[0], words=words)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        kept = [argument for argument in arguments if not (words and words.get(argument) == WORDS[type(None)])]
        return (" or " if words else " | ").join(type_text(argument, words=words) for argument in kept)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum) and words:
        return " or ".join(f"`{member.value}`" for member in annotation)
    if origin is not None:
        return _generic(origin, arguments, words)
    return getattr(annotation, "__name__", "None" if annotation is None else str(annotation)).replace(
        "NoneType", "None"
    )


def _generic(origin: Any, arguments: tuple[Any, ...], words: Mapping[object, str]) -> str:
    inner = [("..." if each is ... else type_text(each, words=words)) for each in arguments]
    if not words:
        return f"{origin.__name__}[{', '.join(inner)}]"
    if origin is dict:
        return f"mapping of {inner[0]} to {inner[1]}"
    if origin is tuple and arguments[-1] is ...:
        return f"list of {inner[0]}"
    if origin is tuple:
        return "pair of " + " and ".join(inner)
    return "list of instructions" if "ConnectEquipment" in inner[0] else f"list of {inner[0]}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, tuple) and value:
        return "its defaults" if _is_table(value[0]) else ", ".join(f"`{each}`" for each in value)
    if _is_table(value):
        return "its defaults"
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or value in ("", [], {}, ()):
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:g}" for key, number in value.items())
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _is_table(value: object) -> bool:
    return isinstance(value, BaseModel) or dataclasses.is_dataclass(value)


def _range(field: FieldInfo) -> str:
    found = [
        form.format(value)
        for item in field.metadata
        for name, form in _LIMITS.items()
        if (value := getattr(item, name, None)) is not None
    ]
    return ", ".join(found)


def fields(
    model: type[BaseModel],
    *,
    without: Iterable[str] = (),
    words: Mapping[object, str] = WORDS,
    meanings: Mapping[str, str] | None = None,
) -> str:
    """Return a table of the fields of a model: name, type with its range, default, and meaning where it is told.

    Without ``meanings`` by name each field tells its own.
    """
    found = {name: field for name, field in model.model_fields.items() if name not in without}
    if not found:
        return "No fields of its own."
    own = {name: field.description or "" for name, field in found.items()} if meanings is None else meanings
    told = any(own.values())
    rows = [
        [f"`{name}`", _type_and_range(field, words), _default(field)] + ([own[name]] if told else [])
        for name, field in found.items()
    ]
    return table(["field", "type", "default"] + (["meaning"] if told else []), rows)


def _type_and_range(field: FieldInfo, words: Mapping[object, str]) -> str:
    limits = _range(field)
    return type_text(field.annotation, words=words) + (f", {limits}" if limits else "")
