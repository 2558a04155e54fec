"""Makes records of what a row gave, leaving out what the model refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tsplug.model.wording import plain
from tsplug.nina.database.fields import Complaint

M = TypeVar("M", bound=BaseModel)

_PLAIN = {
    "Field required": "it is missing",
    "Input should be a valid tuple": "it is no list",
    "Input should be a valid list": "it is no list",
    "Input should be a valid dictionary": "it is no set of names with values",
    "Input should be a valid string": "it is no text",
}
# What a user would say; the model's own words name types.


def built(kind: type[M], base: Mapping[str, Any], *, given: Mapping[str, Any], complain: Complaint) -> M | None:
    """Return a record of the given fields over a base, or None where it cannot be without one of them.

    A given field that the model refuses is complained of; the base's value or the model's default stands in.
    """
    fields = dict(given)
    while True:
        try:
            return kind.model_validate({**base, **fields})
        except ValidationError as error:
            wrong = {str(problem["loc"][0]): problem["msg"] for problem in error.errors() if problem["loc"]}
        removable = [name for name in wrong if name in fields and _stands_in(kind, name, base=base)]
        if len(removable) < len(wrong) or not wrong:
            for name, message in wrong.items():
                what = f"{name} {fields[name]!r}" if name in fields else name
                complain(what, f"{_said(message)}; the row cannot be carried")
            return None
        for name in removable:
            complain(f"{name} {fields.pop(name)!r}", f"{_said(wrong[name])}; the default stands in")


def differs(record: BaseModel, given: Mapping[str, Any]) -> bool:
    """Return whether a record has other values than given ones."""
    return any(getattr(record, name) != value for name, value in given.items())


def values_of(record: BaseModel) -> dict[str, Any]:
    """Return the fields of a record as they are."""
    return {name: getattr(record, name) for name in type(record).model_fields}


def _stands_in(kind: type[BaseModel], name: str, *, base: Mapping[str, Any]) -> bool:
    return name in base or not kind.model_fields[name].is_required()


def _said(message: str) -> str:
    if message in _PLAIN:
        return _PLAIN[message]
    return plain(message)
