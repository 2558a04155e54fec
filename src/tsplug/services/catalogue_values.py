"""Values of fields as users type them: words, numbers, lists by comma or JSON, `none`, times in ISO 8601."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

_NOTHING = ("", "none", "null")
_SWITCH = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}
_LARGEST = 2**31 - 1
_PAIR = 2


def parse_value(annotation: Any, text: str) -> Any:
    """Return what a text means for a field of this type.

    Raises:
        ValueError: it means nothing there; the text says what is accepted.
    """
    kinds = [kind for kind in _members(annotation) if kind is not NoneType]
    if len(kinds) < len(_members(annotation)) and text.strip().lower() in _NOTHING:
        return None
    kind = kinds[0]
    if kind is str:
        return checked_text(text)
    if get_origin(kind) is Literal:
        return _word(get_args(kind), text.strip())
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, text.strip())
    parse = _PARSERS.get(kind) or _PARSERS.get(get_origin(kind))
    if parse is None:
        return _json(text)
    return _list(text) if parse is _list else parse(text.strip())


def parse_horizon(text: str) -> list[Any]:
    """Return the points of a horizon as typed: pairs of azimuth and altitude, ``0:10,90:25``, or JSON.

    Raises:
        ValueError: they are no pairs of numbers, or an azimuth has two altitudes.
    """
    points = _list(text)
    heights: dict[float, float] = {}
    for point in points if isinstance(points, list) else [points]:
        if not (isinstance(point, list) and len(point) == _PAIR and all(map(_is_number, point))):
            raise ValueError(f"must be AZIMUTH:ALTITUDE pairs, not {text!r}")
        azimuth, altitude = map(float, point)
        if heights.setdefault(azimuth, altitude) != altitude:
            raise ValueError(f"azimuth {azimuth:.10g} has two altitudes, {heights[azimuth]:.10g} and {altitude:.10g}")
    return list(points)


def range_words(info: FieldInfo) -> str:
    """Return the range of a field in words, like "within -90 to 90", or nothing where it has none."""
    low, high = _bound(info, Ge), _bound(info, Le)
    if low is not None and high is not None:
        return f"within {low:.10g} to {high:.10g}"
    words = ((Ge, "at least"), (Gt, "above"), (Le, "at most"), (Lt, "below"))
    return " and ".join(f"{word} {_bound(info, kind):.10g}" for kind, word in words if _bound(info, kind) is not None)


def checked_text(text: str) -> str:
    """Return a text that every store can hold.

    Raises:
        ValueError: it has bytes that are no UTF-8, or characters that control terminals.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("is not valid UTF-8")
    if any(letter < " " and letter not in "\t\n" for letter in text):
        raise ValueError("must not contain control characters")
    return text


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(member for each in get_args(annotation) for member in _members(each))
    return (annotation,)


def _bound(info: FieldInfo, kind: type) -> float | None:
    return next((vars_of[0] for rule in info.metadata if isinstance(rule, kind) and (vars_of := _limits(rule))), None)


def _limits(rule: Any) -> list[float]:
    return [float(getattr(rule, name)) for name in ("ge", "gt", "le", "lt") if hasattr(rule, name)]


def _member(kind: type[Enum], text: str) -> Any:
    numbered = issubclass(kind, IntEnum)
    words = {(each.name if numbered else str(each.value)).lower(): each for each in kind}
    if text.lower() in words:
        return words[text.lower()]
    if numbered and text.isdecimal() and int(text) in [each.value for each in kind]:
        return kind(int(text))
    raise ValueError(f"must be one of {', '.join(words)}, not {text!r}")


def _word(words: tuple[Any, ...], text: str) -> Any:
    bare = text.strip('"').lower()
    for word in words:
        if str(word).lower() == bare:
            return word
    raise ValueError(f"must be one of {', '.join(map(str, words))}, not {text!r}")


def _switch(text: str) -> bool:
    try:
        return _SWITCH[text.lower()]
    except KeyError:
        raise ValueError(f"must be yes or no, not {text!r}") from None


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise ValueError(f"must be a whole number, not {text!r}") from None
    if abs(number) > _LARGEST:
        raise ValueError(f"must be within {-_LARGEST} to {_LARGEST}, not {text}")
    return number


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"must be a number, not {text!r}")
    return number


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a time like 2026-01-15T21:00:00+01:00, not {text!r}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a date like 2026-01-15, not {text!r}") from None


def _list(text: str) -> Any:
    if text.strip().lower() in _NOTHING:
        return []
    if text.lstrip().startswith("["):
        return _json(text)
    items = [checked_text(item.strip()) for item in text.split(",")]
    # Pairs, as of a horizon: 0:10,90:25.
    return [item.split(":") if _is_pair(item) else item for item in items]


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        value = _number(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_pair(item: str) -> bool:
    parts = item.split(":")
    return len(parts) == _PAIR and all(part.strip().lstrip("+-").replace(".", "", 1).isdecimal() for part in parts)


def _json(text: str) -> Any:
    try:
        return json.loads(checked_text(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON: {error.msg} at character {error.pos + 1}") from None


_PARSERS: dict[Any, Callable[[str], Any]] = {
    bool: _switch,
    int: _whole,
    float: _number,
    datetime: _moment,
    date: _day,
    list: _list,
}
