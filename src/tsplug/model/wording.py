"""What a validation found wrong, in words for users."""

from __future__ import annotations

from pydantic import ValidationError

_OWN = "Value error, "


def plain(message: str) -> str:
    """Return what a field must be, without the words of the library that says so.

    >>> plain("Value error, unknown time zone 'Mars'")
    "unknown time zone 'Mars'"
    >>> plain("Input should be a valid number")
    'must be a valid number'
    """
    return message.removeprefix(_OWN).replace("Input should ", "must ", 1)


def problems_of(error: ValidationError) -> list[str]:
    """Return every problem as one line: the field, then what is wrong with it."""
    lines = ((".".join(map(str, each["loc"])), plain(each["msg"])) for each in error.errors(include_url=False))
    return [": ".join(filter(None, line)) for line in lines]
