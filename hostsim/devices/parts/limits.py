"""What numbers of a configuration may be, and how its parts are declared; refusals name field, value and range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

Fault = tuple[tuple[str | int, ...], str]
"""Where in a part something is wrong, and what."""


class FaultyError(ValueError):
    """Fields of a part contradict each other; ``faults`` are those places that have to change."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults, and tell them all in one text."""
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, place))}: {text}" for place, text in self.faults))


class OutOfRangeError(ValueError):
    """A number is not in its range."""


@dataclass(frozen=True)
class Between:
    """The range of a number, annotated to its field: ``ge`` to ``le``, or above ``gt`` and below ``lt``.

    Infinity and what is no number are in no range; text and truth values are no numbers, None is left alone.
    """

    ge: float | None = None
    le: float | None = None
    gt: float | None = None
    lt: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check what the type itself has accepted."""
        kind = "whole number" if source is int or int in get_args(source) else "number"

        def finite(value: Any) -> Any:
            if isinstance(value, (str, bool)) or not _is_double(value):
                raise OutOfRangeError(f"must be a {kind}{self}, not {written(value)}")
            return value

        checked = core_schema.no_info_after_validator_function(self._check, handler(source))
        return core_schema.no_info_before_validator_function(finite, checked)

    def __str__(self) -> str:
        """Return the range in words that can follow "a number"."""
        low = [f"from {_number(self.ge)}"] if self.ge is not None else []
        low += [f"above {_number(self.gt)}"] if self.gt is not None else []
        high = [f"to {_number(self.le)}"] if self.le is not None else []
        high += [f"below {_number(self.lt)}"] if self.lt is not None else []
        return "".join(f" {part}" for part in (*low, *high))

    def holds(self, value: float) -> bool:
        """Return whether a number is in the range."""
        low = (self.ge is None or value >= self.ge) and (self.gt is None or value > self.gt)
        return low and (self.le is None or value <= self.le) and (self.lt is None or value < self.lt)

    def _check(self, value: float | None) -> float | None:
        if value is not None and not self.holds(value):
            raise OutOfRangeError(f"must be{self}, not {written(value)}")
        return value


def written(value: Any) -> str:
    """Return a value as a file has it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of more than 38 digits"
    text = repr(value) if isinstance(value, (str, int, float)) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _is_double(value: Any) -> bool:
    """Return whether a value, if it is a number, is one that the device API can carry."""
    if isinstance(value, int):
        return value.bit_length() < _DOUBLE_BITS
    return not isinstance(value, float) or math.isfinite(value)


def _number(value: float | None) -> str:
    return str(int(value)) if value == int(value or 0) else str(value)


_LONGEST = 60
_DOUBLE_BITS = 1024
INT32 = 2**31 - 1
"""The largest whole number that the device API can carry."""

MOST = 2 * 10**9
"""The end of the longest range: what lies beyond it can still be carried, and refused."""

Seconds = Annotated[float, Between(ge=0, le=3600)]
"""A duration, perhaps none."""

SomeSeconds = Annotated[float, Between(ge=0.001, le=3600)]
"""A duration that can be noticed."""

Speed = Annotated[float, Between(ge=0.001, le=1000)]
"""Degrees per second."""

Azimuth = Annotated[float, Between(ge=0, lt=360)]
"""Degrees of a circle."""


class Part(BaseModel):
    """A part of a configuration: frozen, and without unknown fields.

    For an optional part that is not there it takes ``false`` too: files in TOML cannot say null.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _false_is_none(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        absent = {name for name, value in data.items() if value is False and cls._optional(name)}
        return {name: None if name in absent else value for name, value in data.items()}

    @classmethod
    def _optional(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return field is not None and type(None) in get_args(field.annotation)
