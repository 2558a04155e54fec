"""What a validation found wrong, in words for users."""

from __future__ import annotations

from pydantic import ValidationError

_FEW_S = 600.0
_LONGEST = 2000
_OWN = "Value error, "
_WORDS = {"Input should ": "must ", "a valid number": "a number", "a valid integer": "a whole number"}


def plain(message: str) -> str:
    """Return what a field must be, without the words of the library that says so.

    >>> plain("Value error, unknown time zone 'Mars'")
    "unknown time zone 'Mars'"
    >>> plain("Input should be a valid number, unable to parse string as a number")
    'must be a number'
    """
    said = message.removeprefix(_OWN).partition(", unable to parse")[0]
    for theirs, ours in _WORDS.items():
        said = said.replace(theirs, ours, 1)
    return said


def problems_of(error: ValidationError) -> list[str]:
    """Return every problem as one line: the field, then what is wrong with it."""
    lines = ((".".join(map(str, each["loc"])), plain(each["msg"])) for each in error.errors(include_url=False))
    return [": ".join(filter(None, line)) for line in lines]


def storable(text: str) -> str:
    r"""Return a text as every database takes it: what is no character stands as its code, and long ones are cut.

    >>> storable("dark/\udce9.fits is\0 gone")
    'dark/\\udce9.fits is\\x00 gone'
    """
    said = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} ... ({len(said) - _LONGEST} letters more)"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one.

    >>> counted(1, "flat set"), counted(2, "flat set")
    ('1 flat set', '2 flat sets')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def minutes(seconds: float) -> str:
    """Return a duration in minutes, with a decimal where there are few.

    >>> minutes(60), minutes(90), minutes(4000)
    ('1 minute', '1.5 minutes', '67 minutes')
    """
    value = f"{seconds / 60.0:.1f}" if seconds < _FEW_S else f"{seconds / 60.0:.0f}"
    value = value.removesuffix(".0")
    return f"{value} minute" if value == "1" else f"{value} minutes"
