"""Values as JSON text and back, by the native encoder that pydantic brings along."""

from __future__ import annotations

import json
import math
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError, from_json, to_json

_PLAIN = json.JSONEncoder(allow_nan=False)
_ANY: TypeAdapter[Any] = TypeAdapter(Any, config=ConfigDict(ser_json_inf_nan="constants"))


class JsonText(str):
    """A text that is JSON already: it stands for the value it tells of."""

    __slots__ = ()


def encoded(value: Any) -> str:
    """Return the JSON text of a list, a mapping or a nested value; numbers that are not finite are left out."""
    if isinstance(value, JsonText):
        return value
    if not isinstance(value, dict):
        # Of a nested value the native encoder would not tell which number was none.
        return _encoded_slowly(value)
    try:
        text = to_json(value, inf_nan_mode="constants").decode()
    except PydanticSerializationError:
        return _encoded_slowly(value)
    # These words may stand in a string, too; then nothing is lost but time.
    return _encoded_slowly(value) if "NaN" in text or "Infinity" in text else text


def decoded(text: str | bytes) -> Any:
    """Return the value that a JSON text tells of.

    Raises:
        ValueError: it is none.
    """
    try:
        return from_json(text)
    except ValueError:
        # Half a surrogate pair is good JSON in a lenient reader alone.
        return json.loads(text)


def _encoded_slowly(value: Any) -> str:
    try:
        return _PLAIN.encode(value)
    except (TypeError, ValueError):
        return _PLAIN.encode(_finite(_ANY.dump_python(value, mode="json")))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items() if not _endless(item)}
    if isinstance(value, list):
        return [None if _endless(item) else _finite(item) for item in value]
    return value


def _endless(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
