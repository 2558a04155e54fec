"""How the fields of a record become columns: one SQL type for every type the model uses."""

from __future__ import annotations

import types
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment kept in UTC and returned aware, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware moment to what the database keeps.

        Raises:
            ValueError: the moment has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone and cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[str]):
    """A word of a closed set, kept as its text; the model checks it when it is read."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text of a member, and plain text as it is."""
        return str(value.value) if isinstance(value, StrEnum) else value


_SCALARS: tuple[tuple[type, type[TypeEngine[Any]]], ...] = (
    (StrEnum, EnumText),
    (bool, Boolean),
    (int, Integer),
    (float, Float),
    (str, String),
    (bytes, LargeBinary),
    (datetime, UtcDateTime),
    (date, Date),
    (BaseModel, JSON),
    (dict, JSON),
    (list, JSON),
)
# Order matters: bool is an int, and datetime a date.


def column_type(annotation: Any) -> TypeEngine[Any]:
    """Return the SQL type that keeps values of a field's annotation.

    Raises:
        TypeError: no column can keep such values.
    """
    plain = _stripped(annotation)
    kind = get_origin(plain) or plain
    if isinstance(kind, type):
        if issubclass(kind, Enum) and issubclass(kind, int):
            return Integer()
        for scalar, column in _SCALARS:
            if issubclass(kind, scalar):
                return column()
    raise TypeError(f"no column type keeps values of {annotation!r}")


def optional(annotation: Any) -> bool:
    """Return whether a field may hold None."""
    if get_origin(annotation) is Annotated:
        return optional(get_args(annotation)[0])
    return get_origin(annotation) in (Union, types.UnionType) and types.NoneType in get_args(annotation)


def _stripped(annotation: Any) -> Any:
    """Return an annotation without ``Annotated`` and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _stripped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not types.NoneType]
        if len(members) == 1:
            return _stripped(members[0])
    return annotation
