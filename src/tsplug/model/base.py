"""What all records share: validation, identity and the field types of the domain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from sqlmodel import SQLModel


def _aware_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone, for example 2026-01-15T21:00:00+00:00")
    return moment.astimezone(UTC)


def _default_marker(value: Any) -> Any:
    return None if value == -1 else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}; use an IANA name such as Europe/Zurich") from error
    return name


UtcDatetime = Annotated[datetime, AfterValidator(_aware_utc)]
"""A moment that must carry a zone and is kept in UTC."""

CameraDefaultInt = Annotated[int | None, BeforeValidator(_default_marker)]
"""A camera setting where None (or -1, as other schedulers write it) means the camera's default."""

CameraDefaultFloat = Annotated[float | None, BeforeValidator(_default_marker)]
"""A number where None (or -1) means the default of the template or camera."""

TimeZoneName = Annotated[str, AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


def new_guid() -> str:
    """Return a fresh globally unique identifier as text."""
    return str(uuid4())


class Record(SQLModel):
    """A noun of the domain that the store keeps; validates on construction and on assignment.

    ``id`` is the store's number and None before the record is stored.
    """

    model_config = ConfigDict(validate_assignment=True, extra="forbid")  # type: ignore[assignment]

    id: int | None = None


class Value(BaseModel):
    """An immutable value that crosses a hook or leaves a pure function."""

    model_config = ConfigDict(frozen=True, extra="forbid")
