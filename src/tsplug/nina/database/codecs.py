"""How values of the database become values of the model and back: one codec for each kind of column.

Decoding raises ValueError, with the reason in words, for what the model has no place for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tsplug.model import GradingStatus, Priority, ProjectState, Twilight

_LARGEST = 2**31 - 1
_TURN_DEG = 360.0
_DAY_HOURS = 24.0
_POLE_DEG = 90.0


@dataclass(frozen=True)
class Codec:
    """Both directions of one kind of column."""

    decode: Callable[[Any], Any]
    encode: Callable[[Any], Any]


def decode_text(value: Any) -> str:
    """Return text, without the marks of byte order and the NULs that some programs leave in it."""
    if isinstance(value, bytes):
        value = decode_bytes(value)
    return str(value).removeprefix("\ufeff").replace("\0", "")


def decode_bytes(value: bytes) -> str:
    """Return the text of bytes: UTF-16 with its mark, else UTF-8, else as Windows wrote it."""
    if value[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return value.decode("utf-16", "replace")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def decode_real(value: Any) -> float:
    """Return a finite number.

    Raises:
        ValueError: it is none.
    """
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError("is not a number") from error
    except OverflowError as error:
        raise ValueError("is not a finite number") from error
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def decode_whole(value: Any) -> int:
    """Return a whole number of 32 bits.

    Raises:
        ValueError: it is none.
    """
    number = decode_real(value)
    if not number.is_integer() or abs(number) > _LARGEST:
        raise ValueError("is not a whole number of 32 bits")
    return int(number)


def decode_moment(value: Any) -> datetime:
    """Return the moment of Unix seconds, in UTC.

    Raises:
        ValueError: no calendar has it.
    """
    try:
        return datetime.fromtimestamp(decode_real(value), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("is not a moment in Unix seconds") from error


def encode_moment(value: datetime | None) -> int | None:
    """Return the Unix seconds of a moment; fractions are lost."""
    return None if value is None else math.floor(value.timestamp())


def _decode_marked(value: Any) -> int | None:
    number = decode_whole(value)
    return None if number < 0 else number


def _decode_marked_real(value: Any) -> float | None:
    number = decode_real(value)
    return None if number < 0 else number


def _decode_hours(value: Any) -> float:
    number = decode_real(value)
    if not 0 <= number <= _DAY_HOURS:
        raise ValueError("is not within 0 to 24 hours")
    return number % _DAY_HOURS


def _decode_declination(value: Any) -> float:
    number = decode_real(value)
    if abs(number) > _POLE_DEG:
        raise ValueError("is not within -90 to 90 degrees")
    return number


def _decode_nearest(value: Any) -> int:
    return decode_whole(round(decode_real(value)))


def _decode_turn(value: Any) -> float:
    turned = decode_real(value) % _TURN_DEG
    return 0.0 if turned >= _TURN_DEG else turned


def _marked(value: Any) -> Any:
    return -1 if value is None else value


def _same(value: Any) -> Any:
    return value


def coded(meanings: Mapping[int, Any]) -> Codec:
    """Return the codec of numbers that stand for members of a closed set."""
    codes = {meaning: code for code, meaning in meanings.items()}

    def decode(value: Any) -> Any:
        number = decode_whole(value)
        if number not in meanings:
            raise ValueError(f"is none of the known numbers {', '.join(map(str, meanings))}")
        return meanings[number]

    return Codec(decode, codes.__getitem__)


TEXT = Codec(decode_text, _same)
WHOLE = Codec(decode_whole, _same)
ROUNDED = Codec(decode_whole, round)
REAL = Codec(decode_real, _same)
FLAG = Codec(lambda value: decode_real(value) != 0, int)
MOMENT = Codec(decode_moment, encode_moment)
MARKED = Codec(_decode_marked, _marked)
MARKED_REAL = Codec(_decode_marked_real, _marked)
HOURS = Codec(_decode_hours, _same)
DECLINATION = Codec(_decode_declination, _same)
NEAREST = Codec(_decode_nearest, _same)
TURN = Codec(_decode_turn, _same)
# Target Scheduler has no state beyond these four (spec/target-scheduler-domain 1.2).
STATE = coded({0: ProjectState.DRAFT, 1: ProjectState.ACTIVE, 2: ProjectState.INACTIVE, 3: ProjectState.CLOSED})
PRIORITY = coded({0: Priority.LOW, 1: Priority.NORMAL, 2: Priority.HIGH})
TARGET_PRIORITY = coded({-1: None, 0: Priority.LOW, 1: Priority.NORMAL, 2: Priority.HIGH})
TWILIGHT = coded({0: Twilight.NIGHTTIME, 1: Twilight.ASTRONOMICAL, 2: Twilight.NAUTICAL, 3: Twilight.CIVIL})
GRADING = coded({0: GradingStatus.PENDING, 1: GradingStatus.ACCEPTED, 2: GradingStatus.REJECTED})
